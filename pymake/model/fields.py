"""Texts with fields: `{name}`, `{name[0]}`, `{name[1:]}`, `{name:raw}`; `{{` and `}}` are braces.

A field with something else after the colon, `{name:[0-9]+}`, is a capture of a path template: it can be substituted
by a variable of that name, but not expanded. Only what a formatter names is formatted, `{1[0]:0>3}`, `{basename[0]!r}`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from pymake.dataclass import dataclass
from pymake.errors import nearest

FieldValue = str | Sequence["FieldValue"]
"""A text, or a list (of lists …) of texts."""

_BRACE = re.compile(r"[{}]")
_FIELD = re.compile(r"([^\W\d]\w*|\d+)((?:\[[^\[\]]*\])*)(?:!([ars]))?(?::(.*))?", re.DOTALL)
_INDEX = re.compile(r"\[(-?\d+)\]|\[(-?\d+)?:(-?\d+)?\]")
_DOUBLE = "write {{ and }} for braces that are meant as they are"


class FieldError(ValueError):
    """A text with fields is broken, or a field has no value. `message` says what, `hint` what to try next.

    `name` is that of the field, if one has no value.
    """

    def __init__(self, message: str, *, hint: str | None = None, name: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `text` is how it was written, `pattern` what stands after a colon unless that is `raw`.

    An index is a number, or the two ends of a slice. A `conversion` is `a`, `r` or `s`, as for `str.format`.
    """

    name: str
    text: str
    indices: tuple[int | tuple[int | None, int | None], ...] = ()
    raw: bool = False
    pattern: str | None = None
    conversion: str | None = None


class _Missing(str):
    __slots__ = ()


MISSING = _Missing()
"""Stands where a list of values has none; using it is an error."""


def parse(text: str) -> tuple[str | Field, ...]:
    """The pieces of a text: literal pieces with single braces, and fields. No two literal pieces are neighbours.

    >>> [part if isinstance(part, str) else part.name for part in parse("cc {input} {{}} -o {output[0]}")]
    ['cc ', 'input', ' {} -o ', 'output']

    Raises:
        FieldError: an unbalanced brace, or braces around something that is no field.
    """
    if "{" not in text and "}" not in text:
        return (text,) if text else ()
    return _parse(text)


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[str | Field, ...]:
    parts: list[str | Field] = []
    literal = ""
    at = 0
    while (found := _BRACE.search(text, at)) is not None:
        brace = found.start()
        literal += text[at:brace]
        if text.startswith(text[brace] * 2, brace):
            literal += text[brace]
            at = brace + 2
            continue
        if text[brace] == "}":
            raise FieldError(f"a }} without a {{ in {_excerpt(text, brace)}", hint=_DOUBLE)
        at = _end(text, brace)
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(_field(text[brace:at]))
    literal += text[at:]
    return (*parts, literal) if literal else tuple(parts)


def _end(text: str, start: int) -> int:
    """Where the field that starts at a brace ends: braces inside are balanced, those after a backslash left out."""
    depth = 0
    at = start
    while at < len(text):
        match text[at]:
            case "\\":
                at += 1
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if not depth:
                    return at + 1
            case _:
                pass
        at += 1
    raise FieldError(f"a {{ without a }} in {_excerpt(text, start)}", hint=_DOUBLE)


def _field(text: str) -> Field:
    found = _FIELD.fullmatch(text, 1, len(text) - 1)
    if found is None:
        raise FieldError(f"{text} is no field", hint=_DOUBLE)
    name, indices, conversion, pattern = found.groups()
    return Field(
        name=name,
        text=text,
        indices=_indices(indices, text),
        raw=pattern == "raw",
        pattern=None if pattern == "raw" else pattern,
        conversion=conversion,
    )


