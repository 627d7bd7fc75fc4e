"""Whether what build files and plan were made from is still as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.fs.watched import kind_of
from pymake.model.observed import NEVER
from pymake.model.trace import FOLDER_SIZE
from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.fs.disk import RealDisk
    from pymake.model.observed import Observed

_OWN = frozenset([FOLDER, "__pycache__"])
"""Folders that come into being by building."""


AT_ONCE = 2_000
"""Paths that are looked at in one go when nobody waits for it: some 20 ms."""


class Evaluated:
    """What an evaluation looked at, closely, as long as it holds.

    Invariant: a stamp that is kept here is that of a file with the content, or of a folder with the names, that the
    evaluation found.
    """

    def __init__(self, observed: Observed, disk: RealDisk) -> None:
        self.observed = observed
        self._disk = disk
        self._stamps = {**observed.contents, **observed.folders}

    @property
    def is_doubtful(self) -> bool:
        """Whether it may give something else although nothing changed that anybody could see."""
        return self.observed.reason is not None

    def knows(self, path: str) -> bool:
        """Whether it looked at the path, or at the names in its folder."""
        observed, name = self.observed, path or "."
        folder = path.rpartition("/")[0] or "."
        return name in observed.contents or name in observed.kinds or not {name, folder}.isdisjoint(observed.folders)

    def folders(self) -> Iterable[str]:
        """The folders in which something may happen that concerns it; the empty one is the root."""
        observed = self.observed
        for path in (*observed.contents, *observed.kinds):
            yield path.rpartition("/")[0] or ("/" if path.startswith("/") else "")
        yield from ("" if folder == "." else folder for folder in observed.folders)

    def change(self, paths: Iterable[str] | None, is_made: Callable[[str], bool]) -> str | None:
        """What is not as it was, as far as these paths concern it (None: all that was looked at); None if all is.

        Names that `is_made` knows may come and go in a folder: they are in the plan, there or not.
        """
        if paths is None:
            return self.change_of(self._all(), is_made)
        asked = {name: None for path in paths for name in (path or ".", path.rpartition("/")[0] or ".")}
        return self.change_of(asked, is_made)

    def change_of(self, paths: Iterable[str], is_made: Callable[[str], bool]) -> str | None:
        """The same for just these paths, `.` for the root."""
        return next((path for path in paths if self._has_changed(path, is_made)), None)

    def slices(self, is_known: Callable[[str], bool]) -> list[list[str]]:
        """All paths, in pieces for `change_of`, but for those of which only is asked what others know by the way."""
        observed = self.observed
        paths = [p for p in self._all() if p not in observed.kinds or p in observed.contents or not is_known(p)]
        return [paths[first : first + AT_ONCE] for first in range(0, len(paths), AT_ONCE)]

    def _all(self) -> Iterable[str]:
        observed = self.observed
        return {**observed.contents, **observed.kinds, **observed.folders}

    def _has_changed(self, path: str, is_made: Callable[[str], bool]) -> bool:
        observed = self.observed
        if path in observed.contents:
            return self._has_other_content(path)
        if path in observed.kinds and kind_of(self._disk.stamp(path)) != observed.kinds[path]:
            return not is_made(path)
        return path in observed.folders and self._has_other_names(path, is_made)

    def _has_other_content(self, path: str) -> bool:
        stamp, known, digests = self._disk.stamp(path), self._stamps[path], self.observed.digests
        if stamp == known:
            return False
        if stamp is None or stamp.size == FOLDER_SIZE or digests is None or path not in digests:
            return True
        now = self._disk.now()
        if self._disk.digest(path) != digests[path]:
            return True
        self._stamps[path] = NEVER if self._disk.is_racy(stamp, now) else stamp
        return False

    def _has_other_names(self, path: str, is_made: Callable[[str], bool]) -> bool:
        stamp, names = self._disk.stamp(path), self.observed.names
        if stamp == self._stamps[path]:
            return False
        if stamp is None or names is None or path not in names:
            return True
        now = self._disk.now()
        found = frozenset(self._disk.scan("" if path == "." else path))
        prefix = "" if path == "." else path.rstrip("/") + "/"
        other = {name for name, _ in found ^ names[path]} - _OWN
        if any(not is_made(prefix + name) for name in other):
            return True
        self._stamps[path] = NEVER if self._disk.is_racy(stamp._replace(size=0), now) else stamp
        return False
