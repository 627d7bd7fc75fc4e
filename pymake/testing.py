"""Fakes for every seam, for tests of pymake and of what is built on it: no disk, no process, no time that passes.

They keep the contracts of `pymake.interfaces`; the same tests run against them and against the real thing.
"""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pymake.errors import InternalError, JobError, PymakeError
from pymake.model.ids import VersionId
from pymake.model.job import Cancelled, Failed, Succeeded
from pymake.model.trace import DIGEST_BYTES, FOLDER_SIZE, Stamp, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pymake.model.events import Event
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome
    from pymake.model.trace import Failure, Trace

_E = TypeVar("_E")

NS = 1_000_000_000
TICK = 1_000_000
"""How far one write moves a `LogicalClock`, in ns."""


class LogicalClock:
    """A Clock that moves only when told to. Time starts at a whole second.

    >>> clock = LogicalClock()
    >>> before = clock.monotonic()
    >>> clock.advance(2.5)
    >>> clock.monotonic() - before
    2.5
    """

    def __init__(self, ns: int = 1_700_000_000 * NS) -> None:
        self.ns = ns

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.ns / NS

    def monotonic(self) -> float:
        """Seconds, the same as `now`."""
        return self.ns / NS

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.ns += round(seconds * NS)

    def tick(self) -> int:
        """The present moment in ns; afterwards it is in the past."""
        moment = self.ns
        self.ns += TICK
        return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    data: bytes
    mtime: int
    ctime: int
    inode: int


class MemoryDisk:
    """A Disk in a dict. Each change of a file takes one tick of its clock, so no two changes share a stamp.

    `resolution` (ns) makes the times in stamps coarse, as on old file systems: then stamps of young files are racy.
    `stamped` and `hashed` list the paths that were looked at, in order.

    >>> disk = MemoryDisk({"a.txt": "one"})
    >>> before = disk.digest("a.txt")
    >>> disk.write("a.txt", "two")
    >>> disk.digest("a.txt") == before, disk.hashed
    (False, ['a.txt', 'a.txt'])
    """

    def __init__(
        self,
        files: dict[str, str | bytes] | None = None,
        *,
        clock: LogicalClock | None = None,
        resolution: int = 1,
    ) -> None:
        self.clock = clock if clock is not None else LogicalClock()
        self.stamped: list[str] = []
        self.hashed: list[str] = []
        self._resolution = resolution
        self._files: dict[str, _File] = {}
        self._folders: set[str] = set()
        self._inodes = 0
        for path, data in (files or {}).items():
            self.write(path, data)

    # Disk

    def stamp(self, path: str) -> Stamp | None:
        """See `Disk.stamp`."""
        self.stamped.append(path)
        file = self._files.get(path)
        if file is not None:
            return Stamp(self._coarse(file.mtime), self._coarse(file.ctime), len(file.data), file.inode)
        return Stamp(0, 0, FOLDER_SIZE, 0) if self._is_folder(path) else None

    def stamps(self, paths: Iterable[str]) -> list[Stamp | None]:
        """See `Disk.stamps`."""
        return [self.stamp(path) for path in paths]

    def digest(self, path: str) -> bytes | None:
        """See `Disk.digest`; another hash function than on a real disk."""
        self.hashed.append(path)
        file = self._files.get(path)
        if file is not None:
            return _hash(b"file", file.data)
        if not self._is_folder(path):
            return None
        below = [
            (name[len(_below(path)) :].encode(), b"folder" if name in self._folders else self._files[name].data)
            for name in sorted({*self._files, *self._folders})
            if name.startswith(_below(path))
        ]
        return _hash(b"folder", *(part for pair in below for part in pair))

    def read(self, path: str) -> bytes | None:
        """See `Disk.read`."""
        file = self._files.get(path)
        return None if file is None else file.data

    def remove(self, path: str) -> None:
        """See `Disk.remove`."""
        self._files = {name: f for name, f in self._files.items() if name != path and not name.startswith(_below(path))}
        self._folders = {name for name in self._folders if name != path and not name.startswith(_below(path))}

    def make_folder(self, path: str) -> None:
        """See `Disk.make_folder`."""
        while path not in ("", "/"):
            if path in self._files:
                raise PymakeError(f"cannot make the folder {path}", facts=[("reason", "a file is in the way")])
            self._folders.add(path)
            path = posixpath.dirname(path)

    def scan(self, folder: str) -> Sequence[tuple[str, bool]]:
        """See `Disk.scan`."""
        below = "" if folder in ("", ".") else _below(folder)
        names = {*self._files, *self._folders}
        found = {name[len(below) :].split("/")[0] for name in names if name.startswith(below) and name != below}
        return [(name, below + name in self._folders) for name in sorted(found)]

    def is_racy(self, stamp: Stamp, hashed_at: int) -> bool:
        """See `Disk.is_racy`."""
        return stamp.size == FOLDER_SIZE or stamp.ctime + self._resolution > hashed_at

    def now(self) -> int:
        """See `Disk.now`: the time that the next change gets."""
        return self.clock.ns

    # The user at the keyboard

    def write(self, path: str, data: str | bytes, *, mtime: int | None = None) -> None:
        """Write a file and the folders above it; with `mtime` (ns), put that back as a restored backup would."""
        self.make_folder(posixpath.dirname(path))
        moment = self.clock.tick()
        old = self._files.get(path)
        if old is None:
            self._inodes += 1
        self._files[path] = _File(
            data=data.encode() if isinstance(data, str) else data,
            mtime=moment if mtime is None else mtime,
            ctime=moment,
            inode=self._inodes if old is None else old.inode,
        )

    def touch(self, path: str) -> None:
        """Give a file new times, and the content it has."""
        self.backdate(path, self.clock.ns)

    def backdate(self, path: str, mtime: int) -> None:
        """Set the mtime (ns) of a file, backwards or forwards; its ctime tells the truth."""
        self._files[path] = replace(self._files[path], mtime=mtime, ctime=self.clock.tick())

    def text(self, path: str) -> str:
        """The content of a file that is there."""
        return self._files[path].data.decode()

    def paths(self) -> list[str]:
        """All files, sorted."""
        return sorted(self._files)

    def _coarse(self, moment: int) -> int:
        return moment - moment % self._resolution

    def _is_folder(self, path: str) -> bool:
        return path.rstrip("/") in self._folders or path in ("", ".")


