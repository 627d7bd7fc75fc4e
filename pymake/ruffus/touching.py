"""Files that are made or touched without a function being called."""

from __future__ import annotations

import os

from pymake.ruffus.ruffus_exceptions import error_making_directory
from pymake.ruffus.structure import is_pattern


def touch(name: str) -> None:
    """Make the file if it is not there, else give it the time of now."""
    if os.path.exists(name):
        os.utime(name, None)
    else:
        with open(name, "w", encoding="utf-8"):
            pass


def make_folder(name: str) -> None:
    """Make a folder with its parents; nothing if it is there.

    Raises:
        error_making_directory: the system refuses.
    """
    try:
        os.makedirs(name, exist_ok=True)
    except OSError as error:
        raise error_making_directory(f"{name}: {error.strerror or error}") from error


def touch_outputs(inputs: list[str], outputs: list[str]) -> None:
    """Make or touch every output that is neither a pattern nor, by whatever path, an input."""
    passed = {os.path.realpath(name) for name in inputs}
    for name in outputs:
        if os.path.realpath(name) not in passed and not is_pattern(name):
            touch(name)
