"""What one run knows of its tasks and jobs, beside the plan; the parts of the run share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pymake.dataclass import dataclass
from pymake.ruffus.failures import parameters_failed, posttask_failed, raised_in
from pymake.ruffus.ruffus_exceptions import RethrownJobError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.errors import JobError
    from pymake.model.ids import JobId
    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.messages import Messages
    from pymake.ruffus.readying import Ready
    from pymake.ruffus.tasks import Prepared, Task

NOT_CALLED = 2
"""`touch_files_only=2`: write records of what is there, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a run behaves: see the parameters of `pipeline_run`."""

    slots: int = 1
    touch_only: bool | int = False
    terminate_at_once: bool = False
    log_exceptions: bool = False
    one_second: bool = False

    @property
    def records_only(self) -> bool:
        """Whether nothing is called and nothing touched."""
        return self.touch_only is not True and self.touch_only == NOT_CALLED  # True == 1, which is another mode


class Entry(NamedTuple):
    """A job of the plan: its task and its parameters."""

    task: Task
    parameters: Parameters

    @property
    def prepared(self) -> Prepared:
        """What the run made of the task."""
        assert self.task.prepared is not None, "a run prepares every task that it reaches"
        return self.task.prepared


class Book:
    """Owns, for one run, which job is whose, and everything that went wrong.

    `tasks` are those that enter, parents first: the numbers of their rows in the plan. `refused` holds what was raised
    when a job was judged.
    """

    def __init__(self, ready: Ready, tasks: Sequence[Task], conduct: Conduct, messages: Messages) -> None:
        self.ready = ready
        self.now = ready.now
        self.tasks = tasks
        self.conduct = conduct
        self.messages = messages
        self.jobs: dict[JobId, Entry] = {}
        self.refused: dict[JobId, Exception] = {}
        self.failed = RethrownJobError()

    def job_failed(self, job: JobId, error: JobError) -> None:
        """A job failed, or could not even be judged."""
        if (refusal := self.refused.get(job)) is not None:
            self.parameters_failed(self.jobs[job].task, refusal)
            return
        raised = raised_in(error)
        kind = "pymake.ruffus.task.Ruffus_Keyboard_Interrupt_Exception" if raised.interrupts else raised.kind
        self._take([[*self._name(job), kind, raised.value, raised.trace]])

    def parameters_failed(self, task: Task, error: BaseException) -> None:
        """The parameters of the jobs of a task could not be made."""
        failed = parameters_failed(task, error)
        self.failed.specify_task(task, failed.main_msg)
        self._take(failed.job_exceptions)

    def posttask_failed(self, task: Task, error: BaseException) -> None:
        """What a task has as posttask raised this."""
        failed = posttask_failed(task, error)
        self.failed.specify_task(task, failed.main_msg)
        self._take(failed.job_exceptions)

    def interrupted(self, running: Iterable[JobId], kind: str, trace: str) -> None:
        """The run was interrupted: the jobs that have not ended did not end well."""
        self.failed.job_exceptions += [[*self._name(job), kind, "", trace] for job in running]
        if not len(self.failed):
            self.failed.append(["", "", kind, "", trace])

    def _take(self, entries: list[list[str]]) -> None:
        self.failed.job_exceptions += entries
        if self.conduct.log_exceptions:
            self.messages.failed(self.failed.get_nth_exception_str())

    def _name(self, job: JobId) -> tuple[str, str]:
        entry = self.jobs[job]
        return entry.task._name, self.messages.job_name(entry.task, entry.parameters)
