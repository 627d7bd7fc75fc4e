"""What becomes of a job that ended: recorded, tried again, failed, or dropped."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from pymake.dataclass import replace
from pymake.engine.attempts import MOST_EDITS, Attempts, pause
from pymake.engine.recorder import Edited, ReadTooEarly, Recorded, Rejected, Run
from pymake.engine.scheduler import JobState
from pymake.engine.tempo import Tempo
from pymake.errors import InputKeepsChanging, JobError, OutputProtected, PymakeError, assert_never
from pymake.model.job import Began, Cancelled, Failed, Returned, Succeeded

_Ended = TypeVar("_Ended", Succeeded, Failed)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pymake.engine.parts import Conduct, Parts
    from pymake.engine.recorder import Commit
    from pymake.engine.tally import Tally
    from pymake.model.ids import JobId
    from pymake.model.job import Outcome
    from pymake.model.verdict import Reason


AFTER_EDIT = 0.03
"""Seconds before a job starts again whose input was just changed: more may be coming."""


class Settling:
    """Owns the way of a job from its outcome to a settled state, and whether anything new may start.

    `reasons` holds why each launched job ran; the loop fills it.
    """

    def __init__(self, parts: Parts, conduct: Conduct, tally: Tally, reasons: Mapping[JobId, Reason]) -> None:
        self._parts = parts
        self._conduct = conduct
        self._tally = tally
        self._reasons = reasons
        self._attempts = Attempts()
        self.tempo = Tempo(parts.plan, parts.survey.usual)
        self._recorded: set[JobId] = set()
        self._restarting: set[JobId] = set()
        self.stopping = False
        self.broken: PymakeError | None = None

    def clean(self, job: JobId) -> None:
        """The job was judged clean; what its output patterns stand for is as in its last run."""
        plan = self._parts.plan
        if plan.patterns(job) and not plan.is_found(job):
            plan.add_found(job, self._parts.rebuilder.remembered(job))
        self.settle_well(job, JobState.CLEAN)

    def expand(self, job: JobId) -> None:
        """All that an expand job waits for is settled: the jobs of its task join the build.

        If they make no plan, nothing new is started unless the user said to keep going; the build then ends with that
        error.
        """
        scheduler, survey = self._parts.scheduler, self._parts.survey
        try:
            grown = self._parts.growth.expand(job)
        except PymakeError as error:
            error.exit_code = 1 if self._tally.started else error.exit_code
            self.broken = self.broken or error
            scheduler.join((), {}, {})
            self._lose(job)
            if not self._conduct.keep_going:
                self.stop()
            return
        for note in grown.notes:
            self._tally.note(note)
        self._parts.posttasks.join(grown.suspects)
        self._leave(scheduler.join(grown.suspects, grown.readers, survey.usual))
        self.settle_well(job, JobState.EXPANDED)

    def end(self, outcomes: Iterable[Outcome]) -> None:
        """The executor says something of jobs. Those that ended well one after the other are recorded together."""
        well: list[Succeeded] = []
        for outcome in outcomes:
            match outcome:
                case Succeeded():
                    self._parts.scheduler.end(outcome.job)
                    self._restarting.discard(outcome.job)
                    self.tempo.ended(outcome.job, outcome.seconds)
                    well.append(self._after_attempts(outcome))
                case Began(job=job):
                    self._parts.scheduler.begin(job)
                    self._tally.job_started(job, self._reasons[job])
                case Returned() | Failed() | Cancelled():
                    self._commit(well)
                    well = []
                    self._end_badly(outcome)
                case _:
                    assert_never(outcome)
        self._commit(well)

    def _end_badly(self, outcome: Returned | Failed | Cancelled) -> None:
        match outcome:
            case Failed(job=job) | Cancelled(job=job) if job in self._restarting and not self.stopping:
                self._parts.scheduler.end(job)
                self._start_again(job)
            case Returned(job=job):
                self._take_back(job)
            case Failed(job=job):
                self._parts.scheduler.end(job)
                if not self._retry(outcome):
                    self._fail(self._after_attempts(outcome), outcome.error)
            case Cancelled(job=job):
                self._parts.scheduler.end(job)
                self._drop(job)
            case _:
                assert_never(outcome)

    def restart(self, jobs: Collection[JobId]) -> None:
        """End these jobs, which run, and start them again: what they read has changed."""
        self._restarting.update(jobs)
        self._parts.executor.cancel(jobs)

    def refuse(self, job: JobId, path: str) -> None:
        """The job must not run, since its protected output was edited by hand; what does not need it goes on."""
        plan = self._parts.plan
        error = OutputProtected(
            f"output {path} is protected and was edited by hand, so its job did not run",
            task=plan.task(plan.task_of(job)).name,
            outputs=plan.output_paths(job),
            place=plan.place(job),
            hint=f"pymake accept {path} keeps it as it is; remove it, and the next build makes it anew",
        )
        self._tally.job_refused(job, error)
        self._leave([job, *self._parts.scheduler.settle(job, JobState.NOT_RUN)])

    def settle_well(self, job: JobId, state: JobState) -> None:
        """The job is clean or done; what its task has as posttask is called before anybody knows.

        What it was the last one to read may go.
        """
        parts = self._parts
        error = parts.posttasks.settle(job, self._tally.started)
        parts.scheduler.settle(job, state)
        parts.temporaries.settled(job, parts.scheduler.state)
        if error is not None:
            self._tally.failed_beside(error)
            if not self._conduct.keep_going:
                self.stop()

    def waits_for_makers(self, job: JobId) -> bool:
        """Whether a ready job has to wait, since what it reads is just being made anew."""
        parts = self._parts
        if not parts.scheduler.revived:
            return False
        makers = [maker for maker in parts.rebuilder.makers(job) if maker in parts.scheduler.revived]
        if makers:
            parts.scheduler.revive(makers, job)
        return bool(makers)

    def wake_makers(self, job: JobId) -> bool:
        """Have temporary inputs made anew that a dirty job needs and that are gone; whether it has to wait for them."""
        parts = self._parts
        producers = (parts.plan.producer(file) for file in parts.rebuilder.gone_inputs(job))
        makers = [maker for maker in dict.fromkeys(producers) if maker is not None]
        for maker in makers:
            parts.rebuilder.need(maker)
        if makers:
            parts.scheduler.revive(makers, job)
        return bool(makers)

    def enqueue_due(self) -> None:
        """Queue the jobs that have waited long enough for their next attempt."""
        for job in self._attempts.due(self._parts.clock.monotonic()):
            self._parts.scheduler.enqueue(job)

    def patience(self) -> float | None:
        """Seconds until a job is to be tried again; None if none waits for that."""
        moment = self._attempts.next_moment()
        return None if moment is None else max(moment - self._parts.clock.monotonic(), 0.0)

    def stop(self) -> None:
        """Start nothing new; what runs may end."""
        self.stopping = True
        self._parts.executor.halt()
        self._leave(self._parts.scheduler.drop_rest())
        self._attempts.clear()

    def give_up(self) -> None:
        """Kill what runs, wait until it is gone, and remove what it has written.

        What has just ended and is not yet recorded goes too: the next build would not believe it.
        """
        executor, unrecorded = self._parts.executor, self._parts.scheduler.unfinished()
        with suppress(PymakeError):
            executor.close()
        for job in unrecorded:
            with suppress(PymakeError):
                self._parts.recorder.discard(job)
        self._tally.leave(unrecorded)

    def _take_back(self, job: JobId) -> None:
        """A job that was lined up did not begin, or its run does not count: it is queued again, or not run at all."""
        parts = self._parts
        if parts.scheduler.state(job) == JobState.RUNNING:
            parts.scheduler.end(job)
            parts.recorder.discard(job)
        else:
            parts.recorder.take_back(job)
        parts.scheduler.enqueue(job)
        if self.stopping:
            self._tally.leave(parts.scheduler.drop_rest())

    def _start_again(self, job: JobId) -> None:
        self._restarting.discard(job)
        self._discard(job)
        self._parts.scheduler.delay(job)
        self._attempts.again_at(self._parts.clock.monotonic() + AFTER_EDIT, job)

    def _commit(self, outcomes: Sequence[Succeeded]) -> None:
        if not outcomes:
            return
        runs = [Run(outcome, self._reasons[outcome.job]) for outcome in outcomes]
        commits = self._parts.recorder.commit(runs, self._parts.scheduler.can_wait_for)
        for outcome, commit in zip(outcomes, commits, strict=True):
            self._committed(outcome, commit)

    def _committed(self, outcome: Succeeded, commit: Commit) -> None:
        parts, job = self._parts, outcome.job
        match commit:
            case Recorded(notes=notes):
                self._recorded.add(job)
                for note in notes:
                    self._tally.note(note)
                self.settle_well(job, JobState.DONE)
                self._tally.job_ended(outcome, None)
            case Edited(path=path, producer=producer):
                self._edited(outcome, path, producer)
            case ReadTooEarly() if self.stopping:
                self._drop(job)
            case ReadTooEarly(producers=producers, gone=gone):
                for maker in gone:
                    parts.rebuilder.need(maker)
                parts.scheduler.revive(producers, job)
            case Rejected(error=error):
                self._fail(outcome, error)
            case _:
                assert_never(commit)

    def _lose(self, job: JobId) -> None:
        """The job failed, or was stopped: it and all that waits for it."""
        self._parts.posttasks.lose([job])
        self._leave(self._parts.scheduler.settle(job, JobState.FAILED))

    def _edited(self, outcome: Succeeded, path: str, producer: JobId | None) -> None:
        """Run the job again with the new content, a few times at most; an output of another job is made anew first."""
        job = outcome.job
        if not self._attempts.edited(job):
            self._fail(outcome, InputKeepsChanging(f"input {path} was edited in each of {MOST_EDITS + 1} runs"))
            return
        if self.stopping:
            self._drop(job)
            return
        self._tally.note(f"{self._parts.plan.label(job)}: input {path} was edited during the run; running it again")
        if producer is None:
            self._parts.scheduler.enqueue(job)
        else:
            self._parts.rebuilder.need(producer)
            self._parts.scheduler.revive([producer], job)

    def _retry(self, outcome: Failed) -> bool:
        """Whether a job that failed is tried once more; then it is under way, and its log waits for the next one."""
        job = outcome.job
        task = self._parts.plan.task(self._parts.plan.task_of(job))
        allowed = self._allowed(job)
        if self.stopping or self._attempts.failures(job) >= allowed:
            return False
        attempt = self._attempts.failed(job)
        if outcome.printed:
            self._attempts.printed(job)
        heading = f"attempt {attempt} of {allowed + 1}: {outcome.error.message}"
        if (logs := self._parts.attempt_logs) is not None:
            logs.keep_attempt(self._log(job), heading, first=attempt == 1)
        self._tally.note(f"{self._parts.plan.label(job)}: attempt {attempt} of {allowed + 1} failed; trying again")
        self._parts.scheduler.delay(job)
        self._attempts.again_at(self._parts.clock.monotonic() + pause(task, attempt), job)
        return True

    def _after_attempts(self, outcome: _Ended) -> _Ended:
        """The last attempt of a job: those before it stand in its log too."""
        job = outcome.job
        failures, logs = self._attempts.failures(job), self._parts.attempt_logs
        if not failures or logs is None:
            return outcome
        if not (outcome.printed or self._attempts.has_printed(job)):
            logs.drop_attempts(self._log(job))
            return outcome
        logs.join_attempts(self._log(job), f"attempt {failures + 1} of {self._allowed(job) + 1}")
        return replace(outcome, printed=True)

    def _allowed(self, job: JobId) -> int:
        """How many further attempts a job has."""
        return max(self._parts.plan.task(self._parts.plan.task_of(job)).retries, self._conduct.retries)

    def _log(self, job: JobId) -> str:
        return self._parts.logs.path(self._parts.manifests.key(job))

    def _leave(self, jobs: Sequence[JobId]) -> None:
        """Jobs that will not be started, or not once more; what an earlier run of one left is not to be believed."""
        self._tally.leave(jobs)
        self._parts.posttasks.lose(jobs)
        for job in jobs:
            if job in self._tally.started and job not in self._recorded:
                self._discard(job)

    def _discard(self, job: JobId) -> None:
        try:
            self._parts.recorder.discard(job)
        except PymakeError as refusal:
            self._tally.note(str(refusal))

    def _drop(self, job: JobId) -> None:
        """A job that started and will not end well in this build, for no fault of its own."""
        self._discard(job)
        self._lose(job)

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
        self._lose(job)
        self._tally.job_ended(outcome, error)
        if not self._conduct.keep_going:
            self.stop()
        if self._conduct.terminate:
            parts.executor.cancel(parts.scheduler.running())
