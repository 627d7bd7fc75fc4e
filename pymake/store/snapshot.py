"""The snapshot: a finished build in columns, for the next one. `pymake.door` has the layout of the file."""

from __future__ import annotations

import contextlib
import marshal
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake import door
from pymake.model.observed import NEVER

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.model.observed import Observed

_NEW = f"{door.PATH}.new"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A command line for which there was nothing left to do.

    `rows` are the files that it depends on; None for all. `kinds` are files of which only the kind matters. `text` is
    what it says when there is nothing to do, on stderr.
    """

    key: door.Key
    rows: array[int] | None
    kinds: Mapping[str, int]
    text: bytes


def write_snapshot(
    root: str, *, observed: Observed, paths: Iterable[str], columns: Sequence[array[int]], lines: Sequence[KeptLine]
) -> None:
    """Replace the snapshot of a root. The journal is closed, and the lock held.

    Raises:
        OSError: it cannot be written; then there is none, or the one before.
    """
    number = door.FIRST_LINE
    kept: dict[door.Key, door.Line] = {}
    rows: dict[int, bytes] = {}
    for line in lines:
        if line.rows is not None:
            rows[number] = line.rows.tobytes()
        kinds = tuple((os.fsencode(path), int(kind)) for path, kind in line.kinds.items())
        kept[line.key] = (0 if line.rows is None else number, kinds, 0, line.text)
        number += 1
    journal = door.stamp_of(os.path.join(root, door.JOURNAL))
    head: door.Head = (door.identity(), journal, _observed(observed), kept)
    sections = {
        door.HEAD: marshal.dumps(head),
        door.PATHS: os.fsencode("\0".join(paths)),
        door.STAMPS: b"".join([column.tobytes() for column in columns]),
        **rows,
    }
    _replace(root, door.packed(sections))


def drop_snapshot(root: str) -> None:
    """Take the snapshot away, if there is one: it would not be believed."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(root, door.PATH))


def _observed(observed: Observed) -> door.Observed:
    return (
        tuple((os.fsencode(path), stamp and stamp[:]) for path, stamp in observed.contents.items()),
        tuple((os.fsencode(path), int(kind)) for path, kind in observed.kinds.items()),
        tuple((os.fsencode(path), stamp[:]) for path, stamp in observed.folders.items()),
        tuple(
            (os.fsencode(name), None if value is None else os.fsencode(value))
            for name, value in observed.environ.items()
        ),
        observed.root,
    )


def is_believed(observed: Observed) -> bool:
    """Whether what was looked at can hold for a second build at all."""
    return observed.reason is None and not any(
        stamp is not None and stamp.inode == NEVER.inode
        for stamps in (observed.contents, observed.folders)
        for stamp in stamps.values()
    )


def _replace(root: str, pieces: Iterable[bytes]) -> None:
    """Not synced: a torn file is not believed, and costs one evaluation."""
    new = os.path.join(root, _NEW)
    try:
        with open(new, "wb") as file:
            file.writelines(pieces)
        os.replace(new, os.path.join(root, door.PATH))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
