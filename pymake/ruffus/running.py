"""Running a pipeline: tasks enter when their parents are finished, jobs run on the scheduler of the engine.

A task is a row of the plan, its jobs join when it enters, and its limit is a pool, so a limited job holds no worker.
Jobs are judged one by one just before they are queued. There is no pause between tasks and no waiting for an input
that is not there.
"""

from __future__ import annotations

import time
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.engine.scheduler import JobState, Scheduler
from pymake.engine.survey import Survey
from pymake.errors import Place, assert_never
from pymake.model.job import Call, Cancelled, Failed, JobSpec, Launch, Succeeded
from pymake.model.plan import Plan
from pymake.model.task import Task as PlanTask
from pymake.model.verdict import AlwaysRuns, Dirty, Forced
from pymake.ruffus.readying import parameters_failed
from pymake.ruffus.ruffus_exceptions import MissingInputFileError, RethrownJobError
from pymake.ruffus.structure import names_in
from pymake.ruffus.timestamps import Timestamps, reason_of
from pymake.ruffus.touching import touch_outputs
from pymake.ruffus.workers import InPlace, JobRaised, Raised, raised_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.model.ids import JobId, TaskId
    from pymake.model.verdict import Reason
    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.messages import Messages
    from pymake.ruffus.readying import Answer, Ready
    from pymake.ruffus.tasks import Task
    from pymake.ruffus.workers import Ending, Threadlike

ONE_SECOND = 1.01
"""What `one_second_per_job` waits: more than a second, whose parts an old file system does not tell apart."""
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


@dataclass(slots=True, kw_only=True)
class _Progress:
    """A task of the run: its row in the plan, and how many of its jobs are not settled."""

    row: TaskId
    left: int = 0
    ran: bool = False
    dropped: Sequence[str] = ()
    paused: bool = False


