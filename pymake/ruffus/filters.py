"""The three filters as Ruffus applies them: which inputs fit, and what the texts of a task become.

How a suffix, an expression and the parts of a path work is in `model.filters`. What is peculiar to Ruffus stands here:
braces mean nothing to `suffix` and `regex`, a field that is not there drops the job instead of stopping the build, and
the fields of the combinatorics have one more level.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Protocol

from pymake.model.fields import MISSING
from pymake.model.filters import formatter_fields
from pymake.model.task import Formatter
from pymake.ruffus.indicators import formatter, regex, suffix
from pymake.ruffus.ruffus_exceptions import (
    error_input_file_does_not_match,
    error_task_contruction,
    error_unescaped_regular_expression_forms,
    fatal_error_input_file_does_not_match,
)
from pymake.ruffus.structure import first_name, mapped, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.ruffus.indicators import Indicator
    from pymake.ruffus.ruffus_exceptions import NamedTask

_PREFIX = re.compile(r"\\1|\\g<1>")


class Filter(Protocol):
    """What the texts of a task become for one job.

    All raise `error_input_file_does_not_match` when the job is to be dropped.
    """

    def output(self, pattern: object, names: object) -> object:
        """The output for these inputs."""

    def other(self, pattern: object, names: object) -> object:
        """An extra, or what is to be added to the inputs or to replace them."""


class BySuffix:
    """`suffix`: looks at the first name of a job; the prefix is implied in outputs."""

    def __init__(self, text: str, output_dir: str | None) -> None:
        self._text = text
        self._regex = re.compile(f"(.*){re.escape(text)}$", re.DOTALL)
        self._output_dir = output_dir

    def output(self, pattern: object, names: object) -> object:
        """As `Filter` says."""
        return mapped(pattern, lambda text: self._replaced(text, names, implied=not _PREFIX.search(text)))

    def other(self, pattern: object, names: object) -> object:
        """As `Filter` says."""
        return mapped(pattern, lambda text: self._replaced(text, names, implied=False))

    def _replaced(self, pattern: str, names: object, *, implied: bool) -> str:
        name = _first(names)
        found = self._regex.match(name if self._output_dir is None else _moved(name, self._output_dir))
        if found is None:
            raise error_input_file_does_not_match(
                f"File '{name}' does not match suffix('{self._text}') and pattern '{pattern}'"
            )
        text = pattern
        if "\\" in pattern:
            text = _expanded(found, f"File '{name}' does not match regex('{self._text}')", pattern)
        return found[1] + text if implied else text


class ByRegex:
    """`regex`: looks at the first name; *every* match is replaced, the rest of the name is kept."""

    def __init__(self, expression: str) -> None:
        self._text = expression
        self._regex = re.compile(expression)

    def output(self, pattern: object, names: object) -> object:
        """As `Filter` says."""
        return mapped(pattern, lambda text: self._replaced(text, names))

    other = output

    def _replaced(self, pattern: str, names: object) -> str:
        name = _first(names)
        complaint = f"File '{name}' does not match regex('{self._text}')"
        if "\x01" in pattern or "\x02" in pattern:
            raise error_unescaped_regular_expression_forms(
                f"[{pattern!r}] The characters \\1 and \\2 need to be 'escaped' in python. "
                "The easiest is a raw string: r'\\1_in_a string\\2'."
            )
        if self._regex.search(name) is None:
            raise error_input_file_does_not_match(f"{complaint} and pattern '{pattern}'")
        try:
            return self._regex.sub(pattern, name)
        except (re.error, IndexError) as error:
            raise _fatal(complaint, pattern, error) from error


class ByFormatter:
    """`formatter`: every name as an absolute path, taken apart."""

    def __init__(self, expressions: Sequence[str | None], shown: str) -> None:
        self._formatter = Formatter(patterns=tuple(expressions))
        self._shown = shown

    def output(self, pattern: object, names: object) -> object:
        """As `Filter` says."""
        found = names_in(names)
        fields = self.fields(found)
        return mapped(pattern, lambda text: _formatted(text, fields, found, self._shown))

    other = output

    def fields(self, names: Sequence[str]) -> dict[str, dict[int, object]]:
        """For each field the value of every file that has one; no fields at all if an expression does not fit."""
        found = formatter_fields(self._formatter, names, root=os.getcwd())
        if not isinstance(found, dict):
            return {}
        return {
            name: {at: list(value) if isinstance(value, tuple) else value for at, value in enumerate(values)}
            if MISSING not in values
            else {at: value for at, value in enumerate(values) if value is not MISSING}
            for name, values in found.items()
        }


class ByFormatters:
    """The filters of `product` and its like: one more level, `{path[SET][FILE]}`."""

    def __init__(self, members: Sequence[ByFormatter], shown: str) -> None:
        self._members = members
        self._shown = shown

    def output(self, pattern: object, names: object) -> object:
        """As `Filter` says; `names` are the members of the job's input."""
        assert isinstance(names, tuple), "the combinatorics make tuples"
        found = [names_in(member) for member in names]
        fields: dict[str, dict[int, object]] = {}
        for at, (member, texts) in enumerate(zip(self._members, found, strict=True)):
            for name, values in member.fields(texts).items():
                fields.setdefault(name, {})[at] = values
        return mapped(pattern, lambda text: _formatted(text, fields, found, self._shown))

    other = output


