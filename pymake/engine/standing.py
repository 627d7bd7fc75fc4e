"""How the jobs of a plan stand between two builds of a watch, and which of them the next build is about.

A job that failed is not tried again because something else changed: it would fail once more, after the same time. It
is when something that it reads, or that is upstream, changed, or when the user asks. What waits for it waits on. Jobs
that were not run for another reason join the next build that runs anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.scheduler import JobState
from pymake.model.ids import TaskId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.engine.survey import Survey, Surveyor
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan

_WELL = frozenset({JobState.CLEAN, JobState.DONE, JobState.IDLE, JobState.EXPANDED})


class Standing:
    """Owns which wanted jobs are not up to date. Invariant: every other wanted job is, by the file table.

    `survey` is any survey of the plan: they share what is known of readers. `always` are the jobs that no build spares.
    """

    def __init__(self, plan: Plan, survey: Survey, always: Iterable[JobId]) -> None:
        self._plan = plan
        self._survey = survey
        self.always = frozenset(always)
        self._followers: dict[TaskId, list[TaskId]] | None = None
        self.failed: set[JobId] = set()
        self.open: set[JobId] = set()

    def take(
        self, suspects: Iterable[JobId], state: Callable[[JobId], JobState], has_failed: Callable[[JobId], bool]
    ) -> None:
        """A build of these suspects has ended."""
        for job in suspects:
            self.failed.discard(job)
            self.open.discard(job)
            if state(job) not in _WELL:
                (self.failed if has_failed(job) else self.open).add(job)

    def clear(self, jobs: Iterable[JobId]) -> None:
        """These jobs were looked at, and are up to date as far as they themselves are concerned."""
        for job in jobs:
            self.failed.discard(job)
            self.open.discard(job)

    def is_well(self, job: JobId) -> bool:
        """Whether the job is up to date, if it is wanted."""
        return job not in self.failed and job not in self.open

    def touched(self, changed: Iterable[FileId], discoverers: Callable[[FileId], Iterable[JobId]]) -> set[JobId]:
        """The jobs that read or make one of these files."""
        plan = self._plan
        found: set[JobId] = set()
        for file in changed:
            producer = plan.producer(file)
            found.update(plan.consumers(file), plan.waiting(file), discoverers(file))
            if producer is not None:
                found.add(producer)
        return found

    def join(self, surveyor: Surveyor, survey: Survey) -> list[JobId]:
        """Let what was left open take part in a build of suspects. Returns the jobs that failed and are not tried."""
        suspects, wanted = survey.suspects, survey.looked_at
        waiting = self._behind(job for job in self.failed if not suspects[job])
        fresh = sorted(job for job in self.open | self.always if wanted[job] and job not in waiting)
        surveyor.doubt([job for job in fresh if not suspects[job]])
        left = [job for job in sorted(self.failed) if not suspects[job]]
        for job in self._behind(left):
            suspects[job] = 0
            if wanted[job]:
                self.open.add(job)
        return left

    def _behind(self, jobs: Iterable[JobId]) -> set[JobId]:
        """All jobs downstream of these, behind followed tasks too."""
        plan = self._plan
        found: set[JobId] = set()
        stack = list(jobs)
        while stack:
            job = stack.pop()
            readers = [r for file in plan.outputs(job) for r in (*plan.consumers(file), *plan.waiting(file))]
            followers = [r for task in self._followers_of(plan.task_of(job)) for r in plan.task_jobs(task)]
            fresh = {*readers, *self._survey.readers.get(job, ()), *followers} - found
            found |= fresh
            stack += fresh
        return found

    def _followers_of(self, task: TaskId) -> Iterable[TaskId]:
        if self._followers is None:
            self._followers = {}
            for follower in map(TaskId, range(self._plan.task_count)):
                for followed in self._plan.followed(follower):
                    self._followers.setdefault(followed, []).append(follower)
        return self._followers.get(task, ())
