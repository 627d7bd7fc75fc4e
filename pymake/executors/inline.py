"""The executor of a build in one process: calls run in the calling thread, nothing is pickled."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

from pymake.errors import InternalError, JobError
from pymake.executors.complaints import complain
from pymake.executors.endings import timed_out
from pymake.executors.local import PATIENCE, LocalExecutor
from pymake.executors.slotlog import drop
from pymake.model.job import Call, Cancelled, Failed, Succeeded
from pymake.model.task import LONGEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from types import FrameType

    from pymake.interfaces import Clock
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

_ENDING = (signal.SIGINT, signal.SIGTERM)


class InlineExecutor:
    """Runs one job at a time: a `Call` in this thread, inside `wait`; a `Command` as a child process.

    A fresh `Call` gets a child too, but for the debugger, which needs it here.

    What a call prints goes where this process prints, and is not kept. `on_failure` gets what a call raised, and the
    root, before the job ends. A signal that ends the build, and a timeout,
    raise inside the call; that needs the main thread. In another thread a call that took too long fails afterwards.
    """

    def __init__(
        self,
        *,
        root: str,
        functions: Mapping[str, Callable[..., object]],
        environ: Mapping[str, str],
        clock: Clock,
        wake: int | None,
        patience: float = PATIENCE,
        on_failure: Callable[[BaseException, str], None] | None = None,
    ) -> None:
        self._root = root
        self._on_failure = on_failure
        self._functions = functions
        self._overlay = [(name, value) for name, value in environ.items() if os.environ.get(name) != value]
        self._clock = clock
        self._call: tuple[Launch, Call] | None = None
        self._cancelled = False
        self._commands: LocalExecutor | None = None
        self._environ = environ
        self._wake = wake
        self._patience = patience

    def room(self) -> int:
        """1 if nothing runs."""
        if self._call is not None:
            return 0
        return 1 if self._commands is None else self._commands.room()

    def start(self, launch: Launch) -> None:
        """Take one job; there must be room. How it ends comes from `wait`."""
        if not self.room():
            raise InternalError("a job was started where there is no room")
        if isinstance(launch.action, Call) and (not launch.fresh or self._on_failure is not None):
            self._call, self._cancelled = (launch, launch.action), False
            return
        self._shell().start(launch)

    def line_up_room(self) -> int:
        """None: a call runs inside `wait`, nothing is faster than that."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""
        raise InternalError(f"{launches[0].label} was lined up where nothing can be")

    def halt(self) -> None:
        """Nothing is lined up."""

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """The call that was started, run now, or the command when it has ended."""
        if self._call is not None:
            (launch, call), self._call = self._call, None
            return [Cancelled(job=launch.job) if self._cancelled else self._outcome(launch, call)]
        return self._shell().wait(timeout)

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """A call that has not begun will not; a command is ended."""
        if self._call is not None and self._call[0].job in jobs:
            self._cancelled = True
        if self._commands is not None:
            self._commands.cancel(jobs, at_once=at_once)

    def close(self) -> None:
        """End everything that is left."""
        if self._commands is not None:
            self._commands.close()

    def _shell(self) -> LocalExecutor:
        """What runs commands and fresh calls, made when one comes: many builds in one process have none."""
        if self._commands is None:
            self._commands = LocalExecutor(
                slots=1,
                root=self._root,
                functions=self._functions,
                environ=self._environ,
                clock=self._clock,
                wake=self._wake,
                patience=self._patience,
            )
        return self._commands

    def _outcome(self, launch: Launch, call: Call) -> Outcome:
        if launch.log:
            drop(os.path.join(self._root, launch.log))
        started, began = self._clock.now(), self._clock.monotonic()
        interruption = _Interruption()
        error: JobError | None = None
        try:
            with interruption.after(launch.timeout), _Place(self._root, call.cwd, [*self._overlay, *launch.env]):
                self._functions[call.task](*call.arguments)
        except BaseException as raised:  # noqa: BLE001  # whatever it is, it ends the job and not the build
            complaint = complain(raised, self._root)
            error = None if complaint is None else complaint.error()
            if error is not None:
                error.exception = raised
            if error is not None and self._on_failure is not None and not interruption.signalled:
                self._on_failure(raised, self._root)
        seconds = self._clock.monotonic() - began
        if interruption.signalled:
            return Cancelled(job=launch.job)
        if launch.timeout is not None and (interruption.late or seconds > launch.timeout):
            error = timed_out(call, launch.timeout)
        if error is None:
            return Succeeded(job=launch.job, started=started, seconds=seconds, printed=False)
        return Failed(job=launch.job, started=started, seconds=seconds, printed=False, error=error)


class _Place:
    """The folder and the environment of one call, for the time of a `with`."""

    def __init__(self, root: str, cwd: str | None, env: Iterable[tuple[str, str]]) -> None:
        self._folder = root if cwd is None else os.path.join(root, cwd)
        self._env = dict(env)
        self._was_in = os.getcwd()
        self._had = {name: os.environ.get(name) for name in self._env}

    def __enter__(self) -> None:
        os.chdir(self._folder)
        os.environ.update(self._env)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._was_in)
        for name, value in self._had.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Interruption:
    """Raises KeyboardInterrupt inside a call, when a signal asks the build to end or a time is over.

    The handler that was there is called too: it is how the engine hears of the signal. Does nothing outside the main
    thread, where Python can neither catch a signal nor be interrupted by one.
    """

    def __init__(self) -> None:
        self.signalled = False
        self.late = False
        self._armed = False
        self._timeout: float | None = None
        self._previous: dict[int, Callable[[int, FrameType | None], object]] = {}
        self._undo: list[Callable[[], object]] = []

    def after(self, timeout: float | None) -> _Interruption:
        """Also when `timeout` seconds are over."""
        self._timeout = timeout
        return self

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._armed = True
        for number in _ENDING:
            handler = signal.getsignal(number)
            if callable(handler):
                self._previous[number] = handler
                self._handle(number, self._signal)
        if self._timeout is not None:
            self._handle(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, min(self._timeout, LONGEST_SECONDS))

    def __exit__(self, *_: object) -> None:
        self._armed = False  # first: an exception in the middle would leave handlers behind
        if self._timeout is not None and self._undo:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for undo in self._undo:
            undo()

    def _handle(self, number: int, handler: Callable[[int, FrameType | None], object]) -> None:
        self._undo.append(partial(signal.signal, number, signal.getsignal(number)))
        signal.signal(number, handler)

    def _signal(self, number: int, frame: FrameType | None) -> None:
        self.signalled = True
        self._previous[number](number, frame)
        if self._armed:
            raise KeyboardInterrupt

    def _ring(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # what the system calls
        if self._armed:
            self.late = True
            raise KeyboardInterrupt
