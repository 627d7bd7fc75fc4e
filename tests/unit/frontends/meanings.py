"""What people see of the code of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.frontends.shown import as_shown

if TYPE_CHECKING:
    from pymake.model.code import Meaning
    from pymake.model.task import Function


def meaning_of(function: Function) -> Meaning:
    """The function itself, then what it reaches."""
    return tuple(as_shown(keyed.part) for keyed in function.parts(lambda _: False))
