"""Order: which job is judged, launched, settled next. Knows neither disk nor hashes."""

from __future__ import annotations

import enum
import heapq
from typing import TYPE_CHECKING

from pymake.engine.priority import critical_seconds
from pymake.errors import InternalError
from pymake.model.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pymake.engine.survey import Survey
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.task import Task


class JobState(enum.IntEnum):
    """Where a job is in this build; each comment says what holds then."""

    IDLE = 0
    """Not wanted, or cleared by the survey: nothing will happen to it, unless it is revived."""
    WAITING = 1
    """Something upstream is not settled."""
    READY = 2
    """All inputs are settled; waits to be judged."""
    QUEUED = 3
    """Judged dirty; waits for a slot, cores and its pool. Holds nothing."""
    RUNNING = 4
    """Handed to the executor; holds its cores and a place in its pool."""
    CLEAN = 5
    """Settled: judged, nothing had to run. May be revived."""
    DONE = 6
    """Settled: it ran and ended well. May be revived."""
    FAILED = 7
    """Settled: it ran and failed."""
    NOT_RUN = 8
    """Settled: something upstream failed, or the build was stopped before it started."""
    DELAYED = 9
    """It failed and is tried again after a while. Holds nothing."""
    ENDED = 10
    """The executor is done with it; what it left is not yet believed. Holds nothing."""
    EXPANDED = 11
    """Settled: an expand job, and the jobs of its task are in the plan."""
    LINED_UP = 12
    """Handed to the executor, which starts it when a running one has ended. Holds nothing."""


_NEXT: dict[JobState, frozenset[JobState]] = {
    JobState.IDLE: frozenset({JobState.READY}),
    JobState.WAITING: frozenset({JobState.READY, JobState.NOT_RUN}),
    JobState.READY: frozenset(
        {JobState.QUEUED, JobState.CLEAN, JobState.NOT_RUN, JobState.EXPANDED, JobState.FAILED, JobState.WAITING}
    ),
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.LINED_UP, JobState.NOT_RUN}),
    JobState.LINED_UP: frozenset({JobState.RUNNING, JobState.QUEUED}),
    JobState.RUNNING: frozenset({JobState.ENDED}),
    JobState.ENDED: frozenset({JobState.QUEUED, JobState.WAITING, JobState.DELAYED, JobState.DONE, JobState.FAILED}),
    JobState.DELAYED: frozenset({JobState.QUEUED, JobState.NOT_RUN}),
    JobState.CLEAN: frozenset({JobState.READY}),
    JobState.EXPANDED: frozenset(),
    JobState.DONE: frozenset({JobState.READY}),
    JobState.FAILED: frozenset(),
    JobState.NOT_RUN: frozenset(),
}

_NEXT_OF = [_NEXT[state] for state in JobState]

_NOT_STARTED = (JobState.WAITING, JobState.READY, JobState.QUEUED, JobState.DELAYED)
"""Not settled, and nothing of it is in the executor."""

SETTLED = frozenset({JobState.CLEAN, JobState.DONE, JobState.FAILED, JobState.NOT_RUN, JobState.EXPANDED})
_NOT_MADE = (JobState.FAILED, JobState.NOT_RUN)
_MADE = (JobState.IDLE, JobState.CLEAN, JobState.DONE)


