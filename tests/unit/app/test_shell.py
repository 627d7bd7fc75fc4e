"""`sh`, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pymake.app.shell import sh
from pymake.errors import BuildFileError, CommandFailed

OUTSIDE = "a global"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_local_names_and_given_ones_are_substituted_and_quoted(capfd: pytest.CaptureFixture[str]) -> None:
    inputs = ["a b", "$(echo x)", "it's", "new\nline"]
    number = 3
    for name in inputs:
        Path(name).write_text(f"<{name}>\n", encoding="utf-8")
    sh("cat {inputs} | head -n {number}; echo {inputs[0]} '{path}' {extra}", path=Path("p q"), extra=[1, 2.5])
    assert capfd.readouterr().out == "<a b>\n<$(echo x)>\n<it's>\na b p q 1 2.5\n"
    assert number == 3


def test_lists_never_meet_a_shell(capfd: pytest.CaptureFixture[str]) -> None:
    names = ("a b", "$HOME")
    words: list[str | Path] = ["printf", "<%s>", "{names}", Path("{x}"), "*"]
    sh(words)
    sh([["printf", "1"], ["printf", "{names[0]}"]])
    assert capfd.readouterr().out == "<a b><$HOME><{x}><*>1a b"
    assert len(names) == 2


def test_output_comes_in_order_and_whole(capfd: pytest.CaptureFixture[str]) -> None:
    sh("echo out; echo err >&2; head -c 300000 /dev/zero | tr '\\0' x")
    text, errors = capfd.readouterr()
    assert text == "out\nerr\n" + "x" * 300_000
    assert errors == ""


def test_what_was_printed_before_comes_before() -> None:
    code = "from pymake.app.shell import sh; print('before'); sh('echo after')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "before\nafter\n"


def test_a_failure_has_command_status_and_the_end_of_the_output(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed) as caught:
        sh("seq 30; exit 3")
    last = "\n    ".join(str(n) for n in range(11, 31))
    assert str(caught.value) == f"exit status 3\n  command: seq 30; exit 3\n  output: {last}"
    assert capfd.readouterr().out == "".join(f"{n}\n" for n in range(1, 31))


def test_a_signal_is_named() -> None:
    with pytest.raises(CommandFailed) as caught:
        sh("kill -SEGV $$")
    assert str(caught.value) == "killed by SIGSEGV\n  command: kill -SEGV $$"


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(CommandFailed) as caught:
        sh("no-such-program-here a")
    assert str(caught.value) == (
        "cannot start 'no-such-program-here': No such file or directory\n  command: no-such-program-here a"
    )


def test_the_first_failing_line_ends_a_text_of_several(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed):
        sh("echo one\nfalse\necho two\n")
    assert capfd.readouterr().out == "one\n"


def test_a_name_that_is_not_local() -> None:
    with pytest.raises(BuildFileError) as caught:
        sh("echo {OUTSIDE}")
    assert caught.value.facts == (("command", "echo {OUTSIDE}"),)
    assert "OUTSIDE" in caught.value.message


def test_a_value_that_is_no_text() -> None:
    table = {"a": 1}
    with pytest.raises(BuildFileError) as caught:
        sh("echo {table}")
    assert caught.value.message == "sh: {table} is a dict, not a text, a number or a list of these"
    assert len(table) == 1


@pytest.mark.parametrize("command", [3, [], [3], [["a"], [None]]])
def test_something_else_than_a_command(command: object) -> None:
    with pytest.raises(BuildFileError):
        sh(command)  # type: ignore[arg-type]  # that is the mistake


def test_no_file_descriptor_is_left_open() -> None:
    sh("true")
    before = os.dup(0)
    os.close(before)
    sh("true")
    with pytest.raises(CommandFailed):
        sh("no-such-program-here")
    after = os.dup(0)
    os.close(after)
    assert after == before


def test_what_a_command_leaves_in_the_background_is_not_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed) as caught:
        sh("echo before; sleep 1000 & echo $! > pid; exit 3")
    os.kill(int(Path("pid").read_text(encoding="utf-8")), signal.SIGTERM)  # it is still there
    assert str(caught.value).startswith("exit status 3\n")
    assert capfd.readouterr().out == "before\n"


def test_output_that_comes_slowly_is_kept_whole(capfd: pytest.CaptureFixture[str]) -> None:
    sh("echo first; sleep 0.2; echo last")
    assert capfd.readouterr().out == "first\nlast\n"
