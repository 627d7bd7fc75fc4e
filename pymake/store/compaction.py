"""A journal written anew, without what newer records replaced.

Worth it when dead records outweigh the live ones. That there are many small ones does no harm: they have an index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.trace import DIGEST_BYTES
from pymake.store.format import FRAME, HEADER, Kind, frame
from pymake.store.records import (
    STAMP_NUMBERS,
    encode_disown,
    encode_sightings,
    encode_versions,
    renumbered_trace,
    trace_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.store.contents import Contents

SMALLEST = 1 << 20
"""A journal below this size (bytes) is left as it is."""

BLOCK = 1 << 14
"""Most versions or sightings in one record."""

GOOD_PART = 16
"""A sixteenth of the file takes fifty times as long to fill with jobs that run as to write anew."""

VERSION_BYTES = DIGEST_BYTES + 40
SIGHTING_BYTES = 4 + 8 * STAMP_NUMBERS
"""What one takes on disk, a path of usual length included."""


def is_due(contents: Contents, *, size: int, written: int) -> bool:
    """Whether the journal of this size, of which this build has written so many bytes, is worth writing anew.

    More than half of it has to be dead. Nobody waits for it who ran a few jobs: the build has to have written a good
    part of the file itself, unless nearly all is dead.
    """
    if size <= SMALLEST:
        return False
    old_versions = len(contents.paths) - contents.count_paths()
    old_sightings = len(contents.sighted) - len(contents.seen)
    dead = contents.dead + old_versions * VERSION_BYTES + old_sightings * SIGHTING_BYTES
    return 2 * dead > size and (GOOD_PART * written > size or GOOD_PART * (size - dead) < size)


def compacted(contents: Contents) -> Iterator[bytes]:
    """The new journal, in pieces. Versions that nothing live mentions are left out, the rest renumbered."""
    yield HEADER
    kept = _kept_versions(contents)
    numbers = [0] * len(contents.paths)
    for new, old in enumerate(kept):
        numbers[old] = new
    yield from _versions(contents, kept)
    yield from _sightings(contents, numbers)
    for start in contents.traces.values():
        yield frame(Kind.TRACE, renumbered_trace(contents.data, start, contents.end_of(start), numbers))
    if contents.disowned:
        yield frame(Kind.DISOWN, encode_disown(sorted(contents.disowned)))
    for start in (*contents.failures.values(), *contents.starts.values()):
        yield bytes(contents.data[start - 1 - FRAME.size : contents.end_of(start)])


def _kept_versions(contents: Contents) -> list[int]:
    """In the old order, so that sorted rows of numbers stay sorted."""
    kept = bytearray(len(contents.paths))
    for row in contents.seen.values():
        kept[contents.sighted[row]] = 1
    for start in contents.traces.values():
        for number in trace_numbers(contents.data, start)[0]:
            kept[number] = 1
    return [number for number, is_kept in enumerate(kept) if is_kept]


def _versions(contents: Contents, kept: list[int]) -> Iterator[bytes]:
    for first in range(0, len(kept), BLOCK):
        block = [contents.version(number) for number in kept[first : first + BLOCK]]
        digests = bytearray().join([version.digest for version in block])
        yield frame(Kind.VERSIONS, encode_versions([version.path for version in block], digests))


def _sightings(contents: Contents, numbers: list[int]) -> Iterator[bytes]:
    rows = list(contents.seen.values())
    for first in range(0, len(rows), BLOCK):
        block = rows[first : first + BLOCK]
        stamps = [
            number for row in block for number in contents.stamps[row * STAMP_NUMBERS : (row + 1) * STAMP_NUMBERS]
        ]
        yield frame(Kind.SIGHTINGS, encode_sightings([numbers[contents.sighted[row]] for row in block], stamps))
