"""Events of other systems (macOS, BSD), as `watchdog` tells them: from a thread, through a pipe that wakes a poll."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from pymake.model.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from watchdog.observers.api import ObservedWatch

_READING = frozenset({"opened", "closed_no_write"})
"""Events of reading: a build reads all day."""


class ObserverWatcher(FileSystemEventHandler):
    """The Watcher where `watchdog` has something better than polling. Paths as in `InotifyWatcher`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._read, self._write = os.pipe()
        for fd in (self._read, self._write):
            os.set_blocking(fd, False)
        self._observer = Observer()
        self._watches: dict[str, tuple[ObservedWatch, int]] = {}
        self._observer.start()

    def watch(self, folders: Collection[str]) -> Collection[str]:
        """See `Watcher.watch`."""
        wanted = set(folders)
        for folder in [known for known in self._watches if known not in wanted]:
            self._drop(folder)
        return [folder for folder in folders if not self._is_watched(folder)]

    def files(self) -> Sequence[int]:
        """See `Watcher.files`."""
        return (self._read,)

    def due(self) -> float | None:
        """Never: there is always an event."""
        return None

    def heard(self) -> Heard:
        """See `Watcher.heard`; what the system has not yet told is missing."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 1 << 16)
        with self._lock:
            paths, self._paths = self._paths, set()
        return Heard(paths=frozenset(paths))

    def close(self) -> None:
        """End the threads."""
        self._observer.stop()
        self._observer.join()
        os.close(self._read)
        os.close(self._write)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer, in its thread."""
        if event.event_type in _READING:
            return
        found = [self._path(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path]
        with self._lock:
            self._paths.update(found)
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"!")

    def _path(self, real: str) -> str:
        return "" if real == self._root else real.removeprefix(os.path.join(self._root, ""))

    def _is_watched(self, folder: str) -> bool:
        real = os.path.join(self._root, folder) if folder else self._root
        try:
            inode = os.stat(real).st_ino
        except OSError:
            self._drop(folder)
            return True
        known = self._watches.get(folder)
        if known is not None and known[1] == inode:
            return True
        self._drop(folder)
        try:
            self._watches[folder] = self._observer.schedule(self, real, recursive=False), inode
        except OSError:
            return False
        return True

    def _drop(self, folder: str) -> None:
        known = self._watches.pop(folder, None)
        if known is not None:
            with contextlib.suppress(KeyError, OSError):
                self._observer.unschedule(known[0])
