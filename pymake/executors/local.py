"""The executor of this machine: commands as child processes, Python calls in persistent workers, in N slots."""

from __future__ import annotations

import os
import pickle
import resource
from typing import TYPE_CHECKING

from pymake.errors import CallFailed, CommandFailed, InternalError, JobError, StateError, WorkerDied, assert_never
from pymake.executors.endings import command_failed, worker_died
from pymake.executors.groups import GroupTable
from pymake.executors.slot import Phase, Run, Slot
from pymake.executors.slotlog import SlotLog
from pymake.executors.staff import Staff
from pymake.executors.starting import Starter
from pymake.executors.waiting import best_waits
from pymake.executors.wire import reply_of
from pymake.executors.worker import Worker
from pymake.model.job import Call, Command

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.executors.waiting import Waits
    from pymake.interfaces import Clock
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

PATIENCE = 3.0
"""Seconds between TERM and KILL."""
_LOOK_EVERY = 0.01
"""Seconds between two looks at a group that is ending without its main process."""
_FILES_OF_SLOT = 4
"""Open files of a slot: log, line to the worker, process; and the second log or line at a change."""
_FILES_BESIDES = 16
_AFTER_SIGNAL = 0.05
"""Seconds that `wait` blocks at most once a signal came: the next signal cannot wake it."""


