"""The index of a journal: it says what the journal says, or it is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.model.trace import Stamp, Start
from pymake.store.compaction import is_due
from pymake.store.contents import Contents
from pymake.store.format import HEADER
from pymake.store.index import SMALLEST, is_worth_it
from pymake.store.journal import Journal
from tests.unit.store.records_of_all_kinds import failure, trace

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 1_600


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with an index."""
    journal = Journal(str(tmp_path / "journal"), writable=True)
    for number in range(COUNT):
        add(journal, f"out/{number}", number)
    journal.record_failure(failure("broken"))
    journal.record_starts([Start(key="begun", outputs=("begun",))])
    journal.disown(["out/7"])
    journal.close()
    assert index_of(tmp_path / "journal").stat().st_size > 100 * COUNT
    return tmp_path / "journal"


def index_of(path: Path) -> Path:
    return path.parent / "journal.index"


def add(journal: Journal, name: str, number: int) -> None:
    source = journal.record_version(f"in/{number}", number.to_bytes(16, "big"))
    made = journal.record_version(name, (number + 1).to_bytes(16, "big"))
    journal.record_sighting(name, Stamp(1, 2, 3, number), made)
    journal.record_traces([trace(name, inputs=(source,), outputs=(made,))])


def told(journal: Journal) -> list[object]:
    """Everything that a journal says."""
    keys = sorted(journal.keys())
    return [
        *[(key, journal.trace(key), journal.sighting(key), journal.made(key), journal.maker(key)) for key in keys],
        *[journal.find_version(f"in/{number}", number.to_bytes(16, "big")) for number in range(COUNT)],
        *(sorted(journal.made_paths()), journal.starts(), sorted(journal.failed()), journal.is_begun("begun")),
        *(journal.failure("broken"), journal.notes),
    ]


def read(path: Path, *, is_unchanged: bool = False) -> list[object]:
    return told(Journal(str(path), writable=False, is_unchanged=is_unchanged))


def without_index(path: Path) -> list[object]:
    index_of(path).rename(path.parent / "aside")
    found = read(path)
    (path.parent / "aside").rename(index_of(path))
    return found


@pytest.mark.parametrize("is_unchanged", [False, True])
def test_it_says_what_the_journal_says(path: Path, *, is_unchanged: bool) -> None:
    assert read(path, is_unchanged=is_unchanged) == without_index(path)


def test_what_was_appended_since_counts_too(path: Path) -> None:
    before = index_of(path).read_bytes()
    journal = Journal(str(path), writable=True, is_unchanged=True)
    add(journal, "out/3", 5_000)
    add(journal, "new", 5_001)
    journal.forget("out/4")
    expected = told(journal)
    journal.close()
    assert index_of(path).read_bytes() == before, "a little does not make a new index"
    assert read(path) == without_index(path) == expected


def test_what_a_kill_left_torn_behind_it_is_cut(path: Path) -> None:
    expected = read(path)
    with path.open("ab") as file:
        file.write(b"\x50\0\0\0torn")
    assert read(path) == expected


@pytest.mark.parametrize("at", [3, 40, 5_000, -5])
def test_a_damaged_one_is_not_believed(path: Path, at: int) -> None:
    expected = without_index(path)
    data = bytearray(index_of(path).read_bytes())
    data[at] ^= 1
    index_of(path).write_bytes(data)
    assert read(path) == expected
    index_of(path).write_bytes(data[: len(data) // 2])
    assert read(path) == expected


def test_one_of_another_journal_is_not_believed(path: Path) -> None:
    old = index_of(path).read_bytes()
    path.unlink()
    journal = Journal(str(path), writable=True)
    for number in range(COUNT + 50):
        add(journal, f"other/{number}", number)
    journal.close()
    index_of(path).write_bytes(old)
    assert sorted(Journal(str(path), writable=False).keys()) == sorted(f"other/{n}" for n in range(COUNT + 50))


def test_a_short_journal_does_not_get_what_was_cut_off_back(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(len(HEADER))
    assert list(Journal(str(path), writable=False).keys()) == []


def test_compacting_takes_it_away(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    for number in range(3 * COUNT):
        add(journal, f"out/{number % COUNT}", number)
    before = path.stat().st_size
    journal.close()
    assert path.stat().st_size < before / 2
    assert not index_of(path).exists()
    assert len(list(Journal(str(path), writable=False).keys())) == COUNT


def test_when_an_index_is_worth_it() -> None:
    assert not is_worth_it(SMALLEST, 0)
    assert is_worth_it(2 * SMALLEST, 0)
    assert not is_worth_it(2 * SMALLEST, SMALLEST)
    assert not is_worth_it(100 * SMALLEST, 94 * SMALLEST)
    assert is_worth_it(100 * SMALLEST, 93 * SMALLEST)


@pytest.mark.parametrize(
    ("dead", "written", "due"),
    [
        (0.4, 1.0, False),  # most of it lives
        (0.6, 0.5, True),
        (0.6, 0.01, False),  # somebody waits who ran a few jobs
        (0.95, 0.01, True),  # nearly all of it is dead
    ],
)
def test_nobody_waits_for_a_compaction_who_ran_little(dead: float, written: float, *, due: bool) -> None:
    size = 10_000_000
    contents = Contents(bytearray())
    contents.dead = int(dead * size)
    assert is_due(contents, size=size, written=int(written * size)) is due
