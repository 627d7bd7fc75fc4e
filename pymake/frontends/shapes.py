"""What values the keys of a TOML build file take: in words, as JSON schema, and how they become values of the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from pymake.dataclass import dataclass
from pymake.model.sizes import bytes_of
from pymake.model.task import (
    LONGEST_SECONDS,
    MOST_PORT,
    AddInputs,
    CommandText,
    Formatter,
    Kind,
    Regex,
    ReplaceInputs,
    Suffix,
    TaskRef,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Schema = dict[str, object]
_T = TypeVar("_T")


class Mismatch(ValueError):
    """A value does not have the shape of its key.

    `said` says it, `inside` is the way to the value (`[2]`, `.CC`), `name` the key of a table on that way.
    """

    def __init__(self, expected: str, value: object, inside: str = "") -> None:
        super().__init__(expected)
        self.said = f"must be {expected}; it is {describe(value)}"
        self.inside = inside
        self.name: str | None = None

    def below(self, inside: str, name: str | None = None) -> Mismatch:
        """The same, seen from the list or table around it."""
        self.inside = inside + self.inside
        self.name = name
        return self


class Misnamed(Mismatch):
    """A key of a table cannot be the name of what the table holds."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(what, name)
        self.said = f"is no name for {what}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What values a key takes: in words, as JSON schema, and how such a value becomes one of the model.

    `read` raises `Mismatch` for exactly the values that the schema refuses.
    """

    expected: str
    schema: Schema
    read: Callable[[object], object]


def describe(value: object) -> str:
    """A value of TOML for messages: its type, and the value where that is short."""
    match value:
        case bool():
            return f"the boolean {str(value).lower()}"
        case str():
            return "an empty text" if not value else f"the text {value!r}" if len(value) <= 40 else "a long text"
        case int() | float():
            return f"the number {value}"
        case list():
            return "an empty list" if not value else "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


# Shapes: each reader stands beside its schema, so that they stay one

_TEXT: Schema = {"type": "string"}
_FILLED: Schema = {"type": "string", "minLength": 1}
_VARIABLE_NAME = re.compile(r"(?!(?:input|output|extras)$)[A-Za-z_][A-Za-z0-9_]*")
_ENV_NAME = re.compile(r"[^=\0]+")
_TASK: Schema = {
    "type": "object",
    "properties": {"task": _FILLED},
    "required": ["task"],
    "additionalProperties": False,
}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Mismatch("a text", value)
    return value


def _filled(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Mismatch("a text that is not empty", value)
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Mismatch("true or false", value)
    return value


def _record(value: object) -> bool:
    if value != "record":
        raise Mismatch('"record"', value)
    return True


def whole(least: int) -> Shape:
    """Whole numbers from `least` on."""
    expected = f"a whole number, {least} or more"

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise Mismatch(expected, value)
        return value

    # JSON schema takes 2.0 for a whole number, TOML does not; nothing in a schema can tell them apart.
    return Shape(expected, {"type": "integer", "minimum": least}, read)


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_PORT:
        raise Mismatch(f"a port, 1 to {MOST_PORT}", value)
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        raise Mismatch("a number of seconds above 0", value)
    return float(min(value, LONGEST_SECONDS))


_AMOUNT = r"^\s*[0-9]*[1-9][0-9]*(\.[0-9]+)?\s*[kKmMgGtT]?[iI]?[bB]?\s*$"


def _memory(value: object) -> int:
    expected = 'an amount of memory, such as "2G" or "500 MiB"'
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if not isinstance(value, str):
        raise Mismatch(expected, value)
    try:
        return bytes_of(value)
    except ValueError:
        raise Mismatch(expected, value) from None


def number(least: int, expected: str) -> Shape:
    """Numbers from `least` on."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= least:
            raise Mismatch(expected, value)
        return float(min(value, LONGEST_SECONDS))

    return Shape(expected, {"type": "number", "minimum": least}, read)


def _each(values: Sequence[object], read: Callable[[object], _T]) -> list[_T]:
    result = []
    for at, value in enumerate(values):
        try:
            result.append(read(value))
        except Mismatch as mismatch:  # noqa: PERF203 # where it was is part of what it says
            raise mismatch.below(f"[{at}]") from None
    return result


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_each(value, _filled))
    if not isinstance(value, str) or not value:
        raise Mismatch("a text that is not empty, or a list of such texts", value)
    return (value,)


def _refs(value: object) -> tuple[TaskRef, ...]:
    return tuple(TaskRef(name=name) for name in _texts(value))


def _files(value: object) -> object:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list):
        return _each(value, _files)
    raise Mismatch("a path, or a list of these", value)


def _files_and_tasks(value: object) -> object:
    match value:
        case str() if value:
            return value
        case list():
            return _each(value, _files_and_tasks)
        case {"task": str() as name, **rest} if name and not rest:
            return TaskRef(name=name)
        case _:
            raise Mismatch('a path, { task = "NAME" }, or a list of these', value)


def _formatter(value: object) -> object:
    """A formatter, or for a product one for each of its inputs."""
    match value:
        case str():
            return Formatter(patterns=(value,))
        case list() if any(isinstance(one, list) for one in value):
            return tuple(_each(value, _formatter_of_set))
        case list():
            return Formatter(patterns=tuple(_each(value, _text)))
        case _:
            raise Mismatch("an expression, or a list of these", value)


def _formatter_of_set(value: object) -> Formatter:
    if isinstance(value, list):
        return Formatter(patterns=tuple(_each(value, _text)))
    if isinstance(value, str):
        return Formatter(patterns=(value,))
    raise Mismatch("an expression, or a list of these", value)


