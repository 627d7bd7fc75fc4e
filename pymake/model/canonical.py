"""A stable text for any Python value: the same in every process, with every hash seed and in each Python.

It decides whether the arguments of a call, a default or a closure value are still the same, and it is what a
difference shows, so it reads like Python. Plain `pickle` would not do: its bytes depend on the order of sets and on
which equal strings happen to be one object. So a value without a form of its own is taken apart as pickle takes it
apart (`__reduce_ex__`), and the parts are written canonically.
"""

from __future__ import annotations

import copyreg
import enum
import os
import re
from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from struct import Struct
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType

_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes})
_CONTAINERS = (list, tuple, dict, set, frozenset, str, bytes, int, float)
_COPYING = ("__reduce_ex__", "__reduce__", "__getstate__")
_LONGEST_BYTES = 64
_LONGEST_INT_BITS = 10_000
_PICKLE_PROTOCOL = 4
_ESCAPED = re.compile("[\x00-\x1f'\\\\\x7f-\xa0\xad\u2028\u2029\ud800-\udfff]")


def canonical(value: object) -> str:
    """The stable text of a value.

    Sets are sorted, dictionaries in their own order, which a loop over them sees; classes and functions stand as
    `module:name`, long bytes as their digest. A value that cannot be taken apart (a generator, a lock) is written by
    its type alone.

    >>> canonical({"b": 1, "a": [None, 1.0, b"x"]})
    "{'b': 1, 'a': [None, 1.0, b'x']}"
    >>> canonical({"b", "a"})
    "{'a', 'b'}"
    """
    return Writer().text(value)


def quoted(text: str) -> str:
    r"""A text as Python writes it; the same in each Python, while `repr` asks its own tables which letters to escape.

    >>> print(quoted("it's"), quoted("\u00e9\n"))
    "it's" 'é\n'
    """
    if text.isascii():
        return repr(text)
    return f"'{_ESCAPED.sub(_escape, text)}'"


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return f"\\{letter}" if letter in "'\\" else ascii(letter)[1:-1]


def is_bound(value: object) -> bool:
    """Whether it is a built-in method of some object, such as `re.compile("a").match`, which counts with its object."""
    held = getattr(value, "__self__", None)
    return isinstance(value, BuiltinFunctionType) and held is not None and not isinstance(held, ModuleType)


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
        if kind is str and isinstance(value, str):
            return quoted(value)
        if value is None or kind is bool:
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
        pairs = [f"{self._text(key, inner)}: {self._text(item, inner)}" for key, item in value.items()]
        return f"{{{', '.join(pairs)}}}"

    def _attributes(self, value: Mapping[str, object], inner: tuple[int, ...]) -> str:
        """What an object holds: unlike that of a dictionary, nobody asks for its order."""
        return ", ".join(f"{name}={self._text(value[name], inner)}" for name in sorted(value))

    def _object(self, value: object, inner: tuple[int, ...]) -> str:
        if isinstance(value, MethodType) or is_bound(value):
            return f"{self._text(getattr(value, '__self__', None), inner)}.{getattr(value, '__name__', '')}"
        if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
            return f"{value.__module__}:{value.__qualname__}"
        if type(value) is partial:  # pickle tells of its attributes whether anybody has asked for them
            parts = self._items([value.func, value.args, value.keywords], inner)
            return f"partial({parts}{self._attributes(vars(value), inner)})"
        if isinstance(value, MappingProxyType):
            return f"mappingproxy({self._text(dict(value), inner)})"
        kind = type(value)
        name = self._type_name(kind)
        if isinstance(value, Struct):
            return f"{kind.__name__}({value.format!r})"
        if isinstance(value, os.PathLike):
            return f"{kind.__name__}({os.fspath(value)!r})"
        if isinstance(value, enum.Flag):  # Pythons differ in how they name two of them together
            return f"{name}({self._text(value.value, inner)})"
        if isinstance(value, enum.Enum):
            return f"{name}.{value.name}({self._text(value.value, inner)})"
        fields = getattr(kind, "__dataclass_fields__", None)
        if isinstance(fields, dict) and not isinstance(value, _CONTAINERS):
            texts = [f"{field}={self._text(getattr(value, field, None), inner)}" for field in fields]
            return f"{name}({', '.join([*texts, *self._beside(value, fields, inner)])})"
        return self._taken_apart(value, name, inner)

    def _beside(self, value: object, fields: Container[str], inner: tuple[int, ...]) -> Iterator[str]:
        """What a dataclass holds beside its fields, such as what `__post_init__` reads; nothing that is made on use."""
        held = getattr(value, "__dict__", {})
        for name in sorted(held):
            if name not in fields and not hasattr(type(value), name):
                yield f"{name}={self._text(held[name], inner)}"

    def _taken_apart(self, value: object, name: str, inner: tuple[int, ...]) -> str:
        try:
            reduce = copyreg.dispatch_table.get(type(value))  # as pickle asks first; only so for `re.Pattern`
            parts = value.__reduce_ex__(_PICKLE_PROTOCOL) if reduce is None else reduce(value)
            if isinstance(parts, str):
                return f"{type(value).__module__}:{parts}"
            maker, arguments, state, items, pairs = (*parts, None, None, None)[:5]
        except Exception:  # noqa: BLE001 - a value may refuse to be taken apart in any way
            return self._without_form(value, name, inner)
        texts = [self._text(maker, inner), self._text(arguments, inner), self._state(state, inner)]
        if items is not None:
            texts.append(self._text(list(items), inner))
        if pairs is not None:
            texts.append(self._text(dict(pairs), inner))
        return f"{name}<{', '.join(texts)}>"

    def _state(self, state: object, inner: tuple[int, ...]) -> str:
        """The attributes of an object, or what else it is filled with; having none may be told in two ways."""
        if type(state) is dict and all(isinstance(name, str) for name in state):
            return self._attributes(state, inner) if state else "None"
        return self._text(state, inner)

    def _without_form(self, value: object, name: str, inner: tuple[int, ...]) -> str:
        """An object that refuses to be copied still has attributes; they are all of it, unless it is made in C."""
        kind, attributes = type(value), getattr(value, "__dict__", None)
        if not any(isinstance(getattr(kind, refusing, None), FunctionType) for refusing in _COPYING):
            self.unstable.append(f"{kind.__module__}.{kind.__qualname__}")
        if isinstance(attributes, dict) and attributes:
            return f"{name}<{self._attributes(attributes, inner)}>"
        return f"<{name} without a stable form>"


def _number_or_bytes(value: object) -> str:
    if isinstance(value, bytes) and len(value) > _LONGEST_BYTES:
        return f"<{len(value)} bytes {blake2b(value, digest_size=16).hexdigest()}>"
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT_BITS:
        return hex(value)  # Python refuses to write very long numbers in decimal
    return repr(value)
