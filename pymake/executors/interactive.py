"""An executor for jobs that own the terminal, around one for all others.

Such a job is the leader of a process group in the foreground of the terminal, with the files of pymake as its own, so
an editor, a debugger or a question to the user works as if it were started from the shell. Ctrl-C then reaches the job
and not pymake, which takes a job that died of it as the user's wish to end; Ctrl-Z stops both, and both go on together.

Nothing tells that a child was stopped but asking, so this asks 20 times a second, only while such a job runs. There
is one at a time: the scheduler has a pool for them. A function is called in a process forked from this one, which has
the build file loaded, and one thread, since the live view has left the terminal by then.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, cast

from pymake.dataclass import dataclass
from pymake.errors import CommandFailed, InternalError, JobError, assert_never
from pymake.executors.complaints import complain
from pymake.executors.endings import Death, command_failed, timed_out, worker_died
from pymake.executors.foreground import Foreground
from pymake.executors.groups import send
from pymake.executors.local import PATIENCE, LocalExecutor
from pymake.executors.slotlog import drop
from pymake.executors.starting import Starter
from pymake.model.job import Call, Cancelled, Command, Failed, Succeeded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.executors.endings import Complaint
    from pymake.executors.groups import GroupTable
    from pymake.interfaces import Clock, Executor
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

_LOOK_EVERY = 0.05
"""Seconds between two looks at the job that owns the terminal."""


@dataclass(slots=True, kw_only=True)
class _Owner:
    """The job that owns the terminal. `begun` counts its commands; `complaints` is read when a call has ended.

    `asked`: it got TERM; `late`: because its time was over.
    """

    launch: Launch
    started: float
    began: float
    foreground: Foreground
    process: int = 0
    begun: int = 0
    complaints: int | None = None
    deadline: float | None = None
    asked: bool = False
    late: bool = False
    cancelled: bool = False


class InteractiveExecutor:
    """Runs interactive jobs; everything else is for `inner`. `functions` None: interactive calls are for it too.

    The first place of `groups` holds the group that owns the terminal: the guard ends it when this process is killed.
    """

    def __init__(
        self,
        inner: Executor,
        *,
        root: str,
        functions: Mapping[str, Callable[..., object]] | None,
        environ: Mapping[str, str],
        clock: Clock,
        groups: GroupTable,
        patience: float = PATIENCE,
    ) -> None:
        self._inner = inner
        self._groups = groups
        self._root = root
        self._functions = functions
        self._environ = environ
        self._clock = clock
        self._patience = patience
        self._starter: Starter | None = None
        self._owner: _Owner | None = None
        self._ended: list[Outcome] = []

    def room(self) -> int:
        """See `Executor.room`: the owner of the terminal takes a place like any job."""
        return max(self._inner.room() - (self._owner is not None), 0)

    def start(self, launch: Launch) -> None:
        """Start one job; there must be room."""
        if not launch.interactive or (self._functions is None and isinstance(launch.action, Call)):
            self._inner.start(launch)
            return
        if self._owner is not None:
            raise InternalError(f"{launch.label} was started while another job owns the terminal")
        drop(os.path.join(self._root, launch.log))
        now = self._clock.monotonic()
        owner = _Owner(launch=launch, started=self._clock.now(), began=now, foreground=Foreground())
        owner.deadline = None if launch.timeout is None else now + launch.timeout
        self._owner = owner
        self._go_on(owner)

    def line_up_room(self) -> int:
        """See `Executor.line_up_room`."""
        return self._inner.line_up_room()

    def line_up(self, launches: Sequence[Launch]) -> None:
        """See `Executor.line_up`: never a job that owns the terminal, since these have a pool."""
        self._inner.line_up(launches)

    def halt(self) -> None:
        """See `Executor.halt`."""
        self._inner.halt()

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended. While a job owns the terminal it returns soon, with or without one."""
        if self._owner is not None:
            self._look(self._owner)
        if self._ended:
            ended, self._ended = self._ended, []
            return ended
        if self._owner is None:
            return self._inner.wait(timeout)
        return self._inner.wait(_LOOK_EVERY if timeout is None else min(timeout, _LOOK_EVERY))

    def heed(self, fd: int | None) -> None:
        """See `LocalExecutor.heed`."""
        if isinstance(self._inner, LocalExecutor):
            self._inner.heed(fd)

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """See `Executor.cancel`."""
        owner = self._owner
        if owner is not None and owner.launch.job in jobs:
            owner.cancelled = True
            self._end(owner, at_once=at_once)
        self._inner.cancel(jobs, at_once=at_once)

    def close(self) -> None:
        """End everything that is left."""
        if self._owner is not None:
            send(self._owner.process, signal.SIGKILL)
            self._status(self._owner, 0)
            self._owner.foreground.take_back()
            self._owner = None
        if self._starter is not None:
            self._starter.close()
            self._starter = None
        self._inner.close()
        self._groups.close()

    def _go_on(self, owner: _Owner) -> None:
        """Start the next command, or the call; or the job is over."""
        _flush()
        action = owner.launch.action
        match action:
            case Command(commands=commands):
                if owner.begun == len(commands):
                    self._finish(owner, None)
                    return
                owner.begun += 1
                try:
                    owner.process = self._start(commands[owner.begun - 1], action, owner.launch)
                except CommandFailed as error:
                    self._finish(owner, error)
                    return
            case Call():
                self._fork(owner, action)
            case _:
                assert_never(action)
        self._groups[0] = owner.process
        owner.foreground.give_to(owner.process)

    def _start(self, command: str | tuple[str, ...], action: Command, launch: Launch) -> int:
        if self._starter is None:
            self._starter = Starter(self._root, self._environ)
        return self._starter.start(command, cwd=action.cwd, env=launch.env, log=None)

    def _fork(self, owner: _Owner, call: Call) -> None:
        owner.complaints, writing = os.pipe()
        owner.process = os.fork()
        if not owner.process:
            code = 1
            try:
                os.close(owner.complaints)
                owner.foreground.give_to(os.getpid())
                code = self._called(owner.launch, call, writing)
            finally:
                os._exit(code)  # also after an error: never up the stack of the engine
        os.close(writing)
        with contextlib.suppress(OSError):  # it did so itself, and has ended
            os.setpgid(owner.process, owner.process)

    def _called(self, launch: Launch, call: Call, complaints: int) -> int:
        """Call the function, in a process of its own; returns its exit status."""
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        assert self._functions is not None, "start() has made sure"
        try:
            os.environ.clear()
            os.environ.update({**self._environ, **dict(launch.env)})
            os.chdir(os.path.join(self._root, call.cwd or ""))
            self._functions[call.task](*call.arguments)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)  # so that the parent sees it died of that
        except BaseException as error:  # noqa: BLE001  # whatever it is, it ends the job
            complaint = complain(error, self._root)
            if complaint is not None:
                os.write(complaints, pickle.dumps(complaint))
                return 1
        finally:
            _flush()
        return 0

    def _look(self, owner: _Owner) -> None:
        """Attend to the job that owns the terminal: its end, its being stopped, its time."""
        status = self._status(owner, os.WNOHANG | os.WUNTRACED)
        if status is None:
            now = self._clock.monotonic()
            if owner.deadline is not None and owner.deadline <= now:
                owner.late = owner.late or not owner.cancelled
                self._end(owner, at_once=False)
        elif os.WIFSTOPPED(status):
            _stopped(owner, os.WSTOPSIG(status))
        else:
            send(owner.process, signal.SIGKILL)  # what it left behind
            self._groups[0] = 0
            self._process_ended(owner, status)

    def _status(self, owner: _Owner, options: int) -> int | None:
        try:
            process, status = os.waitpid(owner.process, options)
        except ChildProcessError:  # somebody else waited for it
            return 1 << 8
        return status if process else None

    def _end(self, owner: _Owner, *, at_once: bool) -> None:
        """Ask the job to end, with all its processes; the second time, or at once, make it."""
        kill = at_once or owner.asked
        send(owner.process, signal.SIGKILL if kill else signal.SIGTERM)
        send(owner.process, signal.SIGCONT)  # it may be stopped
        owner.asked = True
        owner.deadline = None if kill else self._clock.monotonic() + self._patience

    def _process_ended(self, owner: _Owner, status: int) -> None:
        owner.foreground.take_back()
        died_of_ctrl_c = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT
        action = owner.launch.action
        if owner.cancelled or owner.late:
            self._finish(owner, None)
        elif died_of_ctrl_c:
            owner.cancelled = True
            self._finish(owner, None)
            os.kill(os.getpid(), signal.SIGINT)
        elif isinstance(action, Call):
            self._finish(owner, _call_error(owner, status))
        elif status:
            self._finish(owner, command_failed(action.commands[owner.begun - 1], status))
        else:
            self._go_on(owner)

    def _finish(self, owner: _Owner, error: JobError | None) -> None:
        self._owner = None
        launch = owner.launch
        if owner.complaints is not None:
            os.close(owner.complaints)
        if owner.cancelled:
            self._ended.append(Cancelled(job=launch.job))
            return
        if owner.late:
            error = timed_out(launch.action, launch.timeout or 0.0)
        seconds = self._clock.monotonic() - owner.began
        if error is None:
            self._ended.append(Succeeded(job=launch.job, started=owner.started, seconds=seconds, printed=False))
        else:
            self._ended.append(
                Failed(job=launch.job, started=owner.started, seconds=seconds, printed=False, error=error)
            )


def _stopped(owner: _Owner, number: int) -> None:
    """The job was stopped: for reading before it was given the terminal, or by the user, who wants pymake to stop."""
    if number not in {signal.SIGTTIN, signal.SIGTTOU}:
        owner.foreground.take_back()
        os.killpg(os.getpgrp(), signal.SIGTSTP)  # goes on here when the user continues; nothing where nobody could
    owner.foreground.give_to(owner.process)
    send(owner.process, signal.SIGCONT)


def _call_error(owner: _Owner, status: int) -> JobError | None:
    if not status:
        return None
    assert owner.complaints is not None, "a call has a pipe"
    os.set_blocking(owner.complaints, False)  # a child that it left behind may still hold the other end
    pieces = []
    with contextlib.suppress(BlockingIOError):
        while piece := os.read(owner.complaints, 1 << 16):
            pieces.append(piece)
    if not pieces:
        return worker_died(Death(status, 0))
    return cast("Complaint", pickle.loads(b"".join(pieces))).error()  # noqa: S301  # from our own fork


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
