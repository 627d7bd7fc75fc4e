"""Files that pymake made and that may have no maker any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymake.interfaces import Disk, Memory


class Orphans:
    """Holds every path that a job of an earlier build made, as long as its content is still what that job wrote.

    The planner asks it of files that match a pattern and that no task declares: these are orphans, and a pattern must
    not see them, or a build would differ from one from scratch. A file that the user has changed since is the user's.
    What a job had begun to write when pymake was killed is an orphan whatever it holds.
    """

    def __init__(self, memory: Memory, disk: Disk) -> None:
        self._memory = memory
        self._disk = disk

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        if self._memory.is_begun(path):
            return True
        version = self._memory.made(path)
        if version is None:
            return False
        seen = self._memory.sighting(path)
        if seen is not None and seen[0] == self._disk.stamp(path):
            return seen[1] == version
        return self._disk.digest(path) == self._memory.version(version).digest
