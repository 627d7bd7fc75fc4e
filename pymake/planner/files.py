"""Which files there are: on disk, and as declared outputs.

Both are held by folder, so a pattern looks only into folders it can match in. A folder of the disk is scanned once for
a whole plan. Whatever pymake remembers in `.pymake` is no file of the project.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from pymake.model.patterns import read
from pymake.model.trace import FOLDER_SIZE

if TYPE_CHECKING:
    import re
    from collections.abc import Container, Iterable, Iterator

    from pymake.interfaces import Disk
    from pymake.model.patterns import Match, Pattern

STATE_FOLDER = ".pymake"
_FEW = 16
"""Up to so many new names are sorted in one by one; more are sorted with all others."""


class _Folder:
    """The names in one folder, sorted; `declared` counts the tasks that make a file of this name."""

    __slots__ = ("declared", "fresh", "names", "on_disk", "subfolders")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.fresh: list[str] = []
        self.declared: dict[str, int] = {}
        self.on_disk: frozenset[str] | None = None
        self.subfolders: dict[str, None] = {}

    def declare(self, name: str) -> None:
        count = self.declared.get(name, 0)
        self.declared[name] = count + 1
        if not count and not (self.on_disk and name in self.on_disk):
            self.fresh.append(name)

    def withdraw(self, name: str) -> None:
        self.declared[name] -= 1
        if not self.declared[name]:
            del self.declared[name]
            if not (self.on_disk and name in self.on_disk):
                (self.fresh if name in self.fresh else self.names).remove(name)

    def unsee(self) -> None:
        """Forget what was on disk, declared outputs stay."""
        self.names = sorted(self.declared)
        self.fresh.clear()
        self.on_disk = None

    def between(self, start: str) -> Iterable[str]:
        """The names that start so, sorted."""
        if self.fresh:
            if len(self.fresh) <= _FEW:
                for name in self.fresh:
                    insort(self.names, name)
            else:
                self.names.extend(self.fresh)
                self.names.sort()
            self.fresh.clear()
        if not start:
            return self.names
        first = bisect_left(self.names, start)
        return self.names[first : bisect_left(self.names, start + "\U0010ffff", first)]


class Files:
    """Owns what is known of files while a plan is made. Outputs are declared and withdrawn as tasks are expanded.

    `orphans` are files on disk that no pattern matches, unless a task declares them again.
    """

    def __init__(self, disk: Disk, orphans: Container[str] = ()) -> None:
        self._disk = disk
        self._orphans = orphans
        self._folders: dict[str, _Folder] = {}
        self._there: dict[str, bool] = {}
        self._found: dict[str, tuple[Match, ...]] = {}
        self._holders: dict[str, tuple[str, ...]] = {}

    def declare(self, paths: Iterable[str]) -> None:
        """These files are made by a task."""
        for path in paths:
            self._declare(path)
        self._found.clear()
        self._holders.clear()

    def withdraw(self, paths: Iterable[str]) -> None:
        """Take back what was declared once."""
        for path in paths:
            folder, _, name = path.rpartition("/")
            self._folders[folder].withdraw(name)
        self._found.clear()
        self._holders.clear()

    def look_again(self) -> None:
        """Jobs have run: what was seen on disk counts no more."""
        for folder in self._folders.values():
            folder.unsee()
        self._found.clear()
        self._there.clear()

    def forget_seen(self) -> None:
        """Jobs have run: whether a file is there is asked anew; what patterns match stays as it was."""
        self._there.clear()

    def is_declared(self, path: str) -> bool:
        """Whether a task makes this file."""
        folder, _, name = path.rpartition("/")
        known = self._folders.get(folder)
        return known is not None and name in known.declared

    def is_file(self, path: str) -> bool:
        """Whether there is a file of this name, on disk or made by a task."""
        if self.is_declared(path):
            return True
        there = self._there.get(path)
        if there is None:
            stamp = self._disk.stamp(path)
            there = self._there[path] = stamp is not None and stamp.size != FOLDER_SIZE
        return there

    def matches(self, pattern: Pattern) -> tuple[Match, ...]:
        """All matches, sorted by path."""
        found = self._found.get(pattern.text)
        if found is None:
            matched = {
                match.path: match for match in map(pattern.match, self._candidates(pattern)) if match is not None
            }
            found = self._found[pattern.text] = tuple(matched[path] for path in sorted(matched))
        return found

    def made_below(self, folder: str) -> Iterator[str]:
        """The declared outputs in a folder and all its subfolders."""
        stack = ["" if folder == "." else folder]
        while stack:
            current = stack.pop()
            known = self._folders.get(current)
            if known is not None:
                yield from (_join(current, name) for name in known.declared)
                stack.extend(_join(current, name) for name in known.subfolders)

    def related(self, path: str) -> Iterable[str]:
        """Declared outputs that a path cannot be told apart from: below it, or a folder that holds it."""
        if path in self._folders:
            return self.made_below(path)
        folder = path.rpartition("/")[0]
        holder = self._holders.get(folder)
        if holder is None:
            holder = self._holders[folder] = self._holder(folder)
        return holder

    def _holder(self, folder: str) -> tuple[str, ...]:
        """The innermost folder from this one upwards that is itself an output."""
        while folder not in ("", "/"):
            if self.is_declared(folder):
                return (folder,)
            folder = folder.rpartition("/")[0]
        return ()

    def _declare(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = _Folder()
            self._make_reachable(folder)
        known.declare(name)

    def _make_reachable(self, folder: str) -> None:
        """Let every folder above know the one below it."""
        while folder not in ("", "/"):
            above, _, name = folder.rpartition("/")
            known = self._folders.setdefault(above, _Folder())
            if name in known.subfolders:
                return
            known.subfolders[name] = None
            folder = above

    def _candidates(self, pattern: Pattern) -> Iterator[str]:
        """Paths that the leading components of a pattern do not rule out."""
        if pattern.folder.partition("/")[0] == STATE_FOLDER:
            return
        folders = [pattern.folder]
        for test in pattern.tests:
            folders = [_join(folder, name) for folder in folders for name in self._subfolders(folder, test)]
        if pattern.deep:
            folders = list(self._all_below(folders, hidden="/." in pattern.text))
        start = pattern.name_start()
        for folder in folders:
            known = self._look(folder)
            names = sorted(known.subfolders) if pattern.is_folder else known.between(start)
            yield from names if not folder else (_join(folder, name) for name in names)

    def _subfolders(self, folder: str, test: str | re.Pattern[str]) -> Iterable[str]:
        known = self._look(folder)
        if isinstance(test, str):
            return (test,) if test in known.subfolders else ()
        return [name for name in sorted(known.subfolders) if test.fullmatch(name)]

    def _all_below(self, folders: list[str], *, hidden: bool) -> Iterator[str]:
        """The folders and all below, hidden ones only if wanted; links are followed, but never round in a circle."""
        stack = [(folder, self._identity(folder)) for folder in reversed(folders)]
        while stack:
            folder, above = stack.pop()
            yield folder
            for name in sorted(self._look(folder).subfolders, reverse=True):
                inner = _join(folder, name)
                found = self._identity(inner)
                if (hidden or not name.startswith(".")) and not found & above:
                    stack.append((inner, above | found))

    def _identity(self, folder: str) -> frozenset[int]:
        stamp = self._disk.stamp(folder or ".")
        return frozenset((stamp.inode,)) if stamp is not None and stamp.inode else frozenset()

    def _look(self, folder: str) -> _Folder:
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = _Folder()
        if known.on_disk is None:
            self._scan(folder, known)
        return known

    def _scan(self, folder: str, known: _Folder) -> None:
        names: list[str] = []
        for name, is_folder in self._disk.scan(folder):
            if is_folder:
                if folder or name != STATE_FOLDER:
                    known.subfolders[name] = None
            elif _join(folder, name) not in self._orphans:
                names.append(name)
        known.on_disk = frozenset(names)
        known.fresh.extend(name for name in names if name not in known.declared)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder not in ("", "/") else folder + name


def paths_on_disk(disk: Disk, text: str) -> tuple[str, ...]:
    """The files on disk that a pattern matches now, sorted."""
    found = read(text)
    if isinstance(found, str):
        return (found,) if Files(disk).is_file(found) else ()
    return tuple(match.path for match in Files(disk).matches(found))
