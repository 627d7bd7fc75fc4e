"""What a function is to the interpreter, for one whose source nobody has."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING

from pymake.model.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator


def byte_code(code: CodeType) -> str:
    """What the interpreter would run, and nothing about where it was written."""
    shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    constants = (byte_code(item) if isinstance(item, CodeType) else canonical(item) for item in code.co_consts)
    return f"code {shape} {names} {code.co_code.hex()} [{', '.join(constants)}]"


def names_in(code: CodeType) -> Iterator[str]:
    """The names of a module that the code may use, with those of attributes, which look the same."""
    yield from code.co_names
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from names_in(item)
