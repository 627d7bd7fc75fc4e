"""A watch in the process of a test: its memory, where it listens, and what it does when the system refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.model.trace import Stamp
from pymake.store.compaction import SMALLEST
from tests.unit.app.watched import watched

if TYPE_CHECKING:
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
