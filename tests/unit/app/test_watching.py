"""The parts of a watch that touch the disk, the terminal or processes, each by itself."""

from __future__ import annotations

import os
import pty
import termios
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pymake.app.watching.aftermath import Aftermath
from pymake.app.watching.evaluated import Evaluated
from pymake.app.watching.keys import Keys
from pymake.app.watching.rhythm import REST, SOON, Rhythm
from pymake.fs.disk import RealDisk
from pymake.fs.watched import WatchedDisk
from pymake.model.heard import Heard
from pymake.model.observed import Observed
from pymake.testing import LogicalClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with something in it, which is the current one."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.c").write_text("a")
    (tmp_path / "build.toml").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evaluated(root: Path) -> Evaluated:
    """As if a build file was read that globs in src, and asks whether there is a file extra."""
    observed = Observed(closely=True)
    disk = WatchedDisk(str(root), observed, at_root=True)
    disk.read("build.toml")
    disk.scan("src")
    disk.stamps(["extra"])
    return Evaluated(observed, RealDisk(str(root), at_root=True))


def nothing(_: str) -> bool:
    return False


def test_what_was_looked_at_is_as_it_was(project: Path) -> None:
    found = evaluated(project)
    assert found.change(None, nothing) is None
    os.utime(project / "src/a.c")
    (project / "src/b.c").write_text("comes and goes")
    (project / "src/b.c").unlink()
    (project / "unread").write_text("nobody asked for it")
    assert found.change(None, nothing) is None


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda root: (root / "build.toml").write_text("y"), "build.toml"),
        (lambda root: (root / "build.toml").unlink(), "build.toml"),
        (lambda root: (root / "src/b.c").write_text(""), "src"),
        (lambda root: (root / "src/a.c").unlink(), "src"),
        (lambda root: (root / "extra").write_text(""), "extra"),
        (lambda root: os.rename(root / "src", root / "away"), "src"),
    ],
)
def test_what_is_not_as_it_was(project: Path, edit: object, path: str) -> None:
    found = evaluated(project)
    assert callable(edit)
    edit(project)
    assert found.change(None, nothing) == path
    assert found.change(["src/b.c", "src/a.c", "build.toml", "extra", "src"], nothing) == path
    assert found.change(["elsewhere"], nothing) is None


def test_names_that_the_plan_makes_come_and_go(project: Path) -> None:
    found = evaluated(project)
    (project / "src/made.o").write_text("")
    assert found.change(None, lambda path: path == "src/made.o") is None
    (project / "src/other.o").write_text("")
    assert found.change(None, lambda path: path == "src/made.o") == "src"


def test_where_something_may_happen(project: Path) -> None:
    found = evaluated(project)
    assert {*found.folders()} == {"", "src"}
    assert [found.knows(path) for path in ("build.toml", "src/x", "extra", "other", "other/x")] == [True] * 3 + [
        False
    ] * 2


class Slow:
    """A project of which each piece takes a second to look at."""

    def __init__(self, clock: LogicalClock) -> None:
        self.clock = clock

    def pieces(self) -> Sequence[Callable[[], Heard]]:
        return [partial(self.piece, Heard(paths=frozenset(path))) for path in ("", "a", "b")]

    def piece(self, found: Heard) -> Heard:
        self.clock.advance(1)
        return found


def test_everything_is_looked_at_in_pieces_and_seldom() -> None:
    clock = LogicalClock()
    rhythm, project = Rhythm(clock), Slow(clock)
    assert rhythm.due() == pytest.approx(clock.monotonic() + SOON)
    found = []
    for _ in range(3):
        found.append(rhythm.look(project))  # type: ignore[arg-type]  # as much of a project as it needs
        assert rhythm.due() == 0.0 or len(found) == 3
    assert found == [Heard(), Heard(paths=frozenset({"a"})), Heard(paths=frozenset({"b"}))]
    assert rhythm.due() == pytest.approx(clock.monotonic() + 1500)
    rhythm.soon()
    assert rhythm.due() == pytest.approx(clock.monotonic() + SOON)
    assert REST < 1500
    rhythm.poll(0.1)
    assert rhythm.due() == pytest.approx(clock.monotonic() + 0.1)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal that no process belongs to."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_keys_come_at_once_and_the_terminal_is_left_as_it_was(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = terminal
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    before = termios.tcgetattr(theirs)
    with open(theirs, encoding="utf-8", closefd=False) as stream:
        keys = Keys(stream)
        assert keys.files() == ()
        keys.open()
        keys.open()  # somebody else had it meanwhile
        os.write(ours, b"rq")
        assert keys.files() == (theirs,)
        assert keys.pressed() == "rq"
        keys.close()
    assert termios.tcgetattr(theirs) == before


def test_a_terminal_in_the_background_is_left_alone(terminal: tuple[int, int]) -> None:
    _, theirs = terminal
    before = termios.tcgetattr(theirs)
    with open(theirs, encoding="utf-8", closefd=False) as stream:
        keys = Keys(stream)
        keys.open()
        assert keys.files() == ()
        keys.close()
    assert termios.tcgetattr(theirs) == before


def test_there_are_no_keys_without_a_terminal(tmp_path: Path) -> None:
    with open(tmp_path / "file", "w", encoding="utf-8") as stream:
        keys = Keys(stream)
        keys.open()
        assert not keys.are_there
        assert (keys.files(), keys.pressed()) == ((), "")
        keys.close()


def until(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.01)


def test_the_command_after_a_build_is_ended_with_all_it_started(project: Path) -> None:
    said: list[str] = []
    aftermath = Aftermath("(trap '' TERM; touch first; sleep 1000) & touch main; wait", "touch sad", said.append)
    aftermath.run(good=True)
    until(project / "main")
    until(project / "first")
    aftermath.run(good=False)
    until(project / "sad")
    aftermath.close()
    aftermath.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert said == []
    Aftermath(None, None, said.append).run(good=True)
