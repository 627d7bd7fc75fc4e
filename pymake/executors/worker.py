"""A worker: a process that calls the project's functions, one after the other, until the engine closes its socket.

It is forked when the build file is loaded, so the functions are simply there: lambdas, closures and the functions of
`__main__` need no name. Only arguments and texts travel.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from pymake.executors.complaints import complain
from pymake.executors.groups import reap_own
from pymake.executors.surroundings import Surroundings
from pymake.executors.wire import Reply, Request, pack, request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.executors.endings import Complaint
    from pymake.executors.wire import Line


class Worker:
    """Serves the functions of a project, by the name of their task. `root` and `environ` are those of every call."""

    def __init__(self, root: str, functions: Mapping[str, Callable[..., object]], environ: Mapping[str, str]) -> None:
        self._root = root
        self._functions = functions
        self._environ = environ

    def serve(self, line: Line) -> None:
        """Answer requests until the other end is closed. Takes over the whole process."""
        self._settle()
        surroundings, process = Surroundings(), os.getpid()
        while (message := line.receive()) is not None:
            if not message:
                continue
            reply = self._answer(message, surroundings)
            if os.getpid() != process:
                os._exit(1)  # the call forked, and its child came back here: it must not answer too
            try:
                line.send(pack(reply))
            except OSError:
                return  # the engine is gone

    def _settle(self) -> None:
        """Make the process what every call finds."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(self._root)
        os.environ.clear()
        os.environ.update(self._environ)
        sys.stdout, sys.stderr = _stream(sys.stdout, 1), _stream(sys.stderr, 2)

    def _answer(self, message: bytes, surroundings: Surroundings) -> Reply:
        began = time.perf_counter()
        complaint: Complaint | None = None
        try:
            request = request_of(message)
            if request.log is not None:
                surroundings.write_to(request.log)
            self._call(request, surroundings)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job and not the worker
            complaint = complain(error, self._root)
        seconds = time.perf_counter() - began
        _flush()
        left_children = reap_own()
        return Reply(complaint, seconds, not surroundings.restore() or left_children)

    def _call(self, request: Request, surroundings: Surroundings) -> None:
        surroundings.enter(request.cwd, request.env)
        self._functions[request.task](*request.arguments)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        # The call may have closed it, or set it to anything.
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()


def _stream(stream: TextIO | None, fd: int) -> TextIO:
    """The stream that writes to `fd`: the present one if it does, since loggers hold it; else a new one.

    It writes each line at once, so that the output of programs that a call starts stands where it belongs.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if isinstance(stream, TextIOWrapper) and stream.fileno() == fd:
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
            return stream
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
