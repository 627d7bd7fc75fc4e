"""Nested parameters: file names are the texts in lists, tuples and sets; anything else passes through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeGuard

_MAGIC = frozenset("*?[]")
SEQUENCES = (list, tuple, set)


def is_pattern(name: str) -> bool:
    """Whether a name is a glob. There is no escape.

    >>> is_pattern("a.*"), is_pattern("a[1]"), is_pattern("a")
    (True, True, False)
    """
    return not _MAGIC.isdisjoint(name)


def is_sequence(value: object) -> TypeGuard[Iterable[object]]:
    """Whether a value has members: anything that can be iterated and is no text.

    >>> is_sequence(["a"]), is_sequence("a"), is_sequence(5)
    (True, False, False)
    """
    return hasattr(value, "__iter__") and not isinstance(value, str)


def walk(value: object) -> Iterator[str]:
    """The file names in a value, depth first.

    >>> list(walk(["a", ("b", 5, {"k": "c"}), None]))
    ['a', 'b']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, SEQUENCES):
        for member in value:
            yield from walk(member)


def names_in(value: object) -> list[str]:
    """`walk`, as a list."""
    if isinstance(value, str):
        return [value]
    return list(walk(value))


def first_name(value: object) -> str | None:
    """The first file name in a value; None if there is none."""
    return next(walk(value), None)


def mapped(value: object, replace: Callable[[str], object]) -> object:
    """The same structure with every text replaced; containers keep their type.

    >>> mapped(["a", ("b", 5)], str.upper)
    ['A', ('B', 5)]
    """
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, (list, tuple, set)):
        return rebuilt(value, [mapped(member, replace) for member in value])
    return value


def rebuilt(like: list[object] | tuple[object, ...] | set[object], members: list[object]) -> object:
    """The members in a container of the same type; a set of members that cannot be in one becomes a list."""
    if isinstance(like, tuple):
        return type(like)(members) if type(like) is tuple else tuple(members)
    if isinstance(like, set):
        try:
            return set(members)
        except TypeError:
            return members
    return members