def _below(folder: str) -> str:
    return folder.rstrip("/") + "/"


def _hash(*parts: bytes) -> bytes:
    state = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(8, "little") + part)
    return state.digest()


class ScratchMemory:
    """A Memory in dicts. Give the same one to the next build, and it remembers.

    >>> memory = ScratchMemory()
    >>> memory.record_version("a", bytes(16)) == memory.find_version("a", bytes(16))
    True
    """

    def __init__(self) -> None:
        self._traces: dict[str, Trace] = {}
        self._failures: dict[str, Failure] = {}
        self._versions: list[Version] = []
        self._numbers: dict[Version, VersionId] = {}
        self._sightings: dict[str, tuple[Stamp, VersionId]] = {}

    def trace(self, key: str) -> Trace | None:
        """See `Memory.trace`."""
        return self._traces.get(key)

    def failure(self, key: str) -> Failure | None:
        """See `Memory.failure`."""
        return self._failures.get(key)

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

    def record_trace(self, trace: Trace) -> None:
        """See `Memory.record_trace`."""
        self._traces[trace.key] = trace
        self._failures.pop(trace.key, None)

    def record_failure(self, failure: Failure) -> None:
        """See `Memory.record_failure`."""
        self._failures[failure.key] = failure

    def forget(self, key: str) -> None:
        """See `Memory.forget`."""
        self._traces.pop(key, None)
        self._failures.pop(key, None)

    def keys(self) -> Iterable[str]:
        """See `Memory.keys`."""
        return tuple(self._traces)


