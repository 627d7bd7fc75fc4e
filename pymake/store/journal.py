"""The journal: what earlier builds remembered, an append-only file that is read in one pass.

Constraints. A build must find 100,000 traces, 200,000 versions and as many sightings in a few tenths of a second. A
finished job must be remembered even if pymake is killed in the next moment. It must work where memory maps and file
locks are not to be trusted, so no database. Nothing in it is executed or unpickled.

Layout: `format` has the frame, `records` the payloads. A trace of two inputs and one output takes about 200 bytes.

Meaning. Records are facts in order of time; a later one for the same key or path replaces the earlier. Versions
number themselves by their place, so a record may only mention versions that lie before it, and any prefix of a journal
is a true journal of an earlier moment: everything it says of a file is bound to a stamp or a digest.

Writing. `record_starts`, `record_traces`, `record_failure`, `record_end` and `forget` return when the record is in the
kernel: it survives the end of the process, however sudden. Not a power cut: there the last seconds cost their jobs
again, and syncing each record costs 170 us. Versions and sightings ride along with the next such record, or with
`close`, since losing one alone costs a hash and no more.

Recovery. An incomplete record at the end is cut. Damage anywhere else, an unknown version or a foreign file is set
aside as `journal.bad-N`, with a note; what lies before the damage is still believed. Who only looks does not repair.

Compaction, at `close` (and a watch closes and opens anew when `is_due`), writes a new file beside, syncs it and
renames it over the old one; a kill at any moment leaves one of both, whole.
"""

from __future__ import annotations

import contextlib
import os
import struct
from typing import TYPE_CHECKING

from pymake.errors import InternalError, StateError
from pymake.model.trace import DIGEST_BYTES
from pymake.store.compaction import compacted, is_due
from pymake.store.contents import Contents
from pymake.store.format import FRAME, HEADER, MAGIC, Ending, Kind, ending, frame, frames
from pymake.store.index import drop_index, fill_from_index, is_worth_it, write_index
from pymake.store.records import (
    STAMP_NUMBERS,
    encode_disown,
    encode_failure,
    encode_key,
    encode_sightings,
    encode_start,
    encode_trace,
    encode_versions,
)
from pymake.store.refusal import FOLDER, refused
from pymake.store.writing import set_aside, write_all, write_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pymake.model.ids import VersionId
    from pymake.model.trace import Failure, Outline, Stamp, Start, Trace, Version

UNREADABLE = (ValueError, IndexError, struct.error)
"""What decoding raises for a record that is whole and yet says nothing that can be."""

MOST_PENDING = 4096
"""Versions and sightings that wait for the next record; also the most in one record."""


