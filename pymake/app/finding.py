"""Which folder is the root of the project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.errors import UsageError
from pymake.frontends.project import find_root

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
        raise UsageError(
            "no build file here or in any folder above",
            facts=[("folder", start), ("looked for", "pymakefile.py, pymake.toml, [tool.pymake] in pyproject.toml")],
            hint="write a pymake.toml, or name a file with -f",
        )
    return root
