"""Build files in TOML: `pymake.toml`, or `[tool.pymake]` of a `pyproject.toml`."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, Place, nearest
from pymake.frontends.keys import RULES, TASK_KEYS, TOP_KEYS
from pymake.frontends.lines import Lines
from pymake.frontends.shapes import Mismatch, describe
from pymake.frontends.usual import PYPROJECT
from pymake.model.task import Formatter, InputSet, Kind, Project, Task

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pymake.frontends.keys import Key
    from pymake.model.task import Function

    Resolve = Callable[[str, str, Place], Function]
    """Finds the function that `module:function` names: spec, root, place of the task."""

_TABLE = ("tool", "pymake")
_HEADER = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*pymake[ \t]*[\].]", re.MULTILINE)
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(path: str, root: str, resolve: Resolve) -> Project:
    """What a TOML file declares. `path` is relative to `root`, which is absolute; of a `pyproject.toml` its own table.

    Raises:
        BuildFileError: the file cannot be read, is no TOML, or says something that cannot be.
    """
    text = _text(path, root)
    data = _parsed(text, path)
    own = _TABLE if os.path.basename(path) == PYPROJECT else ()
    for name in own:
        inner = data.get(name, {})
        data = inner if isinstance(inner, dict) else {}
    return _File(path=path, root=root, lines=Lines(text, own), resolve=resolve).project(data)


def has_table(path: str) -> bool:
    """Whether a `pyproject.toml` (absolute) has a table for pymake; also one that is broken later on."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return False
    if "pymake" not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return _HEADER.search(text) is not None
    return isinstance(tool, dict) and "pymake" in tool


def _text(path: str, root: str) -> str:
    place = Place(path=path)
    try:
        with open(os.path.join(root, path), encoding="utf-8", newline="") as file:
            return file.read()
    except OSError as error:
        raise BuildFileError("cannot be read", place=place, facts=[("reason", error.strerror)]) from error
    except UnicodeDecodeError as error:
        raise BuildFileError("is not UTF-8", place=place, facts=[("byte", error.start)]) from error


