"""What loading a project looks at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.fs.watched import WatchedDisk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.observed import Observed

_USUAL = ("pymake.toml", "pymakefile.py", "pyproject.toml")


def note_build_files(root: str, files: Sequence[str] | None, observed: Observed) -> None:
    """The build files of a root are about to be read; those that are not there may come. `root` is the current folder.

    `files` (absolute) are read instead of the usual ones, if given.
    """
    disk = WatchedDisk(root, observed, at_root=True)
    for path in _USUAL if files is None else [os.path.relpath(file, root) for file in files]:
        disk.note_content(path)
