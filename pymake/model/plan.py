"""The plan: files and jobs in columns, behind typed questions."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.model.ids import FileId, JobId, TaskId
from pymake.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.errors import Place
    from pymake.model.job import Action, JobSpec
    from pymake.model.task import Task

NO_JOB = JobId(-1)


class Plan:
    """The compiled graph of files and jobs. It only ever grows; what is in it never changes.

    A job has a few ids in flat arrays and its action; there is no object for a file. Nobody outside this class sees
    an offset. Invariants: a path stands for one `FileId`; a file has at most one producer; jobs of one task are
    neighbours unless the task was expanded during the build.

    Filled by `planner.compile`: `add_task`, then `add_job` for each of its jobs.
    """

    __slots__ = (
        "_actions",
        "_consumers",
        "_depfiles",
        "_facts",
        "_followed",
        "_ids",
        "_inputs",
        "_order_only",
        "_outputs",
        "_paths",
        "_producers",
        "_task_inputs",
        "_task_jobs",
        "_task_of",
        "_tasks",
        "_waiting",
    )

    def __init__(self) -> None:
        self._paths: list[str] = []
        self._ids: dict[str, FileId] = {}
        self._producers = array("i")
        self._inputs = Rows()
        self._order_only = Rows()
        self._outputs = Rows()
        self._consumers: Rows | None = None
        self._waiting: Rows | None = None
        self._actions: list[Action] = []
        self._depfiles: dict[JobId, str] = {}
        self._facts: dict[JobId, tuple[tuple[str, str], ...]] = {}
        self._task_of = array("I")
        self._tasks: list[Task] = []
        self._task_jobs: list[list[JobId]] = []
        self._task_inputs: list[tuple[FileId, ...]] = []
        self._followed: list[tuple[TaskId, ...]] = []

    # Filling

    def add_task(self, task: Task) -> TaskId:
        """Take a task in; its jobs follow."""
        self._tasks.append(task)
        self._task_jobs.append([])
        self._task_inputs.append(())
        self._followed.append(())
        return TaskId(len(self._tasks) - 1)

    def set_followed(self, task: TaskId, followed: Iterable[TaskId]) -> None:
        """Every job of `task` waits until all jobs of the `followed` tasks are settled."""
        self._followed[task] = tuple(followed)

    def set_group_inputs(self, task: TaskId, paths: Iterable[str]) -> None:
        """What a group stands for: asking for the group asks for these files."""
        self._task_inputs[task] = tuple(self.add_file(path) for path in paths)

    def add_file(self, path: str) -> FileId:
        """The id of a normalised path; a new row the first time."""
        file = self._ids.get(path)
        if file is None:
            file = self._ids[path] = FileId(len(self._paths))
            self._paths.append(path)
            self._producers.append(NO_JOB)
        return file

    def add_job(self, task: TaskId, spec: JobSpec) -> JobId:
        """Append a job. The caller has made sure that no other job makes one of its outputs."""
        job = JobId(len(self._actions))
        self._actions.append(spec.action)
        self._task_of.append(task)
        self._task_jobs[task].append(job)
        self._inputs.append([self.add_file(path) for path in spec.inputs])
        self._order_only.append([self.add_file(path) for path in spec.order_only])
        outputs = [self.add_file(path) for path in spec.outputs]
        self._outputs.append(outputs)
        for file in outputs:
            self._producers[file] = job
        if spec.depfile is not None:
            self._depfiles[job] = spec.depfile
        if spec.facts:
            self._facts[job] = spec.facts
        self._consumers = self._waiting = None
        return job

    # Files

    @property
    def file_count(self) -> int:
        """How many files: ids are `range(file_count)`."""
        return len(self._paths)

    def path(self, file: FileId) -> str:
        """The path, relative to the root (absolute only for files outside)."""
        return self._paths[file]

    def paths(self) -> Sequence[str]:
        """All paths, by id."""
        return self._paths

    def file(self, path: str) -> FileId | None:
        """The id of a path, None if the plan does not know it."""
        return self._ids.get(path)

    def producer(self, file: FileId) -> JobId | None:
        """The job that makes the file, None for a source."""
        job = self._producers[file]
        return None if job == NO_JOB else JobId(job)

    def consumers(self, file: FileId) -> Sequence[JobId]:
        """The jobs of which the file is a declared dirtying input."""
        if self._consumers is None:
            self._consumers = self._inputs.inverted(len(self._paths))
        return self._consumers[file]  # type: ignore[return-value]  # an array of ids cannot be typed as JobId

    def waiting(self, file: FileId) -> Sequence[JobId]:
        """The jobs of which the file is an order-only input."""
        if self._waiting is None:
            self._waiting = self._order_only.inverted(len(self._paths))
        return self._waiting[file]  # type: ignore[return-value]  # as above

    # Jobs

    @property
    def job_count(self) -> int:
        """How many jobs: ids are `range(job_count)`."""
        return len(self._actions)

    def jobs(self) -> Iterable[JobId]:
        """All jobs, in the order of the build file."""
        return map(JobId, range(len(self._actions)))

    def dirtying(self, job: JobId) -> Sequence[FileId]:
        """The declared inputs whose content decides, in the order of declaration, without repetition."""
        return self._inputs[job]  # type: ignore[return-value]  # as above

    def order_only(self, job: JobId) -> Sequence[FileId]:
        """The inputs that must only exist first."""
        return self._order_only[job]  # type: ignore[return-value]  # as above

    @property
    def has_order_only(self) -> bool:
        """Whether any job has an order-only input."""
        return self._order_only.size > 0

    def is_in_order(self) -> bool:
        """Whether jobs only need what jobs before them make, and no task follows another: then there is no cycle."""
        if any(self._followed):
            return False
        producers = self._producers
        return all(
            producers[file] < job
            for job in range(len(self._actions))
            for rows in (self._inputs, self._order_only)
            for file in rows[job]
        )

    def outputs(self, job: JobId) -> Sequence[FileId]:
        """The files that the job makes, in the order of declaration."""
        return self._outputs[job]  # type: ignore[return-value]  # as above

    def output_paths(self, job: JobId) -> tuple[str, ...]:
        """The paths of `outputs`."""
        return tuple(self._paths[file] for file in self._outputs[job])

    def action(self, job: JobId) -> Action:
        """What the job runs."""
        return self._actions[job]

    def depfile(self, job: JobId) -> str | None:
        """Where the run reports its discovered inputs."""
        return self._depfiles.get(job)

    def facts(self, job: JobId) -> tuple[tuple[str, str], ...]:
        """Further named texts that decide (see `JobSpec.facts`)."""
        return self._facts.get(job, ())

    def label(self, job: JobId) -> str:
        """`task first-output`, as progress lines and errors name a job; the task alone if it has no output."""
        name = self._tasks[self._task_of[job]].name
        outputs = self._outputs[job]
        return f"{name} {self._paths[outputs[0]]}" if outputs else name

    def place(self, job: JobId) -> Place:
        """Where the task of the job is declared."""
        return self._tasks[self._task_of[job]].place

    # Tasks

    @property
    def task_count(self) -> int:
        """How many tasks: ids are `range(task_count)`."""
        return len(self._tasks)

    def task(self, task: TaskId) -> Task:
        """The declaration."""
        return self._tasks[task]

    def task_of(self, job: JobId) -> TaskId:
        """The task that the job is an application of."""
        return TaskId(self._task_of[job])

    def task_jobs(self, task: TaskId) -> Sequence[JobId]:
        """The jobs of a task, in order."""
        return self._task_jobs[task]

    def followed(self, task: TaskId) -> tuple[TaskId, ...]:
        """The tasks of which every job must be settled before any job of `task` starts."""
        return self._followed[task]

    def group_inputs(self, task: TaskId) -> tuple[FileId, ...]:
        """The files that a group stands for."""
        return self._task_inputs[task]
