"""In which order jobs could run: makers before readers, followed tasks before those that follow."""

from __future__ import annotations

import heapq
from array import array
from typing import TYPE_CHECKING

from pymake.model.ids import JobId, TaskId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.model.plan import Plan


def topological(plan: Plan, wanted: bytearray) -> array[int]:
    """The wanted jobs (`wanted[job]` is 1) in an order to run them one by one.

    Of those that could be next, the first of the build file comes first. Jobs on a cycle, and those that wait for one,
    are left out.
    """
    return _Order(plan, wanted).jobs()


class _Order:
    """Owns the counts of what is still to come before each job and each task (Kahn's algorithm).

    A task is over when all its wanted jobs are done and the tasks that it follows are over: its followers wait for
    that, so `follows` costs one count for each job and task, not one for each pair of jobs.
    """

    def __init__(self, plan: Plan, wanted: bytearray) -> None:
        self._plan = plan
        self._wanted = wanted
        self._before = array("I", bytes(4 * plan.job_count))
        self._left = array("I", bytes(4 * plan.task_count))
        self._followers: dict[TaskId, list[TaskId]] = {}
        self._ready: list[JobId] = []
        for job in plan.jobs():
            if wanted[job]:
                self._left[plan.task_of(job)] += 1
                for reader in self._readers(job):
                    self._before[reader] += 1
        for task in map(TaskId, range(plan.task_count)):
            for followed in dict.fromkeys(plan.followed(task)):
                self._followers.setdefault(followed, []).append(task)
                self._left[task] += 1
                for job in self._jobs_of(task):
                    self._before[job] += 1

    def jobs(self) -> array[int]:
        """See `topological`."""
        self._ready = [job for job in self._plan.jobs() if self._wanted[job] and not self._before[job]]
        for task in [task for task, left in enumerate(self._left) if not left]:
            self._end(TaskId(task))
        done = array("I")
        while self._ready:
            job = heapq.heappop(self._ready)
            done.append(job)
            for reader in self._readers(job):
                self._release(reader)
            task = self._plan.task_of(job)
            self._left[task] -= 1
            if not self._left[task]:
                self._end(task)
        return done

    def _readers(self, job: JobId) -> Iterator[JobId]:
        for file in self._plan.outputs(job):
            yield from (reader for reader in self._plan.consumers(file) if self._wanted[reader])
            yield from (reader for reader in self._plan.waiting(file) if self._wanted[reader])

    def _jobs_of(self, task: TaskId) -> Iterator[JobId]:
        return (job for job in self._plan.task_jobs(task) if self._wanted[job])

    def _release(self, job: JobId) -> None:
        self._before[job] -= 1
        if not self._before[job]:
            heapq.heappush(self._ready, job)

    def _end(self, task: TaskId) -> None:
        """A task is over, and perhaps, in turn, those without jobs that follow it."""
        stack = [task]
        while stack:
            for follower in self._followers.get(stack.pop(), ()):
                for job in self._jobs_of(follower):
                    self._release(job)
                self._left[follower] -= 1
                if not self._left[follower]:
                    stack.append(follower)
