"""The plan grows: deferred tasks get their jobs when the outputs they wait for are known, at once or during the build.

What is known at once: outputs that open jobs made when they last ran, if these are up to date. So a second build has
its whole plan before anything runs, and nothing runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import PlanError
from pymake.model.growth import Grown
from pymake.model.ids import JobId
from pymake.model.verdict import Clean
from pymake.planner.check import check_cycles, check_inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.app.surveying import Surveying
    from pymake.engine.survey import Survey
    from pymake.model.ids import FileId
    from pymake.model.plan import Plan
    from pymake.planner.compile import Compiler
    from pymake.planner.select import Selector


class GrowingPlan:
    """Owns the growth of one plan; implements `Growth`.

    Invariant: an open job has its found outputs in the plan if, and only if, it is cleared or settled. A deferred task
    is expanded when that holds for all open jobs that it may read, and all deferred tasks it may read are expanded. An
    early one gets the jobs for what one open job made as soon as that is settled. If nothing is
    going to run, there are no expand jobs for that.
    """

    def __init__(self, compiler: Compiler, selector: Selector, surveying: Surveying, *, strict: bool) -> None:
        self._plan = compiler.plan
        self._compiler = compiler
        self._selector = selector
        self._surveyor = surveying.surveyor
        self._rebuilder = surveying.rebuilder
        self._files = surveying.files
        self._disk = surveying.disk
        self._strict = strict
        self._is_build = surveying.is_build
        self._survey = surveying.surveyor.survey(bytearray(compiler.plan.job_count))
        self._rows: dict[str, JobId] = {}
        self._pieces: dict[JobId, tuple[str, JobId]] = {}
        self._read_early: set[tuple[str, JobId]] = set()
        self.notes: tuple[str, ...] = ()
        surveying.rebuilder.keep(selector.named)

    def start(self) -> Survey:
        """Survey what is wanted, and expand what can be expanded before anything runs; the rest gets expand jobs.

        Raises:
            PymakeError: as `expand`.
        """
        notes: list[str] = []
        self._take_wanted()
        while self._grow_by_known(notes):
            self._take_wanted()
        for name, upstream in self._compiler.deferred.items():
            awaited = [job for other in upstream for job in self._awaited(other)]
            self._rows[name] = self._plan.add_expand_job(self._compiler.task_id(name), awaited)
        self._add_pieces(self._plan.open_jobs())
        self._take_wanted()
        self._link_readers()
        self.notes = tuple(notes)
        return self._survey

    def expand(self, job: JobId) -> Grown:
        """See `Growth.expand`."""
        first = JobId(self._plan.job_count)
        piece = self._pieces.pop(job, None)
        if piece is not None:
            return self._grown_by_piece(*piece, first)
        name = self._plan.task(self._plan.task_of(job)).name
        try:
            notes = self._compiler.expand(name, look_again=True)
        finally:
            del self._rows[name]
            self._surveyor.extend(())  # rows for what joined, be it only the first jobs of a task that cannot be
        self._await_open(first)
        return self._grown(first, self._selector.extend(), notes)

    def _grow_by_known(self, notes: list[str]) -> bool:
        """Whether the plan grew by jobs that read what open jobs made when they last ran, and is up to date."""
        self._take_remembered()
        compiler, plan = self._compiler, self._plan
        first = plan.job_count
        ready = [name for name in compiler.deferred if self._is_ready(name)]
        for name in ready:
            notes += compiler.expand(name, look_again=False)
        for name in [name for name in compiler.deferred if name in compiler.early]:
            for upstream in compiler.deferred[name]:
                known = [job for job in plan.task_jobs(compiler.task_id(upstream)) if plan.is_found(job)]
                self._expand_early(name, upstream, [job for job in known if (name, job) not in self._read_early])
        return bool(ready) or plan.job_count > first

    def _grown_by_piece(self, name: str, job: JobId, first: JobId) -> Grown:
        """The jobs that an early task has for what one open job made, and all that can be known from these."""
        try:
            self._expand_early(name, self._plan.task(self._plan.task_of(job)).name, [job])
        finally:
            self._surveyor.extend(())  # as above
        self._await_open(first)
        return self._grown(first, self._selector.extend_by(self._since(first)), ())

    def _expand_early(self, name: str, upstream: str, jobs: Sequence[JobId]) -> None:
        """Add the jobs for what these open jobs of a task upstream made, unless all of the task is known by now."""
        self._read_early.update((name, job) for job in jobs)
        if jobs and name in self._compiler.deferred:
            self._read_made(name, upstream, [path for job in jobs for path in self._plan.output_paths(job)])

    def _read_made(self, name: str, upstream: str, made: Sequence[object]) -> None:
        more = self._compiler.expand_early(name, upstream, made)
        for reader in () if self._compiler.is_open(name) or not more else self._early_readers(name):
            self._read_made(reader, name, more)

    def _early_readers(self, name: str) -> list[str]:
        """The tasks that get jobs as those of this one become known."""
        compiler = self._compiler
        return [reader for reader, reads in compiler.deferred.items() if reader in compiler.early and name in reads]

    def _await_open(self, first: JobId) -> None:
        """Open jobs that joined: whoever reads their task waits for them."""
        plan = self._plan
        fresh = [job for job in self._since(first) if plan.patterns(job)]
        for job in fresh:
            task = plan.task(plan.task_of(job)).name
            for reader, row in self._rows.items():
                if task in self._compiler.deferred[reader]:
                    plan.await_too(row, job)
        self._add_pieces(fresh)

    def _add_pieces(self, jobs: Sequence[JobId]) -> None:
        """An expand job for each early reader of each of these open jobs."""
        plan = self._plan
        for job in jobs if self._is_build else ():
            if not plan.is_found(job):
                for reader in self._early_readers(plan.task(plan.task_of(job)).name):
                    row = plan.add_expand_job(self._compiler.task_id(reader), [job])
                    self._pieces[row] = (reader, job)

    def _grown(self, first: JobId, wanted: Sequence[JobId], notes: Sequence[str]) -> Grown:
        """What the rows since the first one bring into the build, of which these are wanted."""
        fresh = [job for job in self._since(first) if not self._plan.is_expand_job(job)]
        self._check_late(fresh)
        suspects = self._surveyor.extend(wanted)
        self._take_cleared(wanted)
        self._check_inputs(suspects)
        return Grown(suspects=suspects, readers=self._surveyor.readers_of(suspects), notes=notes)

    def _since(self, first: JobId) -> Sequence[JobId]:
        return list(map(JobId, range(first, self._plan.job_count)))

    def pending_maker(self, path: str) -> JobId | None:
        """See `Growth.pending_maker`."""
        rows = (row for name, row in self._rows.items() if self._compiler.may_make(name, path))
        return next(rows, None)

    def _take_wanted(self) -> None:
        """Survey what became wanted."""
        self._surveyor.extend(self._selector.extend())

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
        plan = self._plan
        jobs = plan.task_jobs(self._compiler.task_id(upstream))
        rows = [self._rows[upstream]] if upstream in self._rows else []
        return [*rows, *(job for job in jobs if plan.patterns(job) and not plan.is_found(job))]

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
        if not all(self._is_in_order(job) for job in fresh):
            check_cycles(plan)

    def _is_in_order(self, job: JobId) -> bool:
        """Whether a job only reads what jobs before it make."""
        files = (*self._plan.dirtying(job), *self._plan.order_only(job))
        return all(producer is None or producer < job for producer in map(self._plan.producer, files))

    def _check_inputs(self, suspects: Sequence[JobId]) -> None:
        if self._strict:
            scan = self._disk.scan
            check_inputs_of(
                self._plan, suspects, self._files.is_there, lambda folder: [name for name, _ in scan(folder)]
            )


def _late(plan: Plan, job: JobId, reader: JobId, file: FileId) -> PlanError:
    maker, task = plan.task(plan.task_of(job)).name, plan.task(plan.task_of(reader)).name
    return PlanError(
        f"task {maker} makes {plan.path(file)}, which task {task} was to read as a file that is there",
        place=plan.place(reader),
        facts=[(maker, plan.place(job)), (task, plan.place(reader))],
        hint=f"let {task} have the task {maker} as input, or write to another folder",
    )
