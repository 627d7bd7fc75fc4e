r"""Depfiles: what a compiler read, in the make syntax that compilers write.

Taken from make: rules `targets: prerequisites`, `\` at the end of a line, `\ ` for a blank in a name, `\#`, `\:` and
`$$`, and the rule that of backslashes in front of a blank half are meant. Not taken: variables, recipes, and comments
behind a rule, since a `#` there is far more likely to be part of a name that some program did not escape.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"(?:(?:\\\\)*\\[ \t]|\\+|[^ \t\\]+)+")
"""An odd run of backslashes takes the blank behind it into the word; any other run is part of the word. Only the blank
and the tab part words: other white space, such as a no-break space, is part of a name."""

_ESCAPED = re.compile(r"(\\+)([ \t#:])|\$\$")
_SEPARATOR = re.compile(r"(?<!\\):")


class DepfileError(ValueError):
    """A line of a depfile is no rule."""


def parse(text: str) -> tuple[str, ...]:
    r"""The prerequisites of all rules, each once, in order of first mention.

    Raises:
        DepfileError: a line has no colon; names the line.

    >>> parse("a.o: a.c \\\n  my\\ header.h\n\nmy\\ header.h:\n")
    ('a.c', 'my header.h')
    """
    found: dict[str, None] = {}
    for number, line in _rules(text):
        words = _WORD.findall(line)
        for word in _behind_separator(words, number):
            found[_plain(word)] = None
    return tuple(found)


def _rules(text: str) -> list[tuple[int, str]]:
    """Logical lines with the number of their first line; blank lines and comment lines left out."""
    rules: list[tuple[int, str]] = []
    part: list[str] = []
    start = 1
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        if not part:
            start = number
        if _goes_on(line):
            part.append(line[:-1])
            continue
        whole = " ".join([*part, line])
        part = []
        if whole.strip(" \t") and not whole.lstrip(" \t").startswith("#"):
            rules.append((start, whole))
    if part:
        rules.append((start, " ".join(part)))
    return rules


def _goes_on(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _behind_separator(words: list[str], number: int) -> list[str]:
    """The words behind the colon: one at the end of a word, else (`a.o:a.c`) the first one of all."""
    for index, word in enumerate(words):
        if word.endswith(":") and _SEPARATOR.search(word, len(word) - 1):
            return words[index + 1 :]
    for index, word in enumerate(words):
        colon = _SEPARATOR.search(word)
        if colon is not None:
            return [word[colon.end() :], *words[index + 1 :]]
    raise DepfileError(f"line {number} has no ':'")


def _plain(word: str) -> str:
    return _ESCAPED.sub(_unescaped, word)


def _unescaped(found: re.Match[str]) -> str:
    run, mark = found.group(1), found.group(2)
    if run is None:
        return "$"
    kept = len(run) // 2 if mark in " \t" else len(run) - 1
    return "\\" * kept + mark
