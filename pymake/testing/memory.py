"""Memory and logs in dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import InternalError
from pymake.model.ids import VersionId
from pymake.model.trace import Outline, Stamp, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pymake.model.trace import Failure, Start, Trace


class ScratchMemory:
    """A Memory in dicts. Give the same one to the next build, and it remembers.

    >>> memory = ScratchMemory()
    >>> memory.record_version("a", bytes(16)) == memory.find_version("a", bytes(16))
    True
    """

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}
        self._failures: dict[str, Failure] = {}
        self._starts: dict[str, Start] = {}
        self._disowned: set[str] = set()
        self._versions: list[Version] = []
        self._numbers: dict[Version, VersionId] = {}
        self._sightings: dict[str, tuple[Stamp, VersionId]] = {}

    def trace(self, key: str) -> Trace | None:
        """See `Memory.trace`."""
        return self._traces.get(key)

    def outline(self, key: str) -> Outline | None:
        """See `Memory.outline`."""
        trace = self._traces.get(key)
        if trace is None:
            return None
        return Outline(trace.action, trace.inputs, trace.discovered, trace.outputs, trace.seconds)

    def failure(self, key: str) -> Failure | None:
        """See `Memory.failure`."""
        return self._failures.get(key)

    def start(self, key: str) -> Start | None:
        """See `Memory.start`."""
        return self._starts.get(key)

    def version(self, version: VersionId) -> Version:
        """See `Memory.version`."""
        if not 0 <= version < len(self._versions):
            raise InternalError(f"no version has the number {version}")
        return self._versions[version]

    def sighting(self, path: str) -> tuple[Stamp, VersionId] | None:
        """See `Memory.sighting`."""
        return self._sightings.get(path)

    def find_version(self, path: str, digest: bytes) -> VersionId | None:
        """See `Memory.find_version`."""
        return self._numbers.get(Version(path, digest))

    def record_version(self, path: str, digest: bytes) -> VersionId:
        """See `Memory.record_version`."""
        version = Version(path, digest)
        if version not in self._numbers:
            self._numbers[version] = VersionId(len(self._versions))
            self._versions.append(version)
        return self._numbers[version]

    def record_sighting(self, path: str, stamp: Stamp, version: VersionId) -> None:
        """See `Memory.record_sighting`."""
        self._sightings[path] = (stamp, version)

    def record_starts(self, starts: Sequence[Start]) -> None:
        """See `Memory.record_starts`."""
        for start in starts:
            self._disowned.difference_update(start.outputs)
            self._starts[start.key] = start

    def record_traces(self, traces: Sequence[Trace]) -> None:
        """See `Memory.record_traces`."""
        for trace in traces:
            self._disowned.difference_update(self._versions[number].path for number in trace.outputs)
            self._starts.pop(trace.key, None)
            self._traces[trace.key] = trace
            self._failures.pop(trace.key, None)

    def record_failure(self, failure: Failure) -> None:
        """See `Memory.record_failure`."""
        self._starts.pop(failure.key, None)
        self._failures[failure.key] = failure

    def record_end(self, key: str) -> None:
        """See `Memory.record_end`."""
        self._starts.pop(key, None)

    def forget(self, key: str) -> None:
        """See `Memory.forget`."""
        self._starts.pop(key, None)
        self._traces.pop(key, None)
        self._failures.pop(key, None)

    def made(self, path: str) -> VersionId | None:
        """See `Memory.made`."""
        trace = self._maker(path)
        if trace is None:
            return None
        outputs = map(VersionId, trace.outputs)
        return next((version for version in outputs if self._versions[version].path == path), None)

    def maker(self, path: str) -> tuple[str, int] | None:
        """See `Memory.maker`."""
        trace = self._maker(path)
        return None if trace is None else (trace.key, trace.origin)

    def made_paths(self) -> Sequence[str]:
        """See `Memory.made_paths`."""
        outputs = [self._versions[number].path for trace in self._traces.values() for number in trace.outputs]
        return [path for path in outputs if path not in self._disowned]

    def starts(self) -> Sequence[Start]:
        """See `Memory.starts`."""
        return list(self._starts.values())

    def disown(self, paths: Sequence[str]) -> None:
        """See `Memory.disown`."""
        self._disowned.update(paths)

    def is_begun(self, path: str) -> bool:
        """See `Memory.is_begun`."""
        return path not in self._disowned and any(start.may_have_written(path) for start in self._starts.values())

    def _maker(self, path: str) -> Trace | None:
        if path in self._disowned:
            return None
        return next(
            (
                trace
                for trace in self._traces.values()
                if any(self._versions[number].path == path for number in trace.outputs)
            ),
            None,
        )

    def keys(self) -> Iterable[str]:
        """See `Memory.keys`."""
        return tuple(self._traces)

    def failed(self) -> Collection[str]:
        """See `Memory.failed`."""
        return self._failures.keys()


class ScratchLogs:
    """Logs in a dict.

    >>> logs = ScratchLogs()
    >>> logs.write(logs.path("k"), "printed")
    >>> logs.excerpt(logs.path("k"))
    ('printed', 0)
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def path(self, key: str) -> str:
        """See `Logs.path`."""
        return f"logs/{key}.log"

    def excerpt(self, path: str) -> tuple[str, int]:
        """See `Logs.excerpt`; nothing is ever left out."""
        return self._texts.get(path, ""), 0

    def write(self, path: str, text: str) -> None:
        """What a job printed."""
        self._texts[path] = text
