"""Where build files lie. Reading them is for `project`: what is known from a snapshot need not import that."""

from __future__ import annotations

import os

from pymake.errors import UsageError
from pymake.frontends.usual import PYPROJECT, PYTHON_FILE, TOML_FILE


def find_root(start: str) -> str | None:
    """The nearest folder with a build file: `start` or one above it; None if there is none."""
    folder = os.path.abspath(start)
    while True:
        if build_files(folder):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def no_build_file(folder: str) -> UsageError:
    """What to say when there is no build file in a folder nor above it."""
    return UsageError(
        "no build file here or in any folder above",
        facts=[("folder", folder), ("looked for", f"{TOML_FILE}, {PYTHON_FILE}, [tool.pymake] in {PYPROJECT}")],
        hint=f"write a {TOML_FILE}, or name a file with -f",
    )


def build_files(folder: str) -> list[str]:
    """The usual build files in a folder, by name."""
    found = [TOML_FILE] if os.path.isfile(os.path.join(folder, TOML_FILE)) else []
    if not found and _has_table(os.path.join(folder, PYPROJECT)):
        found = [PYPROJECT]
    return [*found, PYTHON_FILE] if os.path.isfile(os.path.join(folder, PYTHON_FILE)) else found


def _has_table(path: str) -> bool:
    if not os.path.isfile(path):
        return False
    from pymake.frontends.toml import has_table  # noqa: PLC0415  # 10 ms that most roots do not need

    return has_table(path)
