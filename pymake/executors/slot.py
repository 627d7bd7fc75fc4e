"""A slot: a place for one job at a time, with its log file."""

from __future__ import annotations

import enum
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.executors.endings import timed_out
from pymake.executors.groups import STARTING, is_there, send
from pymake.model.job import Cancelled, Failed, Outcome, Succeeded

if TYPE_CHECKING:
    from pymake.errors import JobError
    from pymake.executors.groups import GroupTable
    from pymake.executors.slotlog import SlotLog
    from pymake.model.job import Launch


class Phase(enum.Enum):
    """Where a job is between its start and its outcome."""

    RUNNING = "running"
    """Nobody asked it to end; `deadline` is when its timeout is over."""
    ENDING = "ending"
    """Its group got TERM; `deadline` is when it gets KILL."""
    KILLED = "killed"
    """Its group got KILL."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One job in a slot. `group` is its process group; `begun` counts the commands that were started.

    `gone` says that its main process has ended, and the rest of its group may still be ending.
    """

    launch: Launch
    started: float
    began: float
    group: int = 0
    begun: int = 0
    deadline: float | None = None
    phase: Phase = Phase.RUNNING
    cancelled: bool = False
    gone: bool = False


class Slot:
    """Owns the job in one slot, its log file, and the place of its commands in the table of groups."""

    def __init__(self, number: int, log: SlotLog, groups: GroupTable) -> None:
        self.number = number
        self.log = log
        self.run: Run | None = None
        self._groups = groups

    def command_starts(self) -> None:
        """A command is about to be started."""
        self._groups[self.number] = STARTING

    def command_runs(self, run: Run, group: int) -> None:
        """A command of the job was started."""
        run.group = self._groups[self.number] = group

    def command_ended(self, run: Run) -> None:
        """The main process has ended: end the rest. Its status has not been taken, so its number is still its own."""
        send(run.group, signal.SIGKILL)
        self._groups[self.number] = 0

    def stop(self, now: float, *, patience: float, at_once: bool) -> None:
        """Ask the job to end, all its processes; the second time, or at once, make it."""
        run = self.run
        if run is None or run.phase is Phase.KILLED:
            return
        if at_once or run.phase is Phase.ENDING:
            run.phase, run.deadline = Phase.KILLED, None
            send(run.group, signal.SIGKILL)
        else:
            run.phase, run.deadline = Phase.ENDING, now + patience
            send(run.group, signal.SIGTERM)

    def is_ending(self) -> bool:
        """Whether the main process is gone after TERM, and others of its group still use their time."""
        run = self.run
        return run is not None and run.gone and run.phase is Phase.ENDING and is_there(run.group)

    def vacate(self, seconds: float, error: JobError | None) -> Outcome:
        """The job is over: settle its log, and say how it ended."""
        run = self.run
        assert run is not None, "only a job that began can end"
        self._groups[self.number] = 0
        self.run = None
        printed = self.log.keep(run.launch.log)
        job = run.launch.job
        if run.cancelled:
            return Cancelled(job=job)
        if run.phase is not Phase.RUNNING:
            error = timed_out(run.launch.action, run.launch.timeout or 0.0)
        if error is None:
            return Succeeded(job=job, started=run.started, seconds=seconds, printed=printed)
        return Failed(job=job, started=run.started, seconds=seconds, printed=printed, error=error)
