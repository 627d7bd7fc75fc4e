"""Whether a watch may build in the place of a command that asks: only if it would do just the same.

What differs in a way that decides, the targets apart, sends the command its own way: options, variables, build files,
the environment of the jobs. Pure, but for a look where the root is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.cli.lines import verbosity_of
from pymake.app.cli.requests import BuildRequest
from pymake.app.cli.words import request_of, split_variables
from pymake.app.finding import root_of
from pymake.app.machine import usable_cpus
from pymake.dataclass import dataclass, replace
from pymake.door import BUILDING, identity
from pymake.errors import PymakeError
from pymake.executors.makeflags import LEVEL, VARIABLE
from pymake.reporters.choose import has_color
from pymake.reporters.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pymake.app.options import BuildOptions
    from pymake.bell import Question

_NAMES = (
    "_ COLORTERM COLUMNS FORCE_COLOR GPG_TTY HISTFILE INVOCATION_ID ITERM_PROFILE ITERM_SESSION_ID "
    "JOURNAL_STREAM KITTY_PID KITTY_WINDOW_ID KONSOLE_DBUS_SERVICE KONSOLE_DBUS_SESSION KONSOLE_DBUS_WINDOW "
    "KONSOLE_VERSION LINES LS_COLORS NO_COLOR OLDPWD PS1 PWD SHELL_SESSION_ID SHLVL SSH_CLIENT SSH_CONNECTION "
    "SSH_TTY STY TERM TERMINFO TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID TMUX TMUX_PANE TTY "
    "VTE_VERSION WEZTERM_PANE WINDOW WINDOWID WT_SESSION XDG_SESSION_ID "
)
TERMINAL = frozenset(_NAMES.split())
"""Variables that say in which terminal something was started: two terminals always differ in these."""

_HOW = ("keep_going", "timeout", "retries", "load_average", "keep_failed", "jobserver")
"""Options that say how jobs are run; they have to be those of the watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the watch builds. `files` are absolute, `environ` is that of its process."""

    root: str
    files: tuple[str, ...]
    overrides: Mapping[str, str]
    options: BuildOptions
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a command asks for that the watch can do: targets, the folder they are relative to, how it is shown."""

    targets: tuple[str, ...]
    where: str
    lines: Lines


def wanted(question: Question, ways: Ways, deciding: Collection[str]) -> Wanted | None:
    """What to build for a command; None if it has to go its own way.

    `deciding` are the variables of the environment that jobs or build files are known to depend on.
    """
    who, here, words, is_terminal, environ = question
    theirs = {os.fsdecode(name): os.fsdecode(value) for name, value in environ.items()}
    if who != identity() or not _is_same_world(theirs, ways.environ, deciding):
        return None
    try:
        request = request_of(words)
    except PymakeError:
        return None  # it hears what is wrong from itself
    if not isinstance(request, BuildRequest) or not _is_plain(request):
        return None
    targets, overrides = split_variables(request.words)
    if overrides != ways.overrides or not _are_same(request.options, ways.options):
        return None
    where = _place(request, here, ways)
    if where is None:
        return None
    color = has_color(is_terminal, theirs, request.color)
    lines = Lines(verbosity=verbosity_of(request), explain=request.explain, color=color)
    return Wanted(targets=targets, where=where, lines=lines)


def _is_same_world(theirs: Mapping[str, str], ours: Mapping[str, str], deciding: Collection[str]) -> bool:
    """Whether jobs would find the same environment. A build below another one, or below a make, is nobody else's."""
    if LEVEL in theirs or VARIABLE in theirs or os.fsdecode(BUILDING) in theirs:
        return False
    return all(
        theirs.get(name) == ours.get(name)
        for name in theirs.keys() | ours.keys()
        if name not in TERMINAL or name in deciding
    )


def _is_plain(request: BuildRequest) -> bool:
    """Whether it is a build with options that say how jobs are run, and not which."""
    asks = BuildRequest()
    options = request.options
    return (
        replace(
            request,
            options=asks.options,
            **{name: getattr(asks, name) for name in ("words", "argv", "here", "directory", "files")},
            **{name: getattr(asks, name) for name in ("silent", "verbose", "explain", "color")},
        )
        == asks
        and replace(options, jobs=None, no_wait=False, **{name: getattr(asks.options, name) for name in _HOW})
        == asks.options
    )


def _are_same(theirs: BuildOptions, ours: BuildOptions) -> bool:
    if (theirs.jobs or usable_cpus()) != (ours.jobs or usable_cpus()):
        return False
    return all(getattr(theirs, name) == getattr(ours, name) for name in _HOW)


def _place(request: BuildRequest, here: str, ways: Ways) -> str | None:
    """The folder that targets are relative to, relative to the root; None if the command means another project."""
    stand = os.path.realpath(os.path.join(here, *request.directory))
    if not os.path.isdir(stand):
        return None
    try:
        files = tuple(os.path.normpath(os.path.join(stand, file)) for file in request.files)
        root = os.path.realpath(root_of(stand, files))
    except PymakeError:
        return None
    if root != os.path.realpath(ways.root) or files != ways.files:
        return None
    where = os.path.relpath(stand, root)
    return "" if where == "." else where
