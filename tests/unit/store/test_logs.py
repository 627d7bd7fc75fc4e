"""Logs, whole and in excerpts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.errors import StateError
from pymake.store.logs import EXCERPT_HEAD, EXCERPT_TAIL, FileLogs

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, path: str, data: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def test_the_path_of_a_key_never_changes(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    assert logs.path("build/a.o") == ".pymake/logs/62/d164bada80f4bed2e2e26e.log"
    assert len(logs.path("long/" * 1000)) == len(logs.path("odd \udcff \ud800"))
    assert list(tmp_path.iterdir()) == []


def test_a_short_log_is_shown_whole(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    write(tmp_path, logs.path("a"), b"caf\xe9 \xc3\xa9\n")
    assert logs.excerpt(logs.path("a")) == ("caf\ufffd \u00e9\n", 0)


@pytest.mark.parametrize("more", [0, 1, 12_345])
def test_of_a_long_log_the_middle_is_left_out(tmp_path: Path, more: int) -> None:
    logs = FileLogs(str(tmp_path))
    head, tail = b"h" * EXCERPT_HEAD, b"t" * EXCERPT_TAIL
    write(tmp_path, logs.path("a"), head + b"m" * more + tail)
    between = f"\n[{more} bytes left out]\n" if more else ""
    assert logs.excerpt(logs.path("a")) == (head.decode() + between + tail.decode(), more)


def test_read_gives_every_byte(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    data = bytes(range(256)) * 1_000
    write(tmp_path, logs.path("a"), data)
    assert b"".join(logs.read("a")) == data
    assert list(logs.read("b")) == []


def test_a_log_that_cannot_be_read_is_an_error_with_the_reason(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    path = logs.path("a")
    (tmp_path / path).mkdir(parents=True)
    for read in (lambda: logs.excerpt(path), lambda: list(logs.read("a"))):
        with pytest.raises(StateError) as caught:
            read()
        assert str(caught.value) == f"cannot read {path}\n  reason: Is a directory"


def test_what_is_kept_has_a_limit_and_says_so(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    path = tmp_path / logs.path("a")
    path.parent.mkdir(parents=True)
    size = 100_000_000
    with path.open("wb") as file:
        file.write(b"begin\n")
        file.truncate(size - 4)  # a hole: it takes no room
        file.seek(0, 2)
        file.write(b"end\n")
    text, left_out = logs.excerpt(logs.path("a"))
    assert left_out == size - 200_000
    assert (text[:6], text[-4:]) == ("begin\n", "end\n")
    between = b"\n[90000000 bytes left out: of more than 10000000 the middle is not kept]\n"
    kept = b"".join(logs.read("a"))
    assert len(kept) == 10_000_000 + len(between)
    assert kept[2_000_000 : 2_000_000 + len(between)] == between
    assert (kept[:6], kept[-4:]) == (b"begin\n", b"end\n")
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert logs.excerpt(logs.path("a"))[0] != ""


def test_one_log_for_all_attempts(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    path = logs.path("a")
    logs.keep_attempt(path, "an attempt of a build that was killed", first=True)
    write(tmp_path, path, b"one")
    logs.keep_attempt(path, "attempt 1", first=True)
    logs.keep_attempt(path, "attempt 2", first=False)
    write(tmp_path, path, b"three\n")
    logs.join_attempts(path, "attempt 3")
    assert logs.excerpt(path)[0] == "[attempt 1]\none\n[attempt 2]\n[attempt 3]\nthree\n"
    logs.keep_attempt(path, "attempt 1", first=True)
    logs.drop_attempts(path)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_attempts_that_cannot_be_kept_are_an_error(tmp_path: Path) -> None:
    logs = FileLogs(str(tmp_path))
    path = logs.path("a")
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / f"{path}.attempts").mkdir()
    with pytest.raises(StateError) as caught:
        logs.keep_attempt(path, "attempt 1", first=True)
    assert str(caught.value) == f"cannot write {path}\n  reason: Is a directory"
