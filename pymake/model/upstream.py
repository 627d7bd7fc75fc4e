"""Who waits for whom among some jobs of a plan: counts of what is still open, for jobs and for followed tasks.

Vertices are jobs and *gates*. The gate of a task opens when all its jobs are settled and the gates of the tasks that
it follows are open; so `follows` costs one count for each job and task, not one for each pair of jobs.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.model.ids import JobId, TaskId
from pymake.model.rows import marked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.model.plan import Plan


class Upstream:
    """Owns, for each suspect, how many upstream jobs and gates are still open. Everything else counts as settled.

    `readers` adds order for inputs that an earlier run discovered. One that would close a circle is left out: it was
    an accident of that run, and the declared order rules.
    """

    def __init__(self, plan: Plan, suspects: bytearray, readers: Mapping[JobId, Sequence[JobId]]) -> None:
        self._plan = plan
        self._suspects = suspects
        self._has_gates = self._may_wait_at_gates()
        self._readers = {job: [r for r in rows if suspects[r]] for job, rows in readers.items() if suspects[job]}
        self._followers: dict[TaskId, list[TaskId]] = {}
        self.order = self._settle_all()
        if len(self.order) < suspects.count(1):
            circle = self._unsettled()
            self._readers = {job: rows for job, rows in self._readers.items() if job not in circle}
            self.order = self._settle_all()
        self._start()

    def ready(self) -> list[JobId]:
        """The suspects that wait for nothing, in the order of the build file."""
        return [job for job in self._rows() if not self._open[job]]

    def settle(self, job: JobId) -> list[JobId]:
        """The job is settled; returns the suspects that now wait for nothing."""
        freed: list[JobId] = []
        self._settled[job] = 1
        for reader in self.downstream(job):
            self._less(reader, freed)
        self._close_one(self._plan.task_of(job), freed)
        return freed

    def is_waiting(self, job: JobId) -> bool:
        """Whether something upstream of the job is still open."""
        return self._open[job] > 0

    def postpone(self, job: JobId, upstream: JobId) -> None:
        """A job that had started turned out to need what an unsettled one makes."""
        self._readers.setdefault(upstream, []).append(job)
        self._open[job] += 1

    def join(self, suspects: Sequence[JobId], readers: Mapping[JobId, Sequence[JobId]]) -> list[JobId]:
        """Take in suspects that the plan or the targets grew by; returns those that wait for nothing.

        `readers` are unsettled jobs that were found, by an earlier run, to read what one of the new ones makes. The
        row of suspects that was given at first has grown with the plan.
        """
        self._grow()
        new = set(suspects)
        for job in suspects:
            task = self._plan.task_of(job)
            self._gates[task] += not self._opened[task]
            self._readers.setdefault(job, []).extend(readers.get(job, ()))
            self._open[job] += sum(self._is_open(upstream) for upstream in self.read_from(job))
            for reader in self.downstream(job):
                if reader not in new:
                    self._open[reader] += 1
        self.order.extend(suspects)
        return [job for job in suspects if not self._open[job]]

    def downstream(self, job: JobId) -> Iterator[JobId]:
        """The suspects that wait for this job, once for each reason."""
        suspects = self._suspects
        for file in self._plan.outputs(job):
            for reader in self._plan.consumers(file):
                if suspects[reader]:
                    yield reader
            for reader in self._plan.waiting(file):
                if suspects[reader]:
                    yield reader
        yield from self._readers.get(job, ())
        for waiting in self._plan.expand_jobs_behind(job):
            if suspects[waiting]:
                yield waiting

    def all_behind(self, job: JobId) -> list[JobId]:
        """Every suspect that waits for this job, directly or not, also behind a gate."""
        found: dict[JobId, None] = {}
        stack = [job]
        while stack:
            current = stack.pop()
            for reader in (*self.downstream(current), *self._behind_gate(self._plan.task_of(current))):
                if reader not in found and reader != job:
                    found[reader] = None
                    stack.append(reader)
        return list(found)

    def _behind_gate(self, task: TaskId) -> Iterator[JobId]:
        seen = {task}
        stack = [task]
        while stack:
            for follower in self._followers.get(stack.pop(), ()):
                if follower not in seen:
                    seen.add(follower)
                    stack.append(follower)
                    yield from (job for job in self._plan.task_rows(follower) if self._suspects[job])

    def _count(self) -> None:
        plan = self._plan
        self._open = array("I", bytes(4 * plan.job_count))
        self._gates = array("I", bytes(4 * plan.task_count))
        self._followers = {}
        for job in self._rows():
            self._gates[plan.task_of(job)] += 1
            for reader in self.downstream(job):
                self._open[reader] += 1
        for task in map(TaskId, range(plan.task_count)) if self._has_gates else ():
            for followed in dict.fromkeys(plan.followed(task)):
                self._followers.setdefault(followed, []).append(task)
                self._gates[task] += 1
                for job in plan.task_jobs(task):
                    self._open[job] += 1

    def _start(self) -> None:
        """Count, then open the gates that wait for nothing from the start."""
        self._count()
        self._settled = bytearray(self._plan.job_count)
        self._opened = bytearray(self._plan.task_count)
        if not self._has_gates:
            self._opened = bytearray(b"\1") * self._plan.task_count  # nobody waits at one
            return
        for task in map(TaskId, range(self._plan.task_count)):
            if not self._gates[task] and not self._opened[task]:
                self._open_gate(task, [])

    def _settle_all(self) -> list[JobId]:
        """Play the whole order through; what is left over lies on a circle."""
        self._start()
        order = self.ready()
        done = 0
        while done < len(order):
            order.extend(self.settle(order[done]))
            done += 1
        return order

    def _unsettled(self) -> set[JobId]:
        placed = set(self.order)
        return {job for job in self._rows() if job not in placed}

    def _may_wait_at_gates(self) -> bool:
        """Whether a suspect, or a job that may yet join, is of a task that follows another."""
        plan = self._plan
        grows = plan.has_patterns or plan.expand_jobs()
        tasks = map(TaskId, range(plan.task_count)) if grows else {plan.task_of(job) for job in self._rows()}
        return any(map(plan.followed, tasks))

    def _rows(self) -> Iterator[JobId]:
        """All suspects, expand jobs too."""
        return map(JobId, marked(self._suspects))

    def _is_open(self, job: JobId | None) -> bool:
        return job is not None and bool(self._suspects[job]) and not self._settled[job]

    def read_from(self, job: JobId) -> Iterator[JobId | None]:
        """The jobs whose outputs a job waits for, once for each reason; None for a source."""
        plan = self._plan
        yield from map(plan.producer, plan.dirtying(job))
        yield from map(plan.producer, plan.order_only(job))
        if plan.is_expand_job(job):
            yield from plan.awaited(job)

    def _grow(self) -> None:
        """Room for the jobs that the plan grew by; each waits for the gates that its task waits for."""
        plan = self._plan
        known = len(self._settled)
        self._settled.extend(bytes(plan.job_count - known))
        self._open.extend([0] * (plan.job_count - known))
        for job in map(JobId, range(known, plan.job_count)):
            followed = dict.fromkeys(plan.followed(plan.task_of(job)))
            if not plan.is_expand_job(job):
                self._open[job] = sum(not self._opened[task] for task in followed)

    def _less(self, job: JobId, freed: list[JobId]) -> None:
        self._open[job] -= 1
        if not self._open[job] and self._suspects[job]:
            freed.append(job)

    def _close_one(self, task: TaskId, freed: list[JobId]) -> None:
        """One job less of a task; its gate may be open already, if more of the task was wanted later."""
        if not self._opened[task]:
            self._gates[task] -= 1
            if not self._gates[task]:
                self._open_gate(task, freed)

    def _open_gate(self, task: TaskId, freed: list[JobId]) -> None:
        stack = [task]
        while stack:
            current = stack.pop()
            self._opened[current] = 1
            for follower in self._followers.get(current, ()):
                for job in self._plan.task_jobs(follower):
                    self._less(job, freed)
                self._gates[follower] -= 1
                if not self._gates[follower]:
                    stack.append(follower)
