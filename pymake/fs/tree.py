"""The stamp of a whole folder: what tells, without reading a file, that nothing in it has changed.

It goes over every entry below, with its name and its own stamp, folders too: their times tell of entries that came or
went. Links are followed where the digest of a folder follows them, so that an equal stamp means an equal digest; a link
that dangles or leads round in a circle counts by its own stamp.
"""

from __future__ import annotations

import os
import stat

from pymake.fs.digest import digest_bytes
from pymake.model.trace import FOLDER_SIZE, Stamp


class _Tree:
    """Owns the latest times of one walk, and all it saw."""

    def __init__(self) -> None:
        self._seen = bytearray()
        self._mtime = 0
        self._ctime = 0

    def walk(self, real: str, shown: bytes, around: tuple[tuple[int, int], ...]) -> None:
        status = os.stat(real)
        self._take(shown, status)
        inside = (*around, (status.st_dev, status.st_ino))
        for name in sorted(os.listdir(real)):
            inner, below = os.path.join(real, name), shown + b"/" + os.fsencode(name)
            try:
                found = os.stat(inner)
            except OSError:
                found = None
            if found is None or (found.st_dev, found.st_ino) in inside:
                self._take_link(inner, below)
            elif stat.S_ISDIR(found.st_mode):
                self.walk(inner, below, inside)
            else:
                self._take(below, found)

    def stamp(self) -> Stamp:
        """All of it; the hash stands where a file has its inode."""
        return Stamp(self._mtime, self._ctime, FOLDER_SIZE, _number(bytes(self._seen)))

    def _take_link(self, real: str, shown: bytes) -> None:
        try:
            self._take(shown, os.lstat(real))
        except FileNotFoundError:
            return  # it went away just now, which the times of its folder will tell

    def _take(self, shown: bytes, status: os.stat_result) -> None:
        size = FOLDER_SIZE if stat.S_ISDIR(status.st_mode) else status.st_size
        self._mtime = max(self._mtime, status.st_mtime_ns)
        self._ctime = max(self._ctime, status.st_ctime_ns)
        numbers = (len(shown), status.st_mtime_ns, status.st_ctime_ns, size, status.st_ino)
        self._seen += b"%b %d %d %d %d %d;" % (shown, *numbers)


def _number(data: bytes) -> int:
    return int.from_bytes(digest_bytes(data)[:8], "little", signed=True)


def tree_stamp(real: str) -> Stamp:
    """The stamp of the folder at `real`.

    Raises:
        OSError: it is no folder, or one in it may not be looked into.
    """
    tree = _Tree()
    tree.walk(real, b"", ())
    return tree.stamp()
