"""The debugger at the place where a call failed."""

from __future__ import annotations

import pdb  # noqa: T100  # this is what the option is for
import signal
import sys
from typing import TYPE_CHECKING

from pymake.executors.complaints import is_of_project

if TYPE_CHECKING:
    from types import FrameType, TracebackType


def post_mortem(error: BaseException, root: str) -> None:
    """Open the debugger in the user's frame that is nearest to where `error` was raised; returns when it is left.

    Ctrl-C does in there what it does in every debugger, and not what it does to a build. For the main thread.
    """
    frames = _frames(error.__traceback__)
    users = [at for at, frame in enumerate(frames) if is_of_project(frame.f_code.co_filename, root)]
    debugger = pdb.Pdb()
    debugger.reset()
    if users and users[-1] < len(frames) - 1:
        debugger.cmdqueue = [f"up {len(frames) - 1 - users[-1]}"]
    debugger.message(f"{type(error).__name__}: {error}\nq leaves the debugger")
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        debugger.interaction(None, error.__traceback__)
    finally:
        signal.signal(signal.SIGINT, handler)
        sys.settrace(None)


def can_debug() -> bool:
    """Whether there is somebody to talk to."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _frames(trace: TracebackType | None) -> list[FrameType]:
    found = []
    while trace is not None:
        found.append(trace.tb_frame)
        trace = trace.tb_next
    return found
