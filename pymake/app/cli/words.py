"""Command lines before typer sees them: which command is meant, what is a target, what a variable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("build", "list", "why", "log", "clean", "graph")

_TAKE_VALUES = frozenset(
    ["-j", "--jobs", "-C", "--directory", "-f", "--file", "--timeout", "--retries", "--color", "--format"]
)
"""Options whose next word is their value."""
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


def split_command(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command and the other words, in order. The first word that is no option decides; `build` is the default.

    >>> split_command(["-j", "5", "app"])
    ('build', ['-j', '5', 'app'])
    >>> split_command(["-C", "list", "list", "app"])
    ('list', ['-C', 'list', 'app'])
    """
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            break
        elif word.startswith("-") and word != "-":
            skip = _takes_next(word)
        elif word in COMMANDS:
            return word, [*words[:at], *words[at + 1 :]]
        else:
            break
    return "build", list(words)


def split_variables(words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Targets, and `NAME=VALUE` words as a dictionary; the last value of a name counts.

    >>> split_variables(["app", "CFLAGS=-O0", "./a=b"])
    (('app', './a=b'), {'CFLAGS': '-O0'})
    """
    targets: list[str] = []
    variables: dict[str, str] = {}
    for word in words:
        match = _VARIABLE.fullmatch(word)
        if match:
            variables[match[1]] = match[2]
        else:
            targets.append(word)
    return tuple(targets), variables


def _takes_next(word: str) -> bool:
    """Whether an option's value is the next word: `-j 5`, `-kj 5`, but not `-j5` and `--jobs=5`."""
    if word.startswith("--"):
        return word in _TAKE_VALUES
    letters = word[1:]
    for at, letter in enumerate(letters):
        if f"-{letter}" in _TAKE_VALUES:
            return at == len(letters) - 1
    return False
