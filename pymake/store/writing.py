"""How files below `.pymake` are written, and moved out of the way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def set_aside(path: str) -> int:
    """Rename a file to the first free `path.bad-N`; gives N."""
    number = 1
    while os.path.lexists(f"{path}.bad-{number}"):
        number += 1
    os.rename(path, f"{path}.bad-{number}")
    return number


def write_all(file: int, data: bytes) -> None:
    """Write all of it to a file that is open."""
    with memoryview(data) as view:
        written = 0
        while written < len(view):
            written += os.write(file, view[written:])


def write_file(path: str, pieces: Iterable[bytes | bytearray]) -> None:
    """A new file that is on the disk itself when this returns."""
    with open(path, "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
