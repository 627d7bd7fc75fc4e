"""Which folder is the root of the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.errors import UsageError
from pymake.frontends.finding import find_root, no_build_file

if TYPE_CHECKING:
    from collections.abc import Sequence


def root_of(start: str, files: Sequence[str]) -> str:
    """The folder of `files`; else the folder with a build file, from `start` (absolute) upwards.

    Raises:
        UsageError: there is none, or more than one.
    """
    if files:
        folders = dict.fromkeys(os.path.dirname(os.path.normpath(os.path.join(start, file))) for file in files)
        if len(folders) > 1:
            raise UsageError(
                "the build files are in different folders, and only one can be the root",
                facts=[("folders", ", ".join(folders))],
                hint="name build files of one folder",
            )
        return next(iter(folders))
    root = find_root(start)
    if root is None:
        raise no_build_file(start)
    return root
