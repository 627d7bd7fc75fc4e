"""What `--help` prints."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from pymake.app.cli.requests import COMMANDS, BuildRequest
from pymake.app.cli.words import options_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.app.flags import Flag

_COLUMNS = 80
_ASKING = [
    ("-h, --help", "Show this, and exit."),
    ("--version", "Show the version, and exit."),
    ("--show-completion SHELL", "Print what a shell runs to complete words, and exit. (bash, zsh, fish)"),
]


def usage_lines(command: str) -> Iterator[str]:
    """The help of a command; that of `build` names the other commands too."""
    main = command == BuildRequest.command
    yield f"Usage: pymake {'' if main else command + ' '}[OPTIONS] [TARGETS]... [NAME=VALUE]..."
    yield ""
    yield from textwrap.wrap(COMMANDS[command].about, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield "Options:"
    flags = dict.fromkeys(flag for _, flag in options_of(command).values())
    yield from _table([*((_written(flag), _said(flag)) for flag in flags), *_ASKING])
    if main:
        yield ""
        yield "Commands (more: pymake COMMAND --help):"
        yield from _table([(name, kind.about) for name, kind in COMMANDS.items()])


def _written(flag: Flag) -> str:
    """The names with the value: `-j, --jobs N`."""
    return ", ".join(flag.names) + (f" {flag.metavar}" if flag.takes_value else "")


def _said(flag: Flag) -> str:
    return f"{flag.help} ({', '.join(flag.choices)})" if flag.choices else flag.help


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows) + 4
    for name, text in rows:
        lines = textwrap.wrap(text, _COLUMNS - width) or [""]
        yield f"  {name:<{width - 2}}{lines[0]}"
        yield from (" " * width + line for line in lines[1:])
