"""The plan grows: deferred tasks get their jobs when the outputs they wait for are known, at once or during the build.

What is known at once: outputs that open jobs made when they last ran, if these are up to date. So a second build has
its whole plan before anything runs, and nothing runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import PlanError
from pymake.model.growth import Grown
from pymake.model.verdict import Clean
from pymake.planner.check import check_cycles, check_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.app.surveying import Surveying
    from pymake.engine.survey import Survey
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan
    from pymake.planner.compile import Compiler
    from pymake.planner.select import Selector


class GrowingPlan:
    """Owns the growth of one plan; implements `Growth`.

    Invariant: an open job has its found outputs in the plan if, and only if, it is cleared or settled. A deferred task
    is expanded when that holds for all open jobs that it may read, and all deferred tasks it may read are expanded.
    """

    def __init__(self, compiler: Compiler, selector: Selector, surveying: Surveying, *, strict: bool) -> None:
        self._plan = compiler.plan
        self._compiler = compiler
        self._selector = selector
        self._surveyor = surveying.surveyor
        self._rebuilder = surveying.rebuilder
        self._keep = surveying.rebuilder.keep
        self._files = surveying.files
        self._disk = surveying.disk
        self._strict = strict
        self._survey = surveying.surveyor.survey(bytearray(compiler.plan.job_count))
        self._rows: dict[str, JobId] = {}
        self.notes: tuple[str, ...] = ()

    def start(self) -> Survey:
        """Survey what is wanted, and expand what can be expanded before anything runs; the rest gets expand jobs.

        Raises:
            PymakeError: as `expand`.
        """
        notes: list[str] = []
        self._take_wanted()
        while True:
            self._take_remembered()
            ready = [name for name in self._compiler.deferred if self._is_ready(name)]
            if not ready:
                break
            for name in ready:
                notes += self._compiler.expand(name, look_again=False)
            self._take_wanted()
        for name, upstream in self._compiler.deferred.items():
            awaited = [job for other in upstream for job in self._awaited(other)]
            self._rows[name] = self._plan.add_expand_job(self._compiler.task_id(name), awaited)
        self._take_wanted()
        self._link_readers()
        self.notes = tuple(notes)
        return self._survey

    def expand(self, job: JobId) -> Grown:
        """See `Growth.expand`."""
        plan = self._plan
        first = plan.job_count
        name = plan.task(plan.task_of(job)).name
        try:
            notes = self._compiler.expand(name, look_again=True)
        finally:
            del self._rows[name]
            self._surveyor.extend(())  # rows for what joined, be it only the first jobs of a task that cannot be
        fresh = [new for new in plan.jobs() if new >= first] if plan.job_count > first else []
        self._check_late(fresh)
        suspects = self._take_wanted()
        self._take_cleared(fresh)
        for other, row in self._rows.items():
            if name in self._compiler.deferred[other]:
                for new in fresh:
                    if plan.patterns(new) and not plan.is_found(new):
                        plan.await_too(row, new)
        self._check_inputs(suspects)
        return Grown(suspects=suspects, readers=self._surveyor.readers_of(suspects), notes=notes)

    def pending_maker(self, path: str) -> JobId | None:
        """See `Growth.pending_maker`."""
        rows = (row for name, row in self._rows.items() if self._compiler.may_make(name, path))
        return next(rows, None)

    def _take_wanted(self) -> list[JobId]:
        """Survey what became wanted, and return the suspects among it."""
        wanted = self._selector.extend()
        self._keep(self._selector.named)
        return self._surveyor.extend(wanted)

    def _take_remembered(self) -> None:
        """Let the open jobs that are up to date have the outputs of their last run.

        Those that stamps could not clear are judged, as long as all upstream of them is clean.
        """
        suspects = self._survey.suspects
        for job in self._upstream_of_open():
            if not suspects[job] or self._reads_of_suspect(job):
                continue
            if self._rebuilder.refusal(job) is None and isinstance(self._rebuilder.judge(job), Clean):
                self._surveyor.clear(job)
        self._take_cleared(self._plan.open_jobs())

    def _take_cleared(self, jobs: Iterable[JobId]) -> None:
        plan = self._plan
        for job in jobs:
            if plan.patterns(job) and not plan.is_found(job) and self._surveyor.is_cleared(job):
                plan.add_found(job, self._rebuilder.remembered(job))

    def _upstream_of_open(self) -> Sequence[JobId]:
        """The suspects that are open or lie upstream of open ones, each after all upstream of it."""
        plan, suspects = self._plan, self._survey.suspects
        order: list[JobId] = []
        seen: set[JobId] = set()
        stack = [(job, False) for job in reversed(plan.open_jobs()) if suspects[job]]
        while stack:
            job, is_done = stack.pop()
            if is_done:
                order.append(job)
            elif job not in seen:
                seen.add(job)
                stack.append((job, True))
                stack.extend((upstream, False) for upstream in self._producers(job) if suspects[upstream])
        return order

    def _reads_of_suspect(self, job: JobId) -> bool:
        return any(self._survey.suspects[upstream] for upstream in self._producers(job))

    def _producers(self, job: JobId) -> list[JobId]:
        plan = self._plan
        found = [plan.producer(file) for file in (*plan.dirtying(job), *plan.order_only(job))]
        followed = [other for task in plan.followed(plan.task_of(job)) for other in plan.task_jobs(task)]
        return [*(producer for producer in found if producer is not None), *followed]

    def _is_ready(self, name: str) -> bool:
        return all(
            upstream not in self._compiler.deferred and not self._awaited(upstream)
            for upstream in self._compiler.deferred[name]
        )

    def _awaited(self, upstream: str) -> list[JobId]:
        """The rows that have to be settled before it is known what a task makes."""
        if upstream in self._rows:
            return [self._rows[upstream]]
        plan = self._plan
        jobs = plan.task_jobs(self._compiler.task_id(upstream))
        return [job for job in jobs if plan.patterns(job) and not plan.is_found(job)]

    def _link_readers(self) -> None:
        """Jobs that were found to read what a deferred task may come to make wait until that is known."""
        for file, readers in self._surveyor.discovered():
            row = self.pending_maker(self._plan.path(file))
            if row is not None:
                self._surveyor.await_row(row, readers)

    def _check_late(self, fresh: Sequence[JobId]) -> None:
        """Nobody that was planned before may read what only now turns out to be made."""
        plan = self._plan
        first = min(fresh, default=plan.job_count)
        for job in fresh:
            for file in plan.outputs(job):
                early = next((reader for reader in plan.consumers(file) if reader < first), None)
                if early is not None:
                    raise _late(plan, job, early, file)
        if any(producer in set(fresh) for job in fresh for producer in map(plan.producer, plan.dirtying(job))):
            check_cycles(plan)

    def _check_inputs(self, suspects: Sequence[JobId]) -> None:
        if self._strict:
            checked = bytearray(self._plan.job_count)
            for job in suspects:
                checked[job] = 1
            check_inputs(
                self._plan, checked, self._files.is_there, lambda folder: [name for name, _ in self._disk.scan(folder)]
            )


def _late(plan: Plan, job: JobId, reader: JobId, file: FileId) -> PlanError:
    maker, task = plan.task(plan.task_of(job)).name, plan.task(plan.task_of(reader)).name
    return PlanError(
        f"task {maker} makes {plan.path(file)}, which task {task} was to read as a file that is there",
        place=plan.place(reader),
        facts=[(maker, plan.place(job)), (task, plan.place(reader))],
        hint=f"let {task} have the task {maker} as input, or write to another folder",
    )