class Run:
    """Owns one run from the first task to the last. One thread."""

    def __init__(
        self,
        ready: Ready,
        tasks: Sequence[Task],
        conduct: Conduct,
        messages: Messages,
        executor: Callable[[dict[str, Callable[..., object]]], Threadlike],
    ) -> None:
        self._ready = ready
        self._conduct = conduct
        self._messages = messages
        self._plan = Plan()
        self._progress = {task: self._row(task) for task in tasks}
        names = set(self._progress)
        self._sorter = TopologicalSorter(
            {task: [parent for parent in ready.graph[task] if parent in names] for task in tasks}
        )
        self._rank = {task: at for at, task in enumerate(tasks)}
        limits = {task.limit.name: task.limit.most for task in tasks if task.limit is not None}
        self._suspects = bytearray()
        survey = Survey(suspects=self._suspects)
        self._scheduler = Scheduler(plan=self._plan, survey=survey, slots=conduct.slots, pools=limits)
        functions = {str(at): task.user_defined_work_func for task, at in self._rank.items()}
        self._here = InPlace(functions)
        self._pool = executor(functions)
        self._rebuilder = Timestamps(self._reason)
        self._jobs: dict[JobId, tuple[Task, Parameters]] = {}
        self._answers: dict[JobId, Answer | None] = {}
        self._failed = RethrownJobError()
        self._mine: list[JobId] = []
        self._makers: dict[str, Task] = {}
        self._told: set[tuple[Task, Task]] = set()
        self._stopping = False
        self._broken = False

    def run(self) -> None:
        """Run all tasks.

        Raises:
            RethrownJobError: jobs failed, or parameters could not be made.
        """
        self._sorter.prepare()
        try:
            self._enter_ready()
            while self._scheduler.open and not self._broken:
                self._launch()
                self._wait()
        except KeyboardInterrupt as error:
            self._interrupted(error)
        finally:
            self._pool.close()
        if len(self._failed):
            raise self._failed

    def _row(self, task: Task) -> _Progress:
        pool = task.limit.name if task.limit is not None else None
        place = Place(path=task.func_module_name)
        cores = 0 if task.in_main_process else 1
        return _Progress(row=self._plan.add_task(PlanTask(name=task.display_name, place=place, pool=pool, cores=cores)))

    # Tasks

    def _enter_ready(self) -> None:
        """Let every task in whose parents are finished."""
        while not self._stopping and (ready := self._sorter.get_ready()):
            for task in sorted(ready, key=self._rank.__getitem__):
                if not self._stopping:
                    self._enter(task)

    def _enter(self, task: Task) -> None:
        """Make the parameters of a task anew, and let its jobs join."""
        progress = self._progress[task]
        if not task.is_active:
            self._messages.say(2, f"Inactive Task = {task.display_name!r}")
            self._sorter.done(task)
            return
        self._messages.enters(task, forced=task in self._ready.forced)
        self._ready.now.look_again()
        try:
            jobs, progress.dropped, _ = self._ready.now.jobs(task)
        except Exception as error:  # noqa: BLE001  # the user's functions take part in it
            self._parameters_failed(task, error)
            return
        number = str(self._rank[task])
        joined = []
        for job in jobs:
            arguments = job.call[1:] if task.kind == "originate" else job.call
            spec = JobSpec(inputs=(), outputs=(), action=Call(task=number, arguments=tuple(arguments)))
            joined.append(self._plan.add_job(progress.row, spec))
            self._check_maker(task, job)
        self._jobs.update(zip(joined, ((task, job) for job in jobs), strict=True))
        progress.left = len(joined)
        if joined:
            self._suspects.extend(b"\1" * len(joined))
            self._scheduler.join(joined, {}, {})
        else:
            self._finish(task)

    def _check_maker(self, task: Task, job: Parameters) -> None:
        """Say so, once for each other task, when two tasks make one file; what is passed through is made by neither."""
        prepared = task.prepared
        if prepared is None or not prepared.judged or len(job.shown) < 2 or not self._messages.verbose:
            return
        passed = set(names_in(job.shown[0]))
        for name in names_in(job.shown[1]):
            other = self._makers.setdefault(name, task)
            if other is not task and name not in passed and (other, task) not in self._told:
                self._told.add((other, task))
                self._messages.two_makers(other, task, name)

    def _finish(self, task: Task) -> None:
        """All jobs of a task are settled, and none failed."""
        progress = self._progress[task]
        self._messages.finished(task, ran=progress.ran)
        if progress.dropped and not progress.left and not self._plan.task_jobs(progress.row):
            self._messages.no_match(task, progress.dropped)
        if not self._conduct.records_only:
            for function in task.posttask_functions:
                function()
        self._sorter.done(task)

    def _settle(self, job: JobId, state: JobState) -> None:
        self._scheduler.settle(job, state)
        task, _ = self._jobs[job]
        progress = self._progress[task]
        progress.left -= 1
        if state is JobState.DONE:
            progress.ran = True
        if not progress.left and state is not JobState.FAILED and not self._stopping:
            self._finish(task)
            self._enter_ready()

    # Jobs

    def _launch(self) -> None:
        """Judge all that is ready, and start what there is room for; then one job of this process."""
        while not self._stopping and (job := self._scheduler.next_ready()) is not None:
            self._judge(job)
            self._launch_queued()
        self._launch_queued()
        if self._mine and not self._stopping:
            self._start(self._mine.pop(0))

    def _launch_queued(self) -> None:
        while not self._stopping and self._pool.room() and (job := self._scheduler.next_launch()) is not None:
            if self._jobs[job][0].in_main_process:
                self._mine.append(job)
            else:
                self._start(job)

    def _reason(self, job: JobId) -> Reason | None:
        task, parameters = self._jobs[job]
        if task in self._ready.forced:
            self._answers[job] = None
            return Forced()
        answer = self._answers[job] = self._ready.answer(task, parameters)
        if not answer.needs_update:
            return None
        return AlwaysRuns() if answer.judgement is None else reason_of(answer.judgement)

    def _judge(self, job: JobId) -> None:
        task, parameters = self._jobs[job]
        try:
            dirty = isinstance(self._rebuilder.judge(job), Dirty)
            if dirty:
                self._check_inputs(task, parameters)
        except Exception as error:  # noqa: BLE001  # the user's own functions may judge
            self._scheduler.enqueue(job)
            self._parameters_failed(task, error)
            return
        if dirty:
            self._messages.job_starts(task, parameters, self._answers.pop(job))
            self._scheduler.enqueue(job)
        else:
            self._messages.job_spared(task, parameters)
            self._settle(job, JobState.CLEAN)

    def _check_inputs(self, task: Task, parameters: Parameters) -> None:
        """A job needs its inputs, unless it is forced or judged by a function of the user."""
        prepared = task.prepared
        if task in self._ready.forced or task.needs_update_func or prepared is None or not prepared.judged:
            return
        if len(parameters.call) < 2:
            return
        for name in names_in(parameters.call[0]):
            if self._ready.now.time(name) is None:
                raise MissingInputFileError(f"No way to run job: Input file '{name}' does not exist")

    def _start(self, job: JobId) -> None:
        task, parameters = self._jobs[job]
        progress = self._progress[task]
        if self._conduct.one_second and not progress.paused and task.kind != "originate":
            time.sleep(ONE_SECOND)
        progress.paused = True
        prepared = task.prepared
        assert prepared is not None, "a run prepares every task that it reaches"
        launch = Launch(job=job, label=task.display_name, action=self._plan.action(job), env=(), log="")
        if self._conduct.records_only:
            self._end(Succeeded(job=job, started=0.0, seconds=0.0, printed=False))
            return
        if prepared.judged:
            self._ready.now.forget(parameters)
        if prepared.makes_folders or (prepared.judged and self._conduct.touch_only):
            self._end(self._done_here(task, job, parameters))
        elif task.in_main_process:
            self._here.start(launch)
            for outcome in self._here.wait(None):
                self._end(outcome)
        else:
            try:
                self._pool.start(launch)
            except Exception as error:  # noqa: BLE001  # an argument that cannot be pickled may raise anything
                self._end(_failed(job, error))

    def _done_here(self, task: Task, job: JobId, parameters: Parameters) -> Ending:
        """Make folders, or touch outputs, without a worker."""
        prepared = task.prepared
        try:
            if prepared is not None and prepared.makes_folders:
                task.user_defined_work_func(parameters.call[1] if len(parameters.call) > 1 else parameters.call[0])
            else:
                touch_outputs(names_in(parameters.call[0]), names_in(parameters.call[1]))
        except Exception as error:  # noqa: BLE001  # the disk refuses
            return _failed(job, error)
        return Succeeded(job=job, started=0.0, seconds=0.0, printed=False)

    def _wait(self) -> None:
        if self._stopping:
            for job in self._mine:
                self._end(Cancelled(job=job))
            self._mine.clear()
        if not self._scheduler.count(JobState.RUNNING):
            return
        ended = self._pool.wait(0.0)
        if not ended and not self._mine:
            self._ready.now.flush()
            ended = self._pool.wait(None)
        for outcome in ended:
            self._end(outcome)

    def _end(self, outcome: Ending) -> None:
        job = outcome.job
        task, parameters = self._jobs[job]
        self._scheduler.end(job)
        match outcome:
            case Succeeded():
                prepared = task.prepared
                if prepared is not None and prepared.judged:
                    self._ready.now.remember(task, parameters)
                self._messages.job_done(task, parameters)
                self._settle(job, JobState.DONE)
            case Failed(error=error):
                self._ready.now.forget(parameters)
                self._scheduler.settle(job, JobState.FAILED)
                self._job_failed(task, parameters, error)
            case Cancelled():
                self._scheduler.settle(job, JobState.FAILED)
            case _:
                assert_never(outcome)

    # Failures

    def _job_failed(self, task: Task, parameters: Parameters, error: Exception) -> None:
        raised = error.raised if isinstance(error, JobRaised) else raised_by(error)
        kind = "pymake.ruffus.task.Ruffus_Keyboard_Interrupt_Exception" if raised.interrupts else raised.kind
        name = self._messages.job_name(task, parameters)
        self._failed.append([task.display_name, name, kind, raised.value, raised.trace])
        if self._conduct.log_exceptions:
            self._messages.failed(self._failed.get_nth_exception_str())
        self._stop()
        enough = len(self._failed) >= self._conduct.slots
        self._broken |= enough or raised.breaks or raised.interrupts or self._conduct.terminate_at_once

    def _parameters_failed(self, task: Task, error: Exception) -> None:
        failed = parameters_failed(task, error)
        self._failed.job_exceptions += failed.job_exceptions
        self._failed.specify_task(task, failed.main_msg)
        if self._conduct.log_exceptions:
            self._messages.failed(self._failed.get_nth_exception_str())
        self._stop()

    def _interrupted(self, error: KeyboardInterrupt) -> None:
        raised = raised_by(error)
        for job in self._scheduler.running():
            task, parameters = self._jobs[job]
            name = self._messages.job_name(task, parameters)
            self._failed.append([task.display_name, name, raised.kind, raised.value, raised.trace])
            self._ready.now.forget(parameters)
        if not len(self._failed):
            self._failed.append(["", "", raised.kind, raised.value, raised.trace])

    def _stop(self) -> None:
        """Start nothing new; what runs may end."""
        self._stopping = True
        self._scheduler.drop_rest()


def _failed(job: JobId, error: Exception) -> Failed:
    raised: Raised = raised_by(error)
    return Failed(job=job, started=0.0, seconds=0.0, printed=False, error=JobRaised(raised))
