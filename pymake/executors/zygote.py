"""The zygote: a process forked early, which forks the workers, and which is the guard when the engine is gone.

Forked from the engine before that has threads, and with the build file loaded, it can fork a worker at any time: a new
one takes a few ms, and no process with threads is ever forked. It lives in a process group of its own and heeds no
signal; it ends when the engine closes the connection, or is no more. In the second case it first ends every process
group that the table of running groups names.

A request is 5 bytes, an order and a number: `F`, with the worker's end of its socket, forks the worker of a slot; `R`
waits for a worker that has ended. The answer is two numbers: the process or minus an errno, and 0; the wait status, and
the most memory (KiB) that the process had.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import socket
import struct
import sys
from typing import TYPE_CHECKING

from pymake.errors import StateError
from pymake.executors.endings import UNKNOWN, Death
from pymake.executors.waiting import death_of, wait_status
from pymake.executors.wire import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from pymake.executors.groups import GroupTable

_REQUEST = struct.Struct("<ci")
_ANSWER = struct.Struct("<iq")
_FORK, _REAP = b"F", b"R"

_PR_SET_CHILD_SUBREAPER = 36

GUARD_PATIENCE = 1.0
"""Seconds that the jobs of a killed engine get to end by themselves."""


class Zygote:
    """The engine's side: owns the process and the connection to it.

    `body` is what the worker of a slot runs; `groups` and `logs` are what the guard ends (see `GroupTable.end_all`);
    `bequest` is what it does after that.
    """

    def __init__(
        self,
        body: Callable[[Line, int], None],
        groups: GroupTable,
        logs: Sequence[str],
        bequest: Callable[[], None] | None = None,
    ) -> None:
        self._body = body
        self._logs = logs
        self._groups = groups
        self._bequest = bequest
        self._process = 0
        self._control: socket.socket
        self._start()

    def fork_worker(self, slot: int) -> tuple[int, Line]:
        """A new worker for a slot: its process, which leads its group, and the line to it.

        Raises:
            StateError: the system allows no further process.
        """
        try:
            return self._fork_worker(slot)
        except ConnectionError:  # somebody killed the zygote; its workers live on, and so does the table
            self.close()
            self._start()
            return self._fork_worker(slot)

    def reap(self, worker: int) -> Death:
        """How a worker ended, or ends now; its status is `UNKNOWN` if this zygote has none."""
        try:
            return Death(*self._ask(_REAP, worker))
        except ConnectionError:
            return Death(UNKNOWN, 0)

    def close(self) -> None:
        """End the zygote, after all workers have been ended."""
        self._control.close()
        wait_status(self._process)

    def _start(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, OSError, ValueError):  # there is none, or it is closed
                stream.flush()
        self._control, theirs = socket.socketpair()
        self._process = os.fork()
        if not self._process:
            try:
                self._control.close()
                _serve(theirs, self._body)
                self._groups.end_all(GUARD_PATIENCE, self._logs)
                if self._bequest is not None:
                    self._bequest()
            finally:
                os._exit(0)  # also after an error: never up the stack of the engine
        theirs.close()
        _lead_group(self._process)

    def _fork_worker(self, slot: int) -> tuple[int, Line]:
        ours, theirs = socket.socketpair()
        try:
            process = self._ask(_FORK, slot, theirs)[0]
        except ConnectionError:
            ours.close()
            raise
        finally:
            theirs.close()
        if process < 0:
            ours.close()
            raise StateError(f"cannot start a worker process: {os.strerror(-process)}")
        return process, Line(ours)

    def _ask(self, order: bytes, number: int, end: socket.socket | None = None) -> tuple[int, int]:
        request = _REQUEST.pack(order, number)
        if end is None:
            self._control.sendall(request)
        else:
            socket.send_fds(self._control, [request], [end.fileno()])
        answer = self._control.recv(_ANSWER.size)
        if len(answer) < _ANSWER.size:
            raise ConnectionError(errno.ECONNRESET, "the zygote is gone")
        first, second = _ANSWER.unpack(answer)
        return first, second


def _serve(control: socket.socket, body: Callable[[Line, int], None]) -> None:
    """Answer until the other end is closed."""
    _detach()
    while True:
        request, ends = _receive(control)
        if len(request) < _REQUEST.size:
            break
        order, number = _REQUEST.unpack(request)
        answer = (_fork(control, ends[0], body, number), 0) if order == _FORK else death_of(number)
        try:
            control.sendall(_ANSWER.pack(*answer))
        except OSError:
            break


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    try:
        request, ends, _, _ = socket.recv_fds(control, _REQUEST.size, 1)
    except OSError:
        return b"", []
    return request, ends


def _detach() -> None:
    """Nothing of the terminal or of the engine's signals reaches this process, nor keeps a reader of its output."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if null > 2:
        os.close(null)
    gc.freeze()  # the memory shared with the engine and the workers is not written to by collections


def _fork(control: socket.socket, end: int, body: Callable[[Line, int], None], slot: int) -> int:
    """A new worker, with its end of the socket; minus an errno if there can be none."""
    _load_adoption()
    try:
        process = os.fork()
    except OSError as error:
        os.close(end)
        return -(error.errno or errno.EAGAIN)
    if not process:
        _be_worker(control, end, body, slot)
    _lead_group(process)
    os.close(end)
    return process


def _load_adoption() -> None:
    """Have what `_adopt_orphans` needs in memory: once in the zygote, not in each worker; it takes 3 ms."""
    with contextlib.suppress(ImportError):
        import ctypes  # noqa: F401, PLC0415  # a build of commands alone never needs it


def _adopt_orphans() -> None:
    """On Linux, get the processes whose parent ends as own children: so a call cannot leave one behind unseen."""
    ctypes = sys.modules.get("ctypes")
    if ctypes is not None and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _lead_group(process: int) -> None:
    """Give a child a process group. The child does the same: whoever comes first, neither goes on without it."""
    with contextlib.suppress(OSError):  # it has ended already
        os.setpgid(process, process)


def _be_worker(control: socket.socket, end: int, body: Callable[[Line, int], None], slot: int) -> NoReturn:
    try:
        os.setpgid(0, 0)
        control.close()
        _adopt_orphans()
        body(Line(socket.socket(fileno=end)), slot)
    finally:
        os._exit(0)
