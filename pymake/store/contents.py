"""What a journal says, in memory: columns for versions and sightings, raw records for the rest, decoded on demand."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from pymake.errors import InternalError
from pymake.model.ids import VersionId
from pymake.model.trace import DIGEST_BYTES, NAMELESS, Stamp, Version
from pymake.store.format import FRAME, Kind
from pymake.store.records import (
    STAMP_NUMBERS,
    count_outputs,
    decode_disown,
    decode_failure,
    decode_key,
    decode_outline,
    decode_sightings,
    decode_start,
    decode_trace,
    decode_versions,
    trace_origin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymake.model.trace import Failure, Outline, Start, Trace

NO_VERSION = -1


class Contents:
    """Owns the bytes of the records and the tables over them. Knows no file.

    Invariants: row n of the version columns is version n; `seen` holds the last sighting of a path; `previous[n]` is
    the version that the path of n had before, so equal content of long ago is found again by walking back.
    """

    __slots__ = (
        "_begun",
        "_begun_open",
        "_beside",
        "_gaps",
        "_gaps_at",
        "_latest",
        "_previous",
        "_seen",
        "data",
        "dead",
        "digests",
        "disowned",
        "failures",
        "paths",
        "sighted",
        "stamps",
        "starts",
        "traces",
    )

    def __init__(self, data: bytearray) -> None:
        self.data = data
        self.paths: list[str] = []
        self.digests = bytearray()
        self._latest: dict[str, int] | None = {}
        self._previous = array("i")
        self._seen: dict[str, int] | None = {}
        self.sighted = array("I")
        self.stamps = array("q")
        self.traces: dict[str, int] = {}
        self.failures: dict[str, int] = {}
        self.starts: dict[str, int] = {}
        self.disowned: set[str] = set()
        self._beside: dict[str, int] | None = None
        self._begun: frozenset[str] | None = None
        self._begun_open: list[Start] = []
        self._gaps_at = array("Q", [0])
        self._gaps = array("Q", [0])
        self.dead = 0
        """Bytes of traces, failures and starts that newer records replaced."""

    # Filling

    def fill(
        self, *, paths: list[str], digests: bytes, previous: array[int], sighted: array[int], stamps: array[int]
    ) -> None:
        """Take in the tables of an index, in the place of the records that they were made of.

        What is looked up by path is made when somebody asks: it takes as long as all the rest.

        Raises:
            ValueError: they do not fit together.
        """
        counts = (len(digests), len(previous) * DIGEST_BYTES, len(stamps))
        if counts != (len(paths) * DIGEST_BYTES, len(paths) * DIGEST_BYTES, len(sighted) * STAMP_NUMBERS):
            raise ValueError("the columns of the index differ in length")
        self.paths, self.digests, self._previous = paths, bytearray(digests), previous
        self.sighted, self.stamps = sighted, stamps
        self._seen = self._latest = None

    @property
    def seen(self) -> dict[str, int]:
        """The row of the last sighting of each path."""
        if self._seen is None:
            self._seen = dict(zip(map(self.paths.__getitem__, self.sighted), range(len(self.sighted)), strict=True))
        return self._seen

    def previous(self) -> array[int]:
        """By version, the one that its path had before; -1 for the first."""
        self._index()
        return self._previous

    def take(self, kind: int, start: int, end: int) -> None:
        """Take one record in. Raises ValueError, IndexError or struct.error if it cannot be."""
        if kind == Kind.TRACE:
            key = decode_key(self.data, start)[0]
            if self.failures or key in self.traces:
                self._drop(key)
            elif key in self.starts:
                self._end(key)
            self.traces[key] = start
            self._beside = None
            if self.disowned:
                outputs = decode_outline(self.data, start).outputs
                self.disowned.difference_update([self.paths[number] for number in outputs])
        elif kind == Kind.VERSIONS:
            paths, digests = decode_versions(self.data, start, end)
            self.paths += paths
            self.digests += digests
        elif kind == Kind.SIGHTINGS:
            self._take_sightings(*decode_sightings(self.data, start, end))
        elif kind == Kind.FAILURE:
            key = decode_key(self.data, start)[0]
            self._end(key)
            self._count_dead(self.failures.pop(key, None))
            self.failures[key] = start
        elif kind == Kind.START:
            key = decode_key(self.data, start)[0]
            self._end(key)
            self.starts[key] = start
            if self.disowned:
                self.disowned.difference_update(decode_start(self.data, start, end).outputs)
        elif kind == Kind.DISOWN:
            self.disowned.update(decode_disown(self.data, start, end))
        elif kind == Kind.END:
            self._end(decode_key(self.data, start)[0])
            self.dead += end - start
        elif kind == Kind.FORGET:
            self._drop(decode_key(self.data, start)[0])
            self.dead += end - start
        else:
            raise ValueError(f"no record has the kind {kind}")

    def number_of(self, path: str, digest: bytes) -> VersionId:
        """The number of a content, a new one if the path never had it."""
        found = self.find_version(path, digest)
        if found is not None:
            return found
        if len(digest) != DIGEST_BYTES or "\0" in path:
            raise InternalError(f"not a version: {path!r}, {digest.hex()}")
        latest = self._index()
        number = len(self.paths)
        self.paths.append(path)
        self.digests += digest
        self._previous.append(latest.get(path, NO_VERSION))
        latest[path] = number
        return VersionId(number)

    def add_sighting(self, path: str, stamp: Stamp, version: VersionId) -> None:
        """The path has the version while it has the stamp."""
        if self.paths[version] != path:
            raise InternalError(f"version {version} is not one of {path}")
        if self._seen is not None:
            self._seen[path] = len(self.sighted)
        self.sighted.append(version)
        self.stamps.extend(stamp)

    def _take_sightings(self, numbers: array[int], stamps: array[int]) -> None:
        first = len(self.sighted)
        paths = [self.paths[number] for number in numbers]
        if self._seen is not None:
            self._seen.update(zip(paths, range(first, first + len(paths)), strict=True))
        self.sighted.extend(numbers)
        self.stamps.extend(stamps)

    def _end(self, key: str) -> None:
        self._begun = None
        self._count_dead(self.starts.pop(key, None))

    def _drop(self, key: str) -> None:
        self._end(key)
        self._count_dead(self.traces.pop(key, None))
        self._count_dead(self.failures.pop(key, None))

    def _count_dead(self, start: int | None) -> None:
        if start is not None:
            self.dead += self.end_of(start) - start + FRAME.size + 1

    def skip(self, count: int) -> None:
        """In front of what comes next, so many bytes are on disk that are not in `data`: their tables are here."""
        if count:
            self._gaps_at.append(len(self.data))
            self._gaps.append(self._gaps[-1] + count)

    # Asking

    def on_disk(self, starts: Iterable[int]) -> Iterator[int]:
        """Where payloads that begin here begin on disk."""
        for start in starts:
            yield start + self._gaps[bisect_right(self._gaps_at, start) - 1]

    def trace(self, key: str) -> Trace | None:
        """The live trace of a job."""
        start = self.traces.get(key)
        return None if start is None else decode_trace(self.data, start, self.end_of(start))

    def outline(self, key: str) -> Outline | None:
        """What decides of the live trace of a job."""
        start = self.traces.get(key)
        return None if start is None else decode_outline(self.data, start)

    def failure(self, key: str) -> Failure | None:
        """The live failure of a job."""
        start = self.failures.get(key)
        return None if start is None else decode_failure(self.data, start, self.end_of(start))

    def start(self, key: str) -> Start | None:
        """The start of a job that did not end."""
        start = self.starts.get(key)
        return None if start is None else decode_start(self.data, start, self.end_of(start))

    def is_begun(self, path: str) -> bool:
        """Whether a job that did not end may have written the path."""
        if not self.starts or path in self.disowned:
            return False
        if self._begun is None:
            starts = [decode_start(self.data, start, self.end_of(start)) for start in self.starts.values()]
            self._begun = frozenset(output for start in starts for output in start.outputs)
            self._begun_open = [start for start in starts if start.patterns]
        return path in self._begun or any(start.may_have_written(path) for start in self._begun_open)

    def version(self, number: int) -> Version:
        """The path and digest of a number.

        Raises:
            InternalError: no version has it.
        """
        if not 0 <= number < len(self.paths):
            raise InternalError(f"no version has the number {number}")
        at = number * DIGEST_BYTES
        return Version(self.paths[number], bytes(self.digests[at : at + DIGEST_BYTES]))

    def sighting(self, path: str) -> tuple[Stamp, VersionId] | None:
        """The last sighting of a path."""
        row = self.seen.get(path)
        if row is None:
            return None
        at = row * STAMP_NUMBERS
        return Stamp._make(self.stamps[at : at + STAMP_NUMBERS]), VersionId(self.sighted[row])

    def find_version(self, path: str, digest: bytes) -> VersionId | None:
        """The number of a content that the path had at any time."""
        number = self._index().get(path, NO_VERSION)
        while number != NO_VERSION:
            at = number * DIGEST_BYTES
            if self.digests[at : at + DIGEST_BYTES] == digest:
                return VersionId(number)
            number = self._previous[number]
        return None

    def made(self, path: str) -> VersionId | None:
        """The version in which a live trace left the path."""
        start = self._made_at(path)
        if start is None:
            return None
        outputs = decode_outline(self.data, start).outputs
        return next((VersionId(number) for number in outputs if self.paths[number] == path), None)

    def maker(self, path: str) -> tuple[str, int] | None:
        """The key and the origin of the live trace that made the path."""
        start = self._made_at(path)
        return None if start is None else (decode_key(self.data, start)[0], trace_origin(self.data, start))

    def made_paths(self) -> list[str]:
        """All outputs of live traces."""
        paths = [key for key in self.traces if not key.startswith(NAMELESS)]
        beside = [path for path in self._made_besides() if path not in self.traces]
        return [path for path in (*paths, *beside) if path not in self.disowned] if self.disowned else [*paths, *beside]

    def _made_at(self, path: str) -> int | None:
        if path in self.disowned:
            return None
        # Where a job wrote over what another one is remembered by, the later trace speaks of what lies there.
        return max(self.traces.get(path, 0), self._made_besides().get(path, 0)) or None

    def _made_besides(self) -> dict[str, int]:
        if self._beside is None:
            self._beside = self._made_beside()
        return self._beside

    def _made_beside(self) -> dict[str, int]:
        """The outputs that are no keys, each with the trace that names it. Few jobs have such."""
        return {
            self.paths[number]: start
            for key, start in self.traces.items()
            if key.startswith(NAMELESS) or count_outputs(self.data, start) > 1
            for number in decode_outline(self.data, start).outputs
        }

    def end_of(self, start: int) -> int:
        """Where the payload ends that begins at `start`."""
        body = start - 1
        return body + int(FRAME.unpack_from(self.data, body - FRAME.size)[0])

    def count_paths(self) -> int:
        """How many paths have versions."""
        return len(self._index())

    def _index(self) -> dict[str, int]:
        """The last version of each path. Not made while loading: a build that hashes nothing needs none."""
        if self._latest is None:
            indexed = len(self._previous)
            self._latest = dict(zip(self.paths[:indexed], range(indexed), strict=True))
        for number in range(len(self._previous), len(self.paths)):
            path = self.paths[number]
            self._previous.append(self._latest.get(path, NO_VERSION))
            self._latest[path] = number
        return self._latest
