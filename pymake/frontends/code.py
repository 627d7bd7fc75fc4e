"""The code key of a function: a digest of what it means and of all code of the project that it reaches.

What counts is the normal form of the function (see `normal`), the values of its defaults and of what it closes over,
and everything of the project that it names (see `following`): functions, classes with their bases, constants by their
value, other modules. A callable without source (typed into a shell, made by `exec`) is keyed by its byte code instead,
which an upgrade of Python may change.
"""

from __future__ import annotations

from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING

from pymake.frontends.following import Follower
from pymake.frontends.reach import Keys, meaning_of
from pymake.frontends.syntax import says_nothing
from pymake.frontends.texts import module_text, text_of
from pymake.model.task import Function

if TYPE_CHECKING:
    from collections.abc import Callable


class Code:
    """The code keys of one project (`root` is absolute), as it is loaded now."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._follower = Follower(root)
        self._keys = Keys()
        self._functions: dict[int, Function] = {}

    def function(self, target: Callable[..., object]) -> Function:
        """The callable as a value, with its code key, and with what was first found that could not be followed."""
        known_function = self._functions.get(id(target))
        if known_function is not None:
            return known_function
        reached = self._follower.target(target)
        module = getattr(target, "__module__", None) or type(target).__module__
        name = f"{module}:{getattr(target, '__qualname__', None) or type(target).__qualname__}"
        known = len(self._follower.doubts.notes)
        function = self._functions[id(target)] = Function(
            name=name,
            target=target,
            code_key=self._keys.of(reached),
            meaning=partial(meaning_of, reached, self._root),
            notes=tuple(self._follower.doubts.notes)[known:],
        )
        return function


def has_body(function: Callable[..., object]) -> bool:
    """Whether a function does anything; not so if there is nothing in it but a docstring, `pass` or `...`."""
    if not isinstance(function, FunctionType):
        return True
    text = module_text(text_of(function.__globals__, function.__code__.co_filename))
    definition = None if text is None else text.definition(function.__code__)
    body = getattr(definition, "body", None)
    return not isinstance(body, list) or not all(map(says_nothing, body))