def _parsed(text: str, path: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        found = _WHERE.search(reason)
        lines = text.splitlines() or [""]
        line = int(found[1]) if found is not None and found[1] is not None else len(lines)
        facts: list[tuple[str, object]] = [("line", lines[min(line, len(lines)) - 1].strip())]
        if found is not None and found[2] is not None:
            facts.append(("column", found[2]))
        reason = _WHERE.sub("", reason)
        raise BuildFileError(f"not TOML: {reason}", place=Place(path=path, line=line), facts=facts) from error


class _File:
    """One file while it is read: turns its tables into the values of the model, or says where it cannot."""

    def __init__(self, *, path: str, root: str, lines: Lines, resolve: Resolve) -> None:
        self._path = path
        self._root = root
        self._lines = lines
        self._resolve = resolve

    def project(self, data: dict[str, object]) -> Project:
        self._check_letters(data, ())
        tables = self._task_tables(data)
        given = dict(self._values("", data, TOP_KEYS, ()))
        tasks = tuple(self._task(name, table) for name, table in tables.items())
        if "default" in data:
            given["default_place"] = self._place(("default",))
        make: Callable[..., Project] = Project  # the table of keys says which attributes there are
        return make(root=self._root, files=(self._path,), tasks=tasks, **given)

    def _check_letters(self, value: object, at: tuple[str, ...]) -> None:
        """No system takes a NUL, wherever it stands."""
        if isinstance(value, str) and "\0" in value:
            raise self._error(f"{'.'.join(at)} holds the character NUL", at)
        if isinstance(value, dict):
            for name, inner in value.items():
                self._check_letters(name, at)
                self._check_letters(inner, (*at, name))
        elif isinstance(value, list):
            for inner in value:
                self._check_letters(inner, at)

    def _task_tables(self, data: dict[str, object]) -> dict[str, dict[str, object]]:
        """The tables of the tasks, taken out of the file's own keys."""
        tables = data.pop("task", {})
        if not isinstance(tables, dict):
            raise self._error("task must be a table of tasks", ("task",), hint="write [task.NAME] above its keys")
        for name, table in tables.items():
            if not isinstance(table, dict):
                said = "a task without a name" if not name else f"task {name} must be a table; it is {describe(table)}"
                raise self._error(said, ("task", name), hint="write [task.NAME] above its keys")
        return tables

    def _task(self, name: str, table: dict[str, object]) -> Task:
        if not name:
            raise self._error("a task without a name", ("task", name), hint="write [task.NAME] above its keys")
        at = ("task", name)
        self._check_kind(name, table)
        values = dict(self._values(f"task {name}: ", table, TASK_KEYS, at))
        for rule in RULES:
            if rule.is_broken_by(table):
                raise self._error(f"task {name} has {rule.message}", (*at, rule.key), hint=rule.hint)
        place = self._place(at)
        if "python" in table:
            values["action"] = self._resolve(str(table["python"]), self._root, place)
        self._part_sets(name, table, values)
        make: Callable[..., Task] = Task  # as above
        return make(name=name, place=place, **values)

    def _part_sets(self, name: str, table: Mapping[str, object], values: dict[str, object]) -> None:
        """The inputs of a product, each with its filter."""
        given, chosen = values.get("input"), values.get("filter")
        if table.get("kind") != Kind.PRODUCT.value:
            if isinstance(chosen, tuple):
                said = "formatter is a list of lists, which is for product only"
                raise self._error(f"task {name}: {said}", ("task", name, "formatter"))
            return
        inputs = given if isinstance(given, list) and given else [given]
        filters = [Formatter(patterns=(one,)) for one in chosen.patterns] if isinstance(chosen, Formatter) else chosen
        filters = list(filters) if isinstance(filters, (list, tuple)) else [None]
        if len(filters) > len(inputs):
            said = f"formatter has {len(filters)} members, and input {len(inputs)}"
            raise self._error(f"task {name}: {said}", ("task", name, "formatter"), hint="give one for each input")
        filters += [None if chosen is None else Formatter()] * (len(inputs) - len(filters))
        sets = [InputSet(input=one, filter=filter_) for one, filter_ in zip(inputs, filters, strict=True)]
        values.update(input=sets[0].input, filter=sets[0].filter, sets=tuple(sets[1:]))

    def _check_kind(self, name: str, table: Mapping[str, object]) -> None:
        kind = table.get("kind")
        kinds = [known.value for known in Kind]
        if kind is None or kind in kinds:
            return
        at = ("task", name, "kind")
        if not isinstance(kind, str):
            raise self._error(f"task {name}: kind must be a text; it is {describe(kind)}", at)
        raise self._error(f"task {name}: unknown kind {kind!r}", at, hint=_near(kind, kinds))

    def _values(
        self, who: str, table: Mapping[str, object], keys: Mapping[str, Key], at: tuple[str, ...]
    ) -> Iterator[tuple[str, object]]:
        """Attributes of the model and their values, for every key of a table."""
        for name, value in table.items():
            key = keys.get(name)
            if key is None:
                raise self._unknown(who, name, keys, at)
            try:
                yield key.attribute, key.shape.read(value)
            except Mismatch as wrong:
                where = (*at, name) if wrong.name is None else (*at, name, wrong.name)
                raise self._error(f"{who}{name}{wrong.inside} {wrong.said}", where) from None

    def _unknown(self, who: str, name: str, keys: Mapping[str, Key], at: tuple[str, ...]) -> BuildFileError:
        known = [*keys] if at else [*keys, "task"]
        return self._error(f"{who}unknown key {name!r}", (*at, name), hint=_near(name, known))

    def _place(self, at: tuple[str, ...]) -> Place:
        return Place(path=self._path, line=self._lines.line(at))

    def _error(self, message: str, at: tuple[str, ...], *, hint: str | None = None) -> BuildFileError:
        return BuildFileError(message, place=self._place(at), hint=hint)


def _near(name: str, known: list[str]) -> str:
    near = nearest(name, known)
    return " or ".join(near) if near else f"one of {', '.join(sorted(known))}"
