"""The plan: files and jobs in columns, behind typed questions."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.errors import InternalError
from pymake.model.column import Column
from pymake.model.ids import FileId, JobId, TaskId
from pymake.model.rows import Rows, with_late

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

    Filled by `planner.compile`: `add_task`, then `add_job` for each of its jobs. What waits for the outputs of a run
    is a row too, an *expand job*: it has no files and no action, `jobs` leaves it out, and `awaited` says for which
    jobs it waits. When those are settled, the jobs of its task are added.
    """

    __slots__ = (
        "_actions",
        "_awaited",
        "_by_pattern",
        "_consumers",
        "_deferred",
        "_depfiles",
        "_expand_jobs_behind",
        "_facts",
        "_folders",
        "_followed",
        "_found",
        "_ids",
        "_inputs",
        "_late_consumers",
        "_late_waiting",
        "_order_only",
        "_outputs",
        "_paths",
        "_patterns",
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
        self._late_consumers: dict[FileId, list[JobId]] = {}
        self._late_waiting: dict[FileId, list[JobId]] = {}
        self._actions: list[Action | None] = []
        self._patterns: dict[JobId, tuple[str, ...]] = {}
        self._by_pattern: dict[str, JobId] = {}
        self._found: dict[JobId, tuple[FileId, ...]] = {}
        self._deferred = 0
        self._awaited: dict[JobId, list[JobId]] = {}
        self._expand_jobs_behind: dict[JobId, list[JobId]] = {}
        self._depfiles: dict[JobId, str] = {}
        self._facts: dict[JobId, tuple[tuple[str, str], ...]] = {}
        self._task_of = array("I")
        self._tasks: list[Task] | Column[Task] = []
        self._task_jobs: list[list[JobId]] = []
        self._task_inputs: list[tuple[FileId, ...]] = []
        self._folders: dict[TaskId, tuple[str, ...]] = {}
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

    def set_folders(self, task: TaskId, folders: tuple[str, ...]) -> None:
        """Folders to make before any job of the task runs."""
        self._folders[task] = folders

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
        inputs = [self.add_file(path) for path in spec.inputs]
        order_only = [self.add_file(path) for path in spec.order_only]
        outputs = [self.add_file(path) for path in spec.outputs]
        job = self._append(task, spec.action, inputs, order_only, outputs)
        self._task_jobs[task].append(job)
        for file in outputs:
            self._producers[file] = job
        if spec.patterns:
            self._patterns[job] = spec.patterns
            self._by_pattern.update(dict.fromkeys(spec.patterns, job))
        if spec.depfile is not None:
            self._depfiles[job] = spec.depfile
        if spec.facts:
            self._facts[job] = spec.facts
        return job

    def add_expand_job(self, task: TaskId, awaited: Iterable[JobId]) -> JobId:
        """Append the expand job of a task: its jobs are known when the `awaited` ones are settled."""
        job = self._append(task, None, (), (), ())
        self._awaited[job] = []
        for upstream in awaited:
            self.await_too(job, upstream)
        return job

    def defer(self, count: int) -> None:
        """So many tasks have no jobs yet, since these are known only after a run."""
        self._deferred = count

    @property
    def is_whole(self) -> bool:
        """Whether the jobs of all tasks are known."""
        return not self._deferred

    def await_too(self, expand_job: JobId, upstream: JobId) -> None:
        """One more job that an expand job waits for."""
        behind = self._expand_jobs_behind.setdefault(upstream, [])
        if expand_job not in behind:  # not asked of what is awaited, which may be thousands
            behind.append(expand_job)
            self._awaited[expand_job].append(upstream)

    def add_found(self, job: JobId, paths: Iterable[str]) -> None:
        """What the output patterns of a settled job stand for; they count as its outputs from now on."""
        self._found[job] = tuple(self.add_file(path) for path in paths)
        for file in self._found[job]:
            self._producers[file] = job

    def _append(
        self,
        task: TaskId,
        action: Action | None,
        inputs: Sequence[FileId],
        order_only: Sequence[FileId],
        outputs: Sequence[FileId],
    ) -> JobId:
        """One more row. Those after somebody asked who reads a file are kept apart, or growth is quadratic."""
        job = JobId(len(self._actions))
        self._actions.append(action)
        self._task_of.append(task)
        self._inputs.append(inputs)
        self._order_only.append(order_only)
        self._outputs.append(outputs)
        for known, late, files in (
            (self._consumers, self._late_consumers, inputs),
            (self._waiting, self._late_waiting, order_only),
        ):
            if known is not None:
                for file in files:
                    late.setdefault(file, []).append(job)
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

    def is_made(self, path: str) -> bool:
        """Whether a job makes this path."""
        file = self._ids.get(path)
        return file is not None and self._producers[file] != NO_JOB

    def producer(self, file: FileId) -> JobId | None:
        """The job that makes the file, None for a source."""
        job = self._producers[file]
        return None if job == NO_JOB else JobId(job)

    def consumers(self, file: FileId) -> Sequence[JobId]:
        """The jobs of which the file is a declared dirtying input."""
        if self._consumers is None:
            self._consumers = self._inputs.inverted(len(self._paths))
        return with_late(self._consumers, self._late_consumers, file)

    def waiting(self, file: FileId) -> Sequence[JobId]:
        """The jobs of which the file is an order-only input."""
        if self._waiting is None:
            self._waiting = self._order_only.inverted(len(self._paths))
        return with_late(self._waiting, self._late_waiting, file)

    # Jobs

    @property
    def job_count(self) -> int:
        """How many jobs, expand jobs too: ids are `range(job_count)`."""
        return len(self._actions)

    def jobs(self) -> Iterable[JobId]:
        """All jobs but expand jobs, in the order of the build file."""
        if self._awaited:
            return (job for job in map(JobId, range(len(self._actions))) if job not in self._awaited)
        return map(JobId, range(len(self._actions)))

    def expand_jobs(self) -> Sequence[JobId]:
        """The expand jobs, in the order in which they joined."""
        return tuple(self._awaited)

    def is_expand_job(self, job: JobId) -> bool:
        """Whether the row is no job that runs, but the making of the jobs of its task."""
        return job in self._awaited

    def awaited(self, expand_job: JobId) -> Sequence[JobId]:
        """The jobs that have to be settled before the jobs of the task are known."""
        return self._awaited[expand_job]

    def expand_jobs_behind(self, job: JobId) -> Sequence[JobId]:
        """The expand jobs that wait for a job."""
        return self._expand_jobs_behind.get(job, ())

    def patterns(self, job: JobId) -> tuple[str, ...]:
        """The output patterns of an open job; what they stand for is known when it is settled."""
        return self._patterns.get(job, ())

    @property
    def has_patterns(self) -> bool:
        """Whether any job has output patterns."""
        return bool(self._patterns)

    def open_jobs(self) -> Sequence[JobId]:
        """The jobs that have output patterns."""
        return tuple(self._patterns)

    def is_found(self, job: JobId) -> bool:
        """Whether it is known what the output patterns of a job stand for."""
        return job in self._found

    def dirtying(self, job: JobId) -> Sequence[FileId]:
        """The declared inputs whose content decides, in the order of declaration, without repetition."""
        return self._inputs[job]  # type: ignore[return-value]  # an array of ids cannot be typed as JobId

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
        """The files that the job makes: declared ones in the order of declaration, then those found for patterns."""
        if job in self._found:
            return (*self.declared_outputs(job), *self._found[job])
        return self._outputs[job]  # type: ignore[return-value]  # as above

    def found_paths(self, job: JobId) -> tuple[str, ...]:
        """What the patterns of an open job turned out to stand for, as far as that is known."""
        return tuple(self._paths[file] for file in self._found.get(job, ()))

    def maker_of_pattern(self, pattern: str) -> JobId | None:
        """The open job with this very output pattern."""
        return self._by_pattern.get(pattern)

    def declared_outputs(self, job: JobId) -> Sequence[FileId]:
        """The outputs that are known by name before any run."""
        return self._outputs[job]  # type: ignore[return-value]  # as above

    def output_paths(self, job: JobId) -> tuple[str, ...]:
        """The paths of `outputs`."""
        return tuple(self._paths[file] for file in self.outputs(job))

    def action(self, job: JobId) -> Action:
        """What the job runs."""
        action = self._actions[job]
        if action is None:
            raise InternalError(f"{self.label(job)} is an expand job and runs nothing")
        return action

    def depfile(self, job: JobId) -> str | None:
        """Where the run reports its discovered inputs."""
        return self._depfiles.get(job)

    def facts(self, job: JobId) -> tuple[tuple[str, str], ...]:
        """Further named texts that decide (see `JobSpec.facts`)."""
        return self._facts.get(job, ())

    def label(self, job: JobId) -> str:
        """`task first-output`, as progress lines and errors name a job; the task alone if it has no output.

        The first output pattern, where no output is declared by name.
        """
        name = self._tasks[self._task_of[job]].name
        outputs = self._outputs[job]
        if not outputs:
            return " ".join((name, *self.patterns(job)[:1]))
        return f"{name} {self._paths[outputs[0]]}"

    def place(self, job: JobId) -> Place:
        """Where the task of the job is declared."""
        return self._tasks[self._task_of[job]].place

    # Tasks

    @property
    def is_restored(self) -> bool:
        """Whether the plan was read back, so that asking for every task would make an object of each."""
        return isinstance(self._tasks, Column)

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

    def task_rows(self, task: TaskId) -> Sequence[JobId]:
        """The jobs of a task and its expand jobs."""
        return [*self._task_jobs[task], *(job for job in self._awaited if self._task_of[job] == task)]

    def followed(self, task: TaskId) -> tuple[TaskId, ...]:
        """The tasks of which every job must be settled before any job of `task` starts."""
        return self._followed[task]

    def folders(self, task: TaskId) -> tuple[str, ...]:
        """Folders to make before any job of the task runs."""
        return self._folders.get(task, ())

    def tasks_with_folders(self) -> Iterable[TaskId]:
        """The tasks for which folders are made."""
        return self._folders

    def group_inputs(self, task: TaskId) -> tuple[FileId, ...]:
        """The files that a group stands for."""
        return self._task_inputs[task]
