"""What is peculiar to Ruffus in nested parameters; how they are walked is in `model.structure`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.structure import texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeGuard

_MAGIC = frozenset("*?[]")


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


def names_in(value: object) -> list[str]:
    """The file names in a value, depth first.

    >>> names_in(["a", ("b", 5, {"k": "c"}), None])
    ['a', 'b']
    """
    return [value] if isinstance(value, str) else list(texts(value))


def first_name(value: object) -> str | None:
    """The first file name in a value; None if there is none."""
    return next(texts(value), None)
