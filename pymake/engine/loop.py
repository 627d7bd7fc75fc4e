"""The loop: judge what is ready, launch what there is room for, settle what ended, until nothing is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.disturbances import Disturbances
from pymake.engine.scheduler import JobState
from pymake.engine.settling import Settling
from pymake.engine.tally import Tally
from pymake.engine.throttle import LOOK_EVERY, Throttle
from pymake.errors import InternalError, PymakeError, assert_never
from pymake.model.job import Launch
from pymake.model.verdict import Clean, Dirty, Refused

if TYPE_CHECKING:
    from pymake.engine.parts import Conduct, Parts
    from pymake.model.events import Summary
    from pymake.model.ids import JobId
    from pymake.model.job import Action
    from pymake.model.verdict import Reason


LOOK_AHEAD = 12
"""Jobs for each slot that are judged before the first of them is launched: while the engine judges, it hears of no
end. Enough to know that the queue is long."""
LONG_LOOK_AHEAD = 200
"""The same in all, if that is more: enough to fill every line."""


class Build:
    """Owns one build from the survey to the summary. One thread."""

    def __init__(self, parts: Parts, conduct: Conduct) -> None:
        self._parts = parts
        self._conduct = conduct
        self._reasons: dict[JobId, Reason] = {}
        self._tally = Tally(parts)
        self._settling = Settling(parts, conduct, self._tally, self._reasons)
        self._disturbances = Disturbances(parts, self._settling, self._tally)
        self._throttle = Throttle(parts.machine, parts.clock, conduct.most_load)
        self._signals = 0

    def run(self) -> Summary:
        """Run until every suspect is settled, and say how it went.

        Raises:
            PymakeError: the disk or the memory refuses. What ran is killed, and leaves nothing half made.
        """
        parts = self._parts
        began = parts.clock.monotonic()
        self._tally.build_started(self._conduct.slots)
        try:
            self._settle_all()
            self._disturbances.over()
            parts.temporaries.sweep(parts.scheduler.state)
        except PymakeError as error:
            self._settling.give_up()
            if self._tally.started:
                error.exit_code = 1
            self._settling.stop()
            self._tally.build_ended(parts.clock.monotonic() - began, stopped=error.message)
            raise
        if (broken := self._settling.broken) is not None:
            self._tally.build_ended(parts.clock.monotonic() - began, stopped=broken.message)
            raise broken
        return self._tally.build_ended(parts.clock.monotonic() - began)

    def _settle_all(self) -> None:
        while self._parts.scheduler.open:
            self._heed_signals()
            self._disturbances.heed()
            self._judge_ready()
            self._launch_queued()
            if self._parts.scheduler.open:
                self._wait()

    def _judge_ready(self) -> None:
        scheduler = self._parts.scheduler
        spared = False
        ahead = max(LOOK_AHEAD * self._conduct.slots, LONG_LOOK_AHEAD)
        while scheduler.queued < ahead and (job := scheduler.next_ready()) is not None:
            if self._parts.plan.is_expand_job(job):
                self._settling.expand(job)
                continue
            if self._settling.waits_for_makers(job):
                continue
            verdict = self._parts.rebuilder.judge(job)
            match verdict:
                case Clean():
                    self._settling.clean(job)
                    spared = True
                case Dirty(reason=reason):
                    self._reasons[job] = reason
                    if not self._settling.wake_makers(job):
                        scheduler.enqueue(job)
                case Refused(path=path):
                    self._settling.refuse(job, path)
                case _:
                    assert_never(verdict)
            if scheduler.queued and self._parts.executor.room():
                self._launch_queued()
        if spared:
            self._tally.spared()

    def _launch_queued(self) -> None:
        executor, scheduler = self._parts.executor, self._parts.scheduler
        if self._settling.stopping:
            return
        # In this order: to ask for room is to take a token of the jobserver, if there is one.
        while scheduler.queued and self._throttle.admits(scheduler.count(JobState.RUNNING)) and executor.room():
            if (job := scheduler.next_launch()) is None:
                break
            self._throttle.started()
            action = self._parts.recorder.prepare(job)
            self._tally.job_started(job, self._reasons[job])
            executor.start(self._launch(job, action, (), quick=self._is_long_queue() and self._is_quick(job)))
        if not self._throttle.holds:
            self._line_up()

    def _line_up(self) -> None:
        executor, scheduler, plan = self._parts.executor, self._parts.scheduler, self._parts.plan
        room = executor.line_up_room() if self._is_long_queue() else 0
        jobs: list[JobId] = []
        while len(jobs) < room and self._is_long_queue():
            job = scheduler.next_quick(lambda job: self._is_quick(job) and not plan.patterns(job))
            if job is None:
                break
            jobs.append(job)
        if jobs:
            old = self._parts.recorder.prepare_ahead(jobs)
            executor.line_up(
                [self._launch(job, plan.action(job), clear, quick=True) for job, clear in zip(jobs, old, strict=True)]
            )

    def _is_quick(self, job: JobId) -> bool:
        return self._settling.tempo.is_quick(job)

    def _is_long_queue(self) -> bool:
        """Whether so much waits that no slot goes idle because another one has jobs lined up.

        What is not judged yet counts too: it may be clean, but it mostly comes in crowds.
        """
        scheduler = self._parts.scheduler
        return scheduler.queued + scheduler.count(JobState.READY) > 2 * self._conduct.slots

    def _launch(self, job: JobId, action: Action, clear: tuple[str, ...], *, quick: bool) -> Launch:
        parts, plan = self._parts, self._parts.plan
        task = plan.task(plan.task_of(job))
        return Launch(
            job=job,
            label=plan.label(job),
            action=action,
            env=parts.env_of(job),
            log=parts.logs.path(parts.manifests.key(job)),
            timeout=task.timeout if task.timeout is not None else self._conduct.timeout,
            interactive=task.interactive,
            fresh=task.fresh_process,
            quick=quick and not task.fresh_process,
            clear=clear,
        )

    def _wait(self) -> None:
        scheduler, patience = self._parts.scheduler, self._settling.patience()
        if self._throttle.holds:
            patience = LOOK_EVERY if patience is None else min(patience, LOOK_EVERY)
        if patience is None and not scheduler.count(JobState.RUNNING, JobState.LINED_UP, JobState.READY):
            raise InternalError("the build is stuck: jobs are left, and none is ready or runs")
        self._settling.end(self._parts.executor.wait(self._disturbances.patience(patience)))
        self._settling.enqueue_due()

    def _heed_signals(self) -> None:
        """First signal: no new jobs, the running ones are asked to end. Second: they are killed."""
        signals = len(self._parts.interrupts.received())
        if signals == self._signals:
            return
        self._signals = signals
        self._settling.stop()
        running = self._parts.scheduler.running()
        if running and signals == 1:
            count = "1 job" if len(running) == 1 else f"{len(running)} jobs"
            self._tally.note(f"interrupted: ending {count}; once more kills")
        self._parts.executor.cancel(running, at_once=signals > 1)
