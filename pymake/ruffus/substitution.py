"""What the texts of a Ruffus task become for one job: the namings of `model.filters`, with what Ruffus does otherwise.

Braces mean nothing to `suffix` and `regex`; the texts of a `formatter` are what `str.format` takes; a field that is
not there drops the job, while a group that the expression lacks stops the run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.model.fields import MISSING, FieldError, escape
from pymake.model.filters import NO_FIELDS, Unmatched, by_regex, by_suffix, formatter_fields
from pymake.model.task import Formatter, Regex, Suffix
from pymake.ruffus.ruffus_exceptions import (
    error_unescaped_regular_expression_forms,
    fatal_error_input_file_does_not_match,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.filters import Fields, Naming

_ANY = re.compile("(.*)")
_CONTROLS = re.compile("[\x01\x02]")


class JobNaming:
    """Texts as they are: for tasks without a filter. What a job is given beside its files is noted here, too.

    `written` is the output with patterns as they are written, `extras` are those of the job.
    """

    __slots__ = ("extras", "fields", "written")

    def __init__(self) -> None:
        self.fields: Fields = NO_FIELDS
        self.written: object = None
        self.extras: Sequence[object] = ()

    def output(self, text: str, values: Fields) -> str:  # noqa: ARG002  # what a naming is asked with
        """As `Naming` says."""
        return text

    def other(self, text: str, values: Fields) -> str:
        """As `Naming` says."""
        return self.output(text, values)

    pattern = other


class PlainNaming(JobNaming):
    """`suffix` and `regex`: there are no fields, and an expression that lacks a group stops everything."""

    __slots__ = ("_complaint", "_inner")

    def __init__(self, inner: Naming, complaint: str) -> None:
        super().__init__()
        self._inner = inner
        self._complaint = complaint

    def output(self, text: str, values: Fields) -> str:  # noqa: ARG002  # as above
        """As `Naming` says."""
        self._check(text)
        try:
            return self._inner.output(escape(text), NO_FIELDS)
        except FieldError as error:
            raise self._fatal(text, error.__cause__ or error) from error

    def other(self, text: str, values: Fields) -> str:  # noqa: ARG002  # as above
        """As `Naming` says."""
        self._check(text)
        try:
            return self._inner.other(escape(text), NO_FIELDS)
        except FieldError as error:
            raise self._fatal(text, error.__cause__ or error) from error

    pattern = other

    def _check(self, text: str) -> None:
        if _CONTROLS.search(text):
            raise error_unescaped_regular_expression_forms(
                f"[{text!r}] The characters \\1 and \\2 need to be 'escaped' in python. "
                "The easiest is a raw string: r'\\1_in_a string\\2'."
            )

    def _fatal(self, text: str, error: BaseException) -> fatal_error_input_file_does_not_match:
        return fatal_error_input_file_does_not_match(f"{self._complaint} and pattern '{text}':\n\t{error}\n")


class SuffixNaming(PlainNaming):
    """`suffix`, of which the prefix is group 1 and there is no other."""

    __slots__ = ()

    def _check(self, text: str) -> None:
        if "\\" in text:
            found = _ANY.match("")
            assert found is not None, "it matches anything"
            try:
                found.expand(text)
            except (re.error, IndexError) as error:
                raise self._fatal(text, error) from error


class FormatNaming(JobNaming):
    """`formatter`: `str.format` with the parts of the paths. `names` and `shown`, the filter, are for the message."""

    __slots__ = ("_groups", "_known", "_shown", "names")

    def __init__(self, fields: Fields, names: object, shown: str) -> None:
        super().__init__()
        known = {name: _subscriptable(value) for name, value in fields.items()}
        count = max((int(name) for name in known if name.isdecimal()), default=-1) + 1
        self._groups = [known.get(str(number), {}) for number in range(count)]
        self._known = {name: value for name, value in known.items() if not name.isdecimal()}
        self.names = names
        self._shown = shown

    def output(self, text: str, values: Fields) -> str:  # noqa: ARG002  # as above
        """As `Naming` says.

        Raises:
            FieldError: a field or an index that is not there.
            Exception: the text can never be formatted, whatever the names are.
        """
        if "{" not in text and "}" not in text:
            return text
        try:
            return text.format(*self._groups, **self._known)
        except (KeyError, IndexError) as error:
            raise FieldError(
                f"Unmatched field {{{_missing(error)}}} in '{text}' where\n"
                f"      input =  {self.names!r},\n"
                f"      filter = {self._shown}. Possible substitutions= {self._groups}, {self._known}."
            ) from error


def _subscriptable(value: object) -> object:
    """The values of a field so that what is missing is a wrong key: a dict by number, lists further down."""
    if not isinstance(value, tuple):
        return value
    return {at: _listed(inner) for at, inner in enumerate(value) if inner is not MISSING}


def _listed(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    if any(inner is MISSING for inner in value) or any(isinstance(inner, tuple) for inner in value):
        return _subscriptable(value)
    return list(value)


def _missing(error: KeyError | IndexError) -> str:
    """The field that is missing: its name, its number, or what Python says of an index."""
    if isinstance(error, KeyError):
        return str(error.args[0])
    number = re.match(r"Replacement index (\d+)", str(error))
    return number[1] if number else str(error)


def naming_of(
    chosen: Suffix | Regex | Formatter | None,
    names: Sequence[str],
    *,
    below: str,
    output_dir: str | None,
    shown: str,
    first_text: str,
) -> JobNaming | Unmatched:
    """How the texts of a job with these file names are replaced. `first_text` is one of them, for the message."""
    name = names[0]
    match chosen:
        case None:
            return JobNaming()
        case Suffix(text=text):
            inner = by_suffix(text, name, output_dir=output_dir, fields=NO_FIELDS)
            if isinstance(inner, Unmatched):
                return Unmatched(name, f"File '{name}' does not match suffix('{text}') and pattern '{first_text}'")
            return SuffixNaming(inner, f"File '{name}' does not match regex('{text}')")
        case Regex(pattern=pattern):
            complaint = f"File '{name}' does not match regex('{pattern}')"
            found = by_regex(chosen, name, NO_FIELDS)
            if isinstance(found, Unmatched):
                return Unmatched(name, f"{complaint} and pattern '{first_text}'")
            return PlainNaming(found, complaint)
        case Formatter():
            fields = formatter_fields(chosen, names, root=below)
            return FormatNaming({} if isinstance(fields, Unmatched) else fields, list(names), shown)
