"""Digests of a function and of its extras, for the levels that compare them.

At level 2 Ruffus looks at the function itself and at nothing that it calls, so this is a digest of its code and
defaults; names of variables, the docstring and the place in the file do not count. That of the extras is made from
their canonical text, so equal extras are equal however they were made.
"""

from __future__ import annotations

import hashlib
from types import CodeType
from typing import TYPE_CHECKING

from pymake.model.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def function_digest(function: Callable[..., object]) -> str:
    """What decides about the function: its code, names, constants and defaults, not where it stands."""
    digest = hashlib.sha256()
    code = getattr(function, "__code__", None)
    if code is None:
        digest.update(canonical(function).encode("utf-8", "surrogatepass"))
    else:
        _feed(digest.update, code, getattr(function, "__doc__", None))
    defaults = getattr(function, "__defaults__", None) or ()
    keywords = getattr(function, "__kwdefaults__", None) or {}
    digest.update(canonical((tuple(defaults), tuple(sorted(keywords.items())))).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _feed(update: Callable[[bytes], object], code: CodeType, doc: str | None) -> None:
    """The parts of a code object that have a meaning; those of inner functions in their place."""
    update(code.co_code)
    update(repr((code.co_argcount, code.co_kwonlyargcount, code.co_names, code.co_freevars)).encode())
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _feed(update, constant, None)
        elif doc is None or constant != doc:
            update(repr(constant).encode())


def extras_digest(extras: Sequence[object]) -> str:
    """What decides about the extras."""
    return hashlib.sha256(canonical(tuple(extras)).encode("utf-8", "surrogatepass")).hexdigest()