def _added(value: object) -> AddInputs:
    added = _files_and_tasks(value)
    return AddInputs(inputs=tuple(added) if isinstance(added, list) else (added,))


def _extras(value: object) -> object:
    if not isinstance(value, list):
        raise Mismatch("a list", value)
    return tuple(_each(value, _extra))


def _extra(value: object) -> object:
    match value:
        case str() | bool() | int() | float():
            return value
        case list():
            return _each(value, _extra)
        case _:
            raise Mismatch("a text, number or boolean, or a list of these", value)


def _command(value: object) -> CommandText:
    match value:
        case str() if value.strip():
            return CommandText(commands=(value,))
        case [list(), *_]:
            return CommandText(commands=tuple(_each(value, _words)))
        case [_, *_]:
            return CommandText(commands=(_words(value),))
        case _:
            raise Mismatch("a text, a list of texts, or a list of such lists", value)


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise Mismatch("a list of texts that is not empty", value)
    words = tuple(_each(value, _text))
    if not words[0]:
        raise Mismatch("a text that is not empty", words[0], "[0]")
    return words


def _variable(value: object) -> object:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case list():
            return tuple(_each(value, _text))
        case _:
            raise Mismatch("a text, number or boolean, or a list of texts", value)


def _table_of(expected: str, schema: Schema, read: Callable[[object], object], name: re.Pattern[str] | None) -> Shape:
    """A table with names of one form (None: any but the empty one) and values of one shape."""

    def read_table(value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            raise Mismatch(expected, value)
        result: dict[str, object] = {}
        for key, inner in value.items():
            if not key or (name is not None and name.fullmatch(key) is None):
                raise Misnamed(expected.removeprefix("a table of "), key).below(f".{key}", key)
            try:
                result[key] = read(inner)
            except Mismatch as mismatch:
                raise mismatch.below(f".{key}", key) from None
        return result

    names: Schema = {"minLength": 1} if name is None else {"pattern": f"^(?:{name.pattern})$"}
    return Shape(expected, {"type": "object", "propertyNames": names, "additionalProperties": schema}, read_table)


_LIST_OF_FILLED: Schema = {"type": "array", "items": _FILLED}
TEXT = Shape("a text", _TEXT, _text)
FILLED = Shape("a text that is not empty", _FILLED, _filled)
TEXTS = Shape("a text, or a list of texts", {"anyOf": [_FILLED, _LIST_OF_FILLED]}, _texts)
TASK_NAMES = Shape("the name of a task, or a list of names", TEXTS.schema, _refs)
PORT = Shape("a port", {"type": "integer", "minimum": 1, "maximum": MOST_PORT}, _port)
BOOLEAN = Shape("true or false", {"type": "boolean"}, _boolean)
MEMORY = Shape(
    "an amount of memory",
    {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": _AMOUNT}]},
    _memory,
)
SECONDS = Shape("a number of seconds", {"type": "number", "exclusiveMinimum": 0}, _seconds)
PATHS = Shape("a path, or a list of these", {"$ref": "#/$defs/files"}, _files)
PATHS_AND_TASKS = Shape("paths and tasks", {"$ref": "#/$defs/files_and_tasks"}, _files_and_tasks)
EXTRAS = Shape("a list", {"type": "array", "items": {"$ref": "#/$defs/extra"}}, _extras)
_WORD_LIST: Schema = {"type": "array", "minItems": 1, "prefixItems": [_FILLED], "items": _TEXT}
COMMAND = Shape(
    "a text, a list of texts, or a list of such lists",
    {
        "anyOf": [
            {"type": "string", "pattern": r"\S"},
            _WORD_LIST,
            {"type": "array", "minItems": 1, "items": _WORD_LIST},
        ]
    },
    _command,
)
_VARIABLE: Schema = {"anyOf": [{"type": ["string", "number", "boolean"]}, {"type": "array", "items": _TEXT}]}
VARIABLES = _table_of("a table of variables", _VARIABLE, _variable, _VARIABLE_NAME)
ENV = _table_of("a table of environment variables", _TEXT, _text, _ENV_NAME)
_POSITIVE = whole(1)
POOLS = _table_of("a table of pools", _POSITIVE.schema, _POSITIVE.read, None)
KIND = Shape(
    "a kind of task",
    {"enum": [kind.value for kind in Kind]},
    Kind,  # a word that is no kind is told before, with the nearest
)
AUDIT = Shape('"record"', {"const": "record"}, _record)
REGEX = Shape("a text that is not empty", _FILLED, lambda value: Regex(pattern=_filled(value)))
_EXPRESSIONS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
FORMATTER = Shape(
    "an expression, or a list of these",
    {"anyOf": [_TEXT, {"type": "array", "items": _EXPRESSIONS}]},
    _formatter,
)
ADD_INPUTS = Shape("paths and tasks", PATHS_AND_TASKS.schema, _added)
REPLACE_INPUTS = Shape(
    "paths and tasks", PATHS_AND_TASKS.schema, lambda value: ReplaceInputs(input=_files_and_tasks(value))
)
SUFFIX = Shape("a text", _TEXT, lambda value: Suffix(text=_text(value)))

DEFINITIONS: Mapping[str, Schema] = {
    "files": {"anyOf": [_FILLED, {"type": "array", "items": {"$ref": "#/$defs/files"}}]},
    "files_and_tasks": {"anyOf": [_FILLED, _TASK, {"type": "array", "items": {"$ref": "#/$defs/files_and_tasks"}}]},
    "extra": {
        "anyOf": [{"type": ["string", "number", "boolean"]}, {"type": "array", "items": {"$ref": "#/$defs/extra"}}]
    },
}
"""Schemas that speak of themselves."""
