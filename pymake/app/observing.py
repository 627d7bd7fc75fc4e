"""What loading a project looks at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.frontends.usual import PYPROJECT, PYTHON_FILE, TOML_FILE
from pymake.fs.watched import WatchedDisk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.observed import Observed

_USUAL = (TOML_FILE, PYTHON_FILE, PYPROJECT)


def note_build_files(root: str, files: Sequence[str] | None, observed: Observed) -> None:
    """The build files of a root are about to be read; those that are not there may come. `root` is the current folder.

    `files` (absolute) are read instead of the usual ones, if given.
    """
    disk = WatchedDisk(root, observed, at_root=True)
    for path in _paths(root, files):
        disk.note_content(path)


def runs_python(root: str, files: Sequence[str] | None) -> bool:
    """Whether reading the build files may run code: one is in Python, or speaks of it. Arguments as above."""
    return any(path.endswith(".py") or _says_python(path) for path in _paths(root, files) if os.path.isfile(path))


def _paths(root: str, files: Sequence[str] | None) -> Sequence[str]:
    return _USUAL if files is None else [os.path.relpath(file, root) for file in files]


def _says_python(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"python" in file.read()
    except OSError:
        return False
