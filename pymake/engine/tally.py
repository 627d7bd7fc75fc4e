"""What a build has done so far, in numbers, and what the reporter is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.manifest import action_text
from pymake.engine.scheduler import JobState
from pymake.model.events import BuildEnded, BuildStarted, JobEnded, JobStarted, Note, Progress, Summary
from pymake.model.verdict import describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.engine.parts import Parts
    from pymake.errors import JobError
    from pymake.model.ids import JobId
    from pymake.model.job import Failed, Succeeded
    from pymake.model.verdict import Reason


class Tally:
    """Owns the counts of one build and speaks to its reporter.

    `started` are the jobs that were launched at least once; of those not run, nobody has.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.started: set[JobId] = set()
        self._errors: list[JobError] = []
        self._failed = 0
        self._not_run = 0
        self._ended = 0

    def build_started(self, slots: int) -> None:
        """The build begins."""
        survey = self._parts.survey
        known = survey.usual.values()
        usual = sum(known) * survey.to_judge / len(known) if known else None
        self._parts.reporter.handle(
            BuildStarted(total=survey.total, suspects=survey.to_judge, slots=slots, usual=usual)
        )

    def build_ended(self, seconds: float, *, stopped: str | None = None) -> Summary:
        """The build is over: its summary, which the reporter gets too. `stopped` says why it could not go on."""
        survey, scheduler = self._parts.survey, self._parts.scheduler
        received = self._parts.interrupts.received()
        cleared = survey.total - survey.to_judge
        summary = Summary(
            ran=len(self.started),
            up_to_date=cleared + scheduler.count(JobState.CLEAN),
            failed=self._failed,
            not_run=self._not_run,
            seconds=seconds,
            errors=tuple(self._errors),
            interrupted=received[0] if received else None,
            stopped=stopped,
        )
        self._parts.reporter.handle(BuildEnded(summary=summary))
        return summary

    def job_started(self, job: JobId, reason: Reason) -> None:
        """The job is about to be launched."""
        plan = self._parts.plan
        self._parts.reporter.handle(
            JobStarted(
                job=job,
                task=plan.task(plan.task_of(job)).name,
                label=plan.label(job),
                outputs=plan.output_paths(job),
                command=action_text(plan, job),
                reason=describe(reason),
                usual=self._parts.survey.usual.get(job),
                interactive=plan.task(plan.task_of(job)).interactive,
            )
        )
        self.started.add(job)

    def job_ended(self, outcome: Failed | Succeeded, error: JobError | None) -> None:
        """The job is settled: it did what it should, or failed with `error`."""
        parts, job = self._parts, outcome.job
        self._ended += 1
        if error is not None:
            self._errors.append(error)
            self._failed += 1
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

    def job_refused(self, job: JobId, error: JobError) -> None:
        """The job must not run, and the user has to decide."""
        self._errors.append(error)
        self.note(f"{self._parts.plan.label(job)}: {error}")

    def failed_beside(self, error: JobError) -> None:
        """Something failed that is no job: it counts as one, so that the build has failed."""
        self._errors.append(error)
        self._failed += 1
        self.note(f"{error.task}: {error}")

    def spared(self) -> None:
        """Jobs turned out to be clean; once something ran, that shortens what is expected."""
        if self.started:
            self._parts.reporter.handle(Progress(done=self._ended, expected=self._expected()))

    def leave(self, jobs: Iterable[JobId]) -> None:
        """Count jobs that will not be started; those that wait for another attempt have been."""
        plan = self._parts.plan
        self._not_run += sum(job not in self.started and not plan.is_expand_job(job) for job in jobs)

    def note(self, text: str) -> None:
        """Tell the user something that stops nothing."""
        self._parts.reporter.handle(Note(text=text))

    def _expected(self) -> int:
        """How many jobs will have run at the end, if every suspect that is open has to run."""
        return self._ended + self._parts.scheduler.may_run
