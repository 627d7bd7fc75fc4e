"""Values inside the text of a shell command, quoted by the place where they stand.

The text is read as `/bin/sh` reads it, with `SLOT` wherever a field stood. What cannot be quoted at some place (inside
backquotes, say) is an error, so that a value is never read as anything but a value.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import assert_never
from pymake.model.fields import FieldError, flat, joined

if TYPE_CHECKING:
    from pymake.model.fields import FieldValue

SLOT = "\0"
"""Stands for a field in a text that is read; no command can hold it."""


class Context(enum.Enum):
    """What is around a value, and so how it is quoted."""

    ALONE = "alone"
    """A word of its own: quoted; a list becomes several words."""
    WORD = "word"
    """A part of a word: quoted as one."""
    SINGLE = "single"
    """Between single quotes, which close around each of its own."""
    DOUBLE = "double"
    r"""Between double quotes: `\`, `"`, `$` and the backquote get a backslash."""
    HERE = "here"
    r"""In a here-document: `\`, `$` and the backquote get a backslash."""
    HERE_AS_IS = "here as is"
    """In a here-document whose delimiter is quoted: nothing is special there."""
    COMMENT = "comment"
    """In a comment, which a line end must not end."""
    NUMBER = "number"
    """In `$((…))`, where the shell would evaluate anything but a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The place of one value. `forbidden` is the value that would end the here-document."""

    context: Context
    forbidden: str | None = None


