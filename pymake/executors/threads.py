"""The executor of a build whose calls run in threads of this process: nothing is pickled, module globals are shared.

Threads share one folder and one environment, so a call with its own `cwd` or `env` fails with a clear error. A thread
cannot be killed: when its time is over, or it is cancelled, an exception is raised in it as soon as it runs Python code
again. Commands and fresh calls run in child processes, as in every build.
"""

from __future__ import annotations

import ctypes
import os
import select
import threading
from collections import deque
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from pymake.errors import InternalError, JobError
from pymake.executors.complaints import complain
from pymake.executors.endings import timed_out
from pymake.executors.local import PATIENCE, LocalExecutor
from pymake.executors.slotlog import drop
from pymake.model.job import Call, Cancelled, Failed, Succeeded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.interfaces import Clock
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

_LOOK_AGAIN = 0.02
"""Seconds between two looks at commands while calls run too: the two are waited for in different ways."""


class _Stopped(BaseException):
    """Raised in a thread whose job was cancelled or took too long."""


class _Running:
    """One call in its thread. The thread sets `outcome` last, and is not touched afterwards."""

    def __init__(self, launch: Launch, deadline: float | None) -> None:
        self.launch = launch
        self.deadline = deadline
        self.server: _Server | None = None
        self.cancelled = False
        self.late = False

    def stop(self) -> None:
        """Raise an exception in the thread."""
        if self.server is not None:
            self.server.stop()


class _Server:
    """Owns a thread that calls one function after the other. One that was stopped is not used again."""

    def __init__(self) -> None:
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], None] | None) -> None:
        """Have a function called; None ends the thread."""
        self._todo.put(function)

    def stop(self) -> None:
        """Raise an exception in the thread."""
        if self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident), ctypes.py_object(_Stopped))

    def _serve(self) -> None:
        with suppress(_Stopped):  # it may come when the call has just ended
            while (function := self._todo.get()) is not None:
                function()


