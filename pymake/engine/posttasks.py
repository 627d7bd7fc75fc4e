"""`posttask`: what is called when a task is done.

It is called in the engine's own thread, once, right before the last job of the task counts as settled, so what follows
the task starts after it. It is called if something happened: a job of the task ran in this build, or one of a task
upstream did and the task was entered, though all of its jobs proved up to date. It is not called if a job of the task
failed or was not run, nor in a build with nothing to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import CallFailed, JobError
from pymake.model.ids import JobId

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from pymake.engine.survey import Survey
    from pymake.model.ids import TaskId
    from pymake.model.plan import Plan


class PostTasks:
    """Owns, for the tasks that have a posttask, which of their jobs are not settled.

    `actions` are what is called, by the name of the task.
    """

    def __init__(self, plan: Plan, survey: Survey, actions: Mapping[str, Sequence[Callable[[], object]]]) -> None:
        self._plan = plan
        self._actions = actions
        self._open: dict[TaskId, set[JobId]] = {}
        self._lost: set[TaskId] = set()
        self._done: set[TaskId] = set()
        self._entered: set[TaskId] = set()
        if actions:
            self.join(job for job in map(JobId, range(plan.job_count)) if survey.suspects[job])

    def join(self, jobs: Iterable[JobId]) -> None:
        """These jobs, or expand jobs, have to be settled too."""
        for job in jobs if self._actions else ():
            self._open.setdefault(self._plan.task_of(job), set()).add(job)

    def lose(self, jobs: Iterable[JobId]) -> None:
        """These jobs failed or will not run: their tasks are never done."""
        self._lost.update(self._plan.task_of(job) for job in jobs if self._actions)

    def settle(self, job: JobId, started: Container[JobId]) -> JobError | None:
        """A job is about to be settled, and well; calls the posttask of its task if it is the last one.

        Returns:
            what went wrong in the posttask.
        """
        if not self._actions:
            return None
        task = self._plan.task_of(job)
        left = self._open.setdefault(task, set())
        left.discard(job)
        if self._is_entered(job, started):
            self._entered.add(task)
        if left or task in self._done or task in self._lost or task not in self._entered:
            return None
        self._done.add(task)
        return self._called(task)

    def _is_entered(self, job: JobId, started: Container[JobId]) -> bool:
        """Whether the job ran, or something right before it did."""
        plan = self._plan
        if job in started:
            return True
        producers = map(plan.producer, (*plan.dirtying(job), *plan.order_only(job)))
        upstream = {plan.task_of(producer) for producer in producers if producer is not None}
        upstream.update(plan.followed(plan.task_of(job)))
        return any(
            task in self._entered or any(other in started for other in plan.task_jobs(task)) for task in upstream
        )

    def _called(self, task: TaskId) -> JobError | None:
        declared = self._plan.task(task)
        try:
            for action in self._actions.get(declared.name, ()):
                action()
        except Exception as error:  # noqa: BLE001  # code of the user
            failed = CallFailed(
                f"posttask raised {type(error).__name__}: {error}",
                task=declared.name,
                place=declared.place,
                facts=[("at", line) for line in _frames(error)],
            )
            failed.exception = error
            return failed
        return None


def _frames(error: BaseException) -> list[str]:
    """The user's frames, the innermost last."""
    from traceback import extract_tb  # noqa: PLC0415  # 4 ms that only a failure needs

    frames = extract_tb(error.__traceback__)[1:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-3:]]
