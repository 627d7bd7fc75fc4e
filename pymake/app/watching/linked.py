"""Files that have another name as well, under which they may be changed in a folder that nobody listens to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.engine.files import FileTable
    from pymake.model.ids import FileId
    from pymake.model.plan import Plan


class Linked:
    """Knows the files of one plan that have more than one name.

    A file that gets a further name meanwhile is found by the next look at everything, since its ctime changes: no event
    tells of it in the folder of its first name. The current folder is the root.
    """

    def __init__(self, plan: Plan, files: FileTable) -> None:
        self._plan = plan
        self._files = files
        self._found: set[FileId] = set()
        self._unsure: set[FileId] | None = None

    def heard(self, files: Iterable[FileId]) -> None:
        """Something happened to these files."""
        if self._unsure is not None:
            self._unsure.update(files)

    def has_changed(self) -> bool:
        """Whether one of them is not what it was when it was last looked at. The first time all files are asked."""
        unsure = self._files.looked_at() if self._unsure is None else self._unsure
        for file in unsure:
            if self._has_other_name(file):
                self._found.add(file)
            else:
                self._found.discard(file)
        self._unsure = set()
        return any(not self._files.is_unchanged(file) for file in self._found)

    def _has_other_name(self, file: FileId) -> bool:
        try:
            found = os.stat(self._plan.path(file))
        except OSError:
            return False
        return found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode)
