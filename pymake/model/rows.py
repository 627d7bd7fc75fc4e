"""Rows of numbers in two flat arrays: the column form of "a list of ids for each job"."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

F = TypeVar("F", bound=int)
J = TypeVar("J", bound=int)


class Rows:
    """Row i is `values[starts[i]:starts[i + 1]]`. Rows are only ever appended.

    One list object for each row would cost 56 bytes and a pointer for each number; this costs 4 bytes a row and 4 a
    number.

    >>> rows = Rows()
    >>> rows.append([3, 1]); rows.append([])
    >>> list(rows[0]), list(rows[1]), len(rows)
    ([3, 1], [], 2)
    """

    __slots__ = ("_starts", "_values")

    def __init__(self) -> None:
        self._starts = array("I", [0])
        self._values = array("I")

    @classmethod
    def of(cls, starts: array[int], values: array[int]) -> Rows:
        """The rows that these arrays hold."""
        rows = cls()
        rows._starts, rows._values = starts, values
        return rows

    def flat(self) -> tuple[array[int], array[int]]:
        """Both arrays, for whoever keeps them."""
        return self._starts, self._values

    def append(self, row: Iterable[int]) -> None:
        """Add one row at the end."""
        self._values.extend(row)
        self._starts.append(len(self._values))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def size(self) -> int:
        """How many numbers all rows hold together."""
        return len(self._values)

    def __getitem__(self, index: int) -> array[int]:
        return self._values[self._starts[index] : self._starts[index + 1]]

    def __iter__(self) -> Iterator[array[int]]:
        return (self[i] for i in range(len(self)))

    def inverted(self, count: int) -> Rows:
        """Row v lists the rows that hold v, in order, for v in `range(count)`: a counting sort, linear."""
        starts = array("I", bytes(4 * (count + 1)))
        for value in self._values:
            starts[value + 1] += 1
        for i in range(count):
            starts[i + 1] += starts[i]
        place = array("I", starts)
        values = array("I", bytes(4 * len(self._values)))
        for index in range(len(self)):
            for at in range(self._starts[index], self._starts[index + 1]):
                value = self._values[at]
                values[place[value]] = index
                place[value] += 1
        result = Rows()
        result._starts, result._values = starts, values
        return result


def marked(row: bytearray) -> list[int]:
    """Where a row has a 1, in order. Costs next to nothing where it has none: it is searched and not walked through.

    >>> marked(bytearray([0, 1, 0, 1]))
    [1, 3]
    """
    found = []
    at = row.find(1)
    while at >= 0:
        found.append(at)
        at = row.find(1, at + 1)
    return found


def with_late(rows: Rows, late: Mapping[F, list[J]], index: F) -> Sequence[J]:
    """A row, empty where there are no so many, with what joined since the rows were made."""
    row: Sequence[int] = rows[index] if index < len(rows) else ()
    if late and index in late:
        return [*cast("Sequence[J]", row), *late[index]]
    return cast("Sequence[J]", row)  # an array of ids cannot be typed as such
