"""A disk in memory, and the clock that its changes move."""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.errors import PymakeError
from pymake.model.trace import DIGEST_BYTES, FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    read_only: bool = False


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
        self._removals: dict[str, int] = {}
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

    def tree_stamp(self, path: str) -> Stamp | None:
        """See `Disk.tree_stamp`. The time of a folder is that of the last removal from it."""
        if not self._is_folder(path):
            return None
        below = [name for name in sorted({*self._files, *self._folders}) if name.startswith(_below(path))]
        stamps = [self.stamp(name) for name in below]
        times = [stamp for stamp in stamps if stamp is not None]
        removals = [self._coarse(self._removals.get(name, 0)) for name in (path, *below)]
        number = int.from_bytes(_hash(repr((below, stamps, removals)).encode())[:7], "little")
        mtime, ctime = (max((stamp[at] for stamp in times), default=0) for at in (0, 1))
        return Stamp(mtime, max(ctime, *removals), FOLDER_SIZE, number)

    def changes(self, paths: Sequence[str], columns: Sequence[Sequence[int]]) -> list[int]:
        """See `Disk.changes`."""
        stamps = map(self.stamp, paths)
        return [
            at
            for at, (stamp, *numbers) in enumerate(zip(stamps, *columns, strict=True))
            if stamp is None or stamp.size == FOLDER_SIZE or [*stamp] != numbers
        ]

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
        path = path.rstrip("/")
        if path in self._files or path in self._folders:
            self._removals[posixpath.dirname(path)] = self.clock.tick()
        self._files = {name: f for name, f in self._files.items() if not _is_within(name, path)}
        self._folders = {name for name in self._folders if not _is_within(name, path)}

    def protect(self, path: str) -> None:
        """See `Disk.protect`."""
        for name in [name for name in self._files if _is_within(name, path)]:
            self._files[name] = replace(self._files[name], read_only=True, ctime=self.clock.tick())

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
        return stamp.ctime + self._resolution > hashed_at

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

    def is_read_only(self, path: str) -> bool:
        """Whether the file that is there was made read-only; writing it all the same is what an editor may do."""
        return self._files[path].read_only

    def paths(self) -> list[str]:
        """All files, sorted."""
        return sorted(self._files)

    def _coarse(self, moment: int) -> int:
        return moment - moment % self._resolution

    def _is_folder(self, path: str) -> bool:
        return path.rstrip("/") in self._folders or path in ("", ".")


def _below(folder: str) -> str:
    return folder.rstrip("/") + "/"


def _is_within(name: str, folder: str) -> bool:
    return name == folder or name.startswith(_below(folder))


def _hash(*parts: bytes) -> bytes:
    state = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(8, "little") + part)
    return state.digest()
