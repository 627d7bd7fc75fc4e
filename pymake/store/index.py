"""The index of a journal: its tables in columns, so that loading 100,000 traces is reading a few arrays.

`.pymake/journal.index` says what the first `size` bytes of the journal say; what follows there is read record by
record. It is written when a journal is closed of which much is not indexed yet, so a build that appends a little writes
none.

It is believed if those bytes are the ones it was made of: a digest over them tells, 30 ms for 100,000 traces, or who
opens the journal knows by its stamp that nobody has written to it since the last build (`is_unchanged`). Anything else
is as if it were not there: the journal alone is the truth, and losing the index costs reading it.

Layout: sections in the frame of the snapshot (see `pymake.door`), numbers in the byte order of the machine.

    HEAD       marshalled: identity, size, crc32 of the indexed bytes, records, dead bytes, starts, failures, disowned
    PATHS      the paths of all versions, joined by null bytes;  DIGESTS, PREVIOUS  columns beside them
    SIGHTED    u32 versions of all sightings;  STAMPS  i64, four for each
    KEYS       the keys of all live traces, joined by null bytes;  TRACES  u64, where their payloads begin
"""

from __future__ import annotations

import contextlib
import marshal
import os
import zlib
from array import array
from typing import TYPE_CHECKING

from pymake import door

if TYPE_CHECKING:
    from pymake.store.contents import Contents

HEAD, PATHS, DIGESTS, PREVIOUS, SIGHTED, STAMPS, KEYS, TRACES = range(1, 9)

SMALLEST = 1 << 18
"""Bytes of a journal that load fast enough as they are."""

_UNREADABLE = (OSError, ValueError, TypeError, KeyError, EOFError, IndexError)


def is_worth_it(size: int, indexed: int) -> bool:
    """Whether to write an index of a journal of `size` bytes, of which the first `indexed` have one."""
    return size > SMALLEST and size - indexed > max(SMALLEST, size // 16)


def write_index(journal: str, contents: Contents, size: int, records: int) -> None:
    """Write the index of a journal that is on disk and ends at `size`. What the system refuses to write is left out."""
    path = f"{journal}.index"
    starts, failures = (
        dict(zip(rows, contents.on_disk(rows.values()), strict=True)) for rows in (contents.starts, contents.failures)
    )
    head = (
        *(door.identity(), size, _checksum(journal, size), records, contents.dead),
        *(starts, failures, sorted(contents.disowned)),
    )
    sections = {
        HEAD: marshal.dumps(head),
        PATHS: _joined(contents.paths),
        DIGESTS: bytes(contents.digests),
        PREVIOUS: contents.previous().tobytes(),
        SIGHTED: contents.sighted.tobytes(),
        STAMPS: contents.stamps.tobytes(),
        KEYS: _joined(contents.traces),
        TRACES: array("Q", contents.on_disk(contents.traces.values())).tobytes(),
    }
    try:
        with open(path + ".new", "wb") as file:
            file.writelines(door.packed(sections))
        os.replace(path + ".new", path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(path + ".new")


def fill_from_index(path: str, contents: Contents, *, is_unchanged: bool) -> tuple[int, int]:
    """Fill the tables of `contents`, which holds the bytes of a journal, as far as the index goes.

    Returns how many bytes and records of the journal that is; 0 and 0 if the index is not to be believed.
    """
    try:
        with open(path, "rb") as file:
            sections = door.table_of(os.pread(file.fileno(), door.TABLE, 0)) or {}
            columns = {number: door.section(file.fileno(), sections, number) for number in range(HEAD, TRACES + 1)}
            identity, size, crc, records, dead, starts, failures, disowned = marshal.loads(columns[HEAD] or b"")  # noqa: S302 # plain, behind a digest
        if None in columns.values() or identity != door.identity() or size > len(contents.data):
            return 0, 0
        if not is_unchanged and zlib.crc32(memoryview(contents.data)[:size]) != crc:
            return 0, 0
        contents.dead, contents.starts, contents.failures = dead, starts, failures
        contents.disowned = set(disowned)
        contents.fill(
            paths=_cut(columns[PATHS]),
            digests=columns[DIGESTS] or b"",
            previous=_numbers("i", columns[PREVIOUS]),
            sighted=_numbers("I", columns[SIGHTED]),
            stamps=_numbers("q", columns[STAMPS]),
        )
        contents.traces = dict(zip(_cut(columns[KEYS]), _numbers("Q", columns[TRACES]), strict=True))
    except _UNREADABLE:
        return 0, 0
    return size, records


def drop_index(path: str) -> None:
    """Take it away: it is about another journal."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def _checksum(path: str, size: int) -> int:
    """Of the first bytes of a file; of none if it cannot be read, and then nobody believes the index."""
    try:
        with open(path, "rb") as file:
            return zlib.crc32(file.read(size))
    except OSError:
        return 0


def _joined(texts: object) -> bytes:
    assert isinstance(texts, (list, dict))
    return "\0".join(texts).encode("utf-8", "surrogatepass")


def _cut(data: bytes | None) -> list[str]:
    return data.decode("utf-8", "surrogatepass").split("\0") if data else []


def _numbers(code: str, data: bytes | None) -> array[int]:
    numbers: array[int] = array(code)
    numbers.frombytes(data or b"")
    return numbers
