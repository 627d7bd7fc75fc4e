"""The stamps of the files of a plan, in columns: 32 bytes a file, where an object with its numbers takes 200."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.model.observed import NEVER
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = Stamp._fields.index("size")


class Stamps:
    """Owns the columns mtime, ctime, size and inode. A row of zeros says that there is no stamp.

    >>> stamps = Stamps()
    >>> stamps.grow(2)
    >>> stamps.set(1, Stamp(5, 6, 7, 8))
    >>> stamps.of(0), stamps.of(1).size, stamps.picked([1])
    (None, 7, [[5], [6], [7], [8]])
    """

    def __init__(self, columns: Sequence[Sequence[int]] = ((),) * len(NEVER)) -> None:
        self.columns = tuple(array("q", column) for column in columns)

    def of(self, file: int) -> Stamp | None:
        """The stamp of a file."""
        stamp = Stamp._make(column[file] for column in self.columns)
        return None if stamp == NEVER else stamp

    def set(self, file: int, stamp: Stamp | None) -> None:
        """Write a stamp down, or that there is none."""
        for column, number in zip(self.columns, stamp or NEVER, strict=True):
            column[file] = number

    def is_folder(self, file: int) -> bool:
        """Whether the stamp is that of a folder."""
        return self.columns[SIZE][file] == FOLDER_SIZE

    def is_plain(self, file: int) -> bool:
        """Whether there is a stamp, and not of a folder."""
        return not self.is_folder(file) and any(column[file] for column in self.columns)

    def picked(self, files: Iterable[int]) -> list[list[int]]:
        """The columns of these files alone."""
        rows = list(files)
        return [[column[row] for row in rows] for column in self.columns]

    def copied(self) -> list[array[int]]:
        """The columns, to be changed."""
        return [array("q", column) for column in self.columns]

    def grow(self, count: int) -> None:
        """Add files without a stamp."""
        for column in self.columns:
            column.extend(array("q", bytes(8 * count)))
