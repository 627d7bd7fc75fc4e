"""`watch`: from a request to a watch, and to the exit code at its end."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from pymake.app.cli.beside import companions_of
from pymake.app.cli.lines import verbosity_of
from pymake.app.cli.opening import enter_root, evaluated
from pymake.app.cli.words import split_variables
from pymake.app.nesting import refuse_nested
from pymake.app.reporting import reporter_for
from pymake.app.signals import SignalCatcher
from pymake.app.watching.aftermath import Aftermath
from pymake.app.watching.hearing import Hearing
from pymake.app.watching.keys import Keys
from pymake.app.watching.loop import Watch
from pymake.app.watching.project import WatchedProject
from pymake.app.watching.rhythm import Rhythm
from pymake.app.watching.telling import Witness
from pymake.app.watching.turn import Around, Turns
from pymake.dataclass import replace
from pymake.fs.clock import SystemClock
from pymake.model.events import Note
from pymake.watchers.choose import watcher_for
from pymake.watchers.deaf import DeafWatcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.app.cli.requests import WatchRequest
    from pymake.app.options import BuildOptions
    from pymake.interfaces import Reporter, Watcher

_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
_INTERVAL = 1.0
"""Seconds between two looks where nothing can be heard."""


def watch(request: WatchRequest) -> int:
    """Watch until it is ended."""
    targets, overrides = split_variables(request.words)
    root, where, paths = enter_root(request)
    refuse_nested(root)
    options = replace(request.options, targets=targets)
    with ExitStack() as stack:
        witness = Witness(_reporter(request))
        stack.callback(witness.close)
        project = WatchedProject(partial(evaluated, root, paths, overrides), root, options, where, witness)
        around = _around(request, project, options, witness, stack)
        around.keys.open()
        interval = _INTERVAL if request.poll is None else request.poll
        rhythm = Rhythm(around.clock)
        return Watch(around, Turns(around), rhythm, once_idle=request.once_idle, interval=interval).run()


def _around(
    request: WatchRequest, project: WatchedProject, options: BuildOptions, witness: Witness, stack: ExitStack
) -> Around:
    """What the turns are taken with; `stack` closes it."""
    clock = SystemClock()
    companions = companions_of(request, project, options, witness, clock)
    for companion in companions:
        stack.callback(companion.close)
    watcher: Watcher = watcher_for(project.root) if request.poll is None else DeafWatcher()
    stack.callback(watcher.close)
    aftermath = Aftermath(request.on_success, request.on_failure, lambda text: witness.handle(Note(text=text)))
    stack.callback(aftermath.close)
    keys = Keys(sys.stdin)
    stack.callback(keys.close)
    signals = stack.enter_context(SignalCatcher())
    return Around(
        project=project,
        hearing=Hearing(watcher=watcher, signals=signals, keys=keys, companions=companions, clock=clock),
        keys=keys,
        witness=witness,
        aftermath=aftermath,
        companions=companions,
        clock=clock,
        options=options,
        cancels=not request.no_cancel,
        clear=_clearing(request),
    )


def _reporter(request: WatchRequest) -> Reporter:
    return reporter_for(
        sys.stderr,
        verbosity=verbosity_of(request),
        explain=request.explain,
        json=request.json,
        color=request.color,
    )


def _clearing(request: WatchRequest) -> Callable[[], None]:
    """What empties the terminal, if there is one and that is wanted."""
    if not request.clear or request.json or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return lambda: None

    def clear() -> None:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()

    return clear
