"""Nested parameters with output patterns in them; the rest of what can be asked of them is in `model.structure`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.outputs import OpenOutput, open_texts
from pymake.model.structure import key, members, rebuilt, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.model.fields import FieldValue

__all__ = ["field_value", "key", "mapped", "members", "rebuilt", "texts", "written"]


def mapped(value: object, change: Callable[[str], object]) -> object:
    """The same structure with every text changed, of output patterns what is not open.

    >>> mapped(["a", ("b", 1)], str.upper)
    ['A', ('B', 1)]
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, OpenOutput):
        return value.mapped(change)
    inner = members(value)
    return value if inner is None else rebuilt(value, [mapped(item, change) for item in inner])


def written(output: object) -> Iterator[str]:
    """Every output text, patterns too."""
    yield from texts(output)
    yield from open_texts(output)


def field_value(value: object) -> FieldValue:
    """What a field of a command stands for: texts as they are, lists as lists, anything else as Python writes it."""
    if isinstance(value, str):
        return value
    inner = members(value)
    return str(value) if inner is None else tuple(map(field_value, inner))
