"""Values in code, as texts: constants, defaults, what is closed over, and objects that can be called.

A value counts by its content, functions and classes of the project in it by what they mean, paths below the root by
where they lie in it.
"""

from __future__ import annotations

import os
import re
import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Protocol

from pymake.frontends.classes import closed_over
from pymake.frontends.reach import in_order
from pymake.model.canonical import Writer, is_bound

if TYPE_CHECKING:
    from pymake.frontends.reach import Links, Reached

_OPAQUE = "pymake"


class Parts(Protocol):
    """Knows which functions, classes and modules are the project's, as parts."""

    def of_held(self, value: object) -> Reached | None:
        """The part that a function, class or module is, or a function that holds some; None for what is foreign."""


class Values:
    """Writes values of a project whose folder is `root` (absolute)."""

    def __init__(self, root: str, parts: Parts) -> None:
        self._parts = parts
        self._inside = re.compile(rf"{re.escape(root)}(?=[/'\"]|$)") if root.strip("/") else None

    def read(self, value: object) -> tuple[str, Links, list[str]]:
        """The text of a value, the parts in it, and the types of what has no stable form."""
        return self._read(value, None)

    def read_inside(self, value: object) -> tuple[str, Links]:
        """The same of an object that holds code: not by its name, but by what it holds."""
        if isinstance(value, FunctionType):
            held = list(closed_over(value).values())
            text, links, _ = self._read([*held, getattr(value, "__wrapped__", None)], None)
            return f"{os.path.basename(value.__code__.co_filename)}:{value.__code__.co_name} {text}", links
        wrapped = getattr(value, "__wrapped__", None)
        text, links, _ = self._read(value, value) if wrapped is None else self._read(wrapped, None)
        return f"{type(value).__qualname__} {text}", links

    def _read(self, value: object, opened: object) -> tuple[str, Links, list[str]]:
        links: list[tuple[str, Reached]] = []

        def known(value: object) -> str | None:
            return None if value is opened and opened is not None else self._known(value, links)

        writer = Writer(known, lambda kind: _type_name(kind, self._parts))
        text = writer.text(value)
        if self._inside is not None:
            text = self._inside.sub("<root>", text)
        return text, in_order(links), writer.unstable

    def _known(self, value: object, links: list[tuple[str, Reached]]) -> str | None:
        """The text of what stands for code or for the system; a part in it is linked."""
        kind = type(value)
        if is_bound(value):
            return None
        if isinstance(value, (FunctionType, BuiltinFunctionType, ModuleType, type)) or hasattr(value, "__wrapped__"):
            part = self._parts.of_held(value)
            name = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", kind.__qualname__))
            if part is not None:
                links.append((name, part))
                return name
            return f"{getattr(value, '__module__', '')}:{name}"
        if isinstance(value, MethodType):
            part = self._parts.of_held(value.__func__)
            if part is not None:
                links.append((value.__name__, part))
            return None
        if any(value is known for known in (os.environ, sys.stdin, sys.stdout, sys.stderr)):
            return "<of the system>"
        if kind.__module__.partition(".")[0] == _OPAQUE:
            return f"<{kind.__qualname__}>"
        part = self._parts.of_held(kind)
        if part is not None:
            links.append((kind.__qualname__, part))
        return None


def _type_name(kind: type, parts: Parts) -> str:
    """The name of a class; without its module if it is of the project, since it may be moved."""
    return kind.__qualname__ if parts.of_held(kind) is not None else f"{kind.__module__}.{kind.__qualname__}"
