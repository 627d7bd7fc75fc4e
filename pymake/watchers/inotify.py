"""Events of Linux: one descriptor for all folders, which a poll can wait for. No thread, so workers can be forked.

`watchdog` has the bindings to the system's calls; its observers are not used here, since they start a thread for each
folder, which is no good beside `fork` and with thousands of folders. What is read without blocking is complete: the
kernel has queued an event by the time the change that caused it is over.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
from typing import TYPE_CHECKING, cast

from watchdog.observers import inotify_c

from pymake.model.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

Events = inotify_c.InotifyConstants
_init: Callable[[], int] = inotify_c.inotify_init
_add_watch: Callable[[int, bytes, int], int] = inotify_c.inotify_add_watch
_rm_watch = cast("Callable[[int, int], int]", inotify_c.inotify_rm_watch)
"""Numbers are numbers, whatever the library calls them in which version."""

_MASK = (
    Events.IN_MODIFY
    | Events.IN_ATTRIB
    | Events.IN_CLOSE_WRITE
    | Events.IN_MOVED_FROM
    | Events.IN_MOVED_TO
    | Events.IN_CREATE
    | Events.IN_DELETE
    | Events.IN_DELETE_SELF
    | Events.IN_MOVE_SELF
    | Events.IN_ONLYDIR
)
"""Nothing about reading: a build reads all day."""

_FRAME = struct.Struct("iIII")
"""Watch, events, a number that ties both ends of a move, length of the name that follows."""

_AT_ONCE = 1 << 16
_MOST_READS = 64
"""So that somebody who writes without pause cannot keep the reader from its work; the rest is read the next time."""


class InotifyWatcher:
    """The Watcher of Linux. Paths are relative to `root` (absolute) if below it; the empty one is the root itself.

    Raises:
        OSError: the system has no more of these descriptors.
    """

    def __init__(self, root: str, *, add: Callable[[int, bytes, int], int] = _add_watch) -> None:
        self._root = root
        self._add = add
        self._fd = _init()
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "no events")
        os.set_inheritable(self._fd, False)
        os.set_blocking(self._fd, False)
        self._numbers: dict[str, tuple[int, int]] = {}
        self._folders: dict[int, list[str]] = {}
        self._missing: set[str] = set()

    def watch(self, folders: Collection[str]) -> Collection[str]:
        """See `Watcher.watch`. A folder that was exchanged for another one of its name is watched anew."""
        wanted = set(folders)
        for folder in [known for known in self._numbers if known not in wanted]:
            self._drop(folder)
        silent = [folder for folder in folders if not self._is_watched(folder)]
        self._missing = wanted - self._numbers.keys() - set(silent)
        return silent

    def files(self) -> Sequence[int]:
        """See `Watcher.files`."""
        return (self._fd,)

    def due(self) -> float | None:
        """Never: there is always an event."""
        return None

    def heard(self) -> Heard:
        """See `Watcher.heard`."""
        paths: set[str] = set()
        everything = False
        for number, events, name in self._events():
            if events & (Events.IN_Q_OVERFLOW | Events.IN_UNMOUNT):
                everything = True
            folders = self._folders.get(number, ())
            for folder in folders:
                paths.add(f"{folder}/{name}" if folder and name else name or folder)
            if events & (Events.IN_DELETE_SELF | Events.IN_MOVE_SELF | Events.IN_IGNORED) and folders:
                for folder in list(folders):
                    self._drop(folder)
                everything = True
        if not self._missing.isdisjoint(paths):  # listened to before anybody looks, so nothing in it is missed
            self._missing = {folder for folder in sorted(self._missing) if not self._has_come(folder)}
            everything = True
        return Heard(paths=frozenset(paths), everything=everything)

    def close(self) -> None:
        """Let go of the descriptor, and with it of all watches."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _events(self) -> Iterator[tuple[int, int, str]]:
        for _ in range(_MOST_READS):
            try:
                data = os.read(self._fd, _AT_ONCE)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                number, events, _, length = _FRAME.unpack_from(data, at)
                at += _FRAME.size + length
                yield number, events, os.fsdecode(data[at - length : at].rstrip(b"\0"))
        yield -1, Events.IN_Q_OVERFLOW, ""  # there may be more, and nobody may take this for all that happened

    def _is_watched(self, folder: str) -> bool:
        """Watch it. One that is not there counts as watched: it comes with an event of the folder above it."""
        real = os.path.join(self._root, folder)
        try:
            inode = os.stat(real).st_ino
        except OSError:
            self._drop(folder)
            return True
        known = self._numbers.get(folder)
        if known is not None and known[1] == inode:
            return True
        self._drop(folder)
        number = self._add(self._fd, os.fsencode(real), _MASK)
        if number < 0:
            return ctypes.get_errno() in (errno.ENOENT, errno.ENOTDIR)
        self._numbers[folder] = number, inode
        self._folders.setdefault(number, []).append(folder)
        return True

    def _has_come(self, folder: str) -> bool:
        """Watch a folder that was not there before, if it is now."""
        return self._is_watched(folder) and folder in self._numbers

    def _drop(self, folder: str) -> None:
        known = self._numbers.pop(folder, None)
        if known is None:
            return
        folders = self._folders.get(known[0], [])
        with contextlib.suppress(ValueError):
            folders.remove(folder)
        if not folders:  # two names may lead to one folder, which has one number
            self._folders.pop(known[0], None)
            _rm_watch(self._fd, known[0])
