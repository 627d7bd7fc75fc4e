"""Executors for the drop-in: in this thread, in threads of this process, or in children of `multiprocessing`.

Beside those of `pymake.executors` they do what Ruffus programs rely on: what a job prints goes straight where this
process prints, the exception of a job is known by class and text, and a worker is a child of `multiprocessing`, so
proxies of its managers work in it.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
import traceback
from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass
from pymake.errors import InternalError, JobError
from pymake.model.job import Call, Cancelled, Failed, Succeeded
from pymake.ruffus.ruffus_exceptions import JobSignalledBreak

if TYPE_CHECKING:
    import multiprocessing.context
    from collections.abc import Callable, Collection, Mapping, Sequence
    from multiprocessing.connection import Connection
    from types import TracebackType

    from pymake.model.ids import JobId
    from pymake.model.job import Launch

    Functions = Mapping[str, Callable[..., object]]

_HERE = os.path.dirname(os.path.abspath(__file__))
_GRACE = 3.0
"""Seconds between TERM and KILL for a worker that is to end."""


Ending = Succeeded | Failed | Cancelled
"""How a job ends here: nothing is lined up behind a running job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An exception of a job in texts, as `RethrownJobError` lists them; `breaks` if it asks to stop at once."""

    kind: str
    value: str
    trace: str
    breaks: bool = False
    interrupts: bool = False


class JobRaised(JobError):
    """A job raised; what it raised is in `raised`."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(f"{raised.kind}{raised.value}")
        self.raised = raised


class Threadlike(Protocol):
    """What the loop asks of an executor (see `interfaces.Executor`)."""

    def room(self) -> int:
        """How many more jobs may be started now."""

    def start(self, launch: Launch) -> None:
        """Start one job."""

    def wait(self, timeout: float | None) -> Sequence[Ending]:
        """Jobs that ended."""

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """End these jobs."""

    def close(self) -> None:
        """End everything that is left."""


def raised_by(error: BaseException) -> Raised:
    """An exception in texts; the traceback begins where the code of the user does."""
    kind = type(error)
    text = str(error)
    return Raised(
        kind=f"{kind.__module__}.{kind.__qualname__}",
        value=f"({text})" if text else "",
        trace="".join(traceback.format_exception(kind, error, _user_part(error))),
        breaks=isinstance(error, JobSignalledBreak),
        interrupts=isinstance(error, KeyboardInterrupt),
    )


def _user_part(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        if not os.path.abspath(trace.tb_frame.f_code.co_filename).startswith(_HERE):
            break
        trace = trace.tb_next
    return trace


def _ended(job: JobId, started: float, raised: Raised | None) -> Ending:
    seconds = time.time() - started
    if raised is None:
        return Succeeded(job=job, started=started, seconds=seconds, printed=True)
    return Failed(job=job, started=started, seconds=seconds, printed=True, error=JobRaised(raised))


def _run(functions: Functions, launch: Launch) -> Raised | None:
    """Call the function of a job; what it raised."""
    action = launch.action
    assert isinstance(action, Call), "Ruffus runs functions only"
    try:
        functions[action.task](*action.arguments)
    except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job
        return raised_by(error)
    return None


class InPlace:
    """Runs one job at a time in the calling thread, inside `wait`."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._launch: Launch | None = None

    def room(self) -> int:
        """1 if nothing waits to run."""
        return 0 if self._launch is not None else 1

    def start(self, launch: Launch) -> None:
        """Take one job."""
        if self._launch is not None:
            raise InternalError("a job was started where there is no room")
        self._launch = launch

    def wait(self, timeout: float | None) -> Sequence[Ending]:  # noqa: ARG002  # a call takes as long as it takes
        """The job that was started, run now."""
        launch, self._launch = self._launch, None
        if launch is None:
            return []
        started = time.time()
        return [_ended(launch.job, started, _run(self._functions, launch))]

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:  # noqa: ARG002  # nothing runs now
        """A job that has not begun will not."""
        if self._launch is not None and self._launch.job in jobs:
            self._launch = None

    def close(self) -> None:
        """Nothing is left to end."""


class Threads:
    """Runs jobs in `count` threads of this process. Owns them; they end with `close`, each after its job."""

    def __init__(self, functions: Functions, count: int) -> None:
        self._functions = functions
        self._count = count
        self._running = 0
        self._todo: queue.SimpleQueue[Launch | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[Ending] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def room(self) -> int:
        """How many threads are idle."""
        return self._count - self._running

    def start(self, launch: Launch) -> None:
        """Hand a job to a thread."""
        if self._running >= len(self._threads):
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._running += 1
        self._todo.put(launch)

    def wait(self, timeout: float | None) -> Sequence[Ending]:
        """The next job that ended."""
        if not self._running:
            return []
        try:
            outcome = self._ended.get(timeout=timeout)
        except queue.Empty:
            return []
        self._running -= 1
        return [outcome]

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """A thread cannot be ended from outside: what runs goes on."""

    def close(self) -> None:
        """Let every thread end after what it does."""
        for _ in self._threads:
            self._todo.put(None)
        if not self._running:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        while (launch := self._todo.get()) is not None:
            started = time.time()
            self._ended.put(_ended(launch.job, started, _run(self._functions, launch)))


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

    def wait(self, timeout: float | None) -> Sequence[Ending]:
        """Jobs that ended."""
        from multiprocessing.connection import wait  # noqa: PLC0415  # with the processes, when there are some

        busy = {worker.line: worker for worker in self._workers if worker.job is not None}
        if not busy:
            return []
        ended = wait(list(busy), timeout)
        return [self._outcome(worker) for line, worker in busy.items() if line in ended]

    def _outcome(self, worker: _Worker) -> Ending:
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
        except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job and not the worker
            raised = raised_by(error)
        try:
            line.send(raised)
        except OSError:
            return  # nobody waits for it any more
