"""What a build looks like at one moment, as far as its events told: values for a view to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pymake.dataclass import dataclass
from pymake.errors import assert_never
from pymake.model.events import (
    BuildEnded,
    BuildStarted,
    ChangesFound,
    JobEnded,
    JobStarted,
    Note,
    Progress,
    ServiceEvent,
    WatchBroken,
    WatchEnded,
    WatchStarted,
)
from pymake.reporters.lines import last_line, one_line, whole_duration

if TYPE_CHECKING:
    from pymake.model.events import Event


class Row(NamedTuple):
    """A running job, in texts; `usual` is empty if nobody knows."""

    label: str
    elapsed: str
    usual: str


class Picture(NamedTuple):
    """One moment. Equal pictures look the same.

    `rows` are the jobs that have run longest, `more` the number of those left out. `rest` is the estimate of the
    time to come, empty if there is nothing to estimate it by. `tail` is the last line that the first of them printed.
    """

    done: int
    expected: int
    failed: int
    rest: str
    rows: tuple[Row, ...]
    more: int
    tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    label: str
    since: float
    usual: float | None


class Board:
    """Owns the counts and the running jobs. Times are in seconds of one clock that never jumps."""

    def __init__(self) -> None:
        self._slots = 1
        self._done = 0
        self._expected = 0
        self._failed = 0
        self._ended = 0
        self._ended_seconds = 0.0
        self._running: dict[int, _Running] = {}
        self._started = 0
        self._usual: float | None = None
        self._usual_started = 0.0
        self._suspects = 0

    def take(self, event: Event, now: float) -> None:
        """Note what an event says."""
        match event:
            case BuildStarted(suspects=suspects, slots=slots, usual=usual):
                self._expected, self._slots, self._suspects, self._usual = suspects, max(slots, 1), suspects, usual
            case JobStarted(job=job, label=label, usual=usual):
                self._running[job] = _Running(label=label, since=now, usual=usual)
                self._started += 1
                self._usual_started += self._usual_mean() if usual is None else usual
            case JobEnded():
                self._job_ended(event)
            case Progress(done=done, expected=expected):
                self._done, self._expected = done, expected
            case BuildEnded():
                self._running.clear()
            case Note() | ServiceEvent() | WatchStarted() | ChangesFound() | WatchBroken() | WatchEnded():
                pass
            case _:
                assert_never(event)

    def _job_ended(self, event: JobEnded) -> None:
        self._running.pop(event.job, None)
        self._done, self._expected = event.done, event.expected
        self._failed += event.error is not None
        self._ended += 1
        self._ended_seconds += event.seconds

    def oldest(self) -> int | None:
        """The job that has run longest."""
        return next(iter(self._running), None)

    def picture(self, now: float, most_rows: int, tail: str = "") -> Picture:
        """How it looks now, in at most so many rows. `tail`, what the oldest job printed last, takes one of them."""
        # Jobs are added as they start, and a dict keeps that order: the first have run longest.
        line = last_line(tail) if most_rows > 1 else ""
        shown = list(self._running.values())[: max(most_rows - (line != ""), 0)]
        rest = self.rest(now)
        return Picture(
            done=self._done,
            expected=self._expected,
            failed=self._failed,
            rest="" if rest is None else whole_duration(rest),
            rows=tuple(_row(running, now) for running in shown),
            more=len(self._running) - len(shown),
            tail=line if shown else "",
        )

    def rest(self, now: float) -> float | None:
        """The estimate of the time to come in seconds; None if nothing is known.

        Running jobs take their usual time, and those that wait take what they took when they last ran. Where nobody
        knows that, it is the mean of those that ended (before the first one: the mean of the usual times). All slots
        stay busy, and it cannot end before the longest of the running jobs.
        """
        mean = self._mean()
        if mean is None:
            return None
        running = self._running.values()
        rests = [max((mean if job.usual is None else job.usual) - (now - job.since), 0.0) for job in running]
        waiting = max(self._expected - self._done - len(rests), 0)
        return max((sum(rests) + waiting * self._mean_waiting(mean)) / self._slots, max(rests, default=0.0))

    def _mean_waiting(self, mean: float) -> float:
        """The usual time of a job that has not started; `mean` if that is not known."""
        left = self._suspects - self._started
        if self._usual is None or left <= 0:
            return mean
        return max(self._usual - self._usual_started, 0.0) / left

    def _usual_mean(self) -> float:
        return 0.0 if self._usual is None else self._usual / max(self._suspects, 1)

    def _mean(self) -> float | None:
        if self._ended:
            return self._ended_seconds / self._ended
        usual = [job.usual for job in self._running.values() if job.usual is not None]
        return sum(usual) / len(usual) if usual else None if self._usual is None else self._usual_mean()


def _row(running: _Running, now: float) -> Row:
    usual = "" if running.usual is None else f"usually {whole_duration(running.usual)}"
    return Row(label=one_line(running.label), elapsed=whole_duration(now - running.since), usual=usual)
