"""A watch in the process of a test: its memory, where it listens, and what it does when the system refuses."""

from __future__ import annotations

import ctypes
import errno
import math
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pymake.model.events import WatchStarted
from pymake.model.trace import Stamp
from pymake.store.compaction import SMALLEST
from tests.unit.app.watched import INTERVAL, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pymake.interfaces import Watcher

linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is of Linux")

COPY = """
[task.copy]
kind = "transform"
input = "src/{name}.txt"
output = "out/{name}"
command = "cp {input} {output}"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two jobs in the current folder."""
    (tmp_path / "src").mkdir()
    (tmp_path / "pymake.toml").write_text(COPY)
    for name in "ab":
        (tmp_path / f"src/{name}.txt").write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_memory_of_a_long_watch_is_written_anew_and_stays_small(project: Path) -> None:
    journal = project / ".pymake/journal"
    with watched() as watch:
        watch.first()
        for day in range(1, 3):
            memory = watch.memory
            for moment in range(SMALLEST // 50):  # as many saves of some files
                path = f"src/{moment % 500}"
                version = memory.record_version(path, moment.to_bytes(16, "big"))
                memory.record_sighting(path, Stamp(moment, 2, 3, 4), version)
            memory.flush()
            assert journal.stat().st_size > SMALLEST
            (project / "src/a.txt").write_text(f"day {day}")
            watch.saved("src/a.txt")
            assert journal.stat().st_size < SMALLEST / 8
            (project / "src/a.txt").write_text(f"evening {day}")
            watch.saved("src/a.txt")
            assert (project / "out/a").read_text() == f"evening {day}"
            assert watch.memory.record_version("probe", bytes(16)) < 600  # it numbers all that it has in memory
        assert watch.ran == [2] + [1] * 4
        assert watch.said == []
        watch.saved("src/a.txt", "src/b.txt")
        assert len(watch.ran) == 5


@pytest.fixture
def file_limit() -> Iterator[Callable[[int], None]]:
    """Sets how long a file may get, as a full disk would."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_is_said_once_and_built_on_when_there_is_room(
    project: Path, file_limit: Callable[[int], None]
) -> None:
    journal = project / ".pymake/journal"

    def fills() -> None:
        (project / "src/a.txt").write_text("other")
        file_limit(journal.stat().st_size + 8)

    built: list[str] = []
    with watched() as watch:
        code = watch.run(
            {
                5.0: fills,
                8.0: lambda: (project / "src/b.txt").write_text("too"),
                40.0: lambda: file_limit(1 << 30),
                52.0: lambda: built.append((project / "out/b").read_text()),
            }
        )
        assert watch.said == ["cannot write .pymake/journal\n  reason: File too large"]
        assert (project / "out/a").read_text() == "other"
        assert built == ["too"]
        assert code == 0
    with watched() as watch:
        watch.first()
        assert watch.ran == [0]


def test_a_state_folder_that_cannot_be_made_is_said_once_and_made_when_that_is_over(project: Path) -> None:
    away, state = project / "away", project / ".pymake"

    def breaks() -> None:
        state.rename(away)
        state.write_text("in the way")
        (project / "src/a.txt").write_text("other")

    def mends() -> None:
        state.unlink()
        away.rename(state)

    with watched() as watch:
        built: list[str] = []
        code = watch.run({5.0: breaks, 40.0: mends, 52.0: lambda: built.append((project / "out/a").read_text())})
        assert watch.said == [
            ".pymake is not a folder\n  try: move .pymake away: pymake keeps its memory in a folder of that name"
        ]
        assert built == ["other"]
        assert code == 0


def test_a_watch_ends_also_while_the_state_folder_is_broken(project: Path) -> None:
    def breaks() -> None:
        (project / ".pymake").rename(project / "away")
        (project / ".pymake").write_text("in the way")
        (project / "src/a.txt").write_text("other")

    with watched() as watch:
        assert watch.run({5.0: breaks}) == 1


def test_a_folder_of_outputs_that_cannot_be_made(project: Path) -> None:
    def breaks() -> None:
        for name in "ab":
            (project / f"out/{name}").unlink()
        (project / "out").rmdir()
        (project / "out").write_text("in the way")

    with watched() as watch:
        code = watch.run({5.0: breaks, 60.0: (project / "out").unlink})
        assert watch.said == ["cannot make the folder out\n  reason: File exists"]
        assert (project / "out/a").read_text() == "a"
        assert code == 0


def test_the_f_key_tries_again_what_failed_and_nothing_else(project: Path) -> None:
    (project / "pymake.toml").write_text(
        COPY + '[task.check]\noutput = "checked"\ncommand = "echo try >> tries; test -e flag && touch checked"\n'
    )
    with watched() as watch:
        code = watch.run(
            {
                5.0: (project / "flag").touch,  # no job reads it
                20.0: lambda: watch.press("f"),
                30.0: lambda: watch.press("f"),
            }
        )
        assert code == 0
        assert watch.ran[1:] == [1, 0]
    assert (project / "tries").read_text() == "try\n" * 2


def limited(most: float, watches: list[str]) -> Watcher:
    """The Watcher of Linux, where the system has so many watches; notes which folders it was asked to watch."""
    from watchdog.observers.inotify_c import inotify_add_watch  # noqa: PLC0415  # not on every system

    from pymake.watchers.inotify import InotifyWatcher  # noqa: PLC0415  # not on every system

    def add(fd: int, path: bytes, events: int) -> int:
        watches.append(os.path.relpath(os.fsdecode(path)))
        if len(watches) > most:
            ctypes.set_errno(errno.ENOSPC)
            return -1
        return int(inotify_add_watch(fd, path, events))

    return InotifyWatcher(os.getcwd(), add=add)


@linux
def test_of_a_tree_of_unrelated_files_nothing_is_listened_to(project: Path) -> None:
    for number in range(35):
        for below in (f"node_modules/package{number}/lib", f".git/objects/{number}", f"other/{number}"):
            (project / below).mkdir(parents=True)
            for name in range(20):
                (project / below / f"{name}.txt").touch()
    (project / "src/below").mkdir()
    (project / "src/below/c.txt").write_text("c")
    (project / "pymake.toml").write_text(COPY.replace("src/{name}", "src/{name:**}"))
    watches: list[str] = []
    with watched(limited(math.inf, watches)) as watch:
        code = watch.run(
            {
                5.0: (project / "node_modules/package1/lib/new.txt").touch,
                6.0: lambda: (project / "src/below/d.txt").write_text("d"),
                7.0: (project / ".git/HEAD").touch,
            }
        )
        assert code == 0
        assert watch.ran == [3, 1]
        assert watch.project.folders() == {"", "src", "src/below", "out", "out/below"}
    assert set(watches) == {".", "src", "src/below", "out", "out/below"}


@linux
def test_where_the_system_has_no_more_watches_the_rest_is_found_by_looking(project: Path) -> None:
    with watched(limited(1, [])) as watch:
        looks: list[int] = []
        code = watch.run(
            {
                20.0: lambda: (project / "src/a.txt").write_text("other"),
                20.0 + 5 * INTERVAL: lambda: looks.extend(watch.ran),
                40.0: lambda: (project / "src/c.txt").write_text("new"),
                40.0 + 5 * INTERVAL: lambda: looks.extend(watch.ran),
            }
        )
        assert code == 0
        assert [started.polls for started in watch.told.of(WatchStarted)] == [True]
        assert looks == [2, 1, 2, 1, 1]
    assert (project / "out/a").read_text() == "other"
    assert (project / "out/c").read_text() == "new"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_another_branch_is_checked_out(project: Path) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *words], check=True, stdout=subprocess.DEVNULL)

    def outputs() -> dict[str, str]:
        return {path.name: path.read_text() for path in (project / "out").iterdir()}

    (project / ".gitignore").write_text("out\n.pymake\n")
    git("init", "-q", "-b", "one")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("checkout", "-q", "-b", "two")
    (project / "src/a.txt").write_text("a of two")
    (project / "src/b.txt").unlink()
    (project / "src/below").mkdir()
    for number in range(50):
        (project / f"src/{number}.txt").write_text("new")
    (project / "pymake.toml").write_text(COPY.replace("cp {input} {output}", "cat {input} {input} > {output}"))
    git("add", ".")
    git("commit", "-q", "-m", "two")
    git("checkout", "-q", "one")
    found = []
    with watched() as watch:
        code = watch.run(
            {
                5.0: lambda: git("checkout", "-q", "two"),
                50.0: lambda: found.append(outputs()),
                51.0: lambda: git("checkout", "-q", "one"),
            }
        )
        assert code == 0
    assert found == [{"a": "a of two" * 2, **{str(number): "new" * 2 for number in range(50)}}]
    assert outputs() == {"a": "a", "b": "b"}
