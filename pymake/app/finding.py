"""Which folder is the root of the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.frontends.project import find_root, no_build_file

if TYPE_CHECKING:
    from collections.abc import Sequence


def root_of(start: str, files: Sequence[str]) -> str:
    """The folder of the first of `files`; else the folder with a build file, from `start` (absolute) upwards.

    Raises:
        UsageError: there is none.
    """
    if files:
        return os.path.dirname(os.path.join(start, files[0]))
    root = find_root(start)
    if root is None:
        raise no_build_file(start)
    return root
