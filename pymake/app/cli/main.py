"""The command line: words to a request, the request to its command, everything that may go wrong to an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake._version import __version__
from pymake.app.cli import accept, build, logs, look, remove
from pymake.app.cli.output import prepare_streams, settle, write_lines
from pymake.app.cli.parent import heeding_make
from pymake.app.cli.requests import (
    COMMANDS,
    AcceptRequest,
    BuildRequest,
    CleanRequest,
    ForgetRequest,
    GraphRequest,
    ListRequest,
    LogRequest,
    Request,
    WatchRequest,
    WhyRequest,
)
from pymake.app.cli.usage import usage_lines
from pymake.app.cli.words import request_of
from pymake.dataclass import replace
from pymake.errors import InternalError, Interrupted, PymakeError, UnknownTarget, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(request: Request) -> int:
    """Do what a request says; returns the exit code."""
    try:
        return _run(request)
    except UnknownTarget as error:
        if near := nearest(error.target, COMMANDS):
            error.facts += (("nearest command", f"pymake {near[0]}"),)
        raise


def _run(request: Request) -> int:
    if isinstance(request, BuildRequest):
        request = heeding_make(request, os.environ)
    match request:
        case BuildRequest(question=True):
            return look.question(request)
        case BuildRequest(dry_run=True):
            return look.dry_run(request)
        case BuildRequest(touch=True):
            return accept.touch(request)
        case BuildRequest():
            return build.build(request)
        case WatchRequest():
            from pymake.app.cli.watch import watch  # noqa: PLC0415  # what it needs, no other command does

            return watch(request)
        case ListRequest():
            return look.list_tasks(request)
        case WhyRequest():
            return look.why(request)
        case LogRequest():
            return logs.log(request)
        case CleanRequest():
            return remove.clean(request)
        case AcceptRequest():
            return accept.accept(request)
        case ForgetRequest():
            return accept.forget(request)
        case GraphRequest():
            return look.graph(request)
        case _:
            raise InternalError(f"nothing does {request.command}")


def _here() -> str:
    """The current folder; empty if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def main(argv: list[str] | None = None) -> int:
    """Run a command line and return the exit code; nothing but a bug of pymake leaves a traceback."""
    prepare_streams()
    debug = False
    try:
        words = sys.argv[1:] if argv is None else argv
        if (answer := _completion(words)) is not None:
            write_lines(answer)
            return settle(0)
        request = request_of(words)
        if not isinstance(request, Request):
            return settle(_answer(*request))
        debug = request.debug
        code = run(replace(request, argv=tuple(words), here=_here()))
        return settle(code, lost=1 if request.building else 2)
    except Interrupted as error:
        return 128 + error.signal_number
    except KeyboardInterrupt:
        return 130
    except PymakeError as error:
        if debug:
            raise
        print(f"pymake: {error}", file=sys.stderr)
        return settle(error.exit_code)
    except BrokenPipeError:
        return settle(1)
    except Exception as error:
        if debug:
            raise
        print(f"pymake: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("  try: the same with --debug shows the traceback; please report it", file=sys.stderr)
        return settle(2)


def _completion(words: Sequence[str]) -> list[str] | None:
    """What a shell asks: which words there may be, or the script that asks."""
    if words[:1] not in (["--complete"], ["--show-completion"]):
        return None
    from pymake.app.cli.completing import candidates, script_lines  # noqa: PLC0415  # only shells want it

    return candidates(words[1:]) if words[0] == "--complete" else script_lines("".join(words[1:2]))


def _answer(command: str, asked: str) -> int:
    write_lines([f"pymake {__version__}"] if asked == "version" else usage_lines(command))
    return 0
