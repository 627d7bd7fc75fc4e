"""A slot: a place for one job at a time, with its log file, and quick ones that are lined up behind it."""

from __future__ import annotations

import enum
import os
import signal
import time
from collections import deque
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.executors.endings import timed_out
from pymake.executors.groups import HALT, STARTING, is_there, send
from pymake.executors.slotlog import worker_log
from pymake.model.job import Cancelled, Command, Failed, Outcome, Succeeded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymake.errors import JobError
    from pymake.executors.groups import GroupTable, SharedNumbers
    from pymake.executors.slotlog import SlotLog
    from pymake.model.job import Launch


MOST_BEHIND = 64
"""Jobs that are lined up in one slot at most."""
_FIRST_BEHIND = 8
"""The same as long as nobody knows how quick they are."""
_LEAST_BEHIND = 4
_LINE_SECONDS = 0.05
"""Work that is lined up in one slot: enough that its worker never waits for an engine that is busy, or naps; little
enough to keep the order, and not to let jobs wait for long behind one that turns out to be slow."""
_WEIGHT = 0.2
"""Of the newest job in the pace of a slot."""
LONGEST_NAP = 0.005

_LOOK_EVERY = 0.01
"""Seconds between two looks at a group that is ending without its main process."""


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

    `gone` says that its main process has ended, and the rest of its group may still be ending. `in_worker` says that a
    worker runs it, and then `printed` what that said; `message` is a request that waits until the job is the first.
    `told` says that the engine knows that it began.
    """

    launch: Launch
    started: float = 0.0
    began: float = 0.0
    in_worker: bool = False
    printed: bool = False
    message: bytes | None = None
    told: bool = False
    group: int = 0
    begun: int = 0
    deadline: float | None = None
    phase: Phase = Phase.RUNNING
    cancelled: bool = False
    gone: bool = False


class Slot:
    """Owns the job in one slot, its log file, and the place of its commands in the table of groups.

    `behind` are the runs that its worker has, or gets, after the present one; the requests of some still stand in the
    `outbox`, since one message wakes a worker as well as eight. `quick_place` is where the worker writes
    the group of a command.
    """

    def __init__(
        self, number: int, log: SlotLog, groups: GroupTable, halts: SharedNumbers, *, quick_place: int
    ) -> None:
        self.number = number
        self.log = log
        self.worker_log = os.path.join(os.path.dirname(log.path), worker_log(number))
        self.run: Run | None = None
        self.behind: deque[Run] = deque()
        self.outbox: list[bytes] = []
        self._groups = groups
        self._halts = halts
        self._quick_place = quick_place
        self._pace: float | None = None

    def log_of(self, run: Run) -> str:
        """The file that the job prints into while it runs."""
        return self.worker_log if run.in_worker else self.log.path

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
        at_once = at_once or run.phase is Phase.ENDING
        run.phase = Phase.KILLED if at_once else Phase.ENDING
        run.deadline = None if at_once else now + patience
        number = signal.SIGKILL if at_once else signal.SIGTERM
        if run.in_worker:
            self._halts[self.number] = number  # first: the worker looks here when it has written a group there
            if isinstance(run.launch.action, Command) and not run.gone:
                run.group = self._groups[self._quick_place]
        send(run.group, number)

    def moments(self, now: float) -> Iterator[float]:
        """When there is something to do here that nobody will tell of."""
        if self.run is not None and self.run.gone:
            yield now + _LOOK_EVERY
        if self.run is not None and self.run.deadline is not None:
            yield self.run.deadline

    def take_outbox(self) -> list[bytes]:
        """The requests that wait to be sent together."""
        taken, self.outbox = self.outbox, []
        return taken

    def halt(self) -> None:
        """Nothing that is lined up starts any more."""
        if self.behind and not self.is_halted():
            self._halts[self.number] = HALT

    def is_halted(self) -> bool:
        """Whether what is lined up comes back."""
        return self._halts[self.number] != 0

    def takes_more(self) -> int:
        """How many more quick jobs may be lined up here."""
        run = self.run
        if run is None or not (run.in_worker and run.launch.quick) or run.phase is not Phase.RUNNING:
            return 0
        return 0 if self.is_halted() else max(self._most_behind() - len(self.behind), 0)

    def _most_behind(self) -> int:
        if self._pace is None:
            return _FIRST_BEHIND
        return max(min(int(_LINE_SECONDS / self._pace), MOST_BEHIND), _LEAST_BEHIND)

    def took(self, seconds: float) -> None:
        """A job in the worker of this slot took so long."""
        pace = seconds if self._pace is None else self._pace + _WEIGHT * (seconds - self._pace)
        self._pace = max(pace, 1e-6)

    def leisure(self) -> float:
        """Seconds for which nobody need look here: half of what is lined up will still be to do."""
        run = self.run
        if run is None or self._pace is None or not self.behind or run.phase is not Phase.RUNNING:
            return 0.0
        return min(len(self.behind) * self._pace / 2, LONGEST_NAP)

    def abandon(self) -> None:
        """The worker has gone: end the command that it ran."""
        send(self._groups[self._quick_place], signal.SIGKILL)
        self._groups[self._quick_place] = 0

    def is_ending(self) -> bool:
        """Whether the main process is gone after TERM, and others of its group still use their time."""
        run = self.run
        return run is not None and run.gone and run.phase is Phase.ENDING and is_there(run.group)

    def vacate(self, seconds: float, error: JobError | None) -> Outcome:
        """The job is over: settle its log, and say how it ended. The next one in line takes its place."""
        run = self.run
        assert run is not None, "only a job that began can end"
        self._groups[self.number] = 0
        printed = run.printed if run.in_worker else self.log.keep(run.launch.log)
        self.run = self.behind.popleft() if self.behind else None
        if self.run is None:
            self._halts[self.number] = 0
        job = run.launch.job
        if run.cancelled:
            return Cancelled(job=job)
        if run.phase is not Phase.RUNNING:
            error = timed_out(run.launch.action, run.launch.timeout or 0.0)
        if error is None:
            return Succeeded(job=job, started=run.started, seconds=seconds, printed=printed)
        return Failed(job=job, started=run.started, seconds=seconds, printed=printed, error=error)


def places(slots: Iterable[Slot]) -> Iterator[Slot | None]:
    """Where the next quick jobs are lined up best, the shortest line first; None once there is no more room."""
    room = {slot: slot.takes_more() for slot in slots}
    while True:
        slot = max(room, key=room.__getitem__)
        yield slot if room[slot] > 0 else None
        room[slot] -= 1


def nap(slots: Iterable[Slot]) -> None:
    """Sleep as long as every slot has enough to do: then several ends are heard at once, and none wakes anybody.

    That saves most of what an engine costs that is woken by each job, and finds its memory cold each time.
    """
    seconds = min(slot.leisure() for slot in slots)
    if seconds > 0.0:
        time.sleep(seconds)


def ending(run: Run | None) -> bool:
    """Whether the processes of a job were asked to end, and have time for it."""
    return run is not None and run.phase is Phase.ENDING