class Journal:
    """The Memory of real builds. Owns the file from opening to `close`.

    Without `writable` nothing on disk is made, changed or
    repaired, and what is recorded is known to this object only. Two writers at once are kept apart by the lock, not
    here. `notes` are the first notes; what is wrong with the file is added. `is_unchanged` says that the file is as the
    last build left it, so that its index need not be compared with it.

    >>> journal = Journal("/no/such/file", writable=False)
    >>> journal.record_version("a.txt", bytes(16)), journal.find_version("a.txt", bytes(16))
    (0, 0)

    Raises:
        StateError: the file cannot be read, or written.
    """

    def __init__(self, path: str, *, writable: bool, notes: Iterable[str] = (), is_unchanged: bool = False) -> None:
        self._path = path
        self._index = f"{path}.index"
        self._indexed = 0
        self._is_unchanged = is_unchanged
        self._shown = f"{FOLDER}/journal"
        self._file: int | None = None
        self._refusal: StateError | None = None
        self._writable = writable
        self._notes = list(notes)
        self._records = 0
        self._is_renumbered = False
        self._contents = self._load()
        self._size_before = self._size
        self._written_versions = len(self._contents.paths)
        self._written_sightings = len(self._contents.sighted)
        if writable:
            self._open()

    @property
    def notes(self) -> tuple[str, ...]:
        """For the user, one line each: what was found wrong and what was done."""
        return tuple(self._notes)

    @property
    def is_renumbered(self) -> bool:
        """Whether versions have other numbers on disk than here: the journal was compacted when it was closed."""
        return self._is_renumbered

    # Memory

    def trace(self, key: str) -> Trace | None:
        """See `Memory.trace`."""
        try:
            return self._contents.trace(key)
        except UNREADABLE:
            return None

    def outline(self, key: str) -> Outline | None:
        """See `Memory.outline`."""
        try:
            return self._contents.outline(key)
        except UNREADABLE:
            return None

    def failure(self, key: str) -> Failure | None:
        """See `Memory.failure`."""
        try:
            return self._contents.failure(key)
        except UNREADABLE:
            return None

    def start(self, key: str) -> Start | None:
        """See `Memory.start`."""
        try:
            return self._contents.start(key)
        except UNREADABLE:
            return None

    def version(self, version: VersionId) -> Version:
        """See `Memory.version`."""
        return self._contents.version(version)

    def sighting(self, path: str) -> tuple[Stamp, VersionId] | None:
        """See `Memory.sighting`."""
        return self._contents.sighting(path)

    def find_version(self, path: str, digest: bytes) -> VersionId | None:
        """See `Memory.find_version`."""
        return self._contents.find_version(path, digest)

    def record_version(self, path: str, digest: bytes) -> VersionId:
        """See `Memory.record_version`. Written with the next record that is not a version."""
        return self._contents.number_of(path, digest)

    def record_sighting(self, path: str, stamp: Stamp, version: VersionId) -> None:
        """See `Memory.record_sighting`. Written with the next trace or failure, after some thousands, or at the end."""
        self._contents.add_sighting(path, stamp, version)
        if len(self._contents.sighted) - self._written_sightings >= MOST_PENDING:
            self.flush()

    def record_starts(self, starts: Sequence[Start]) -> None:
        """See `Memory.record_starts`. One write for all of them."""
        self._append(Kind.START, *map(encode_start, starts))

    def record_traces(self, traces: Sequence[Trace]) -> None:
        """See `Memory.record_traces`. One write for all of them."""
        self._append(Kind.TRACE, *map(encode_trace, traces))

    def record_failure(self, failure: Failure) -> None:
        """See `Memory.record_failure`."""
        self._append(Kind.FAILURE, encode_failure(failure))

    def record_end(self, key: str) -> None:
        """See `Memory.record_end`."""
        if key in self._contents.starts:
            self._append(Kind.END, encode_key(key))

    def forget(self, key: str) -> None:
        """See `Memory.forget`."""
        contents = self._contents
        if key in contents.traces or key in contents.failures or key in contents.starts:
            self._append(Kind.FORGET, encode_key(key))

    def made(self, path: str) -> VersionId | None:
        """See `Memory.made`."""
        try:
            return self._contents.made(path)
        except UNREADABLE:
            return None

    def disown(self, paths: Sequence[str]) -> None:
        """See `Memory.disown`."""
        if paths:
            self._append(Kind.DISOWN, encode_disown(paths))

    def maker(self, path: str) -> tuple[str, int] | None:
        """See `Memory.maker`."""
        try:
            return self._contents.maker(path)
        except UNREADABLE:
            return None

    def made_paths(self) -> Sequence[str]:
        """See `Memory.made_paths`."""
        return self._contents.made_paths()

    def starts(self) -> Sequence[Start]:
        """See `Memory.starts`."""
        return [start for start in map(self.start, self._contents.starts) if start is not None]

    def is_begun(self, path: str) -> bool:
        """See `Memory.is_begun`."""
        try:
            return self._contents.is_begun(path)
        except UNREADABLE:
            return False

    def keys(self) -> Iterable[str]:
        """See `Memory.keys`."""
        return tuple(self._contents.traces)

    def failed(self) -> Collection[str]:
        """See `Memory.failed`."""
        return self._contents.failures.keys()

    def flush(self) -> None:
        """Write what waits."""
        self._write(self._pending())

    def is_current(self) -> bool:
        """Whether the file is still as this object left it: nobody else has written, exchanged or removed it."""
        if self._file is None:
            return False
        try:
            own, there = os.fstat(self._file), os.stat(self._path)
        except OSError:
            return False
        return (own.st_dev, own.st_ino) == (there.st_dev, there.st_ino) and there.st_size == self._size

    def is_due(self) -> bool:
        """Whether `close` would compact: most of what is there was replaced by what came later."""
        return is_due(self._contents, size=self._size, written=self._size - self._size_before)

    def abandon(self) -> None:
        """Let go of the file without a word: somebody else has written it, and numbers versions in another way."""
        self._let_go()

    def close(self) -> None:
        """Write what waits, compact if that is due, and let go of the file. Nothing if it was closed before."""
        if self._file is None:
            return
        try:
            self.flush()
            if self.is_due():
                self._compact()
            elif is_worth_it(self._size, self._indexed):
                write_index(self._path, self._contents, self._size, self._records)
        finally:
            self._let_go()

    # Writing

    def _append(self, kind: Kind, *payloads: bytes) -> None:
        contents, data = self._contents, self._contents.data
        records = [frame(kind, payload) for payload in payloads]
        self._write([*self._pending(), *records])
        for record in records:
            start = len(data) + FRAME.size + 1
            data += record
            contents.take(kind, start, len(data))

    def _pending(self) -> list[bytes]:
        """The versions and sightings that are not on disk yet, as records; from now on they count as written."""
        contents, records = self._contents, []
        for first in range(self._written_versions, len(contents.paths), MOST_PENDING):
            last = first + MOST_PENDING
            digests = contents.digests[first * DIGEST_BYTES : last * DIGEST_BYTES]
            records.append(frame(Kind.VERSIONS, encode_versions(contents.paths[first:last], digests)))
        for first in range(self._written_sightings, len(contents.sighted), MOST_PENDING):
            last = first + MOST_PENDING
            stamps = contents.stamps[first * STAMP_NUMBERS : last * STAMP_NUMBERS]
            records.append(frame(Kind.SIGHTINGS, encode_sightings(contents.sighted[first:last], stamps)))
        self._written_versions, self._written_sightings = len(contents.paths), len(contents.sighted)
        contents.skip(sum(map(len, records)))
        return records

    def _write(self, records: list[bytes]) -> None:
        """Append whole records. After a failure nothing more is written: the file ends where it was good."""
        if not self._writable or not records:
            return
        if self._refusal is not None:
            raise self._refusal
        if self._file is None:
            raise InternalError("the journal is closed")
        try:
            write_all(self._file, b"".join(records))
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            self._let_go()
            self._refusal = refused("write", self._shown, error)
            raise self._refusal from error
        self._size += sum(map(len, records))
        self._records += len(records)

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _compact(self) -> None:
        """Replace the file. If that fails (a full disk), the old one is as good as before."""
        beside = self._path + ".new"
        drop_index(self._index)
        try:
            write_file(beside, compacted(self._contents))
            os.replace(beside, self._path)
            self._is_renumbered = True
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)

    # Reading

    def _load(self) -> Contents:
        contents = Contents(self._read())
        self._size = len(HEADER)
        if not contents.data.startswith(HEADER):
            if not HEADER.startswith(contents.data):
                self._set_aside(_foreign(contents.data), b"")
            return Contents(bytearray(HEADER))
        begin, self._records = fill_from_index(self._index, contents, is_unchanged=self._is_unchanged)
        self._indexed, self._size = begin, begin or len(HEADER)
        try:
            for kind, start, end in frames(contents.data, self._size):
                contents.take(kind, start, end)
                self._size = end
                self._records += 1
            found = ending(contents.data, self._size)
        except UNREADABLE:
            found = Ending.DAMAGED
        if found is Ending.DAMAGED:
            self._set_aside("is damaged; what it says before the damage is still known", contents.data[: self._size])
        del contents.data[self._size :]
        return contents

    def _read(self) -> bytearray:
        try:
            with open(self._path, "rb", buffering=0) as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                size = 0
                with memoryview(data) as view:
                    while size < len(data) and (count := file.readinto(view[size:])):
                        size += count
                del data[size:]
                return data
        except (FileNotFoundError, NotADirectoryError):
            return bytearray()
        except OSError as error:
            raise refused("read", self._shown, error) from error

    def _set_aside(self, what: str, believed: bytes | bytearray) -> None:
        if not self._writable:
            self._notes.append(f"{self._shown} {what}")
            return
        try:
            number = set_aside(self._path)
            if believed:
                write_file(self._path + ".new", [believed])
                os.replace(self._path + ".new", self._path)
        except OSError as error:
            raise refused("set aside", self._shown, error) from error
        self._notes.append(f"{self._shown} {what}; the file is now {self._shown}.bad-{number}")

    def _open(self) -> None:
        """Open for appending, with header, without a torn end."""
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
            self._file = os.open(self._path, flags, 0o666)
            if os.fstat(self._file).st_size < len(HEADER):
                os.ftruncate(self._file, 0)
                write_all(self._file, HEADER)
            else:
                os.ftruncate(self._file, self._size)
        except OSError as error:
            self._let_go()
            raise refused("write", self._shown, error) from error


def _foreign(data: bytearray) -> str:
    if data.startswith(MAGIC):
        return f"has format {data[len(MAGIC)]}, which this pymake does not know; every job runs again"
    return "was not written by pymake; every job runs again"