class ScriptedExecutor:
    """An Executor that runs a function instead of a job, one at a time, when `wait` is called.

    `script(launch)` does what the job would do (it may write to a `MemoryDisk`, and edit inputs too) and returns None
    for success, a `JobError` for failure, or an outcome of its own. `choose(running)` says which of the running jobs
    ends next (an index), the first by default. `launches` lists what was started, in order; `most_running` is the
    highest number of jobs that ran at once.

    >>> from pymake.model.job import Command, Launch
    >>> from pymake.model.ids import JobId
    >>> disk = MemoryDisk({"a": "x"})
    >>> executor = ScriptedExecutor(lambda launch: disk.write("b", disk.text("a")), slots=2)
    >>> copy = Command(commands=(("cp", "a", "b"),))
    >>> executor.start(Launch(job=JobId(0), label="copy b", action=copy, env=(), log="log"))
    >>> [type(outcome).__name__ for outcome in executor.wait(None)], disk.text("b")
    (['Succeeded'], 'x')
    """

    def __init__(
        self,
        script: Callable[[Launch], Outcome | JobError | None],
        *,
        clock: LogicalClock | None = None,
        slots: int = 1,
        choose: Callable[[Sequence[Launch]], int] | None = None,
    ) -> None:
        self.clock = clock if clock is not None else LogicalClock()
        self.launches: list[Launch] = []
        self.most_running = 0
        self.closed = False
        self._script = script
        self._slots = slots
        self._choose = choose if choose is not None else _first
        self._running: list[Launch] = []
        self._cancelled: list[JobId] = []

    def room(self) -> int:
        """See `Executor.room`."""
        return self._slots - len(self._running)

    def start(self, launch: Launch) -> None:
        """See `Executor.start`; starting without room fails the test."""
        if not self.room():
            raise InternalError(f"no room for {launch.label}")
        self.launches.append(launch)
        self._running.append(launch)
        self.most_running = max(self.most_running, len(self._running))

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """See `Executor.wait`: at most one outcome. With nothing running, the clock moves on by the timeout."""
        if self._cancelled:
            gone, self._cancelled = self._cancelled, []
            return [Cancelled(job=job) for job in gone]
        if not self._running:
            if timeout is None:
                raise InternalError("waiting for ever: nothing runs")
            self.clock.advance(timeout)
            return []
        return [self._end(self._running.pop(self._choose(self._running)))]

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:  # noqa: ARG002  # the seam says so
        """See `Executor.cancel`; how hard does not matter here."""
        self._cancelled.extend(launch.job for launch in self._running if launch.job in jobs)
        self._running = [launch for launch in self._running if launch.job not in jobs]

    def close(self) -> None:
        """See `Executor.close`."""
        self._running.clear()
        self.closed = True

    def labels(self) -> list[str]:
        """The labels of all launches, in order."""
        return [launch.label for launch in self.launches]

    def _end(self, launch: Launch) -> Outcome:
        started = self.clock.now()
        result = self._script(launch)
        seconds = self.clock.now() - started
        if result is None:
            return Succeeded(job=launch.job, started=started, seconds=seconds, printed=False)
        if isinstance(result, JobError):
            return Failed(job=launch.job, started=started, seconds=seconds, printed=False, error=result)
        return result


def _first(running: Sequence[Launch]) -> int:  # noqa: ARG001  # stands where a choice by the launches may stand
    return 0


class RecordingReporter:
    """A Reporter that keeps what it is told.

    >>> from pymake.model.events import Note
    >>> reporter = RecordingReporter()
    >>> reporter.handle(Note(text="hello"))
    >>> [note.text for note in reporter.of(Note)]
    ['hello']
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False

    def handle(self, event: Event) -> None:
        """See `Reporter.handle`."""
        self.events.append(event)

    def close(self) -> None:
        """See `Reporter.close`."""
        self.closed = True

    def of(self, kind: type[_E]) -> list[_E]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


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


class ScratchInterrupts:
    """Interrupts that a test sends.

    >>> interrupts = ScratchInterrupts()
    >>> interrupts.send(2)
    >>> interrupts.received()
    (2,)
    """

    def __init__(self) -> None:
        self._received: list[int] = []

    def received(self) -> Sequence[int]:
        """See `Interrupts.received`."""
        return tuple(self._received)

    def send(self, signal_number: int) -> None:
        """A signal arrives."""
        self._received.append(signal_number)
