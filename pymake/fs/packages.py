"""Installed Python packages, as `importlib.metadata` knows them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymake.fs.watched import WatchedDisk


def watched_version(disk: WatchedDisk, name: str) -> str | None:
    """The version of an installed package, None if there is none. Noted are the folders where it was looked for.

    Installing another version changes the names in one of them.
    """
    from importlib import metadata  # noqa: PLC0415  # 30 ms, only for who declares a package

    for folder in sys.path:
        if os.path.isabs(folder):
            disk.note_folder(folder)
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):
        return None
