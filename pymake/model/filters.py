"""Filters: which inputs a task takes, and what its texts become for each of them.

A **naming** is made for the inputs of one job. It replaces the fields of a text by values, and what is peculiar to the
filter: the prefix of a suffix, the groups of an expression.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from pymake.model.fields import (
    MISSING,
    Field,
    FieldError,
    FieldValue,
    escape,
    expand,
    joined,
    known_value,
    missing,
    parse,
    pick,
)
from pymake.model.task import Formatter, Regex, Suffix

Fields = Mapping[str, FieldValue]
Filter = Suffix | Regex | Formatter

PREFIX = re.compile(r"\\1|\\g<1>")
"""In the texts of a task with a suffix: what stands before the suffix."""

REFERENCE = re.compile(r"\\(?:[1-9][0-9]?|g<[^<>]*>)")
"""What the replacement of an expression refers to groups with."""

_OPEN = re.compile(r"[*?\[]")
_MARK = "\0"
NO_FIELDS: Fields = {}


class Unmatched(NamedTuple):
    """Why a filter does not take an input: a value, of which the caller makes an error, a warning or nothing."""

    path: str
    reason: str


class Naming(Protocol):
    """What the texts of a task become for one job. `fields` is what the filter gives to texts in braces.

    `values` of the methods are all fields, these among them. All raise `FieldError`.
    """

    fields: Fields

    def output(self, text: str, values: Fields) -> str:
        """The path of an output."""

    def other(self, text: str, values: Fields) -> str:
        """Any other text, such as an extra."""

    def pattern(self, text: str, values: Fields) -> str:
        """The pattern of an input: the values in it stand for themselves, whatever letters they have."""


def literal(text: str) -> str:
    """The pattern that matches just this text.

    >>> literal("a[1]{x}*")
    'a[[]1]{{x}}[*]'
    """
    return escape(_OPEN.sub(r"[\g<0>]", text))


class CaptureNaming:
    """Without a filter: the captures of a template."""

    __slots__ = ("fields",)

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def output(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        return expand(text, values) if "{" in text or "}" in text else text

    other = output

    def pattern(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        return with_literals(text, values)


class SuffixNaming:
    """An output is the prefix with another end, unless it names the prefix itself."""

    __slots__ = ("_prefix", "fields")

    def __init__(self, prefix: str, fields: Fields) -> None:
        self._prefix = prefix
        self.fields = fields

    def output(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        text = expand(text, values) if "{" in text or "}" in text else text
        if "\\" in text and PREFIX.search(text):
            return PREFIX.sub(lambda _: self._prefix, text)
        return self._prefix + text

    def other(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        text = expand(text, values) if "{" in text or "}" in text else text
        return PREFIX.sub(lambda _: self._prefix, text)

    def pattern(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        prefix = literal(self._prefix)
        return PREFIX.sub(lambda _: prefix, with_literals(text, values))


class RegexNaming:
    """Search and replace: every match in the name is replaced by the text, what is outside of them stays."""

    __slots__ = ("_name", "_regex", "fields")

    def __init__(self, regex: re.Pattern[str], name: str, fields: Fields) -> None:
        self._regex = regex
        self._name = name
        self.fields = fields

    def output(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        if "{" in text or "}" in text:
            text = _expanded(text, values, lambda value: value.replace("\\", r"\\"))
        try:
            return self._regex.sub(text, self._name)
        except (re.error, IndexError) as error:
            raise _bad_reference(self._regex, text, error) from error

    other = output

    def pattern(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        text = with_literals(text, values)
        marked = REFERENCE.sub(rf"{_MARK}\g<0>{_MARK}", text)
        pieces: list[str] = []
        at = 0
        try:
            for found in self._regex.finditer(self._name):
                pieces.append(literal(self._name[at : found.start()]))
                at = found.end()
                replaced = found.expand(marked).split(_MARK)
                pieces += (literal(piece) if odd % 2 else piece for odd, piece in enumerate(replaced))
        except (re.error, IndexError) as error:
            raise _bad_reference(self._regex, text, error) from error
        return "".join(pieces) + literal(self._name[at:])


class FormatterNaming:
    """The parts of every path of the job, in braces, as `str.format` has them; slices and negative indices too."""

    __slots__ = ("fields",)

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def output(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        return _formatted(text, values) if "{" in text or "}" in text else text

    other = output

    def pattern(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        return "".join(
            escape(part) if isinstance(part, str) else literal(_format(part, values, text)) for part in parse(text)
        )


def by_suffix(suffix: str, name: str, *, output_dir: str | None, fields: Fields) -> SuffixNaming | Unmatched:
    """The naming of a job whose first input is `name`.

    >>> by_suffix(".c", "src/a.c", output_dir=None, fields={}).output(".o", {})
    'src/a.o'
    """
    if not name.endswith(suffix):
        return Unmatched(name, f"does not end in {suffix}")
    prefix = name[: len(name) - len(suffix)]
    if output_dir is not None:
        prefix = posixpath.join(output_dir, posixpath.basename(prefix))
    return SuffixNaming(prefix, fields)


def by_regex(regex: Regex, name: str, fields: Fields) -> RegexNaming | Unmatched:
    r"""The naming of a job whose first input is `name`; groups are fields too: `{1}`, `{NAME}`.

    >>> by_regex(Regex(pattern=r"(\w)\.c"), "src/a.c", {}).output(r"\1\1.o", {})
    'src/aa.o'
    """
    compiled = compiled_expression(regex.pattern)
    found = compiled.search(name)
    if found is None:
        return Unmatched(name, f"does not match regex({regex.pattern!r})")
    groups = {str(at): text or "" for at, text in enumerate(found.groups(), start=1)}
    return RegexNaming(compiled, name, {**fields, **groups, **found.groupdict("")})


def by_formatter(
    formatter: Formatter, names: Sequence[str], *, root: str, fields: Fields, unset: str = ""
) -> FormatterNaming | Unmatched:
    r"""The naming of a job with these inputs, relative to `root`. `unset` is what a group is that took no part.

    >>> naming = by_formatter(Formatter(patterns=(r"(.)\.c$",)), ["src/a.c"], root="/p", fields={})
    >>> naming.output("{path[0]} {subdir[0][1]} {basename[0]}{ext[0]} {1[0]}", naming.fields)
    '/p/src p a.c a'
    """
    found = formatter_fields(formatter, names, root=root, unset=unset)
    return found if isinstance(found, Unmatched) else FormatterNaming({**fields, **found})


def formatter_fields(
    formatter: Formatter, names: Sequence[str], *, root: str, unset: str = ""
) -> dict[str, tuple[FieldValue, ...]] | Unmatched:
    """The fields of a formatter, each a value for every file; `MISSING` where a file has none."""
    rows: list[dict[str, FieldValue]] = []
    for at, name in enumerate(names):
        path = posixpath.normpath(posixpath.join(root, name))
        row = path_fields(path)
        pattern = formatter.patterns[at] if at < len(formatter.patterns) else None
        if pattern is not None:
            found = compiled_expression(pattern).search(path)
            if found is None:
                return Unmatched(path, f"does not match formatter({pattern!r})")
            row["0"] = found[0]
            row.update({str(n): unset if text is None else text for n, text in enumerate(found.groups(), start=1)})
            row.update({key: unset if text is None else text for key, text in found.groupdict().items()})
        rows.append(row)
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: tuple(row.get(key, MISSING) for row in rows) for key in keys}


def path_fields(path: str) -> dict[str, FieldValue]:
    """The parts of one absolute path.

    >>> path_fields("/a/b/name.tar.gz")["subpath"]
    ('/a/b', '/a', '/')
    """
    folder, _, name = path.rpartition("/")
    base, ext = posixpath.splitext(name)
    above = [folder or "/"]
    while above[-1] != "/":
        above.append(posixpath.dirname(above[-1]))
    names = tuple(posixpath.basename(one) or "/" for one in above)
    return {"path": folder or "/", "basename": base, "ext": ext, "subpath": tuple(above), "subdir": names}


@functools.lru_cache(maxsize=1024)
def compiled_expression(pattern: str) -> re.Pattern[str]:
    """The expression of a filter.

    Raises:
        FieldError: it is broken.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise FieldError(f"the expression {pattern!r} is broken: {error}") from error


