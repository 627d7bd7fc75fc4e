"""What a job opens is seen: in the process of a call, and by strace around a command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pymake.executors.watching import WATCH, Watched, seen_by_call, seen_by_strace, under_strace
from pymake.model.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("1")
    (tmp_path / "sub").mkdir()
    return tmp_path


def seen(root: Path, function: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> Seen | None:
    monkeypatch.setenv(WATCH, str(root / "seen"))
    Watched(function)()
    assert WATCH not in os.environ
    return seen_by_call(str(root / "seen"), str(root))


def reads_and_writes() -> None:
    with open("a") as source, open("sub/b", "w") as target:
        target.write(source.read())
    with open("sub/b") as own:
        own.read()
    with open(os.path.abspath("a"), "rb"):
        os.rename("sub/b", "c")
    os.close(os.open("d", os.O_WRONLY | os.O_CREAT))
    with open("e", "a+"):
        pass


def test_a_call_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(root, reads_and_writes, monkeypatch) == Seen(reads=("a",), writes=("sub/b", "c", "d", "e"))
    assert not (root / "seen").exists()


def test_what_is_looked_for_in_vain_is_a_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> None:
        with pytest.raises(FileNotFoundError), open("none"):
            pass

    assert seen(root, look, monkeypatch) == Seen(reads=("none",))


def test_imports_are_no_reads_and_other_folders_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "watched_module.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load() -> None:
        __import__("watched_module")
        os.chdir("sub")
        with open("../a"):
            os.chdir("..")

    assert seen(root, load, monkeypatch) == Seen(reads=("a",))


def test_programs_make_blind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = seen(root, lambda: subprocess.run(["true"], check=True), monkeypatch)
    assert found is not None
    assert found.blind


def test_what_a_failing_call_opened_is_noted_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        with open("a"):
            raise ValueError("it")

    monkeypatch.setenv(WATCH, str(root / "seen"))
    with pytest.raises(ValueError, match="it"):
        Watched(fail)()
    assert seen_by_call(str(root / "seen"), str(root)) == Seen(reads=("a",))


def test_unwatched_calls_note_nothing(root: Path) -> None:
    Watched(reads_and_writes)()
    assert seen_by_call(str(root / "seen"), str(root)) is None


def traced(root: Path, text: str) -> Seen | None:
    environ = {**os.environ, WATCH: str(root / "trace")}
    program, words = under_strace("/bin/sh", ("/bin/sh", "-c", text), environ)
    subprocess.run(words, executable=program, env=environ, check=True)
    return seen_by_strace(str(root / "trace"), str(root))


def within(root: Path, found: Seen | None) -> tuple[list[str], list[str]]:
    assert found is not None
    return [path for path in found.reads if path[0] != "/"], [path for path in found.writes if path[0] != "/"]


@needs_strace
@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("cat a > b", ["a"], ["b"]),
        ("cd sub; cat ../a > 'b c'; cd ..; mv 'sub/b c' d", ["a"], ["sub/b c", "d"]),
        ("cat none 2>/dev/null || true", ["none"], []),
        ("cat a >> b; cat b > /dev/null", ["a"], ["b"]),
        ("printf x > 'q\"\n\\é'; cat a", ["a"], ['q"\n\\é']),
        ("ln -s a b; cat b; (cat a & cat a & wait) >c", ["a"], ["b", "c"]),
        (f'test -z "${{{WATCH}+set}}" && cat a', ["a"], []),
    ],
)
def test_a_command_is_seen(root: Path, text: str, reads: list[str], writes: list[str]) -> None:
    assert within(root, traced(root, text)) == (reads, writes)


@needs_strace
def test_several_commands_are_seen_as_one(root: Path) -> None:
    environ = {**os.environ, WATCH: str(root / "trace")}
    for text in ("cat a > b", "cat b > c"):
        program, words = under_strace("/bin/sh", ("/bin/sh", "-c", text), environ)
        subprocess.run(words, executable=program, env=environ, check=True)
    assert within(root, seen_by_strace(str(root / "trace"), str(root))) == (["a"], ["b", "c"])


def test_interrupted_lines_of_strace_are_put_together(root: Path) -> None:
    (root / "trace").write_text(
        f'7  openat(AT_FDCWD<{root}>, "a", O_RDONLY <unfinished ...>\n'
        f'8  openat(AT_FDCWD<{root}>, "b", O_WRONLY|O_CREAT, 0666 <unfinished ...>\n'
        f"7  <... openat resumed>) = 3<{root}/a>\n"
        f"8  <... openat resumed>) = 4<{root}/b>\n"
        "8  <... openat resumed>) = 4</x>\n"
        "9  +++ exited with 0 +++\nnothing at all\n"
    )
    assert seen_by_strace(str(root / "trace"), str(root)) == Seen(reads=("a",), writes=("b",))
