"""The executor of this machine: commands as child processes, Python calls in persistent workers, in N slots."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.errors import CommandFailed, InternalError, JobError, StateError, WorkerDied
from pymake.executors.bounding import LogBounds
from pymake.executors.endings import command_failed, last_lines, worker_died
from pymake.executors.groups import GroupTable, SharedNumbers
from pymake.executors.openfiles import allow_files, occupy_standard_files
from pymake.executors.requests import UNPICKLABLE, cannot_travel, request_for
from pymake.executors.slot import Phase, Run, Slot, ending, nap, places
from pymake.executors.slotlog import SlotLog, drop, salvage
from pymake.executors.staff import Staff
from pymake.executors.starting import Starter
from pymake.executors.tails import Tails
from pymake.executors.waiting import best_waits
from pymake.executors.worker import Worker
from pymake.model.job import Began, Call, Cancelled, Command, Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.executors.waiting import Waits
    from pymake.executors.wire import Reply
    from pymake.interfaces import Clock
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

PATIENCE = 3.0
"""Seconds between TERM and KILL."""
_MOST_AHEAD = 1 << 14
"""Bytes of a request that is sent while its worker is busy: so what is under way fits into the socket's buffer, and
the engine never waits for a worker."""
_AFTER_SIGNAL = 0.05
"""Seconds that `wait` blocks at most once a signal came: the next signal cannot wake it."""


class LocalExecutor:
    """Runs jobs on this machine. Owns their processes, the workers and the slots' log files.

    `root` is absolute. `functions` serve `Call`s, by the name of their task; `environ` is the environment of every
    job. `wake` becomes readable when a signal came; it is not read. `patience` is in seconds. `bequest` is what the
    guard does last if this process is killed. With `stop_on_failure`, what is lined up behind a job that failed comes
    back.
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
        stop_on_failure: bool = True,
    ) -> None:
        occupy_standard_files()
        allow_files(slots)
        self._root = root
        self._clock = clock
        self._wake = wake
        self._signalled = False
        self._heeded: int | None = None
        self._offered = False
        self._closed = False
        self._patience = patience
        self._groups, self._halts = GroupTable(3 * slots), SharedNumbers(slots)
        self._slots = [
            Slot(i, SlotLog(root, f"slot-{i}"), self._groups, self._halts, quick_place=slots + i) for i in range(slots)
        ]
        self._free = self._slots[::-1]
        self._bounds = LogBounds(clock)
        self._timed: set[Slot] = set()
        self._by_process: dict[int, Slot] = {}
        self._ended: list[Outcome] = []
        self._starter = Starter(root, environ)
        self._waits = best_waits() if waits is None else waits
        worker = Worker(
            root=root,
            functions=functions,
            environ=environ,
            groups=self._groups,
            place=slots.__add__,
            halts=self._halts,
            stop_on_failure=stop_on_failure,
        )
        self._staff = Staff(
            worker=worker,
            groups=self._groups,
            logs=[*(slot.log.path for slot in self._slots), *(slot.worker_log for slot in self._slots)],
            place=(2 * slots).__add__,  # the commands' places come first
            waits=self._waits,
            bequest=bequest,
        )
        if wake is not None:
            self._waits.watch_file(wake)

    def tails(self) -> Tails:
        """What running jobs printed last."""
        return Tails(self._slots)

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
        slot.run = run = Run(launch=launch, in_worker=launch.quick or isinstance(launch.action, Call))
        self._begin(slot, run)
        if run.in_worker:
            self._start_in_worker(slot, run)
        elif isinstance(launch.action, Command):
            self._next_command(slot, run, launch.action)

    def line_up_room(self) -> int:
        """How many more quick jobs may be lined up now behind running ones."""
        return sum(slot.takes_more() for slot in self._slots)

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Have workers run further quick jobs after those that they have; what finds no room comes back.

        A line closes at any moment: when its job fails, its worker says so to the memory that both share.
        """
        for slot, launch in zip(places(self._slots), launches, strict=False):
            if slot is None:
                self._ended.append(Returned(job=launch.job))
            else:
                self._put_behind(slot, launch)

    def _put_behind(self, slot: Slot, launch: Launch) -> None:
        run = Run(launch=launch, in_worker=True)
        try:
            message = request_for(launch, self._root, lined_up=True)
        except UNPICKLABLE as error:
            self._ended += [Began(job=launch.job), cannot_travel(launch, self._clock.now(), error)]
            return
        if len(message) > _MOST_AHEAD or any(other.message is not None for other in slot.behind):
            run.message = message
        else:
            slot.outbox.append(message)
        slot.behind.append(run)

    def halt(self) -> None:
        """What is lined up and has not begun comes back."""
        for slot in self._slots:
            slot.halt()

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
            if any(other.launch.job in jobs for other in slot.behind):
                slot.halt()
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
            drop(slot.worker_log)
        self._starter.close()
        self._groups.close()
        self._halts.close()

    # Waiting

    def _look(self, until: float | None) -> None:
        """Wait once, and attend to everything that happened."""
        for slot in self._slots:
            if slot.outbox:
                self._staff.send_ahead(slot.number, slot.take_outbox())
        if not (self._timed or self._signalled):
            nap(self._slots)
        ready = self._waits.wait(self._longest(until))
        self._bounds.look(self._slots)
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
        now = self._clock.monotonic()
        times = [self._bounds.due] if until is None else [until, self._bounds.due]
        if self._signalled:
            times.append(now + _AFTER_SIGNAL)
        times += [moment for slot in self._timed for moment in slot.moments(now)]
        return max(min(times) - now, 0.0)

    def _attend(self, now: float) -> None:
        """Timeouts that are over, and jobs that are ending."""
        for slot in list(self._timed):
            run = slot.run
            if run is not None and run.deadline is not None and run.deadline <= now:
                slot.stop(now, patience=self._patience, at_once=False)
            if run is not None and run.gone and not slot.is_ending():
                self._finish(slot, None)

    def _begin(self, slot: Slot, run: Run) -> None:
        run.told = True
        run.began, run.started = self._clock.monotonic(), self._clock.now()
        if run.launch.timeout is not None:
            run.deadline = run.began + run.launch.timeout
            self._timed.add(slot)

    def _finish(self, slot: Slot, error: JobError | None, seconds: float | None = None) -> None:
        """The job is over. `seconds` is how long it took, if anyone knows better than this clock."""
        run = slot.run
        assert run is not None, "only a job that began can end"
        self._timed.discard(slot)
        self._ended.append(slot.vacate(self._clock.monotonic() - run.began if seconds is None else seconds, error))
        self._go_on(slot)

    def _go_on(self, slot: Slot) -> None:
        """A slot is free again, or the next job in its line has begun; one that was held back is sent now."""
        run = slot.run
        if run is None:
            self._free.append(slot)
        elif not slot.is_halted():
            self._begin(slot, run)
            self._ended.append(Began(job=run.launch.job))
            if run.message is not None:
                self._staff.send_ahead(slot.number, [run.message])
        elif run.message is not None:
            self._return(slot)

    def _return(self, slot: Slot) -> None:
        """The first job in line was not run, or is not to count."""
        run = slot.run
        assert run is not None, "only a job can come back"
        self._timed.discard(slot)
        slot.vacate(0.0, None)
        job = run.launch.job
        self._ended.append(Cancelled(job=job) if run.cancelled else Returned(job=job))
        self._go_on(slot)

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

    # Workers

    def _start_in_worker(self, slot: Slot, run: Run) -> None:
        if run.launch.fresh:
            self._staff.let_go(slot.number)
        try:
            run.group = self._staff.send(slot.number, request_for(run.launch, self._root, lined_up=False))
        except StateError as error:
            self._finish(slot, WorkerDied(error.message))
        except UNPICKLABLE as error:
            self._finish(slot, cannot_travel(run.launch, run.started, error).error)

    def _worker_spoke(self, slot: Slot) -> None:
        replies = self._staff.receive(slot.number)
        if replies is None:
            self._worker_gone(slot)
            return
        for reply in replies:
            self._answered(slot, reply)

    def _worker_gone(self, slot: Slot) -> None:
        run = slot.run if slot.run is not None and slot.run.in_worker else None
        death = self._staff.dismiss(slot.number, spare_children=ending(run))
        slot.abandon()
        if run is None or run.gone:
            return
        log = os.path.join(self._root, run.launch.log)
        run.printed = salvage(slot.worker_log, log)
        lines = last_lines(log) if run.printed else ""
        self._empty(slot)
        self._main_gone(slot, run, worker_died(death, lines))

    def _empty(self, slot: Slot) -> None:
        """The worker is gone or not to be used again: what is lined up comes back."""
        self._ended += [Returned(job=run.launch.job) for run in slot.behind]
        slot.behind.clear()
        slot.outbox.clear()

    def _answered(self, slot: Slot, reply: Reply) -> None:
        run = slot.run
        if run is None or not run.in_worker:
            return
        if run.gone:  # what is lined up behind a job of which a part is still ending
            self._ended.append(Returned(job=slot.behind.popleft().launch.job))
        elif reply.returned:
            self._return(slot)
        elif run.told:
            self._ended_in_worker(slot, run, reply)
        elif reply.complaint is None:  # it began before the worker saw that it should not
            self._ended.append(Began(job=run.launch.job))
            self._ended_in_worker(slot, run, reply)
        else:
            self._ended.append(Began(job=run.launch.job))
            self._return(slot)

    def _ended_in_worker(self, slot: Slot, run: Run, reply: Reply) -> None:
        run.started, run.printed, run.told = reply.started, reply.printed, True
        slot.took(reply.seconds)
        is_call = isinstance(run.launch.action, Call)
        if reply.spent or (is_call and run.phase is not Phase.RUNNING):
            # It goes with what the call left behind, or with what a TERM that it outlived did to it.
            self._staff.dismiss(slot.number, spare_children=ending(run))
            self._empty(slot)
        if run.phase is not Phase.RUNNING:
            self._main_gone(slot, run, None)
        else:
            self._finish(slot, None if reply.complaint is None else reply.complaint.error(), reply.seconds)
