"""An executor that runs functions of a test, and what stands around it: a reporter and signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pymake.errors import InternalError, JobError
from pymake.model.job import Began, Cancelled, Failed, Returned, Succeeded
from pymake.testing.disk import LogicalClock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pymake.model.events import Event
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

_E = TypeVar("_E")


class ScriptedExecutor:
    """An Executor that runs a function instead of a job, one at a time, when `wait` is called.

    `script(launch)` does what the job would do (it may write to a `MemoryDisk`, and edit inputs too) and returns None
    for success, a `JobError` for failure, or an outcome of its own. `choose(running)` says which of the running jobs
    ends next (an index), the first by default. `launches` lists what was started or lined up, in order, `lined_up` only
    the latter; `most_running` is the highest number of jobs that ran at once. `line` is the room for jobs that are
    lined up; what is lined up when a job fails comes back.

    >>> from pymake.model.job import Command, Launch
    >>> from pymake.model.ids import JobId
    >>> from pymake.testing import MemoryDisk
    >>> disk = MemoryDisk({"a": "x"})
    >>> executor = ScriptedExecutor(lambda launch: disk.write("b", disk.text("a")), slots=2)
    >>> copy = Command(commands=(("cp", "a", "b"),))
    >>> executor.start(Launch(job=JobId(0), label="copy b", action=copy, env=(), log="log"))
    >>> [type(outcome).__name__ for outcome in executor.wait(None)], disk.text("b")
    (['Succeeded'], 'x')
    """

    def __init__(
        self,
        script: Callable[[Launch], Outcome | JobError | None],
        *,
        clock: LogicalClock | None = None,
        slots: int = 1,
        choose: Callable[[Sequence[Launch]], int] | None = None,
        line: int = 0,
    ) -> None:
        self.clock = clock if clock is not None else LogicalClock()
        self.launches: list[Launch] = []
        self.lined_up: list[Launch] = []
        self.most_running = 0
        self.closed = False
        self._script = script
        self._slots = slots
        self._choose = choose if choose is not None else _first
        self._running: list[Launch] = []
        self._cancelled: list[JobId] = []
        self._line = line
        self._behind: list[Launch] = []
        self._halted = False

    def room(self) -> int:
        """See `Executor.room`."""
        return 0 if self._behind else self._slots - len(self._running)

    def start(self, launch: Launch) -> None:
        """See `Executor.start`; starting without room fails the test."""
        if not self.room():
            raise InternalError(f"no room for {launch.label}")
        self.launches.append(launch)
        self._running.append(launch)
        self.most_running = max(self.most_running, len(self._running))

    def line_up_room(self) -> int:
        """See `Executor.line_up_room`."""
        return self._line - len(self._behind) if self._running else 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """See `Executor.line_up`; doing so without room fails the test."""
        if self.line_up_room() < len(launches):
            raise InternalError(f"no room in line for {launches[-1].label}")
        self.launches += launches
        self.lined_up += launches
        self._behind += launches

    def halt(self) -> None:
        """See `Executor.halt`."""
        self._halted = True

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """See `Executor.wait`: at most one job ends. With nothing running, the clock moves on by the timeout."""
        if self._cancelled:
            gone, self._cancelled = self._cancelled, []
            return [*(Cancelled(job=job) for job in gone), *self._returned()]
        if self._halted and self._behind:
            return self._returned()
        if not self._running:
            if timeout is None:
                raise InternalError("waiting for ever: nothing runs")
            self.clock.advance(timeout)
            return []
        outcome = self._end(self._running.pop(self._choose(self._running)))
        if isinstance(outcome, Failed):
            return [outcome, *self._returned()]
        if not self._behind:
            return [outcome]
        self._running.append(self._behind.pop(0))
        return [outcome, Began(job=self._running[-1].job)]

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:  # noqa: ARG002  # the seam says so
        """See `Executor.cancel`; how hard does not matter here."""
        self._cancelled.extend(launch.job for launch in self._running if launch.job in jobs)
        self._running = [launch for launch in self._running if launch.job not in jobs]

    def close(self) -> None:
        """See `Executor.close`."""
        self._running.clear()
        self.closed = True

    def labels(self) -> list[str]:
        """The labels of all launches, in order."""
        return [launch.label for launch in self.launches]

    def _returned(self) -> list[Outcome]:
        back, self._behind = self._behind, []
        return [Returned(job=launch.job) for launch in back]

    def _end(self, launch: Launch) -> Outcome:
        started = self.clock.now()
        result = self._script(launch)
        seconds = self.clock.now() - started
        if result is None:
            return Succeeded(job=launch.job, started=started, seconds=seconds, printed=False)
        if isinstance(result, JobError):
            return Failed(job=launch.job, started=started, seconds=seconds, printed=False, error=result)
        return result


def _first(running: Sequence[Launch]) -> int:  # noqa: ARG001  # stands where a choice by the launches may stand
    return 0


class RecordingReporter:
    """A Reporter that keeps what it is told.

    >>> from pymake.model.events import Note
    >>> reporter = RecordingReporter()
    >>> reporter.handle(Note(text="hello"))
    >>> [note.text for note in reporter.of(Note)]
    ['hello']
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False

    def handle(self, event: Event) -> None:
        """See `Reporter.handle`."""
        self.events.append(event)

    def follow(self, tail: Callable[[int], str]) -> None:
        """See `Reporter.follow`; nothing is followed."""

    def close(self) -> None:
        """See `Reporter.close`."""
        self.closed = True

    def of(self, kind: type[_E]) -> list[_E]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


class ScratchInterrupts:
    """Interrupts that a test sends.

    >>> interrupts = ScratchInterrupts()
    >>> interrupts.send(2)
    >>> interrupts.received()
    (2,)
    """

    def __init__(self) -> None:
        self._received: list[int] = []

    def received(self) -> Sequence[int]:
        """See `Interrupts.received`."""
        return tuple(self._received)

    def send(self, signal_number: int) -> None:
        """A signal arrives."""
        self._received.append(signal_number)


class ScratchMachine:
    """A Machine that is as busy as a test says.

    >>> machine = ScratchMachine(load=3.0)
    >>> machine.load(), machine.free_memory()
    (3.0, 1.0)
    """

    def __init__(self, *, load: float = 0.0, free: float = 1.0) -> None:
        self.load_now = load
        self.free_now = free
        self.looks = 0

    def load(self) -> float:
        """See `Machine.load`."""
        return self.load_now

    def free_memory(self) -> float:
        """See `Machine.free_memory`."""
        self.looks += 1
        return self.free_now
