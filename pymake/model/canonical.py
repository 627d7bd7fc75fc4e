"""A stable text for any Python value: equal values have equal texts, in every process and with every hash seed.

It decides whether the arguments of a call, a default or a closure value are still the same, and it is what a
difference shows, so it reads like Python. Plain `pickle` would not do: its bytes depend on the order of sets and on
which equal strings happen to be one object. So a value without a form of its own is taken apart as pickle takes it
apart (`__reduce_ex__`), and the parts are written canonically.
"""

from __future__ import annotations

import copyreg
import enum
import os
from collections.abc import Callable
from hashlib import blake2b
from types import BuiltinFunctionType, FunctionType, MethodType

_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes})
_LONGEST_BYTES = 64
_LONGEST_INT_BITS = 10_000
_PICKLE_PROTOCOL = 4


def canonical(value: object) -> str:
    """The stable text of a value.

    Dictionaries and sets are sorted; classes and functions stand as `module:name`; long bytes as their digest. A value
    that cannot be taken apart (a generator, a lock) is written by its type alone.

    >>> canonical({"b": 1, "a": [None, 1.0, b"x"]})
    "{'a': [None, 1.0, b'x'], 'b': 1}"
    >>> canonical({"b", "a"})
    "{'a', 'b'}"
    """
    return Writer().text(value)


def is_plain(value: object) -> bool:
    """Whether the value is sure to survive a pickle: numbers, texts, bytes and the usual containers of them.

    >>> is_plain(("a", ["b", 1])), is_plain(print)
    (True, False)
    """
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict and isinstance(value, dict):
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if kind in (list, tuple, set, frozenset) and isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_plain, value))
    return False


class Writer:
    """Writes values. `unstable` are the types of those that it could not take apart.

    `known` is asked first about each value that is no number, text or container, for a text of its own, or None;
    `type_name` is how the type of an object is written.

    >>> writer = Writer()
    >>> writer.text([1, (n for n in [])]), writer.unstable
    ('[1, <builtins.generator without a stable form>]', ['builtins.generator'])
    """

    def __init__(
        self,
        known: Callable[[object], str | None] = lambda _: None,
        type_name: Callable[[type], str] = lambda kind: f"{kind.__module__}.{kind.__qualname__}",
    ) -> None:
        self.unstable: list[str] = []
        self._known = known
        self._type_name = type_name

    def text(self, value: object) -> str:
        """The stable text of a value."""
        return self._text(value, ())

    def _text(self, value: object, outer: tuple[int, ...]) -> str:
        """`outer` holds the ids of the values around this one, to end at one that contains itself."""
        kind = type(value)
        if kind is str or value is None or kind is bool:
            return repr(value)
        if kind in _PLAIN:
            return _number_or_bytes(value)
        if id(value) in outer:
            return "..."
        inner = (*outer, id(value))
        if kind is list and isinstance(value, list):
            return f"[{self._items(value, inner)}]"
        if kind is tuple and isinstance(value, tuple):
            return f"({self._items(value, inner)},)" if value else "()"
        if kind is dict and isinstance(value, dict):
            return self._mapping(value, inner)
        if kind in (set, frozenset) and isinstance(value, (set, frozenset)):
            members = ", ".join(sorted(self._text(item, inner) for item in value))
            return f"{{{members}}}" if kind is set and value else f"{kind.__name__}({{{members}}})"
        known = self._known(value)
        return self._object(value, inner) if known is None else known

    def _items(self, values: list[object] | tuple[object, ...], inner: tuple[int, ...]) -> str:
        return ", ".join([self._text(item, inner) for item in values])

    def _mapping(self, value: dict[object, object], inner: tuple[int, ...]) -> str:
        pairs = sorted(f"{self._text(key, inner)}: {self._text(item, inner)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"

    def _object(self, value: object, inner: tuple[int, ...]) -> str:
        if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            return f"{value.__module__}:{value.__qualname__}"
        if isinstance(value, MethodType):
            return f"{self._text(value.__self__, inner)}.{value.__name__}"
        kind = type(value)
        name = self._type_name(kind)
        if isinstance(value, os.PathLike):
            return f"{kind.__name__}({os.fspath(value)!r})"
        if isinstance(value, enum.Enum):
            return f"{name}.{value.name}({self._text(value.value, inner)})"
        fields = getattr(kind, "__dataclass_fields__", None)
        if isinstance(fields, dict):
            texts = (f"{field}={self._text(getattr(value, field, None), inner)}" for field in fields)
            return f"{name}({', '.join(texts)})"
        return self._taken_apart(value, name, inner)

    def _taken_apart(self, value: object, name: str, inner: tuple[int, ...]) -> str:
        try:
            reduce = copyreg.dispatch_table.get(type(value))  # as pickle asks first; only so for `re.Pattern`
            parts = value.__reduce_ex__(_PICKLE_PROTOCOL) if reduce is None else reduce(value)
            if isinstance(parts, str):
                return f"{type(value).__module__}:{parts}"
            maker, arguments, state, items, pairs = (*parts, None, None, None)[:5]
        except Exception:  # noqa: BLE001 - a value may refuse to be taken apart in any way
            return self._without_form(value, name, inner)
        texts = [self._text(maker, inner), self._text(arguments, inner), self._text(state, inner)]
        if items is not None:
            texts.append(self._text(list(items), inner))
        if pairs is not None:
            texts.append(self._text(dict(pairs), inner))
        return f"{name}<{', '.join(texts)}>"

    def _without_form(self, value: object, name: str, inner: tuple[int, ...]) -> str:
        """An object that refuses to be copied still has attributes, unless it is made in C."""
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict) and attributes:
            return f"{name}<{self._mapping(attributes, inner)}>"
        self.unstable.append(f"{type(value).__module__}.{type(value).__qualname__}")
        return f"<{name} without a stable form>"


def _number_or_bytes(value: object) -> str:
    if isinstance(value, bytes) and len(value) > _LONGEST_BYTES:
        return f"<{len(value)} bytes {blake2b(value, digest_size=16).hexdigest()}>"
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT_BITS:
        return hex(value)  # Python refuses to write very long numbers in decimal
    return repr(value)