def filter_of(
    word: object, task: NamedTask, error: type[error_task_contruction], output_dir: object = None
) -> BySuffix | ByRegex | ByFormatter:
    """The filter behind a word.

    Raises:
        error_task_contruction: the word is malformed; of the given class.
    """
    match word:
        case suffix(args=(str(text),)):
            return BySuffix(text, os.fspath(output_dir) if isinstance(output_dir, (str, os.PathLike)) else None)
        case regex(args=(str(text),)):
            _compiled(word, text, task, error)
            return ByRegex(text)
        case formatter(args=expressions):
            return _formatter_of(word, expressions, task, error)
        case _:
            raise error(task, f"{word!r} is malformed", "it takes exactly one text")


def _formatter_of(
    word: Indicator, expressions: Sequence[object], task: NamedTask, error: type[error_task_contruction]
) -> ByFormatter:
    found: list[str | None] = []
    for each in expressions:
        if isinstance(each, str):
            _compiled(word, each, task, error)
        elif each is not None:
            raise error(task, f"{word!r} is malformed", f"expressions are texts or None, not {each!r}")
        found.append(each)
    return ByFormatter(found, repr(word))


def _compiled(word: Indicator, text: str, task: NamedTask, error: type[error_task_contruction]) -> None:
    try:
        re.compile(text)
    except re.error as broken:
        raise error(
            task,
            f"regular expression {type(word).__name__}('{text}') is malformed",
            f"[re.error: ({broken})]",
        ) from broken


def _first(names: object) -> str:
    name = first_name(names)
    if name is None:
        raise error_input_file_does_not_match(f"No file names in {names!r}")
    return name


def _moved(name: str, folder: str) -> str:
    return os.path.join(folder, os.path.basename(name))


def _expanded(found: re.Match[str], complaint: str, pattern: str) -> str:
    try:
        return found.expand(pattern)
    except (re.error, IndexError) as error:
        raise _fatal(complaint, pattern, error) from error


def _fatal(complaint: str, pattern: str, error: Exception) -> fatal_error_input_file_does_not_match:
    return fatal_error_input_file_does_not_match(f"{complaint} and pattern '{pattern}':\n\t{error}\n")


def _formatted(text: str, fields: Mapping[str, Mapping[int, object]], names: object, shown: str) -> str:
    """A text with its fields replaced, by `str.format`.

    Raises:
        error_input_file_does_not_match: a field or an index is not there.
        Exception: the text can never be formatted, whatever the names are.
    """
    if "{" not in text and "}" not in text:
        return text
    count = max((int(name) for name in fields if name.isdecimal()), default=-1) + 1
    groups = [fields.get(str(number), {}) for number in range(count)]
    try:
        return text.format(*groups, **{name: value for name, value in fields.items() if not name.isdecimal()})
    except (KeyError, IndexError) as error:
        known = {name: dict(value) for name, value in fields.items()}
        raise error_input_file_does_not_match(
            f"Unmatched field {{{_missing(error)}}} in '{text}' where\n"
            f"      input =  {names!r},\n"
            f"      filter = {shown}. Possible substitutions= {known}."
        ) from error


def _missing(error: KeyError | IndexError) -> str:
    """The field that is missing: its name, its number, or what Python says of an index."""
    if isinstance(error, KeyError):
        return str(error.args[0])
    number = re.match(r"Replacement index (\d+)", str(error))
    return number[1] if number else str(error)