class Scheduler:
    """Owns the states of the suspects and the queues derived from them. `memory` is what there is, in bytes.

    Ready and queued jobs leave in the order: failed last time first, then the longest chain of work behind them, then
    the order of the build file. So equal inputs give equal orders.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        survey: Survey,
        slots: int,
        pools: Mapping[str, int],
        failed: Collection[JobId] = (),
        memory: int | None = None,
    ) -> None:
        self._plan = plan
        self._slots = slots
        self._suspects = survey.suspects
        self._upstream = Upstream(plan, survey.suspects, survey.readers)
        critical = critical_seconds(plan, self._upstream.order, survey.usual, self._upstream.downstream)
        self._rank = {job: (job not in failed, -critical[job], job) for job in self._upstream.order}
        self._states = bytearray(survey.suspects)  # 1 is WAITING
        self._counts = [0] * len(JobState)
        self._counts[JobState.WAITING] = self._open = survey.suspects.count(1)
        self._to_expand = sum(survey.suspects[job] for job in plan.expand_jobs())
        self._ready: list[tuple[bool, float, JobId]] = []
        self._queued: list[tuple[bool, float, JobId]] = []
        self._held: dict[str, list[tuple[bool, float, JobId]]] = {}
        self._pool_room = dict(pools)
        self._cores_used = self._memory_used = 0
        self._memory = memory
        self.revived: set[JobId] = set()
        """Jobs that were settled before, and are open again."""
        self._waiters: dict[JobId, list[JobId]] = {}
        self._awaited: dict[JobId, int] = {}
        for job in self._upstream.ready():
            self._make_ready(job)

    def state(self, job: JobId) -> JobState:
        """Where the job is."""
        return JobState(self._states[job])

    def count(self, *states: JobState) -> int:
        """How many suspects are in one of these states."""
        return sum(self._counts[state] for state in states)

    @property
    def open(self) -> int:
        """How many suspects are not settled, expand jobs too."""
        return self._open

    @property
    def may_run(self) -> int:
        """How many suspects are not settled and may run."""
        return self.open - self._to_expand

    @property
    def queued(self) -> int:
        """How many jobs wait for room, without those whose pool is full."""
        return len(self._queued)

    def running(self) -> list[JobId]:
        """The jobs that run, in the order of the build file."""
        if not self._counts[JobState.RUNNING]:
            return []
        return [job for job in self._upstream.order if self._states[job] == JobState.RUNNING]

    def unfinished(self) -> list[JobId]:
        """The jobs that the executor has, or had without their end being recorded."""
        states = (JobState.RUNNING, JobState.LINED_UP, JobState.ENDED)
        return [job for job in self._upstream.order if self._states[job] in states]

    def next_ready(self) -> JobId | None:
        """The next job to judge; it stays READY until it is queued or settled."""
        while self._ready:
            job = heapq.heappop(self._ready)[2]
            if self._states[job] == JobState.READY:
                return job
        return None

    def enqueue(self, job: JobId) -> None:
        """The job is dirty, or is to run once more: it waits for room."""
        self._move(job, JobState.QUEUED)
        heapq.heappush(self._queued, self._rank[job])

    def delay(self, job: JobId) -> None:
        """A job that ended failed, and is tried again later: `enqueue` it then."""
        self._move(job, JobState.DELAYED)

    def next_launch(self) -> JobId | None:
        """The next queued job that cores and pools have room for; it is RUNNING from now on.

        A job that waits for its pool holds nothing and lets others pass; one that waits for cores or memory lets nobody
        pass, or a stream of small jobs would starve it. A job that wants more than there is runs alone.
        """
        while self._queued:
            rank = self._queued[0]
            job = rank[2]
            task = self._plan.task(self._plan.task_of(job))
            if self._states[job] != JobState.QUEUED:
                heapq.heappop(self._queued)
            elif task.pool is not None and not self._pool_room[task.pool]:
                self._held.setdefault(task.pool, []).append(heapq.heappop(self._queued))
            elif self._cores_used and not self._has_room(task):
                return None
            else:
                heapq.heappop(self._queued)
                self._take(job)
                return job
        return None

    def next_quick(self, is_quick: Callable[[JobId], bool]) -> JobId | None:
        """The next queued job, if it may be lined up behind running ones: LINED_UP from now on.

        It takes over the one core of the job before it; what needs more than that waits for room of its own.
        """
        while self._queued:
            job = self._queued[0][2]
            if self._states[job] == JobState.QUEUED:
                task = self._plan.task(self._plan.task_of(job))
                if not _is_small(task) or not is_quick(job):
                    return None
                heapq.heappop(self._queued)
                self._move(job, JobState.LINED_UP)
                return job
            heapq.heappop(self._queued)
        return None

    def _has_room(self, task: Task) -> bool:
        if self._cores_used + task.cores > self._slots:
            return False
        return not task.memory or self._memory is None or self._memory_used + task.memory <= self._memory

    def begin(self, job: JobId) -> None:
        """A job that was lined up has begun."""
        self._take(job)

    def end(self, job: JobId) -> None:
        """The executor is done with a running job: its cores and its place in the pool are free."""
        self._release(job)
        self._move(job, JobState.ENDED)

    def settle(self, job: JobId, state: JobState) -> list[JobId]:
        """The job is CLEAN, DONE, FAILED or NOT_RUN. Returns the jobs that are not run because it failed."""
        self._move(job, state)
        if state in _NOT_MADE:
            self.revived.discard(job)
            return self._drop_behind(job)
        freed = [] if job in self.revived else self._upstream.settle(job)
        self.revived.discard(job)
        for waiter in self._waiters.pop(job, ()):
            self._awaited[waiter] -= 1
            freed.append(waiter)
        if not freed:
            return []
        for found in dict.fromkeys(freed):
            waits = self._awaited.get(found) or self._upstream.is_waiting(found)
            if self._states[found] == JobState.WAITING and not waits:
                self._make_ready(found)
        return []

    def revive(self, upstream: Collection[JobId], waiter: JobId) -> None:
        """A job that is ready, or has ended, needs what other jobs make; it is judged again after them.

        Those that are settled are judged once more first. What else is downstream of these is left as it is: it was
        settled, or judged, by what they made before.
        """
        self._move(waiter, JobState.WAITING)
        for job in upstream:
            settled = self._states[job] in _MADE
            if not settled and job not in self.revived:
                self._upstream.postpone(waiter, job)
                continue
            self._waiters.setdefault(job, []).append(waiter)
            self._awaited[waiter] = self._awaited.get(waiter, 0) + 1
            if settled:
                self._open += 1
                self.revived.add(job)
                if self._states[job] == JobState.IDLE:
                    self._suspects[job] = 1
                    self._upstream.order.append(job)
                    self._rank.setdefault(job, (True, 0.0, job))
                self._make_ready(job)

    def can_wait_for(self, job: JobId, upstream: JobId) -> bool:
        """Whether `upstream` is still open, and does not itself wait for `job`."""
        state = JobState(self._states[upstream])
        return state not in SETTLED | {JobState.IDLE} and upstream not in self._all_behind(job)

    def join(
        self, suspects: Sequence[JobId], readers: Mapping[JobId, Sequence[JobId]], usual: Mapping[JobId, float]
    ) -> list[JobId]:
        """Take in jobs that became suspects during the build. Returns those that are not run: upstream, one failed."""
        self._states.extend(bytes(self._plan.job_count - len(self._states)))
        free = self._upstream.join(suspects, readers)
        for job in suspects:
            self._states[job] = JobState.WAITING
            self._rank[job] = (True, -usual.get(job, 0.0), job)
        self._counts[JobState.WAITING] += len(suspects)
        self._open += len(suspects)
        self._to_expand += sum(map(self._plan.is_expand_job, suspects))
        for job in free:
            self._make_ready(job)
        return [dropped for job in suspects if self._is_lost(job) for dropped in self._drop(job)]

    def drop_rest(self) -> list[JobId]:
        """Nothing new is to start: whatever has not started is NOT_RUN. Returns those jobs."""
        dropped = [job for job in self._upstream.order if self._states[job] in _NOT_STARTED]
        for job in dropped:
            self._move(job, JobState.NOT_RUN)
        return dropped

    def _is_lost(self, job: JobId) -> bool:
        """Whether a job that waits will never have all it reads."""
        if self._states[job] != JobState.WAITING:
            return False
        upstream = self._upstream.read_from(job)
        return any(other is not None and self._states[other] in _NOT_MADE for other in upstream)

    def _drop(self, job: JobId) -> list[JobId]:
        if self._states[job] != JobState.WAITING:
            return []
        self._move(job, JobState.NOT_RUN)
        return [job, *self._drop_behind(job)]

    def _all_behind(self, job: JobId) -> list[JobId]:
        """Every suspect that waits for this job, directly or not, be it for the first time or once more."""
        behind = dict.fromkeys(self._upstream.all_behind(job))
        stack = [job, *behind] if self._waiters else []
        while stack:
            for waiter in self._waiters.get(stack.pop(), ()):
                new = [found for found in (waiter, *self._upstream.all_behind(waiter)) if found not in behind]
                behind.update(dict.fromkeys(new))
                stack += new
        return list(behind)

    def _drop_behind(self, job: JobId) -> list[JobId]:
        dropped = [behind for behind in self._all_behind(job) if self._states[behind] == JobState.WAITING]
        for behind in dropped:
            self._move(behind, JobState.NOT_RUN)
        return dropped

    def _make_ready(self, job: JobId) -> None:
        self._move(job, JobState.READY)
        heapq.heappush(self._ready, self._rank[job])

    def _take(self, job: JobId) -> None:
        self._move(job, JobState.RUNNING)
        task = self._plan.task(self._plan.task_of(job))
        self._cores_used += task.cores
        self._memory_used += task.memory
        if task.pool is not None:
            self._pool_room[task.pool] -= 1

    def _release(self, job: JobId) -> None:
        task = self._plan.task(self._plan.task_of(job))
        self._cores_used -= task.cores
        self._memory_used -= task.memory
        if task.pool is not None:
            self._pool_room[task.pool] += 1
            for rank in self._held.pop(task.pool, ()):
                heapq.heappush(self._queued, rank)

    def _move(self, job: JobId, state: JobState) -> None:
        """The one place where a state changes; keeps the counts in step."""
        before = self._states[job]  # a plain number: making a JobState of it costs more than all the rest
        if state not in _NEXT_OF[before]:
            raise InternalError(f"{self._plan.label(job)} cannot go from {JobState(before).name} to {state.name}")
        self._states[job] = state
        self._counts[before] -= 1
        self._counts[state] += 1
        if state in SETTLED:
            self._open -= 1
            if self._to_expand and self._plan.is_expand_job(job):
                self._to_expand -= 1


def _is_small(task: Task) -> bool:
    """Whether a job of the task needs one core and nothing else, and may share its process."""
    return task.cores == 1 and not (task.memory or task.pool or task.interactive or task.fresh_process)
