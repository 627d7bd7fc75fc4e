"""How tasks enter a run and are finished: a plan that grows by the jobs of one task at a time.

Every task is an expand job that waits for all jobs of its parents: the barrier that scripts of Ruffus see. When it is
reached, the parameters of the task are made from the files that are there then, and its jobs join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import PymakeError
from pymake.model.growth import Grown
from pymake.model.job import Call, JobSpec
from pymake.ruffus.book import Entry
from pymake.ruffus.failures import failed_call
from pymake.ruffus.structure import names_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from pymake.errors import JobError
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.ruffus.book import Book
    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.tasks import Task


class Entering:
    """Owns the growth of the plan of one run; implements `Growth`. `suspects` is the row of the survey."""

    def __init__(self, plan: Plan, book: Book, suspects: bytearray) -> None:
        self._plan = plan
        self._book = book
        self._suspects = suspects
        self._rows: dict[Task, JobId] = {}
        self._behind: dict[Task, list[JobId]] = {task: [] for task in book.tasks}
        self._makers = _Makers(book)
        for task, row in zip(book.tasks, plan.expand_jobs(), strict=True):
            self._rows[task] = row
            for parent in book.ready.graph[task]:
                if parent in self._rows:
                    self._behind[parent].append(row)
                    plan.await_too(row, self._rows[parent])
        self.dropped: dict[Task, Sequence[str]] = {}

    def expand(self, job: JobId) -> Grown:
        """As `Growth` says; a task that is inactive has no jobs."""
        plan, book = self._plan, self._book
        task = book.tasks[plan.task_of(job)]
        if not task.is_active:
            book.messages.say(2, f"Inactive Task = {task.display_name!r}")
            return Grown(suspects=(), readers={})
        book.messages.enters(task, forced=task in book.ready.forced)
        book.now.look_again()
        try:
            parameters, self.dropped[task], _ = book.now.jobs(task)
        except Exception as error:
            book.parameters_failed(task, error)
            raise PymakeError(f"the parameters of {task.display_name} cannot be made") from error
        joined = [self._joined(job, task, each) for each in parameters]
        self._suspects.extend(b"\1" * len(joined))
        return Grown(suspects=joined, readers={})

    def pending_maker(self, _path: str) -> JobId | None:
        """None: files make no order here."""
        return None

    def _joined(self, row: JobId, task: Task, parameters: Parameters) -> JobId:
        plan = self._plan
        spec = JobSpec(inputs=(), outputs=(), action=Call(task=str(plan.task_of(row)), arguments=()))
        job = plan.add_job(plan.task_of(row), spec)
        self._book.jobs[job] = Entry(task, parameters)
        for behind in self._behind[task]:
            plan.await_too(behind, job)
        self._makers.check(task, parameters)
        return job


class _Makers:
    """Says so, once for each pair, when two tasks make one file; what is passed through is made by neither."""

    def __init__(self, book: Book) -> None:
        self._messages = book.messages
        self._makers: dict[str, Task] = {}
        self._told: set[tuple[Task, Task]] = set()

    def check(self, task: Task, job: Parameters) -> None:
        """Look at the outputs of one more job."""
        prepared = task.prepared
        if prepared is None or not prepared.judged or len(job.shown) < 2 or not self._messages.verbose:
            return
        passed = set(names_in(job.shown[0]))
        for name in names_in(job.shown[1]):
            other = self._makers.setdefault(name, task)
            if other is not task and name not in passed and (other, task) not in self._told:
                self._told.add((other, task))
                self._messages.two_makers(other, task, name)


class Finishing:
    """Owns how many jobs of each task are not settled; implements `Ends`.

    A task is finished, and what `posttask` names is called, when it was entered and all its jobs are settled well,
    even if none of them had to run.
    """

    def __init__(self, plan: Plan, book: Book, entering: Entering) -> None:
        self._plan = plan
        self._book = book
        self._entering = entering
        self._left = [1] * len(book.tasks)  # the expand jobs
        self._ran: set[int] = set()
        self._lost: set[int] = set()

    def join(self, jobs: Iterable[JobId]) -> None:
        """As `Ends` says."""
        for job in jobs:
            self._left[self._plan.task_of(job)] += 1

    def lose(self, jobs: Iterable[JobId]) -> None:
        """As `Ends` says."""
        self._lost.update(map(self._plan.task_of, jobs))

    def settle(self, job: JobId, started: Container[JobId]) -> JobError | None:
        """As `Ends` says."""
        number = self._plan.task_of(job)
        self._left[number] -= 1
        if job in started:
            self._ran.add(number)
        task = self._book.tasks[number]
        if self._left[number] or number in self._lost or not task.is_active:
            return None
        return self._finished(task, ran=number in self._ran, is_empty=self._plan.is_expand_job(job))

    def _finished(self, task: Task, *, ran: bool, is_empty: bool) -> JobError | None:
        book = self._book
        book.messages.finished(task, ran=ran)
        dropped = self._entering.dropped[task]
        if is_empty and dropped:
            book.messages.no_match(task, dropped)
        try:
            for function in () if book.conduct.records_only else task.posttask_functions:
                function()
        except Exception as error:  # noqa: BLE001  # code of the user
            book.posttask_failed(task, error)
            return failed_call(error)
        return None
