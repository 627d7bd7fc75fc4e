"""What evaluating the build files looked at: as long as all of it holds, evaluating again gives the same plan."""

from __future__ import annotations

import enum

from pymake.model.trace import Stamp

NEVER = Stamp(0, 0, 0, 0)
"""The stamp of what was racy when it was looked at: no file has it, so it holds for no second build."""


class Found(enum.IntEnum):
    """What is at a path."""

    NOTHING = 0
    FILE = 1
    FOLDER = 2


class Observed:
    """Filled by whoever looks, while build files are read and the plan is made. Paths as in a plan.

    The first look at a thing counts: if it changes between two looks, the plan may be made of both, and the stamp of
    the first look is what no later one can equal.

    >>> observed = Observed()
    >>> observed.add_kind("tools/plot.py", Found.FILE)
    >>> observed.kinds
    {'tools/plot.py': <Found.FILE: 1>}
    """

    __slots__ = ("contents", "digests", "environ", "folders", "kinds", "names", "reason", "root")

    def __init__(self, *, closely: bool = False) -> None:
        self.contents: dict[str, Stamp | None] = {}
        """Files that were read, and the stamp that they had just before; None for one that was not there."""
        self.kinds: dict[str, Found] = {}
        """Paths of which only what is there mattered."""
        self.folders: dict[str, Stamp] = {}
        """Folders whose names were read."""
        self.environ: dict[str, str | None] = {}
        """Variables that were read."""
        self.root: str | None = None
        """The absolute root, if code ran that may have asked for it."""
        self.reason: str | None = None
        """Why it cannot be known whether evaluating again gives the same; None if it can."""
        self.names: dict[str, frozenset[tuple[str, bool]]] | None = {} if closely else None
        """What `Disk.scan` said of the folders; only if somebody wants to compare more than stamps."""
        self.digests: dict[str, bytes | None] | None = {} if closely else None
        """The digests of the files whose stamps were racy; as above."""

    def add_content(self, path: str, stamp: Stamp | None) -> None:
        """A file is about to be read."""
        self.contents.setdefault(path, stamp)

    def add_kind(self, path: str, found: Found) -> None:
        """Somebody asked what is there."""
        self.kinds.setdefault(path, found)

    def add_folder(self, path: str, stamp: Stamp) -> None:
        """The names in a folder are about to be read."""
        self.folders.setdefault(path, stamp)

    def add_variable(self, name: str, value: str | None) -> None:
        """A variable of the environment was read."""
        self.environ.setdefault(name, value)

    def doubt(self, reason: str) -> None:
        """Something happened that nobody can follow; the first reason is kept."""
        self.reason = self.reason or reason
