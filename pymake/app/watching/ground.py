"""Where a watch listens, and which files of the plan a path that was heard of concerns.

Listened to are folders, one by one and never with all below them: those of the files of the plan, those that globs
look into, and the folders above these up to the root, in which one of them may come into being, go, or come back.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.engine.files import FileTable
    from pymake.fs.disk import RealDisk
    from pymake.model.ids import FileId
    from pymake.model.plan import Plan


class Ground:
    """What is listened to for one plan, whose files are in `files`. `others` are folders that matter beside them."""

    def __init__(self, plan: Plan, files: FileTable, disk: RealDisk, others: Iterable[str]) -> None:
        self._plan = plan
        self._files = files
        self._disk = disk
        self._others = frozenset(others)
        self._links: dict[str, list[str]] = {}
        self._trees: dict[str, FileId] = {}
        self._known = 0
        self.surveys = 0
        """How often it was found out what to listen to."""
        self._folders: frozenset[str] = frozenset()
        self.survey()

    @property
    def folders(self) -> frozenset[str]:
        """The folders to listen to; the empty one is the root."""
        return self._folders

    @property
    def is_whole(self) -> bool:
        """Whether it knows of all files of the plan, which grows by what runs discover."""
        return self._known == self._plan.file_count

    def survey(self) -> None:
        """Find out anew what to listen to: the plan has grown, or folders have come or gone."""
        plan = self._plan
        self._known = plan.file_count
        self.surveys += 1
        self._trees = {}
        folders = {path.rpartition("/")[0] or ("/" if path[:1] == "/" else "") for path in plan.paths()}
        folders |= self._others
        for file in self._files.looked_at():
            if self._files.is_folder(file):
                self._trees[plan.path(file)] = file
                folders.update(self._below(plan.path(file)))
        folders.update([higher for folder in list(folders) for higher in above(folder)], [""])
        folders |= self._linked(folders)
        self._folders = frozenset(folder for folder in folders if not _is_own(folder))

    def is_folder(self, path: str) -> bool:
        """Whether the path is that of a folder that is listened to: all in it may be other than it was."""
        return path in self._folders and path != ""

    def files_at(self, path: str) -> Iterable[FileId]:
        """The files of the plan that a path concerns: itself, a folder that is one file, what links to it."""
        for name in (path, *self._links.get(path, ())):
            file = self._plan.file(name)
            if file is not None:
                yield file
            if self._trees:
                yield from (self._trees[higher] for higher in (name, *above(name)) if higher in self._trees)

    def _below(self, path: str) -> Iterable[str]:
        for folder, _, _ in os.walk(path):
            yield folder

    def _linked(self, folders: Iterable[str]) -> set[str]:
        """Folders of files that are only linked to from here; notes which path means which file."""
        self._links = {}
        found: set[str] = set()
        root = os.path.realpath(".")
        for folder in folders:
            for name in self._disk.links(folder):
                path = f"{folder}/{name}" if folder not in ("", "/") else folder + name
                if self._plan.file(path) is None:
                    continue
                real = os.path.realpath(path)
                real = real.removeprefix(os.path.join(root, ""))
                self._links.setdefault(real, []).append(path)
                found.add(os.path.dirname(real))
        return found


def above(folder: str) -> Sequence[str]:
    """The folders above one, up to the root of the project, the nearest first; of one outside only the nearest.

    >>> above("a/b/c"), above("/usr/include/x")
    (['a/b', 'a'], ['/usr/include'])
    """
    higher = folder.rpartition("/")[0]
    if folder.startswith(("/", "..")):
        return [higher] if higher not in ("", "..") else []
    found = []
    while higher:
        found.append(higher)
        higher = higher.rpartition("/")[0]
    return found


def _is_own(folder: str) -> bool:
    return folder == FOLDER or folder.startswith(f"{FOLDER}/")
