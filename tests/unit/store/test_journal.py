"""The journal under kills, damage, full disks and compaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pymake.errors import StateError
from pymake.model.ids import VersionId
from pymake.model.trace import LONGEST_FACET, Facet, Stamp, shortened
from pymake.store.compaction import SMALLEST
from pymake.store.format import HEADER, LONGEST_TORN, MAGIC
from pymake.store.journal import MOST_PENDING, Journal
from tests.unit.store.records_of_all_kinds import CALLS, failure, first_job, known, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def written(path: Path) -> bytes:
    """The bytes of a journal with every kind of record."""
    journal = Journal(str(path), writable=True)
    for call in CALLS:
        call(journal)
    journal.close()
    return path.read_bytes()


def states(path: Path) -> list[object]:
    """What a journal knows after none, one, two … of the calls."""
    found = []
    for count in range(len(CALLS) + 1):
        journal = Journal(str(path) + ".states", writable=False)
        for call in CALLS[:count]:
            call(journal)
        found.append(known(journal))
    return found


def names(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir())


def test_each_call_is_on_disk_when_it_returns(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    for call, state in zip(CALLS, states(path)[1:], strict=True):
        call(journal)
        assert known(Journal(str(path), writable=False)) == state
    journal.close()


def test_cut_anywhere_it_is_the_journal_of_an_earlier_moment(path: Path) -> None:
    data = written(path)
    expected = states(path)
    traces = [[*state[0], state[1]] for state in expected if isinstance(state, tuple)]
    for size in range(len(data)):
        path.write_bytes(data[:size])
        journal = Journal(str(path), writable=True)
        journal.record_failure(failure("after"))
        journal.close()
        again = Journal(str(path), writable=False)
        state = known(again)
        assert isinstance(state, tuple)
        assert [*state[0], state[1]] in traces
        assert (again.failure("after"), again.notes) == (failure("after"), ())
        assert names(path) == ["journal"]


def test_a_flipped_bit_anywhere_is_never_believed(path: Path) -> None:
    data = written(path)
    traces = [[*state[0], state[1]] for state in states(path) if isinstance(state, tuple)]
    for at in range(len(data)):
        for bit in (0, 7):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            path.write_bytes(damaged)
            state = known(Journal(str(path), writable=False))
            assert isinstance(state, tuple)
            assert [*state[0], state[1]] in traces[:-1], (at, bit)
            assert path.read_bytes() == damaged


def test_damage_in_the_middle_is_set_aside_and_what_lies_before_is_kept(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    first_job(journal)
    whole = path.stat().st_size
    journal.record_traces([trace("b")])
    journal.record_traces([trace("c")])
    journal.close()
    data = bytearray(path.read_bytes())
    data[whole + 20] ^= 1
    path.write_bytes(data)

    looking = Journal(str(path), writable=False)
    assert looking.notes == (".pymake/journal is damaged; what it says before the damage is still known",)
    assert names(path) == ["journal"]

    mending = Journal(str(path), writable=True)
    assert mending.notes == (f"{looking.notes[0]}; the file is now .pymake/journal.bad-1",)
    assert list(mending.keys()) == ["a"]
    mending.record_traces([trace("d")])
    mending.close()
    assert names(path) == ["journal", "journal.bad-1"]
    assert (path.parent / "journal.bad-1").read_bytes() == data
    after = Journal(str(path), writable=True)
    assert (sorted(after.keys()), after.notes) == (["a", "d"], ())
    after.close()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"dear diary, today I built", "was not written by pymake; every job runs again"),
        (MAGIC + b"\x63rest", "has format 99, which this pymake does not know; every job runs again"),
    ],
)
def test_a_foreign_file_is_set_aside_with_a_note(path: Path, data: bytes, what: str) -> None:
    (path.parent / "journal.bad-1").write_text("an earlier one")
    path.write_bytes(data)
    assert Journal(str(path), writable=False).notes == (f".pymake/journal {what}",)
    assert path.read_bytes() == data
    journal = Journal(str(path), writable=True)
    assert journal.notes == (f".pymake/journal {what}; the file is now .pymake/journal.bad-2",)
    first_job(journal)
    journal.close()
    assert (path.parent / "journal.bad-2").read_bytes() == data
    assert list(Journal(str(path), writable=False).keys()) == ["a"]


def test_a_tail_of_zeros_is_cut_without_a_word(path: Path) -> None:
    data = written(path)
    path.write_bytes(data + bytes(5_000))
    journal = Journal(str(path), writable=True)
    assert journal.notes == ()
    journal.close()
    assert path.read_bytes() == data


def test_more_than_a_torn_write_is_not_thrown_away(path: Path) -> None:
    data = written(path)
    path.write_bytes(data + bytes(LONGEST_TORN + 1))
    journal = Journal(str(path), writable=True)
    assert len(journal.notes) == 1
    journal.close()
    assert names(path) == ["journal", "journal.bad-1"]


def test_who_looks_sees_a_moment_and_writes_nothing(path: Path) -> None:
    writing = Journal(str(path), writable=True)
    writing.record_traces([trace("a")])
    looking = Journal(str(path), writable=False)
    writing.record_traces([trace("b")])
    size = path.stat().st_size
    first_job(looking)
    looking.record_traces([trace("c")])
    looking.close()
    assert list(looking.keys()) == ["a", "c"]
    assert path.stat().st_size == size
    writing.close()
    assert sorted(Journal(str(path), writable=False).keys()) == ["a", "b"]


def test_looking_at_nothing_makes_nothing(path: Path) -> None:
    journal = Journal(str(path), writable=False)
    assert (list(journal.keys()), journal.notes) == ([], ())
    journal.close()
    assert names(path) == []


def test_sightings_wait_for_the_next_record_or_the_end(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    version = journal.record_version("in", b"1" * 16)
    journal.record_sighting("in", Stamp(1, 2, 3, 4), version)
    assert path.read_bytes() == HEADER
    journal.close()
    journal.close()
    assert Journal(str(path), writable=False).sighting("in") == (Stamp(1, 2, 3, 4), version)


def test_many_sightings_do_not_wait_for_ever(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    for number in range(MOST_PENDING):
        name = f"in{number}"
        journal.record_sighting(name, Stamp(1, 2, 3, number), journal.record_version(name, b"1" * 16))
    looking = Journal(str(path), writable=False)
    assert looking.sighting("in0") == (Stamp(1, 2, 3, 0), VersionId(0))
    assert looking.sighting(name) == (Stamp(1, 2, 3, MOST_PENDING - 1), VersionId(MOST_PENDING - 1))
    journal.close()


def test_long_facets_are_kept_short(path: Path) -> None:
    journal = Journal(str(path), writable=False)
    long = "x" * (LONGEST_FACET + 1)
    journal.record_traces([replace(trace("a"), facets=(Facet("arguments", long),))])
    kept = journal.trace("a")
    assert kept is not None
    assert kept.facets == (Facet("arguments", shortened(long)),)
    assert len(kept.facets[0].value) == LONGEST_FACET


def big(path: Path, rounds: int = 3) -> Journal:
    """A journal over the size that is left as it is; two thirds of it are dead."""
    journal = Journal(str(path), writable=True)
    for turn in range(rounds):
        for number in range(1_600):
            name = f"some/folder/file{number}"
            version = journal.record_version(name, turn.to_bytes(8, "big") + number.to_bytes(8, "big"))
            journal.record_sighting(name, Stamp(turn, 2, 3, number), version)
            journal.record_traces([trace(name, outputs=(version,))])
    journal.record_failure(failure("b"))
    journal.record_version("never/mentioned", b"9" * 16)
    return journal


def test_compaction_keeps_everything_that_lives(path: Path) -> None:
    journal = big(path)
    before = path.stat().st_size
    assert before > SMALLEST
    keys = list(journal.keys())
    kept = [(key, journal.trace(key), journal.sighting(key)) for key in keys]
    journal.close()
    assert path.stat().st_size < before / 2
    assert names(path) == ["journal"]
    after = Journal(str(path), writable=True)
    assert len(kept) == 1_600
    for key, old, seen in kept:
        new, sighting = after.trace(key), after.sighting(key)
        assert old is not None
        assert new is not None
        assert seen is not None
        assert sighting is not None
        assert replace(new, outputs=old.outputs) == old
        assert [after.version(VersionId(n)) for n in new.outputs] == [
            journal.version(VersionId(n)) for n in old.outputs
        ]
        assert sighting == (seen[0], VersionId(new.outputs[0]))
    assert after.failure("b") == failure("b")
    assert after.find_version("never/mentioned", b"9" * 16) is None
    after.close()


def test_a_compaction_that_was_killed_leaves_the_old_journal(path: Path) -> None:
    journal = big(path)
    journal.flush()
    data = path.read_bytes()
    (path.parent / "journal.new").write_bytes(data[:1000])
    journal.close()
    assert names(path) == ["journal"]
    assert len(list(Journal(str(path), writable=False).keys())) == 1_600


def test_a_small_journal_is_left_alone(path: Path) -> None:
    journal = Journal(str(path), writable=True)
    for _ in range(50):
        journal.record_traces([trace("a")])
    before = path.stat()
    journal.close()
    assert (path.stat().st_size, path.stat().st_ino) == (before.st_size, before.st_ino)


@pytest.fixture
def file_limit() -> Iterator[Callable[[int], None]]:
    """Sets how long a file may get, as a full disk would."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_an_error_and_the_file_stays_good(path: Path, file_limit: Callable[[int], None]) -> None:
    journal = Journal(str(path), writable=True)
    first_job(journal)
    size = path.stat().st_size
    file_limit(size + 20)
    for key in ("b", "c"):
        with pytest.raises(StateError) as caught:
            journal.record_traces([trace(key)])
        assert str(caught.value) == "cannot write .pymake/journal\n  reason: File too large"
    journal.close()
    assert path.stat().st_size == size
    after = Journal(str(path), writable=False)
    assert (list(after.keys()), after.notes) == (["a"], ())


def test_a_folder_in_its_place_is_an_error_with_the_reason(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StateError) as caught:
        Journal(str(path), writable=False)
    assert str(caught.value) == "cannot read .pymake/journal\n  reason: Is a directory"


def test_the_later_of_two_traces_made_a_path(path: Path) -> None:
    memory = Journal(str(path), writable=True)
    old = memory.record_version("p/1", b"1" * 16)
    memory.record_traces([trace("p/1", outputs=(old,))])
    new = memory.record_version("p/1", b"2" * 16)
    memory.record_traces([trace("//p/*", outputs=(new,))])
    assert (memory.maker("p/1"), memory.made("p/1")) == (("//p/*", 0), new)
    memory.record_traces([trace("p/1", outputs=(old,))])
    assert (memory.maker("p/1"), memory.made("p/1")) == (("p/1", 0), old)
