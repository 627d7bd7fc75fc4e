"""The command line: words to a request, the request to its command, everything that may go wrong to an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake._version import __version__
from pymake.app.cli.output import prepare_streams, settle, write_lines
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
from pymake.app.cli.words import request_of
from pymake.dataclass import replace
from pymake.errors import InternalError, Interrupted, PymakeError, UnknownTarget, nearest
from pymake.executors.makeflags import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.door import Looked


def run(request: Request) -> int:
    """Do what a request says; returns the exit code."""
    try:
        return _run(request)
    except UnknownTarget as error:
        if near := nearest(error.target, COMMANDS):
            error.facts += (("nearest command", f"pymake {near[0]}"),)
        raise


def _run(request: Request) -> int:
    """Each command imports what it needs: a build needs the least, and is what people wait for."""
    if isinstance(request, BuildRequest):
        return _build(request)
    if isinstance(request, LogRequest):
        from pymake.app.cli.logs import log  # noqa: PLC0415

        return log(request)
    if isinstance(request, CleanRequest):
        from pymake.app.cli.remove import clean  # noqa: PLC0415

        return clean(request)
    if isinstance(request, AcceptRequest | ForgetRequest):
        from pymake.app.cli import accept  # noqa: PLC0415

        return accept.accept(request) if isinstance(request, AcceptRequest) else accept.forget(request)
    if isinstance(request, WatchRequest):
        from pymake.app.cli.watch import watch  # noqa: PLC0415

        return watch(request)
    from pymake.app.cli import look  # noqa: PLC0415

    match request:
        case ListRequest():
            return look.list_tasks(request)
        case WhyRequest():
            return look.why(request)
        case GraphRequest():
            return look.graph(request)
        case _:
            raise InternalError(f"nothing does {request.command}")


def _build(request: BuildRequest) -> int:
    if LEVEL in os.environ:
        from pymake.app.cli.parent import heeding_make  # noqa: PLC0415

        request = heeding_make(request, os.environ)
    if request.touch and not (request.question or request.dry_run):
        from pymake.app.cli.accept import touch  # noqa: PLC0415

        return touch(request)
    if request.question or request.dry_run:
        from pymake.app.cli import look  # noqa: PLC0415

        return look.question(request) if request.question else look.dry_run(request)
    from pymake.app.cli.build import build  # noqa: PLC0415

    return build(request)


def _here() -> str:
    """The current folder; empty if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def main(argv: list[str] | None = None, *, looked: Looked | None = None) -> int:
    """Run a command line and return the exit code; nothing but a bug of pymake leaves a traceback.

    `looked` is what the fast door has seen of the files.
    """
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
        code = run(replace(request, argv=tuple(words), here=_here(), looked=looked))
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
    if asked == "version":
        write_lines([f"pymake {__version__}"])
        return 0
    from pymake.app.cli.usage import usage_lines  # noqa: PLC0415

    write_lines(usage_lines(command))
    return 0
