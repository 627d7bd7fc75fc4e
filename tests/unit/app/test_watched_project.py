"""A watch in the process of a test: its memory, where it listens, and what it does when the system refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.model.trace import Stamp
from pymake.store.compaction import SMALLEST
from tests.unit.app.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COPY = (
    'task.copy = {kind = "transform", input = "src/{name}.txt", output = "out/{name}", command = "cp {input} {output}"}'
)


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

    with watched() as watch:
        code = watch.run(
            {5.0: fills, 8.0: lambda: (project / "src/b.txt").write_text("too"), 60.0: lambda: file_limit(1 << 30)}
        )
        assert watch.said == ["cannot write .pymake/journal\n  reason: File too large"]
        assert (project / "out/a").read_text() == "other"
        assert (project / "out/b").read_text() == "too"
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
        code = watch.run({5.0: breaks, 60.0: mends})
        assert watch.said == [
            ".pymake is not a folder\n  try: move .pymake away: pymake keeps its memory in a folder of that name"
        ]
        assert (project / "out/a").read_text() == "other"
        assert code == 0


def test_a_watch_can_end_while_the_state_folder_is_broken(project: Path) -> None:
    with watched() as watch:
        watch.first()
        (project / ".pymake").rename(project / "away")
        (project / ".pymake").write_text("in the way")
        watch.turns.close()


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
