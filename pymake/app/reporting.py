"""Which reporter shows a build: live on a terminal, plain lines elsewhere, JSON on request."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.fs.clock import SystemClock
from pymake.reporters.choose import ColorOption, is_live, wants_color
from pymake.reporters.plain import PlainReporter

if TYPE_CHECKING:
    from typing import TextIO

    from pymake.interfaces import Reporter
    from pymake.reporters.lines import Verbosity


def reporter_for(
    stream: TextIO,
    *,
    verbosity: Verbosity,
    explain: bool = False,
    json: bool = False,
    color: ColorOption = ColorOption.AUTO,
    live: bool = True,
) -> Reporter:
    """The reporter for progress on `stream`; with `json`, events go to stdout instead.

    Without `live` there is no live view, also not on a terminal: something else talks there.
    """
    if json:
        from pymake.reporters.jsonl import JsonReporter  # noqa: PLC0415  # each where it is asked for

        return JsonReporter(sys.stdout)
    with_color = wants_color(stream, os.environ, color)
    if live and is_live(stream, os.environ):
        from pymake.reporters.terminal import TerminalReporter  # noqa: PLC0415  # as above

        return TerminalReporter(stream, clock=SystemClock(), verbosity=verbosity, explain=explain, color=with_color)
    return PlainReporter(stream, verbosity=verbosity, explain=explain, color=with_color)
