"""What a build looks like at one moment, as far as its events told: values for a view to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import assert_never
from pymake.model.events import BuildEnded, BuildStarted, JobEnded, JobStarted, Note, Progress
from pymake.reporters.lines import one_line, whole_duration

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
    time to come, empty if there is nothing to estimate it by.
    """

    done: int
    expected: int
    failed: int
    rest: str
    rows: tuple[Row, ...]
    more: int


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

    def take(self, event: Event, now: float) -> None:
        """Note what an event says."""
        match event:
            case BuildStarted(suspects=suspects, slots=slots):
                self._expected, self._slots = suspects, max(slots, 1)
            case JobStarted(job=job, label=label, usual=usual):
                self._running[job] = _Running(label=label, since=now, usual=usual)
            case JobEnded():
                self._job_ended(event)
            case Progress(done=done, expected=expected):
                self._done, self._expected = done, expected
            case BuildEnded():
                self._running.clear()
            case Note():
                pass
            case _:
                assert_never(event)

    def _job_ended(self, event: JobEnded) -> None:
        self._running.pop(event.job, None)
        self._done, self._expected = event.done, event.expected
        self._failed += event.error is not None
        self._ended += 1
        self._ended_seconds += event.seconds

    def picture(self, now: float, most_rows: int) -> Picture:
        """How it looks now, with at most so many rows."""
        # Jobs are added as they start, and a dict keeps that order: the first have run longest.
        shown = list(self._running.values())[: max(most_rows, 0)]
        rest = self.rest(now)
        return Picture(
            done=self._done,
            expected=self._expected,
            failed=self._failed,
            rest="" if rest is None else whole_duration(rest),
            rows=tuple(_row(running, now) for running in shown),
            more=len(self._running) - len(shown),
        )

    def rest(self, now: float) -> float | None:
        """The estimate of the time to come in seconds; None if nothing is known.

        Running jobs take their usual time, others the mean of those that ended (before the first one: the mean of
        the usual times). All slots stay busy, and it cannot end before the longest of the running jobs.
        """
        mean = self._mean()
        if mean is None:
            return None
        running = self._running.values()
        rests = [max((mean if job.usual is None else job.usual) - (now - job.since), 0.0) for job in running]
        waiting = max(self._expected - self._done - len(rests), 0)
        return max((sum(rests) + waiting * mean) / self._slots, max(rests, default=0.0))

    def _mean(self) -> float | None:
        if self._ended:
            return self._ended_seconds / self._ended
        usual = [job.usual for job in self._running.values() if job.usual is not None]
        return sum(usual) / len(usual) if usual else None


def _row(running: _Running, now: float) -> Row:
    usual = "" if running.usual is None else f"usually {whole_duration(running.usual)}"
    return Row(label=one_line(running.label), elapsed=whole_duration(now - running.since), usual=usual)