class ThreadsExecutor:
    """Runs up to `slots` jobs at a time, each in one of so many threads; owns these, and the executor for commands."""

    def __init__(
        self,
        *,
        slots: int,
        root: str,
        functions: Mapping[str, Callable[..., object]],
        environ: Mapping[str, str],
        clock: Clock,
        wake: int | None,
        patience: float = PATIENCE,
    ) -> None:
        self._slots = slots
        self._root = root
        self._functions = functions
        self._clock = clock
        self._wake = wake
        self._running: dict[JobId, _Running] = {}
        self._ended: deque[Outcome] = deque()
        self._idle: list[_Server] = []
        self._commands: set[JobId] = set()
        self._local: LocalExecutor | None = None
        self._environ = environ
        self._patience = patience
        self._overlay = [(name, value) for name, value in environ.items() if os.environ.get(name) != value]
        self._had = {name: os.environ.get(name) for name, _ in self._overlay}
        os.environ.update(self._overlay)
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def room(self) -> int:
        """How many more jobs may be started now."""
        free = self._slots if self._local is None else self._local.room()
        return max(free - len(self._running), 0)

    def start(self, launch: Launch) -> None:
        """Start one job; there must be room."""
        if not self.room():
            raise InternalError("a job was started where there is no room")
        if not isinstance(launch.action, Call) or launch.fresh:
            self._commands.add(launch.job)
            self._shell().start(launch)
            return
        deadline = None if launch.timeout is None else self._clock.monotonic() + launch.timeout
        running = self._running[launch.job] = _Running(launch, deadline)
        running.server = self._idle.pop() if self._idle else _Server()
        running.server.call(partial(self._run, running, launch.action))

    def line_up_room(self) -> int:
        """None: a thread starts faster than it could be told of a job."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""
        raise InternalError(f"{launches[0].label} was lined up where nothing can be")

    def halt(self) -> None:
        """Nothing is lined up."""

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended; blocks until there is one, the timeout is over, or a signal woke it."""
        end = None if timeout is None else self._clock.monotonic() + timeout
        while True:
            found = self._collect()
            if found or not (self._running or self._commands) or (end is not None and self._clock.monotonic() >= end):
                return found
            if self._commands and not self._running:
                return self._of_commands(None if end is None else max(end - self._clock.monotonic(), 0.0))
            ready, _, _ = select.select(
                [self._read, *([] if self._wake is None else [self._wake])], [], [], self._nap(end)
            )
            self._stop_late()
            if self._wake in ready:
                return self._collect()

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """End these jobs; `wait` tells of each."""
        for job, running in self._running.items():
            if job in jobs:
                running.cancelled = True
                running.stop()
        if self._local is not None:
            self._local.cancel([job for job in jobs if job in self._commands], at_once=at_once)

    def close(self) -> None:
        """End what can be ended; threads that still run are left to the end of the process."""
        self.cancel(list(self._running), at_once=True)
        for server in self._idle:
            server.call(None)
        self._idle.clear()
        if self._local is not None:
            self._local.close()
        for name, value in self._had.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def _collect(self) -> list[Outcome]:
        with suppress(BlockingIOError):
            os.read(self._read, 4096)
        found: list[Outcome] = []
        while self._ended:
            outcome = self._ended.popleft()
            running = self._running.pop(outcome.job)
            if running.server is not None and not (running.cancelled or running.late):
                self._idle.append(running.server)
            elif running.server is not None:
                running.server.call(None)
            found.append(outcome)
        return [*found, *self._of_commands(0.0)]

    def _of_commands(self, timeout: float | None) -> list[Outcome]:
        if not self._commands or self._local is None:
            return []
        found = list(self._local.wait(timeout))
        self._commands.difference_update(outcome.job for outcome in found)
        return found

    def _nap(self, end: float | None) -> float | None:
        """How long nothing but a thread or a signal can be news."""
        now = self._clock.monotonic()
        moments = [running.deadline for running in self._running.values() if running.deadline and not running.late]
        limits = [moment - now for moment in [*moments, *([] if end is None else [end])]]
        if self._commands:
            limits.append(_LOOK_AGAIN)
        return max(min(limits), 0.0) if limits else None

    def _stop_late(self) -> None:
        now = self._clock.monotonic()
        for running in self._running.values():
            if running.deadline is not None and now >= running.deadline and not running.late:
                running.late = True
                running.stop()

    def _run(self, running: _Running, call: Call) -> None:
        """One job, from its start to its outcome. In its thread."""
        launch = running.launch
        if launch.log:
            drop(os.path.join(self._root, launch.log))
        started, began = self._clock.now(), self._clock.monotonic()
        error: JobError | None = None
        try:
            if call.cwd is not None or launch.env:
                error = _needs_process(call)
            else:
                self._functions[call.task](*call.arguments)
        except BaseException as raised:  # noqa: BLE001  # whatever it is, it ends the job and not the build
            complaint = complain(raised, self._root)
            error = None if complaint is None else complaint.error()
            if error is not None:
                error.exception = raised
        seconds = self._clock.monotonic() - began
        if launch.timeout is not None and (running.late or seconds > launch.timeout):
            error = timed_out(call, launch.timeout)
        outcome: Outcome
        if running.cancelled:
            outcome = Cancelled(job=launch.job)
        elif error is None:
            outcome = Succeeded(job=launch.job, started=started, seconds=seconds, printed=False)
        else:
            outcome = Failed(job=launch.job, started=started, seconds=seconds, printed=False, error=error)
        self._ended.append(outcome)
        with suppress(BlockingIOError, OSError):
            os.write(self._write, b"!")

    def _shell(self) -> LocalExecutor:
        if self._local is None:
            self._local = LocalExecutor(
                slots=self._slots,
                root=self._root,
                functions=self._functions,
                environ=self._environ,
                clock=self._clock,
                wake=self._wake,
                patience=self._patience,
            )
        return self._local


def _needs_process(call: Call) -> JobError:
    return JobError(
        f"task {call.task} has a folder or an environment of its own, and threads share one",
        hint="run with multiprocess instead of multithread",
    )
