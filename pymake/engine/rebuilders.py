"""Rebuilders: hashes and no order. Is one job, whose inputs are settled, up to date, and if not, why?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.own_rule import needs_update
from pymake.engine.wish import NO_WISH
from pymake.model.ids import ABSENT, FileId, VersionId
from pymake.model.outputs import fits
from pymake.model.trace import NOTHING, shortened
from pymake.model.verdict import (
    AlwaysRuns,
    Clean,
    Dirty,
    FacetChanged,
    FailedLastTime,
    Forced,
    InputAssumedNew,
    InputChanged,
    InputGone,
    InputsDiffer,
    NeverRan,
    OutputChanged,
    OutputMissing,
    OutputNeeded,
    OutputsDiffer,
    OwnRule,
    Refused,
)

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.wish import Wish
    from pymake.interfaces import Memory
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.trace import Outline, Trace
    from pymake.model.verdict import Reason, Verdict


class VerifyingTraces:
    """Clean if, and only if, everything equals the trace: inputs and their set, discovered inputs, facets, outputs.

    Asking changes nothing but what the file table remembers. Versions are numbered, so equal content is an equal
    number.
    """

    def __init__(
        self, *, plan: Plan, files: FileTable, memory: Memory, manifests: Manifests, wish: Wish = NO_WISH
    ) -> None:
        self._plan = plan
        self._files = files
        self._memory = memory
        self._manifests = manifests
        self._wish = wish
        self._has_wished = bool(wish.new or wish.old)
        self._needed: set[JobId] = set()
        self._kept: AbstractSet[JobId] = frozenset()
        self._failed = frozenset(memory.failed())

    def begin_again(self) -> None:
        """Another build with the same plan begins: what failed and what was needed in the one before is over."""
        self._needed.clear()
        self._failed = frozenset(self._memory.failed())

    def judge(self, job: JobId) -> Verdict:
        """See `Rebuilder.judge`."""
        edited = self.refusal(job)
        if edited is not None:
            return Refused(path=edited)
        for reason in self.reasons(job):
            return Dirty(reason=reason)
        return Clean()

    def refusal(self, job: JobId) -> str | None:
        """See `Rebuilder.refusal`. What a killed job left half made was not edited by hand."""
        plan = self._plan
        if not plan.task(plan.task_of(job)).protected:
            return None
        trace = self._memory.outline(self._manifests.key(job))
        made = {} if trace is None else {self._memory.version(VersionId(v)).path: v for v in trace.outputs}
        for file in plan.outputs(job):
            path = plan.path(file)
            version = self._files.version(file)
            if path in made and version not in (ABSENT, made[path]) and not self._memory.is_begun(path):
                return path
        return None

    def is_cleared(self, job: JobId, trace: Outline | None) -> bool:
        """Whether stamps alone show that the job is clean. No hashing; False only means: judge it."""
        if trace is None or self._is_forced(job) or self.is_always(job) or self._has_failed(job):
            return False
        if self._has_own_rule(job):
            return False
        if self._has_wished and self._is_wished(job, trace):
            return False
        known, plan = self._files.known, self._plan
        return (
            sorted(self._files.known_all(plan.dirtying(job))) == trace.inputs.tolist()
            and sorted(map(known, self.outputs(job, trace) if plan.has_patterns else plan.outputs(job)))
            == trace.outputs.tolist()
            and all(self._is_as_found(known(self._discovered_file(found)), found) for found in trace.discovered)
            and self._manifests.action(job) == trace.action
        )

    def clear_gone(self, jobs: Sequence[JobId]) -> None:
        """Assume the outputs of temporary jobs that are gone, where stamps alone show that all else is as it was.

        Jobs may stand in any order; one that reads what another makes is judged by what is assumed there.
        """
        waiting = list(jobs)
        while waiting:
            left = [job for job in waiting if not self._clear_gone(job)]
            if len(left) == len(waiting):
                return
            waiting = left

    def _clear_gone(self, job: JobId) -> bool:
        trace = self._memory.outline(self._manifests.key(job))
        gone = self._gone(job, trace)
        for file, version in gone.items():
            self._files.assume(file, version)
        if trace is not None:
            self._files.look(self.discovered(trace))
        if self.is_cleared(job, trace):
            return True
        self._files.forget(gone)
        return False

    def _gone(self, job: JobId, trace: Outline | Trace | None) -> dict[FileId, VersionId]:
        """The temporary outputs of a job that are not there and need not be, with their versions in the trace."""
        plan = self._plan
        if trace is None or not plan.task(plan.task_of(job)).temporary:
            return {}
        if self._is_forced(job) or job in self._kept or job in self._needed:
            return {}
        versions = {self._memory.version(VersionId(v)).path: VersionId(v) for v in trace.outputs}
        absent = (file for file in self.outputs(job, trace) if not self._files.is_there(file))
        return {file: versions[plan.path(file)] for file in absent if plan.path(file) in versions}

    def keep(self, jobs: AbstractSet[JobId]) -> None:
        """The temporary outputs of just these jobs are asked for by name: they have to be there, and stay.

        The set may grow.
        """
        self._kept = jobs

    @property
    def kept(self) -> AbstractSet[JobId]:
        """The jobs whose temporary outputs are asked for by name."""
        return self._kept

    def need(self, job: JobId) -> None:
        """A job that has to run reads what this job makes: its temporary outputs have to be there."""
        self._needed.add(job)

    def gone_inputs(self, job: JobId) -> list[FileId]:
        """See `Rebuilder.gone_inputs`."""
        return [file for file in self._inputs(job) if self._files.is_assumed(file)] if self._files.has_assumed else []

    def makers(self, job: JobId) -> list[JobId]:
        """See `Rebuilder.makers`."""
        producers = (self._plan.producer(file) for file in self._inputs(job) if not self._files.is_assumed(file))
        return list(dict.fromkeys(producer for producer in producers if producer is not None and producer != job))

    def _inputs(self, job: JobId) -> list[FileId]:
        """Every input of a job, discovered ones too."""
        files = [*self._plan.dirtying(job), *self._plan.order_only(job)]
        trace = None if self._plan.is_expand_job(job) else self._memory.outline(self._manifests.key(job))
        if trace is not None:
            files += self.discovered(trace)
        return list(dict.fromkeys(files))

    def reasons(self, job: JobId) -> Iterator[Reason]:
        """Every reason why the job is dirty, what was forced or changed by hand first; none if it is clean."""
        if self._wish.old and self._is_held(job):
            return
        if self._is_forced(job):
            yield Forced()
        if self._has_own_rule(job):
            text = needs_update(self._plan, job, self.remembered(job) if self._plan.patterns(job) else ())
            if text is not None:
                yield OwnRule(text=text)
            return
        if self.is_always(job):
            yield AlwaysRuns()
        key = self._manifests.key(job)
        trace = self._memory.trace(key)
        if trace is None:
            yield FailedLastTime() if key in self._failed else NeverRan()
            return
        for file, version in self._gone(job, trace).items():
            self._files.assume(file, version)
        if self._has_failed(job):
            yield FailedLastTime()
        yield from self._action_reasons(job, trace)
        yield from self._input_reasons(job, trace)
        yield from self._output_reasons(job, trace)

    def outputs(self, job: JobId, trace: Outline | Trace | None = None) -> Sequence[FileId]:
        """The outputs that a job is judged by: declared ones, and what its patterns stood for when it last ran."""
        plan, patterns = self._plan, self._plan.patterns(job)
        if not patterns:
            return plan.outputs(job)
        trace = trace if trace is not None else self._memory.outline(self._manifests.key(job))
        return (*plan.declared_outputs(job), *map(plan.add_file, self.remembered(job, trace)))

    def remembered(self, job: JobId, trace: Outline | Trace | None = None) -> list[str]:
        """What the patterns of an open job stood for when it last ran well, sorted."""
        trace = trace if trace is not None else self._memory.outline(self._manifests.key(job))
        if trace is None:
            return []
        declared = set(map(self._plan.path, self._plan.declared_outputs(job)))
        paths = (self._memory.version(VersionId(version)).path for version in trace.outputs)
        return sorted(path for path in paths if path not in declared and fits(self._plan.patterns(job), path))

    def discovered(self, trace: Outline | Trace) -> list[FileId]:
        """The files that the run of the trace reported as read."""
        return [self._discovered_file(version) for version in trace.discovered]

    def _discovered_file(self, version: int) -> FileId:
        return self._plan.add_file(self._memory.version(VersionId(version)).path)

    def _is_as_found(self, now: VersionId, found: int) -> bool:
        """Whether a discovered input is what the run found, be it nothing."""
        return now == found or (now == ABSENT and self._memory.version(VersionId(found)).digest == NOTHING)

    def is_always(self, job: JobId) -> bool:
        """Whether the job runs in every build.

        Asked for, or nothing to judge by: neither inputs nor outputs, like a phony target of make.
        """
        plan = self._plan
        made = plan.declared_outputs(job) or plan.patterns(job)
        task = plan.task(plan.task_of(job))
        return task.always or not (made or plan.dirtying(job) or task.check_if_uptodate)

    def _is_forced(self, job: JobId) -> bool:
        return self._wish.forces(self._plan.task(self._plan.task_of(job)).name)

    def _has_own_rule(self, job: JobId) -> bool:
        return self._plan.task(self._plan.task_of(job)).check_if_uptodate is not None

    def _is_needed(self, job: JobId) -> bool:
        return job in self._needed and self._plan.task(self._plan.task_of(job)).temporary

    def _has_failed(self, job: JobId) -> bool:
        return bool(self._failed) and self._manifests.key(job) in self._failed

    def _is_wished(self, job: JobId, trace: Outline | Trace) -> bool:
        """Whether the user said anything of a file that the job reads or makes."""
        wished = self._wish.new | self._wish.old
        files = (*self._plan.dirtying(job), *self._plan.outputs(job), *self.discovered(trace))
        return any(self._plan.path(file) in wished for file in files)

    def _is_held(self, job: JobId) -> bool:
        """Whether an output is not to be made anew; one that is not there has to be made all the same."""
        outputs = self._plan.outputs(job)
        named = any(self._plan.path(file) in self._wish.old for file in outputs)
        return named and all(map(self._files.is_there, outputs))

    def _action_reasons(self, job: JobId, trace: Trace) -> Iterator[Reason]:
        if self._manifests.action(job) == trace.action:
            return
        before = {name: shortened(value) for name, value in trace.facets}
        after = {name: shortened(value) for name, value in self._manifests.facets(job)}
        names = [name for name in after if before.get(name) != after[name]]
        names += [name for name in before if name not in after]
        for name in [name for name in names or ["command"] if name not in self._wish.ignored]:
            yield FacetChanged(name=name, before=before.get(name), after=after.get(name))

    def _input_reasons(self, job: JobId, trace: Trace) -> Iterator[Reason]:
        declared = self._plan.dirtying(job)
        added, removed = self._set_difference(declared, trace.inputs)
        if added or removed:
            yield InputsDiffer(added=added, removed=removed)
        for path in self._assumed_new(declared, trace):
            yield InputAssumedNew(path=path)
        for file in self._changed(declared, trace.inputs, added):
            if self._plan.path(file) not in self._wish.old:
                yield InputChanged(path=self._plan.path(file))
        for version in trace.discovered:
            file = self._discovered_file(version)
            now = self._files.version(file)
            path = self._plan.path(file)
            if not self._is_as_found(now, version) and path not in self._wish.old:
                yield InputGone(path=path) if now == ABSENT else InputChanged(path=path)

    def _assumed_new(self, declared: Sequence[FileId], trace: Trace) -> list[str]:
        if not self._wish.new:
            return []
        paths = map(self._plan.path, dict.fromkeys((*declared, *self.discovered(trace))))
        return [path for path in paths if path in self._wish.new]

    def _output_reasons(self, job: JobId, trace: Trace) -> Iterator[Reason]:
        outputs = self.outputs(job, trace)
        added, removed = self._set_difference(outputs, trace.outputs)
        if added or removed:
            yield OutputsDiffer(added=added, removed=removed)
        for file in outputs:
            if not self._files.is_there(file) or (job in self._needed and self._files.is_assumed(file)):
                path = self._plan.path(file)
                yield OutputNeeded(path=path) if self._is_needed(job) else OutputMissing(path=path)
        for file in self._changed(outputs, trace.outputs, added):
            if self._files.is_there(file):
                yield OutputChanged(path=self._plan.path(file))

    def _changed(self, files: Sequence[FileId], versions: array[int], added: Sequence[str]) -> Iterator[FileId]:
        """The files that were there then, with another version. Hashed one by one, as far as anybody asks."""
        remembered, new = set(versions), set(added)
        for file in self._unlike(files, versions):
            if self._plan.path(file) not in new and self._files.version(file) not in remembered:
                yield file

    def _unlike(self, files: Sequence[FileId], versions: array[int]) -> list[FileId]:
        """The files whose stamps do not tell that they have one of these versions, in order."""
        remembered = set(versions)
        known = self._files.known_all(files)
        return [file for file, version in zip(files, known, strict=True) if version not in remembered]

    def _set_difference(self, files: Sequence[FileId], versions: array[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Paths that are new, and paths that are gone, sorted. A version tells its path, so most need no look."""
        rest = set(versions).difference(self._files.known_all(files))
        now = {self._plan.path(file) for file in self._unlike(files, versions)}
        then = {self._memory.version(VersionId(version)).path for version in rest}
        return tuple(sorted(now - then)), tuple(sorted(then - now))
