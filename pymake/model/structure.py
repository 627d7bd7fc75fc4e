"""Nested parameters: file names in lists, tuples and sets; anything else passes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCES = (list, tuple)
_SETS = (set, frozenset)


def members(value: object) -> list[object] | None:
    """The members of a list, tuple or set, of sets in a stable order; None for anything else."""
    if isinstance(value, _SEQUENCES):
        return list(value)
    if isinstance(value, _SETS):
        return sorted(value, key=str)
    return None


def rebuilt(like: object, values: list[object]) -> object:
    """The values in a list, tuple or set of the same type as `like`."""
    match like:
        case tuple():
            return tuple(values)
        case set():
            return set(values)
        case frozenset():
            return frozenset(values)
        case _:
            return values


def texts(value: object) -> Iterator[str]:
    """Every text, depth first.

    >>> list(texts(["a", ("b", 1, {"c"})]))
    ['a', 'b', 'c']
    """
    if isinstance(value, str):
        yield value
        return
    for item in members(value) or ():
        if isinstance(item, str):
            yield item
        else:
            yield from texts(item)


def key(value: object) -> str:
    """One text for equal structures, whatever order their sets come in.

    >>> key(["a", 1]), key({"c", "b"}) == key({"b", "c"})
    ("['a', '1']", True)
    """
    inner = members(value)
    return str(value) if inner is None else str([key(item) for item in inner])
