"""A worker: a process that runs jobs, one after the other, until the engine closes its socket.

It is forked when the build file is loaded, so the functions are simply there: lambdas, closures and the functions of
`__main__` need no name. Only arguments and texts travel.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from pymake.executors.commands import Commands
from pymake.executors.complaints import complain
from pymake.executors.groups import HALT, reap_own
from pymake.executors.slotlog import SlotLog, drop, worker_log
from pymake.executors.starting import Starter
from pymake.executors.surroundings import Surroundings
from pymake.executors.wire import Reply, Request, pack, request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.executors.endings import Complaint
    from pymake.executors.groups import SharedNumbers
    from pymake.executors.wire import Line

RETURNED = Reply(None, 0.0, 0.0, printed=False, returned=True)


class Worker:
    """Serves the functions of a project, by the name of their task, and commands that are measured to be quick.

    `root` and `environ` are those of every job. `halts[slot]` is not 0 once no further job of that slot is to start:
    `HALT`, which a worker sets itself with `stop_on_failure`, or the number of a signal that the present one gets.
    `groups` holds the group of a slot's present command, in its `place`.
    """

    def __init__(
        self,
        *,
        root: str,
        functions: Mapping[str, Callable[..., object]],
        environ: Mapping[str, str],
        groups: SharedNumbers,
        place: Callable[[int], int],
        halts: SharedNumbers,
        stop_on_failure: bool = True,
    ) -> None:
        self._root = root
        self._functions = functions
        self._environ = environ
        self._groups = groups
        self._place = place
        self._halts = halts
        self._stop_on_failure = stop_on_failure
        self._hangup = signal.getsignal(signal.SIGHUP)

    def serve(self, line: Line, slot: int) -> None:
        """Answer requests until the other end is closed. Takes over the whole process."""
        self._settle()
        starter = Starter(self._root, self._environ)
        commands = Commands(starter, self._groups, self._place(slot), lambda: self._halts[slot])
        desk = _Desk(self._root, self._functions, commands, worker_log(slot))
        process, spent = os.getpid(), False
        while (messages := line.receive()) is not None:
            for message in messages:
                reply = RETURNED if spent else self._reply(desk, message, self._halts[slot])
                if os.getpid() != process:
                    os._exit(1)  # the call forked, and its child came back here: it must not answer too
                spent = spent or reply.spent
                if reply.complaint is not None and self._stop_on_failure and not self._halts[slot]:
                    self._halts[slot] = HALT
                try:
                    line.send(pack(reply))
                except OSError:
                    return  # the engine is gone

    def _reply(self, desk: _Desk, message: bytes, halt: int) -> Reply:
        try:
            request = request_of(message)
        except BaseException as error:  # noqa: BLE001  # an argument can be made, but not made again
            return Reply(complain(error, self._root), time.time(), 0.0, printed=False)
        if halt > 0 or (halt and request.lined_up):
            return RETURNED
        return desk.answer(request)

    def _settle(self) -> None:
        """Make the process what every call finds."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if self._hangup == signal.SIG_IGN else signal.SIG_DFL)
        os.chdir(self._root)
        os.environ.clear()
        os.environ.update(self._environ)
        sys.stdout, sys.stderr = _stream(sys.stdout, 1), _stream(sys.stderr, 2)


class _Desk:
    """Owns the log and the surroundings of one worker, and serves requests one by one."""

    def __init__(self, root: str, functions: Mapping[str, Callable[..., object]], commands: Commands, log: str) -> None:
        self._root = root
        self._functions = functions
        self._commands = commands
        self._surroundings = Surroundings()
        self._log = SlotLog(root, log)
        self._surroundings.write_to(self._log.fd)

    def answer(self, request: Request) -> Reply:
        """Do what a request wants, and say how it went."""
        started, began = time.time(), time.perf_counter()
        complaint: Complaint | None = None
        try:
            for path in request.clear:
                drop(os.path.join(self._root, path))
            complaint = self._serve(request)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job and not the worker
            complaint = complain(error, self._root)
        seconds = time.perf_counter() - began
        spent = (request.task is not None and self._is_spent()) or request.last
        file = self._log.fd
        printed = self._log.keep(request.log)
        if self._log.fd != file:
            self._surroundings.write_to(self._log.fd)
        return Reply(complaint, started, seconds, printed, spent)

    def _serve(self, request: Request) -> Complaint | None:
        if request.task is None:
            return self._commands.run(request)
        folder = None if request.cwd is None else os.path.join(self._root, request.cwd)
        self._surroundings.enter(folder, request.env)
        self._functions[request.task](*request.arguments)
        return None

    def _is_spent(self) -> bool:
        """Whether the call left anything behind that cannot be put back."""
        _flush()
        left_children = reap_own()
        left_threads = threading.active_count() > 1
        return not self._surroundings.restore() or left_children or left_threads


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
