"""How often a job was tried, and when it is tried again."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Protocol

from pymake.model.task import LONGEST_SECONDS

if TYPE_CHECKING:
    from pymake.model.ids import JobId
    from pymake.model.task import Task

MOST_EDITS = 2
"""How often a job is run once more because an input was edited while it ran."""


class AttemptLogs(Protocol):
    """Keeps what the attempts of a job printed that failed, to stand in its log before what the last one prints."""

    def keep_attempt(self, path: str, heading: str, *, first: bool) -> None:
        """What is in a log was printed by an attempt that failed, the first or a further one; another one follows."""

    def join_attempts(self, path: str, heading: str) -> None:
        """The last attempt has ended: its log begins with those of the attempts before it, each under its heading."""

    def drop_attempts(self, path: str) -> None:
        """The last attempt has ended, and none of them printed anything."""


class Attempts:
    """Owns the counts of failed and of spoilt runs of each job, and those that wait for their next attempt."""

    def __init__(self) -> None:
        self._failures: dict[JobId, int] = {}
        self._printed: set[JobId] = set()
        self._edits: dict[JobId, int] = {}
        self._later: list[tuple[float, JobId]] = []

    def failed(self, job: JobId) -> int:
        """The job failed once more; how often it has by now."""
        self._failures[job] = self._failures.get(job, 0) + 1
        return self._failures[job]

    def failures(self, job: JobId) -> int:
        """How often the job has failed."""
        return self._failures.get(job, 0)

    def printed(self, job: JobId) -> None:
        """An attempt of the job printed something."""
        self._printed.add(job)

    def has_printed(self, job: JobId) -> bool:
        """Whether any attempt of the job printed something."""
        return job in self._printed

    def edited(self, job: JobId) -> bool:
        """An input of the job was edited while it ran, once more; whether it is worth another run."""
        self._edits[job] = self._edits.get(job, 0) + 1
        return self._edits[job] <= MOST_EDITS

    def again_at(self, moment: float, job: JobId) -> None:
        """The job is to be tried again at this moment."""
        heapq.heappush(self._later, (moment, job))

    def due(self, now: float) -> list[JobId]:
        """The jobs whose moment has come, each only once."""
        found = []
        while self._later and self._later[0][0] <= now:
            found.append(heapq.heappop(self._later)[1])
        return found

    def next_moment(self) -> float | None:
        """When the next job is to be tried again; None if none waits."""
        return self._later[0][0] if self._later else None

    def clear(self) -> None:
        """Nothing is tried again any more."""
        self._later.clear()


def pause(task: Task, failures: int) -> float:
    """Seconds before the next attempt of a job that has failed so often."""
    if not task.retry_delay:
        return 0.0
    try:
        return min(task.retry_delay * task.retry_backoff ** (failures - 1), LONGEST_SECONDS)
    except OverflowError:
        return LONGEST_SECONDS
