"""Worker processes of a run of Ruffus: exactly N children of `multiprocessing`, which print where the script prints.

The processes of `pymake.executors` are others on purpose: there, what a job prints is kept, a worker that a call has
left something behind in is replaced, and workers are children of a guard. Programs of Ruffus rely on none of it
happening: proxies of managers work because a worker is a child of `multiprocessing`, locks and state of modules last
from job to job, and output comes as it is printed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import InternalError
from pymake.model.job import Call, Cancelled, Failed, Succeeded
from pymake.ruffus.failures import JobRaised, Raised, failed_call, raised_by

if TYPE_CHECKING:
    import multiprocessing.context
    from collections.abc import Callable, Collection, Mapping, Sequence
    from multiprocessing.connection import Connection

    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

    Functions = Mapping[str, Callable[..., object]]

_GRACE = 3.0
"""Seconds between TERM and KILL for a worker that is to end."""


def _ended(job: JobId, started: float, raised: Raised | None) -> Outcome:
    seconds = time.time() - started
    if raised is None:
        return Succeeded(job=job, started=started, seconds=seconds, printed=False)
    return Failed(job=job, started=started, seconds=seconds, printed=False, error=failed_call(JobRaised(raised)))


@dataclass(slots=True, kw_only=True)
class _Worker:
    """A child process and the line to it; what it works on, since when."""

    process: multiprocessing.context.ForkProcess
    line: Connection
    job: JobId | None = None
    started: float = 0.0


class Processes:
    """Runs jobs in exactly `count` persistent processes, forked when the first jobs come.

    So functions need no name: lambdas, closures and those of `__main__` are simply there. Arguments travel by pickle.
    A worker that dies fails its job, and is replaced.
    """

    def __init__(self, functions: Functions, count: int) -> None:
        self._functions = functions
        self._count = count
        self._workers: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._cancelled: set[JobId] = set()

    def room(self) -> int:
        """How many workers are idle, or not yet there."""
        return self._count - len(self._workers) + len(self._idle)

    def start(self, launch: Launch) -> None:
        """Hand a job to a worker.

        Raises:
            Exception: an argument cannot be pickled.
        """
        while len(self._workers) < self._count:
            self._hire()
        worker = self._idle.pop(0)
        action = launch.action
        assert isinstance(action, Call), "Ruffus runs functions only"
        try:
            worker.line.send((action.task, action.arguments))
        except OSError:  # it died while it was idle, which is nobody's failure
            self._dismiss(worker)
            self.start(launch)
            return
        except BaseException:
            self._idle.insert(0, worker)
            raise
        worker.job, worker.started = launch.job, time.time()

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended."""
        from multiprocessing.connection import wait  # noqa: PLC0415  # with the processes, when there are some

        busy = {worker.line: worker for worker in self._workers if worker.job is not None}
        if not busy:
            return []
        ended = wait(list(busy), timeout)
        return [self._outcome(worker) for line, worker in busy.items() if line in ended]

    def _outcome(self, worker: _Worker) -> Outcome:
        job = worker.job
        assert job is not None, "only busy workers are waited for"
        try:
            raised: Raised | None = worker.line.recv()
        except (EOFError, OSError):
            status = self._dismiss(worker)
            if job in self._cancelled:
                return Cancelled(job=job)
            raised = _died(status)
        else:
            worker.job = None
            self._idle.append(worker)
        return _ended(job, worker.started, raised)

    def line_up_room(self) -> int:
        """None: a worker gets one job at a time."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""
        raise InternalError(f"{launches[0].label} was lined up where nothing can be")

    def halt(self) -> None:
        """Nothing is lined up."""

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """End the workers of these jobs, with everything that they started."""
        self._cancelled.update(jobs)
        for worker in self._workers:
            if worker.job in jobs:
                _signal(worker, signal.SIGKILL if at_once else signal.SIGTERM)

    def close(self) -> None:
        """End all workers: the idle ones by closing their lines, the others by signals."""
        busy = [worker for worker in self._workers if worker.job is not None]
        for worker in busy:
            _signal(worker, signal.SIGTERM)
        for worker in self._workers:
            worker.line.close()
        deadline = time.monotonic() + _GRACE
        for worker in self._workers:
            worker.process.join(max(deadline - time.monotonic(), 0.0))
            if worker.process.is_alive():
                _signal(worker, signal.SIGKILL)
                worker.process.join()
        self._workers.clear()
        self._idle.clear()

    def _hire(self) -> None:
        import multiprocessing  # noqa: PLC0415  # 14 ms that a serial run need not take

        context = multiprocessing.get_context("fork")
        mine, theirs = context.Pipe()
        others = [worker.line for worker in self._workers]
        process = context.Process(target=_serve, args=(self._functions, theirs, [mine, *others]), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process=process, line=mine)
        self._workers.append(worker)
        self._idle.append(worker)

    def _dismiss(self, worker: _Worker) -> int:
        """Take a worker out that has ended; how it ended, as `exitcode` says it."""
        self._workers.remove(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        worker.line.close()
        worker.process.join()
        return worker.process.exitcode or 0


def _died(status: int) -> Raised:
    how = f"was ended by signal {-status}" if status < 0 else f"exited with status {status}"
    return Raised(
        kind="pymake.errors.WorkerDied", value=f"(the worker process {how})", trace=f"the worker process {how}\n"
    )


def _signal(worker: _Worker, number: int) -> None:
    """To the whole group of a worker: what its job started belongs to it."""
    if worker.process.pid is not None:
        with contextlib.suppress(OSError):
            os.killpg(worker.process.pid, number)


def _serve(functions: Functions, line: Connection, foreign: Sequence[Connection]) -> None:
    """A worker: call what is asked for, until the other end of the line is closed."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for each in foreign:
        each.close()  # or the end of the run would never show in the other workers
    while True:
        try:
            task, arguments = line.recv()
        except EOFError:
            return
        except BaseException as error:  # noqa: BLE001  # an argument that cannot be unpickled
            line.send(raised_by(error))
            continue
        raised = None
        try:
            functions[task](*arguments)
        except JobRaised as error:
            raised = error.raised
        try:
            line.send(raised)
        except OSError:
            return  # nobody waits for it any more
