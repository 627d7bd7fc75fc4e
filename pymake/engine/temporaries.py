"""Temporary outputs: gone when their last reader is done, made anew when a reader has to run.

While such an output is gone, its job counts as clean as long as everything else equals the trace, and its readers are
judged by the version that the trace names (`FileTable.assume`). A reader that has to run all the same wakes the job
(`Scheduler.revive`), that one the jobs whose temporary outputs it needs, and so on.

An output goes when each of its readers is up to date with just this version of it: those of this build when they are
settled well, others by their verdict. So one that a failed or a killed reader still needs stays, and the next build
goes on from there. One without readers goes at the end of the build: to keep it, ask for it by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.scheduler import JobState
from pymake.engine.survey import temporary_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.engine.survey import Survey
    from pymake.interfaces import Disk, Memory
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan

_WELL = (JobState.CLEAN, JobState.DONE)


class Temporaries:
    """Owns which temporary outputs of one build may go. Those that were asked for by name stay."""

    def __init__(
        self,
        *,
        plan: Plan,
        disk: Disk,
        memory: Memory,
        files: FileTable,
        manifests: Manifests,
        rebuilder: VerifyingTraces,
        survey: Survey,
    ) -> None:
        self._plan = plan
        self._disk = disk
        self._memory = memory
        self._files = files
        self._manifests = manifests
        self._rebuilder = rebuilder
        self._survey = survey
        self._jobs = [job for job in temporary_jobs(plan) if job not in rebuilder.kept]
        self._found: dict[JobId, list[JobId]] = {}
        self._left: dict[JobId, int] = {}
        self._read_by: dict[JobId, list[JobId]] = {}
        for job in self._jobs:
            readers = [reader for reader in self._readers(job) if survey.suspects[reader]]
            self._left[job] = len(readers)
            for reader in readers:
                self._read_by.setdefault(reader, []).append(job)

    def settled(self, reader: JobId, state: Callable[[JobId], JobState]) -> None:
        """A suspect is settled well: what it was the last one to read goes."""
        if self._jobs and self._plan.depfile(reader) is not None:
            self._take_found(reader)
        for job in self._read_by.get(reader, ()):
            self._left[job] -= 1
            if self._left[job] <= 0 and self._may_go(job, state):
                self._remove(job)

    def sweep(self, state: Callable[[JobId], JobState]) -> None:
        """At the end of a build: whatever may go and is still there, as a kill may have left it, goes."""
        for job in self._jobs:
            if self._may_go(job, state):
                self._remove(job)

    def _take_found(self, reader: JobId) -> None:
        """Note which temporary outputs a run turned out to read without declaring them."""
        trace = self._memory.outline(self._manifests.key(reader))
        for file in () if trace is None else self._rebuilder.discovered(trace):
            producer = self._plan.producer(file)
            if producer is not None:
                self._found.setdefault(producer, []).append(reader)

    def _readers(self, job: JobId) -> Iterator[JobId]:
        """All jobs that read an output or wait for one, each once."""
        plan = self._plan
        found: dict[JobId, None] = {}
        for file in plan.outputs(job):
            found.update(dict.fromkeys(plan.consumers(file)))
            found.update(dict.fromkeys(plan.waiting(file)))
        found.update(dict.fromkeys(self._survey.readers.get(job, ())))
        found.update(dict.fromkeys(self._found.get(job, ())))
        return iter(found)

    def _may_go(self, job: JobId, state: Callable[[JobId], JobState]) -> bool:
        if not self._is_well(job, state) or not any(self._is_made(file) for file in self._plan.outputs(job)):
            return False
        return all(self._is_done(reader, job, state) for reader in self._readers(job))

    def _is_made(self, file: FileId) -> bool:
        return self._files.is_there(file) and not self._files.is_assumed(file)

    def _is_well(self, job: JobId, state: Callable[[JobId], JobState]) -> bool:
        """Settled well in this build, or up to date without being part of it."""
        if self._survey.suspects[job]:
            return state(job) in _WELL
        return not any(True for _ in self._rebuilder.reasons(job))

    def _is_done(
        self, reader: JobId, job: JobId, state: Callable[[JobId], JobState], around: frozenset[JobId] = frozenset()
    ) -> bool:
        """Whether a reader is well, and with the very versions that lie there.

        One whose own outputs are temporary and gone may yet be woken by what reads these, so that has to be done too;
        `around` are the jobs that are being asked about, should they read each other in a circle.
        """
        if self._plan.is_expand_job(reader) or not self._is_well(reader, state):
            return False
        trace = self._memory.outline(self._manifests.key(reader))
        if trace is None:
            return False
        if any(self._files.is_assumed(file) for file in self._plan.outputs(reader)) and not all(
            self._is_done(behind, reader, state, around | {reader})
            for behind in self._readers(reader)
            if behind not in around
        ):
            return False
        read = set(self._plan.dirtying(reader))
        made = [file for file in self._plan.outputs(job) if file in read]
        return all(self._files.version(file) in trace.inputs for file in made)

    def _remove(self, job: JobId) -> None:
        outputs = self._plan.outputs(job)
        versions = {file: self._files.version(file) for file in outputs}
        for file in outputs:
            self._disk.remove(self._plan.path(file))
        for file, version in versions.items():
            self._files.assume(file, version)