def _indices(text: str, field: str) -> tuple[int | tuple[int | None, int | None], ...]:
    found = list(_INDEX.finditer(text))
    if sum(len(index[0]) for index in found) != len(text):
        raise FieldError(f"{field} has an index that is no number", hint="write {name[0]}, {name[-1]} or {name[1:]}")
    return tuple(
        int(number) if number is not None else (_number(first), _number(last))
        for number, first, last in (index.groups() for index in found)
    )


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _excerpt(text: str, at: int) -> str:
    """The text, or the line around a place if there are several."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start:end].strip() if end >= 0 else text[start:].strip()


def expand(text: str, values: Mapping[str, FieldValue]) -> str:
    """The text with all fields replaced; lists are joined with a space, nothing is quoted.

    >>> expand("{output[0]}.d {{}}", {"output": ["a.o", "b.o"]})
    'a.o.d {}'

    Raises:
        FieldError: a field without a value, an index out of range, a broken text.
    """
    return "".join(part if isinstance(part, str) else joined(field_value(part, values, text)) for part in parse(text))


def substitute(text: str, values: Mapping[str, FieldValue]) -> str:
    """The text with the fields that `values` names replaced, all others as written: a text with fields again.

    >>> substitute("{folder}/{name:[0-9]{2}}.c", {"folder": "a{b}"})
    'a{{b}}/{name:[0-9]{2}}.c'

    Raises:
        FieldError: an index out of range, a broken text.
    """
    return "".join(
        escape(part)
        if isinstance(part, str)
        else escape(joined(pick(part, values[part.name])))
        if part.name in values
        else part.text
        for part in parse(text)
    )


def escape(text: str) -> str:
    """The text with doubled braces: parsing gives it back."""
    return text.replace("{", "{{").replace("}", "}}")


def field_names(text: str) -> tuple[str, ...]:
    """The names of the fields, in order, without repetition.

    Raises:
        FieldError: a broken text.
    """
    return tuple(dict.fromkeys(part.name for part in parse(text) if isinstance(part, Field)))


def bare_field(text: str) -> str | None:
    """The name, if the text is exactly one field without index, pattern or `:raw`.

    >>> bare_field("{flags}"), bare_field("{flags[0]}"), bare_field("-{flags}")
    ('flags', None, None)

    Raises:
        FieldError: a broken text.
    """
    match parse(text):
        case (Field(name=name, indices=(), raw=False, pattern=None, conversion=None),):
            return name
        case _:
            return None


def field_value(field: Field, values: Mapping[str, FieldValue], text: str) -> FieldValue:
    """The value of a field of a text, indices applied.

    Raises:
        FieldError: there is no such value, or an index is out of range.
    """
    value = known_value(field, values, text)
    if field.pattern is not None:
        raise FieldError(
            f"{field.text} captures a part of an input, and cannot stand here", hint=f"write {{{field.name}}}"
        )
    if field.conversion is not None:
        raise FieldError(f"{field.text} is formatted, and can stand only in the texts of a formatter")
    return pick(field, value) if field.indices else value


def known_value(field: Field, values: Mapping[str, FieldValue], text: str) -> FieldValue:
    """The value behind the name of a field of a text, indices not yet applied.

    Raises:
        FieldError: there is no such value.
    """
    value = values.get(field.name)
    if value is None:
        raise _unknown(field, values, text)
    return value


def joined(value: FieldValue) -> str:
    """A value as one text: the texts of a list with a space between them."""
    return value if isinstance(value, str) else " ".join(flat(value))


def flat(value: FieldValue) -> Iterator[str]:
    """All texts of a value, in order.

    >>> list(flat(["a", ["b", ["c"]]]))
    ['a', 'b', 'c']
    """
    if isinstance(value, str):
        yield value
        return
    for inner in value:
        yield from flat(inner)


def pick(field: Field, value: FieldValue) -> FieldValue:
    """Apply the indices. A single text is also a list of one, so that `{output[0]}` works where there is one.

    A further index of a text picks letters.

    Raises:
        FieldError: an index is out of range.
    """
    for at, index in enumerate(field.indices):
        values = (value,) if isinstance(value, str) and not at else value
        if isinstance(index, tuple):
            value = values[index[0] : index[1]]
        elif -len(values) <= index < len(values):
            value = values[index]
        else:
            what = "letter" if isinstance(values, str) else "value"
            count = f"1 {what}" if len(values) == 1 else f"{len(values)} {what}s"
            raise FieldError(f"{field.text} is out of range: {field.name} has {count} here", name=field.name)
        if value is MISSING:
            raise missing(field)
    return value


def _unknown(field: Field, values: Mapping[str, FieldValue], text: str) -> FieldError:
    message = f"unknown field {field.text}"
    if f"${field.text}" in text:
        return FieldError(message, hint=f"write ${{{field.text}}} for a variable of the shell", name=field.name)
    near = nearest(field.name, values)
    if near:
        return FieldError(message, hint=" or ".join(f"{{{name}}}" for name in near), name=field.name)
    known = ", ".join(f"{{{name}}}" for name in sorted(values))
    return FieldError(message, hint=f"known here: {known}; {_DOUBLE}" if known else _DOUBLE, name=field.name)


def missing(field: Field) -> FieldError:
    """The error of a field that has no value for this input."""
    return FieldError(f"{field.text} has no value here: no expression of the formatter gives it one", name=field.name)