_DOUBLE_SPECIAL = re.compile(r'[\\"$`]')
_HERE_SPECIAL = re.compile(r"[\\$`]")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9@%+:,./_-]+|-[A-Za-z0-9@%+:,./_=-]+")
_KEYWORDS = frozenset(
    {
        *("case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "time"),
        *("until", "while"),
    }
)
_NUMBER = re.compile(r"-?[0-9]+")
_BOUNDARY = frozenset(" \t\n|&;<>()")
_HERE_WORD = re.compile(r"""(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s|&;<>()'"\\])+)""")
_CASE = re.compile(r"case[ \t\n]")
_GLUED = re.compile(r"\$\w*\0")
_LIVELY = re.compile(r"\$[({]|\$\w*\0|`|\\[\0\n]")
_ROUND = re.compile(r"[()]")
_EXPANSION = re.compile(r"\$\{(?:\\.|[^}\\])*\}", re.DOTALL)
_BACKQUOTES = re.compile(r"`(?:\\.|[^`\\])*`", re.DOTALL)
_QUOTES = re.compile(r"['\"\\]")
_COMMAND_START = re.compile(r"(?:^|[(;|&\n{!]|\b(?:do|then|else|elif|if|while|until))[ \t\n]*\Z")


def quote(value: FieldValue, spot: Spot) -> str:
    """The value as it must be written at a place.

    Raises:
        FieldError: it cannot be written there.
    """
    match spot.context:
        case Context.ALONE:
            return " ".join(map(_word, flat(value)))
        case Context.WORD:
            return _word(joined(value))
        case Context.SINGLE:
            return joined(value).replace("'", r"'\''")
        case Context.DOUBLE:
            return _DOUBLE_SPECIAL.sub(r"\\\g<0>", joined(value))
        case Context.HERE:
            return _HERE_SPECIAL.sub(r"\\\g<0>", _in_here_document(joined(value), spot))
        case Context.HERE_AS_IS:
            return _in_here_document(joined(value), spot)
        case Context.COMMENT:
            return joined(value).replace("\n", " ")
        case Context.NUMBER:
            return _number(joined(value))
        case _:
            assert_never(spot.context)


def _word(text: str) -> str:
    """One word of the shell that is never a keyword or an assignment."""
    return text if _PLAIN_WORD.fullmatch(text) and text not in _KEYWORDS else "'" + text.replace("'", r"'\''") + "'"


def _in_here_document(text: str, spot: Spot) -> str:
    if "\n" in text or text.lstrip("\t") == spot.forbidden:
        raise FieldError(f"the value {text!r} would end a line or the whole of a here-document", hint="use printf")
    return text


def _number(text: str) -> str:
    if _NUMBER.fullmatch(text) is None:
        raise FieldError(
            f"the value {text!r} stands in $((…)), which is for numbers only",
            hint="write $( (…) ) with a space for a command in parentheses",
        )
    return f"({text})" if text.startswith("-") else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A shell text that was read: a `SLOT` for each value, and where it stands.

    Quotes around a field that is a whole word are gone: `"{input}"` is `{input}`, which is quoted anyway.
    """

    text: str
    spots: tuple[Spot, ...]


def read(text: str) -> Reading:
    """Find out where each `SLOT` of a shell text stands.

    Raises:
        FieldError: a quote or bracket is not closed, or a value cannot be quoted where it stands.
    """
    return _Reader(text).read()


class _Frame(enum.Enum):
    """What the reader is inside of; the value is what ends it."""

    TEXT = ""
    COMMANDS = ")"
    DOUBLE = '"'
    EXPANSION = "}"


class _Reader:
    """Reads a shell text once. Owns the stack of what is open, and the here-documents that the next line begins."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._frames = [_Frame.TEXT]
        self._here: list[tuple[str, bool]] = []
        self._spots: list[Spot] = []
        self._edits: dict[int, str] = {}

    def read(self) -> Reading:
        while self._at < len(self._text):
            if self._frames[-1] is _Frame.DOUBLE:
                self._in_double_quotes(self._text[self._at])
            else:
                self._outside_quotes(self._text[self._at])
        if len(self._frames) > 1:
            raise _unclosed(self._frames[-1].value)
        edited = (self._edits.get(at, char) for at, char in enumerate(self._text))
        return Reading(text="".join(edited) if self._edits else self._text, spots=tuple(self._spots))

    def _in_double_quotes(self, char: str) -> None:
        match char:
            case '"':
                self._frames.pop()
            case "\\":
                self._escaped()
            case "$":
                return self._dollar()
            case "`":
                return self._backquotes()
            case "\0":
                self._spots.append(Spot(context=Context.DOUBLE))
            case _:
                pass
        self._at += 1
        return None

    def _outside_quotes(self, char: str) -> None:
        match char:
            case "\0":
                self._spots.append(Spot(context=Context.ALONE if self._is_word(1) else Context.WORD))
                self._part_from_redirection(self._at)
            case "'" | '"' if self._text.startswith(f"{char}{SLOT}{char}", self._at) and self._is_word(3):
                return self._lone_field()
            case "'":
                return self._single_quotes()
            case '"':
                self._frames.append(_Frame.DOUBLE)
            case "\\":
                self._escaped()
            case "$":
                return self._dollar()
            case "`":
                return self._backquotes()
            case _ if self._frames[-1] is _Frame.EXPANSION:
                if char == "}":
                    self._frames.pop()
            case _:
                return self._between_words(char)
        self._at += 1
        return None

    def _between_words(self, char: str) -> None:
        """What is special in a list of commands, but not in `${…}`."""
        match char:
            case "(":
                self._frames.append(_Frame.COMMANDS)
            case ")" if self._frames[-1] is _Frame.COMMANDS:
                self._frames.pop()
            case "#" if self._starts_word():
                return self._comment()
            case "<" if self._text.startswith("<<", self._at):
                return self._here_operator()
            case "\n" if self._here:
                return self._here_documents()
            case "c" if len(self._frames) > 1:
                self._refuse_case()
            case _:
                pass
        self._at += 1
        return None

    def _starts_word(self) -> bool:
        return self._at == 0 or self._text[self._at - 1] in _BOUNDARY

    def _is_word(self, length: int) -> bool:
        """Whether the next `length` characters are a whole word."""
        end = self._at + length
        ends = end == len(self._text) or self._text[end] in _BOUNDARY
        return ends and self._starts_word() and self._frames[-1] is not _Frame.EXPANSION

    def _lone_field(self) -> None:
        self._spots.append(Spot(context=Context.ALONE))
        self._edits |= {self._at: "", self._at + 2: ""}
        self._part_from_redirection(self._at + 2)
        self._at += 3

    def _part_from_redirection(self, at: int) -> None:
        """Else a value that is a number would be the number of a stream: `2>log`."""
        if self._text.startswith(("<", ">"), at + 1):
            self._edits[at] = self._edits.get(at, self._text[at]) + " "

    def _escaped(self) -> None:
        self._at += 1
        if self._text.startswith(SLOT, self._at):
            raise FieldError("a backslash in front of a field", hint=r"write \\ for a backslash of its own")

    def _single_quotes(self) -> None:
        if self._at and self._text[self._at - 1] == "$":
            raise FieldError("$'…' is not the same in every shell", hint="use printf, or a list of texts as command")
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise _unclosed("'")
        self._spots += [Spot(context=Context.SINGLE)] * self._text.count(SLOT, self._at, end)
        self._at = end + 1

    def _dollar(self) -> None:
        if self._text.startswith("$((", self._at):
            return self._arithmetic()
        if self._text.startswith("$(", self._at):
            self._frames.append(_Frame.COMMANDS)
            self._at += 2
        elif self._text.startswith("${", self._at):
            self._expansion()
        elif _GLUED.match(self._text, self._at):
            raise FieldError(
                "a $ in front of a field", hint="write ${{NAME}} for a variable of the shell, \\$ for the character"
            )
        else:
            self._at += 1
        return None

    def _arithmetic(self) -> None:
        start, depth = self._at, 0
        while depth or self._at == start:
            found = _ROUND.search(self._text, self._at)
            if found is None:
                raise _unclosed("))")
            depth += 1 if found[0] == "(" else -1
            self._at = found.end()
        self._spots += [Spot(context=Context.NUMBER)] * self._text.count(SLOT, start, self._at)

    def _expansion(self) -> None:
        if self._frames[-1] is not _Frame.DOUBLE:
            self._frames.append(_Frame.EXPANSION)
            self._at += 2
            return
        # Between double quotes the rules of quoting inside `${…}` depend on its operator and on the shell.
        self._skip(_EXPANSION, "${…} between double quotes", "set a variable of the shell to it first")

    def _backquotes(self) -> None:
        # A value would have to be quoted for two readings, and the shells disagree about the first.
        self._skip(_BACKQUOTES, "backquotes", "write $(…)")

    def _skip(self, form: re.Pattern[str], what: str, hint: str) -> None:
        found = form.match(self._text, self._at)
        if found is None:
            raise _unclosed("`" if form is _BACKQUOTES else "}")
        if SLOT in found[0]:
            raise FieldError(f"a field cannot be quoted inside {what}", hint=hint)
        self._at = found.end()

    def _comment(self) -> None:
        end = self._text.find("\n", self._at)
        end = end if end >= 0 else len(self._text)
        self._spots += [Spot(context=Context.COMMENT)] * self._text.count(SLOT, self._at, end)
        self._at = end

    def _refuse_case(self) -> None:
        """The brackets of `case` patterns are not balanced: where a `$(` ends could not be told any more."""
        if _CASE.match(self._text, self._at) and _COMMAND_START.search(self._text[: self._at]):
            raise FieldError("`case` inside parentheses, together with fields", hint="put it into a script")

    def _here_operator(self) -> None:
        if self._text.startswith("<<<", self._at):
            self._at += 3
            return
        found = _HERE_WORD.match(self._text, self._at + 2)
        if found is None or SLOT in found[0]:
            raise FieldError("a here-document without a fixed delimiter", hint="write <<END")
        word = found[2]
        self._here.append((_QUOTES.sub("", word), _QUOTES.search(word) is not None))
        self._at = found.end()

    def _here_documents(self) -> None:
        """Read the bodies of the here-documents that begin on the next line."""
        self._at += 1
        for delimiter, as_is in self._here:
            start = self._at
            found = re.compile(rf"^\t*{re.escape(delimiter)}(?:\n|\Z)", re.MULTILINE).search(self._text, start)
            if found is None:
                raise _unclosed(delimiter)
            body = self._text[start : found.start()]
            if not as_is and SLOT in body and _LIVELY.search(body):
                raise FieldError("a field and a command, ${…} or \\ in one here-document", hint="use printf")
            for line in body.split("\n"):
                self._here_line(line.lstrip("\t"), delimiter, Context.HERE_AS_IS if as_is else Context.HERE)
            self._at = found.end()
        self._here.clear()

    def _here_line(self, line: str, delimiter: str, context: Context) -> None:
        before, _, after = line.partition(SLOT)
        ends = SLOT in line and _may_be(line, delimiter)
        if ends and SLOT in after:
            raise FieldError("a line of a here-document could be its end", hint="use another delimiter")
        forbidden = delimiter[len(before) : len(delimiter) - len(after)] if ends else None
        self._spots += [Spot(context=context, forbidden=forbidden)] * line.count(SLOT)


def _may_be(line: str, delimiter: str) -> bool:
    """Whether values could make the line the delimiter."""
    return re.fullmatch(".*".join(map(re.escape, line.split(SLOT))), delimiter, re.DOTALL) is not None


def _unclosed(end: str) -> FieldError:
    return FieldError(f"the command ends before a closing {end}")