def describe(chosen: Filter) -> str:
    """What a filter wants of an input, as in "no input …"."""
    match chosen:
        case Suffix(text=text):
            return f"ends in {text}"
        case Regex(pattern=pattern):
            return f"matches regex({pattern!r})"
        case Formatter(patterns=patterns):
            return f"matches formatter({', '.join(map(repr, patterns))})"


def with_literals(text: str, values: Fields) -> str:
    """A text with the fields that have values replaced by literal patterns; others stay, as captures."""
    if "{" not in text and "}" not in text:
        return text
    return "".join(
        escape(part)
        if isinstance(part, str)
        else literal(joined(pick(part, values[part.name])))
        if part.name in values
        else part.text
        for part in parse(text)
    )


def _expanded(text: str, values: Fields, change: Callable[[str], str]) -> str:
    return "".join(part if isinstance(part, str) else change(_plain(part, values, text)) for part in parse(text))


def _plain(field: Field, values: Fields, text: str) -> str:
    return joined(pick(field, known_value(field, values, text)))


def _formatted(text: str, values: Fields) -> str:
    return "".join(part if isinstance(part, str) else _format(part, values, text) for part in parse(text))


_CONVERSIONS: Mapping[str | None, Callable[[str], str]] = {None: str, "s": str, "r": repr, "a": ascii}


def _format(field: Field, values: Fields, text: str) -> str:
    value = pick(field, known_value(field, values, text))
    while not isinstance(value, str) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        hint = f"write {{{field.name}[0]}} for the first" if not field.indices else None
        raise FieldError(f"{field.text} stands for {len(value)} values here, and only one fits", hint=hint)
    if value is MISSING:
        raise missing(field)
    converted = _CONVERSIONS[field.conversion](value)
    try:
        return format(converted, field.pattern or "")
    except ValueError as error:
        raise FieldError(f"{field.text} cannot be formatted: {error}") from error


def _bad_reference(regex: re.Pattern[str], text: str, error: Exception) -> FieldError:
    groups = ", ".join([rf"\{number}" for number in range(1, regex.groups + 1)])
    names = ", ".join(rf"\g<{name}>" for name in regex.groupindex)
    known = ", ".join(filter(None, (groups, names)))
    return FieldError(
        f"{text!r} does not fit regex({regex.pattern!r}): {getattr(error, 'msg', error)}",
        hint=f"the groups are {known}" if known else "put the part you want to use in parentheses",
    )
