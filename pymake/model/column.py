"""A column that is read from disk only where somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


class Column(Sequence[T]):
    """Behaves like the list that it stands for, as far as plans use lists. `at` makes a value when one asks first.

    >>> column = Column(3, lambda index: index * index)
    >>> column.append(7)
    >>> list(column), len(column), column[2]
    ([0, 1, 4, 7], 4, 4)
    """

    __slots__ = ("_added", "_at", "_count", "_known")

    def __init__(self, count: int, at: Callable[[int], T]) -> None:
        self._count = count
        self._at = at
        self._known: dict[int, T] = {}
        self._added: list[T] = []

    def __len__(self) -> int:
        return self._count + len(self._added)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._value(row) for row in range(*index.indices(len(self)))]
        return self._value(index)

    def _value(self, index: int) -> T:
        if index >= self._count:
            return self._added[index - self._count]
        if index not in self._known:
            self._known[index] = self._at(index)
        return self._known[index]

    def __iter__(self) -> Iterator[T]:
        return map(self._value, range(len(self)))

    def append(self, value: T) -> None:
        """Add one value at the end."""
        self._added.append(value)