class LocalExecutor:
    """Runs jobs on this machine. Owns their processes, the workers and the slots' log files.

    `root` is absolute. `functions` serve `Call`s, by the name of their task; `environ` is the environment of every
    job. `wake` becomes readable when a signal came; it is not read. `patience` is in seconds. `bequest` is what the
    guard does last if this process is killed.
    """

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
        waits: Waits | None = None,
        bequest: Callable[[], None] | None = None,
    ) -> None:
        _occupy_standard_files()
        _allow_files(slots)
        self._root = root
        self._clock = clock
        self._wake = wake
        self._signalled = False
        self._heeded: int | None = None
        self._offered = False
        self._closed = False
        self._patience = patience
        self._groups = GroupTable(2 * slots)
        self._slots = [Slot(number, SlotLog(root, number), self._groups) for number in range(slots)]
        self._free = self._slots[::-1]
        self._timed: set[Slot] = set()
        self._by_process: dict[int, Slot] = {}
        self._ended: list[Outcome] = []
        self._starter = Starter(root, environ)
        self._waits = best_waits() if waits is None else waits
        self._staff = Staff(
            worker=Worker(root, functions, environ),
            groups=self._groups,
            logs=[slot.log.path for slot in self._slots],
            places=slots.__add__,  # the commands' places come first
            waits=self._waits,
            bequest=bequest,
        )
        if wake is not None:
            self._waits.watch_file(wake)

    def prepare(self) -> None:
        """Fork the process that makes workers and guards the jobs, before there are threads; or the first job does."""
        self._staff.prepare()

    def room(self) -> int:
        """How many more jobs may be started now."""
        return len(self._free)

    def start(self, launch: Launch) -> None:
        """Start one job; there must be room. How it ends, even if it cannot start, comes from `wait`."""
        if not self._free:
            raise InternalError("a job was started where there is no room")
        self.prepare()
        slot = self._free.pop()
        began = self._clock.monotonic()
        run = Run(launch=launch, started=self._clock.now(), began=began)
        slot.run = run
        if launch.timeout is not None:
            run.deadline = began + launch.timeout
            self._timed.add(slot)
        match launch.action:
            case Command():
                self._next_command(slot, run, launch.action)
            case Call():
                self._start_call(slot, run, launch.action)
            case _:
                assert_never(launch.action)

    def heed(self, fd: int | None) -> None:
        """From now on `wait` also returns when this file can be read; None: no longer."""
        if self._heeded is not None:
            self._waits.forget_file(self._heeded)
        self._heeded = fd
        if fd is not None:
            self._waits.watch_file(fd)

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended; blocks until there is one, the timeout (seconds) is over, or a signal woke it.

        With nothing to wait for it returns at once.
        """
        until = None if timeout is None else self._clock.monotonic() + timeout
        while not self._ended and (until is not None or len(self._free) < len(self._slots)):
            self._look(until)
            if self._signalled or self._offered or (until is not None and self._clock.monotonic() >= until):
                break
        ended, self._ended, self._offered = self._ended, [], False
        return ended

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """End these jobs with all their processes: TERM, later KILL (at once: KILL). Each still comes from `wait`."""
        now = self._clock.monotonic()
        for slot in self._slots:
            run = slot.run
            if run is None or run.launch.job not in jobs:
                continue
            run.cancelled = True
            if at_once or run.phase is Phase.RUNNING:
                slot.stop(now, patience=self._patience, at_once=at_once)
                self._timed.add(slot)

    def close(self) -> None:
        """End everything that is left, and every worker. Nothing can be started afterwards."""
        if self._closed:
            return
        self._closed = True
        self.cancel([slot.run.launch.job for slot in self._slots if slot.run is not None], at_once=True)
        while len(self._free) < len(self._slots):
            self._look(None)
        self._staff.close()
        for slot in self._slots:
            slot.log.close()
        self._starter.close()
        self._groups.close()

    # Waiting

    def _look(self, until: float | None) -> None:
        """Wait once, and attend to everything that happened."""
        ready = self._waits.wait(self._longest(until))
        for process in ready.processes:
            self._command_ended(self._by_process.pop(process), process)
        for fd in ready.files:
            if fd == self._wake:
                self._signalled = True
                self._waits.forget_file(fd)  # it stays readable
            elif fd == self._heeded:
                self._offered = True
            elif (number := self._staff.slot_of(fd)) is not None:
                self._worker_spoke(self._slots[number])
        if self._timed:
            self._attend(self._clock.monotonic())

    def _longest(self, until: float | None) -> float | None:
        """Seconds until there is something to do at a certain time."""
        if not self._timed and until is None and not self._signalled:
            return None
        now = self._clock.monotonic()
        times = [] if until is None else [until]
        if self._signalled:
            times.append(now + _AFTER_SIGNAL)
        for slot in self._timed:
            if slot.run is not None and slot.run.gone:
                times.append(now + _LOOK_EVERY)
            if slot.run is not None and slot.run.deadline is not None:
                times.append(slot.run.deadline)
        return max(min(times) - now, 0.0) if times else None

    def _attend(self, now: float) -> None:
        """Timeouts that are over, and jobs that are ending."""
        for slot in list(self._timed):
            run = slot.run
            if run is not None and run.deadline is not None and run.deadline <= now:
                slot.stop(now, patience=self._patience, at_once=False)
            if run is not None and run.gone and not slot.is_ending():
                self._finish(slot, None)

    def _finish(self, slot: Slot, error: JobError | None, seconds: float | None = None) -> None:
        """The job is over. `seconds` is how long it took, if anyone knows better than this clock."""
        run = slot.run
        assert run is not None, "only a job that began can end"
        self._timed.discard(slot)
        self._free.append(slot)
        self._ended.append(slot.vacate(self._clock.monotonic() - run.began if seconds is None else seconds, error))

    def _main_gone(self, slot: Slot, run: Run, error: JobError | None) -> None:
        """The main process of a job has ended; after TERM, the rest of its group still has its time."""
        run.gone = True
        if not slot.is_ending():
            self._finish(slot, error)

    # Commands

    def _next_command(self, slot: Slot, run: Run, command: Command) -> None:
        if run.begun == len(command.commands):
            self._finish(slot, None)
            return
        slot.command_starts()
        try:
            process = self._starter.start(
                command.commands[run.begun], cwd=command.cwd, env=run.launch.env, log=slot.log.fd
            )
        except CommandFailed as error:
            self._finish(slot, error)
            return
        run.begun += 1
        slot.command_runs(run, process)
        self._by_process[process] = slot
        self._waits.watch_process(process)

    def _command_ended(self, slot: Slot, process: int) -> None:
        run = slot.run
        assert run is not None, "the slot is held until the command has ended"
        if run.phase is Phase.RUNNING:
            slot.command_ended(run)
        status = self._waits.status(process)
        action = run.launch.action
        assert isinstance(action, Command), "only commands are children of this process"
        if run.phase is not Phase.RUNNING:
            self._main_gone(slot, run, None)
        elif status:
            self._finish(slot, command_failed(action.commands[run.begun - 1], status))
        else:
            self._next_command(slot, run, action)

    # Calls

    def _start_call(self, slot: Slot, run: Run, call: Call) -> None:
        folder = None if call.cwd is None else os.path.join(self._root, call.cwd)
        try:
            run.group = self._staff.send(slot.number, call, folder=folder, env=run.launch.env, log=slot.log)
        except StateError as error:
            self._finish(slot, WorkerDied(error.message))
        except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError) as error:
            self._finish(slot, CallFailed(f"an argument cannot be sent to a worker process: {error}"))

    def _worker_spoke(self, slot: Slot) -> None:
        message = self._staff.receive(slot.number)
        run = slot.run if slot.run is not None and isinstance(slot.run.launch.action, Call) else None
        if message is None:
            self._worker_gone(slot, run)
        elif message and run is not None:
            self._call_ended(slot, run, message)

    def _worker_gone(self, slot: Slot, run: Run | None) -> None:
        status = self._staff.dismiss(slot.number, spare_children=_is_ending(run))
        if run is not None:
            self._main_gone(slot, run, worker_died(status))

    def _call_ended(self, slot: Slot, run: Run, message: bytes) -> None:
        reply = reply_of(message)
        if reply.spent or run.phase is not Phase.RUNNING:
            # It goes with what the call left behind, or with what a TERM that it outlived did to it.
            self._staff.dismiss(slot.number, spare_children=_is_ending(run))
        if run.phase is not Phase.RUNNING:
            self._main_gone(slot, run, None)
        else:
            self._finish(slot, None if reply.complaint is None else reply.complaint.error(), reply.seconds)


def _is_ending(run: Run | None) -> bool:
    """Whether the processes of a job were asked to end, and have time for it."""
    return run is not None and run.phase is Phase.ENDING


def _allow_files(slots: int) -> None:
    """Make sure of enough open files now: in the middle of a build, the lack would cost what runs.

    Raises:
        StateError: the system allows fewer.
    """
    needed = len(os.listdir("/dev/fd")) + slots * _FILES_OF_SLOT + _FILES_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (OSError, ValueError) as error:
        raise StateError(
            f"{slots} jobs at a time need {needed} open files, and the system allows {soft}",
            hint="a smaller number of jobs (-j), or a higher limit (ulimit -n)",
        ) from error


def _occupy_standard_files() -> None:
    """Open what is missing of the files 0, 1 and 2: a log or a socket with such a number would become a job's stdin."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        pass
    os.close(fd)
