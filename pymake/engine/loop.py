"""The loop: judge what is ready, launch what there is room for, commit what ended, until everything is settled."""

from __future__ import annotations

import heapq
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.engine.manifest import action_text
from pymake.engine.recorder import Edited, ReadTooEarly, Recorded, Rejected
from pymake.engine.scheduler import JobState
from pymake.errors import InputKeepsChanging, InternalError, JobError, PymakeError, assert_never
from pymake.model.events import BuildEnded, BuildStarted, JobEnded, JobStarted, Note, Progress, Summary
from pymake.model.job import Cancelled, Failed, Launch, Succeeded
from pymake.model.verdict import Clean, Dirty, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.engine.manifest import Manifests
    from pymake.engine.recorder import Recorder
    from pymake.engine.scheduler import Scheduler
    from pymake.engine.survey import Survey
    from pymake.interfaces import Clock, Executor, Interrupts, Logs, Rebuilder, Reporter
    from pymake.model.ids import JobId
    from pymake.model.job import Outcome
    from pymake.model.plan import Plan
    from pymake.model.verdict import Reason

MOST_EDITS = 2
"""How often a job is run once more because an input was edited while it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a build behaves when something goes wrong."""

    slots: int
    keep_going: bool = False
    keep_failed: bool = False
    timeout: float | None = None
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one build is composed of."""

    plan: Plan
    survey: Survey
    scheduler: Scheduler
    rebuilder: Rebuilder
    recorder: Recorder
    manifests: Manifests
    executor: Executor
    reporter: Reporter
    interrupts: Interrupts
    logs: Logs
    clock: Clock
    env_of: Callable[[JobId], tuple[tuple[str, str], ...]]


class Build:
    """Owns one build from the survey to the summary. One thread."""

    def __init__(self, parts: Parts, conduct: Conduct) -> None:
        self._parts = parts
        self._conduct = conduct
        self._reasons: dict[JobId, Reason] = {}
        self._attempts: dict[JobId, int] = {}
        self._edits: dict[JobId, int] = {}
        self._later: list[tuple[float, JobId]] = []
        self._started: set[JobId] = set()
        self._errors: list[JobError] = []
        self._not_run = 0
        self._ended = 0
        self._stopping = False
        self._signals = 0

    def run(self) -> Summary:
        """Run until every suspect is settled, and say how it went.

        Raises:
            PymakeError: the disk or the memory refuses. What ran is killed, and leaves nothing half made.
        """
        parts = self._parts
        began = parts.clock.monotonic()
        suspects = sum(parts.survey.suspects)
        parts.reporter.handle(BuildStarted(total=parts.survey.total, suspects=suspects, slots=self._conduct.slots))
        room = parts.executor.room()
        try:
            self._settle_all()
        except PymakeError as error:
            self._give_up(room)
            if self._started:
                error.exit_code = 1
            raise
        summary = self._summary(parts.clock.monotonic() - began)
        parts.reporter.handle(BuildEnded(summary=summary))
        return summary

    def _settle_all(self) -> None:
        while self._parts.scheduler.open:
            self._heed_signals()
            self._judge_ready()
            self._launch_queued()
            if self._parts.scheduler.open:
                self._wait()

    def _give_up(self, room: int) -> None:
        """Kill what runs, until there is as much room as before, and remove what it has written.

        What has just ended and is not yet recorded goes too: the next build would not believe it.
        """
        executor, scheduler = self._parts.executor, self._parts.scheduler
        unrecorded = [job for job in self._started if scheduler.state(job) in (JobState.RUNNING, JobState.ENDED)]
        with suppress(PymakeError):
            executor.cancel(unrecorded, at_once=True)
            while executor.room() < room:
                executor.wait(None)
        for job in unrecorded:
            with suppress(PymakeError):
                self._parts.recorder.discard(job)

    def _summary(self, seconds: float) -> Summary:
        survey, scheduler = self._parts.survey, self._parts.scheduler
        received = self._parts.interrupts.received()
        cleared = survey.total - sum(survey.suspects)
        return Summary(
            ran=len(self._started),
            up_to_date=cleared + scheduler.count(JobState.CLEAN),
            failed=len(self._errors),
            not_run=self._not_run,
            seconds=seconds,
            errors=tuple(self._errors),
            interrupted=received[0] if received else None,
        )

    def _judge_ready(self) -> None:
        scheduler = self._parts.scheduler
        spared = False
        while (job := scheduler.next_ready()) is not None:
            verdict = self._parts.rebuilder.judge(job)
            match verdict:
                case Clean():
                    scheduler.settle(job, JobState.CLEAN)
                    spared = True
                case Dirty(reason=reason):
                    self._reasons[job] = reason
                    scheduler.enqueue(job)
                case _:
                    assert_never(verdict)
            if self._parts.executor.room() and scheduler.count(JobState.QUEUED):
                self._launch_queued()
        if spared and self._started:
            self._parts.reporter.handle(Progress(done=self._ended, expected=self._expected()))

    def _launch_queued(self) -> None:
        executor, scheduler = self._parts.executor, self._parts.scheduler
        while not self._stopping and executor.room() and (job := scheduler.next_launch()) is not None:
            self._launch(job)

    def _launch(self, job: JobId) -> None:
        parts, plan = self._parts, self._parts.plan
        task = plan.task(plan.task_of(job))
        parts.recorder.prepare(job)
        label = plan.label(job)
        parts.reporter.handle(
            JobStarted(
                job=job,
                task=task.name,
                label=label,
                outputs=plan.output_paths(job),
                command=action_text(plan, job),
                reason=describe(self._reasons[job]),
                usual=parts.survey.usual.get(job),
            )
        )
        self._started.add(job)
        launch = Launch(
            job=job,
            label=label,
            action=plan.action(job),
            env=parts.env_of(job),
            log=parts.logs.path(parts.manifests.key(job)),
            timeout=task.timeout if task.timeout is not None else self._conduct.timeout,
        )
        parts.executor.start(launch)

    def _wait(self) -> None:
        parts = self._parts
        running = parts.scheduler.count(JobState.RUNNING)
        if not running and not self._later and not parts.scheduler.count(JobState.READY):
            raise InternalError("the build is stuck: jobs are left, and none is ready or runs")
        for outcome in parts.executor.wait(self._patience()):
            parts.scheduler.end(outcome.job)
            self._end(outcome)
        now = parts.clock.monotonic()
        while self._later and self._later[0][0] <= now:
            parts.scheduler.enqueue(heapq.heappop(self._later)[1])

    def _patience(self) -> float | None:
        """Seconds until a job is to be tried again; None to wait for an outcome only."""
        if not self._later:
            return None
        return max(self._later[0][0] - self._parts.clock.monotonic(), 0.0)

    def _end(self, outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                self._commit(outcome)
            case Failed():
                self._attempts[outcome.job] = self._attempts.get(outcome.job, 0) + 1
                if self._retry(outcome.job):
                    return
                self._fail(outcome, outcome.error)
            case Cancelled(job=job):
                self._drop_running(job)
            case _:
                assert_never(outcome)

    def _commit(self, outcome: Succeeded) -> None:
        parts, job = self._parts, outcome.job
        commit = parts.recorder.commit(
            job,
            outcome,
            reason=self._reasons[job],
            can_wait_for=lambda producer: parts.scheduler.can_wait_for(job, producer),
        )
        match commit:
            case Recorded():
                parts.scheduler.settle(job, JobState.DONE)
                self._ended += 1
                self._report(outcome, None)
            case Edited(path=path):
                self._edited(outcome, path)
            case ReadTooEarly(producers=producers):
                parts.scheduler.postpone(job, producers)
            case Rejected(error=error):
                self._fail(outcome, error)
            case _:
                assert_never(commit)

    def _edited(self, outcome: Succeeded, path: str) -> None:
        """Run the job again with the new content, a few times at most."""
        job = outcome.job
        self._edits[job] = self._edits.get(job, 0) + 1
        label = self._parts.plan.label(job)
        if self._edits[job] > MOST_EDITS:
            self._fail(outcome, InputKeepsChanging(f"input {path} was edited in each of {MOST_EDITS + 1} runs"))
            return
        if self._stopping:
            self._drop_running(job)
            return
        self._note(f"{label}: input {path} was edited during the run; running it again")
        self._parts.scheduler.enqueue(job)

    def _retry(self, job: JobId) -> bool:
        """Whether a job that failed is tried once more; then it is under way."""
        task = self._parts.plan.task(self._parts.plan.task_of(job))
        allowed = max(task.retries, self._conduct.retries)
        attempt = self._attempts[job]
        if self._stopping or attempt > allowed:
            return False
        self._note(f"{self._parts.plan.label(job)}: attempt {attempt} of {allowed + 1} failed; trying again")
        self._parts.scheduler.delay(job)
        heapq.heappush(self._later, (self._parts.clock.monotonic() + task.retry_delay, job))
        return True

    def _drop_running(self, job: JobId) -> None:
        """A job that started and will not end well in this build, for no fault of its own."""
        try:
            self._parts.recorder.discard(job)
        except PymakeError as refusal:
            self._note(str(refusal))
        self._leave(self._parts.scheduler.settle(job, JobState.FAILED))

    def _fail(self, outcome: Failed | Succeeded, error: JobError) -> None:
        parts, job = self._parts, outcome.job
        error.task = parts.plan.task(parts.plan.task_of(job)).name
        error.outputs = parts.plan.output_paths(job)
        error.place = error.place or parts.plan.place(job)
        if not self._conduct.keep_failed:
            try:
                parts.recorder.discard(job)
            except PymakeError as refusal:
                error.facts += (("also", refusal.message), *refusal.facts)
        parts.recorder.record_failure(job, outcome, self._reasons[job], error)
        self._errors.append(error)
        self._leave(parts.scheduler.settle(job, JobState.FAILED))
        self._ended += 1
        self._report(outcome, error)
        if not self._conduct.keep_going:
            self._stop()

    def _stop(self) -> None:
        """Start nothing new; what runs may end."""
        self._stopping = True
        self._leave(self._parts.scheduler.drop_rest())
        self._later.clear()

    def _leave(self, jobs: Iterable[JobId]) -> None:
        """Count jobs that will not be started; those that wait for another attempt have been."""
        self._not_run += sum(job not in self._started for job in jobs)

    def _heed_signals(self) -> None:
        """First signal: no new jobs, the running ones are asked to end. Second: they are killed."""
        signals = len(self._parts.interrupts.received())
        if signals == self._signals:
            return
        self._signals = signals
        self._stop()
        running = self._parts.scheduler.running()
        if running and signals == 1:
            count = "1 job" if len(running) == 1 else f"{len(running)} jobs"
            self._note(f"interrupted: ending {count}; once more kills")
        self._parts.executor.cancel(running, at_once=signals > 1)

    def _report(self, outcome: Failed | Succeeded, error: JobError | None) -> None:
        parts, job = self._parts, outcome.job
        printed, left_out = "", 0
        if outcome.printed:
            printed, left_out = parts.logs.excerpt(parts.logs.path(parts.manifests.key(job)))
        parts.reporter.handle(
            JobEnded(
                job=job,
                task=parts.plan.task(parts.plan.task_of(job)).name,
                label=parts.plan.label(job),
                outputs=parts.plan.output_paths(job),
                seconds=outcome.seconds,
                done=self._ended,
                expected=self._expected(),
                printed=printed,
                left_out=left_out,
                error=error,
            )
        )

    def _expected(self) -> int:
        """How many jobs will have run at the end, if every suspect that is open has to run."""
        return self._ended + self._parts.scheduler.open

    def _note(self, text: str) -> None:
        self._parts.reporter.handle(Note(text=text))
