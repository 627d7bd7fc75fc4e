"""The real disk below one root.

Paths are plain strings and the calls those of `os`: a survey stamps 200,000 files, and `pathlib` takes four times as
long for each.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from typing import TYPE_CHECKING

from pymake.errors import InternalError
from pymake.fs.digest import Digester
from pymake.fs.refusal import refused
from pymake.fs.tree import tree_stamp
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NS = 1_000_000_000
MARGIN = 20_000_000
"""Stamps have the tick of the kernel at best, 10 ms at worst. Two changes within this many ns may look like one."""

COARSE_MARGIN = 2 * NS
"""The same where stamps have whole seconds: FAT has every second one."""

_KIND = 0o170000
_WRITABLE = 0o222
_FOLDER = 0o040000
_TICK_CLOCK = 5 if sys.platform == "linux" else None
"""CLOCK_REALTIME_COARSE: the clock that Linux takes the times of local files from; up to 10 ms behind the fine one."""


class RealDisk:
    """The Disk of real builds.

    `root` is absolute. `at_root` says that it is also the current folder of the process, and stays so: then paths go
    to the system as they are. `probe` is a file that may be made and removed to learn how far the clock of the file
    system (a server's, perhaps) is from this machine's; without it both are taken for the same.
    `keep` gets digest and content of each small file that is hashed.

    >>> RealDisk("/", at_root=False).stamp("no/such/file") is None
    True
    """

    def __init__(
        self, root: str, *, at_root: bool, probe: str | None = None, keep: Callable[[bytes, bytes], None] | None = None
    ) -> None:
        self._prefix = "" if at_root else root.rstrip("/") + "/"
        self._probe = probe
        self._skew: int | None = None
        self._digester = Digester(keep)

    def stamp(self, path: str) -> Stamp | None:
        """See `Disk.stamp`.

        Raises:
            PymakeError: a folder above it may not be looked into.
        """
        return self.stamps((path,))[0]

    def stamps(self, paths: Iterable[str]) -> list[Stamp | None]:
        """See `Disk.stamps`."""
        prefix, look = self._prefix, os.stat
        found: list[Stamp | None] = []
        for path in paths:
            try:
                status = look(prefix + path if path[:1] != "/" and path else self._real(path))
            except PermissionError as error:
                raise refused("look at", path, error) from error
            except (OSError, ValueError):  # a name with a null byte is a ValueError
                found.append(None)
                continue
            size = FOLDER_SIZE if status.st_mode & _KIND == _FOLDER else status.st_size
            found.append(Stamp(status.st_mtime_ns, status.st_ctime_ns, size, status.st_ino))
        return found

    def tree_stamp(self, path: str) -> Stamp | None:
        """See `Disk.tree_stamp`.

        Raises:
            PymakeError: a folder in it may not be looked into.
        """
        try:
            return tree_stamp(self._real(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise refused("look into", path, error) from error

    def changes(self, paths: Sequence[str], columns: Sequence[Sequence[int]]) -> list[int]:
        """See `Disk.changes`. No object stays for a file that did not change."""
        prefix, look = self._prefix, os.stat
        found: list[int] = []
        for at, (path, mtime, ctime, size, inode) in enumerate(zip(paths, *columns, strict=True)):
            try:
                seen = look(prefix + path if path[:1] != "/" and path else self._real(path))
            except (OSError, ValueError):
                found.append(at)
                continue
            is_same = seen.st_ctime_ns == ctime and seen.st_mtime_ns == mtime and seen.st_ino == inode
            if not is_same or seen.st_size != size or seen.st_mode & _KIND == _FOLDER:
                found.append(at)
        return found

    def digest(self, path: str) -> bytes | None:
        """See `Disk.digest`."""
        return self._digester.digest(path if path[:1] == "/" else (self._prefix + path or "."), path)

    def read(self, path: str) -> bytes | None:
        """See `Disk.read`.

        Raises:
            PymakeError: it is there and cannot be read.
        """
        try:
            with open(self._real(path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise refused("read", path, error) from error

    def remove(self, path: str) -> None:
        """See `Disk.remove`. A link goes, what it points at stays. A device (`/dev/null` as an output) stays too.

        Raises:
            PymakeError: it cannot be removed.
        """
        real = self._real(path).rstrip("/")
        if path.rstrip("/") in ("", "."):
            raise InternalError("asked to remove the root")
        try:
            mode = os.lstat(real).st_mode
            if stat.S_ISDIR(mode):
                import shutil  # noqa: PLC0415  # 6 ms that nearly no build needs

                shutil.rmtree(real)
            elif not (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)):
                os.unlink(real)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return  # so there is no such file
            raise refused("remove", path, error) from error

    def protect(self, path: str) -> None:
        """See `Disk.protect`. Links are left alone, and folders stay writable, so that what is in them can go.

        Raises:
            PymakeError: it cannot be made read-only.
        """
        try:
            for real in _files_at(self._real(path)):
                mode = os.lstat(real).st_mode
                if stat.S_ISREG(mode) and mode & _WRITABLE:
                    os.chmod(real, stat.S_IMODE(mode & ~_WRITABLE))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise refused("make read-only", path, error) from error

    def make_folder(self, path: str) -> None:
        """See `Disk.make_folder`.

        Raises:
            PymakeError: it cannot be made.
        """
        real = self._real(path)
        if os.path.isdir(real):  # a third of what `makedirs` asks
            return
        try:
            os.makedirs(real, exist_ok=True)
        except OSError as error:
            raise refused("make the folder", path, error) from error

    def scan(self, folder: str) -> Sequence[tuple[str, bool]]:
        """See `Disk.scan`.

        Raises:
            PymakeError: it may not be looked into.
        """
        try:
            with os.scandir(self._real(folder)) as entries:
                return sorted((entry.name, _is_folder(entry)) for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise refused("look into", folder, error) from error

    def links(self, folder: str) -> Sequence[str]:
        """The names in a folder that are links; what they lead to may change without a trace in the folder."""
        try:
            with os.scandir(self._real(folder)) as entries:
                return [entry.name for entry in entries if entry.is_symlink()]
        except OSError:
            return []

    def is_racy(self, stamp: Stamp, hashed_at: int) -> bool:
        """See `Disk.is_racy`.

        The ctime decides, since no program can set it. The mtime is asked as well, for file systems without a ctime of
        their own, unless it lies in the future: that would make the file racy for years.
        """
        coarse = stamp.mtime % NS == 0 and stamp.ctime % NS == 0
        latest = max(stamp.ctime, stamp.mtime) if stamp.mtime <= hashed_at else stamp.ctime
        return latest + (COARSE_MARGIN if coarse else MARGIN) > hashed_at

    def now(self) -> int:
        """See `Disk.now`: never later than the time that a file changed right now would get."""
        if self._skew is None:
            self._skew = self._measured_skew()
        return _tick() + self._skew

    def _measured_skew(self) -> int:
        if self._probe is None:
            return 0
        real = self._real(self._probe)
        try:
            with open(real, "wb") as file:
                file.write(b"?")
            changed = os.stat(real).st_mtime_ns
            after = _tick()
            os.unlink(real)
        except OSError:
            return 0
        # Measured against the time afterwards, so that a slow server makes the answer too early, never too late.
        skew = changed - after
        return skew if abs(skew) > MARGIN else 0

    def _real(self, path: str) -> str:
        return path if path[:1] == "/" else (self._prefix + path or ".")


def _files_at(real: str) -> Iterator[str]:
    """The file itself, or every entry below a folder that is no folder."""
    if not os.path.isdir(real):
        yield real
    for folder, _, names in os.walk(real):
        yield from (os.path.join(folder, name) for name in names)


def _tick() -> int:
    if _TICK_CLOCK is None:
        return time.time_ns()
    return time.clock_gettime_ns(_TICK_CLOCK)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
