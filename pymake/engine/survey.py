"""The survey: stamp everything that is wanted, clear every job whose stamps equal its trace, name the suspects.

Invariants that carry the short cut:

* A job is cleared in bulk only if every version it depends on follows from a believed stamp and equals its trace, and
  no job upstream of it is a suspect. So its inputs are settled, and judging it would give the same answer.
* The stamps that are kept are those the verdicts were made from, so an edit that lands during the build is news to
  the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.interfaces import Memory
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """`suspects[job]` is 1 for jobs that have to be judged; the other wanted jobs are clean.

    `readers` holds the jobs that were found, by an earlier run, to read what a job makes without declaring it.
    `usual` holds the seconds of the last good run of each suspect that had one.
    """

    total: int
    suspects: bytearray
    readers: Mapping[JobId, Sequence[JobId]]
    usual: Mapping[JobId, float]


class Surveyor:
    """Owns one survey while it is made."""

    def __init__(
        self, *, plan: Plan, files: FileTable, memory: Memory, manifests: Manifests, rebuilder: VerifyingTraces
    ) -> None:
        self._plan = plan
        self._files = files
        self._memory = memory
        self._manifests = manifests
        self._rebuilder = rebuilder
        self._readers: dict[JobId, list[JobId]] = {}
        self._usual: dict[JobId, float] = {}

    def survey(self, wanted: bytearray) -> Survey:
        """Look at every file of the wanted jobs once."""
        jobs = [job for job in self._plan.jobs() if wanted[job]]
        self._files.look(self._declared_files(jobs))
        suspects = bytearray(len(wanted))
        found = [job for job in jobs if not self._clear(job)]
        for job in found:
            suspects[job] = 1
        self._spread(found, suspects, wanted)
        return Survey(total=len(jobs), suspects=suspects, readers=self._readers, usual=self._usual)

    def _declared_files(self, jobs: Sequence[JobId]) -> list[FileId]:
        """All inputs and outputs, each once, in order of first mention."""
        plan = self._plan
        rows = (row for job in jobs for row in (plan.dirtying(job), plan.order_only(job), plan.outputs(job)))
        return list(dict.fromkeys(file for row in rows for file in row))

    def _clear(self, job: JobId) -> bool:
        trace = self._memory.outline(self._manifests.key(job))
        if trace is None:
            return False
        if trace.discovered:
            discovered = self._rebuilder.discovered(trace)
            self._files.look(discovered)
            for file in discovered:
                producer = self._plan.producer(file)
                if producer is not None and producer != job:
                    self._readers.setdefault(producer, []).append(job)
        if self._rebuilder.is_cleared(job, trace):
            return True
        self._usual[job] = trace.seconds
        return False

    def _spread(self, found: list[JobId], suspects: bytearray, wanted: bytearray) -> None:
        """Everything downstream of a suspect is one too: its inputs are not settled."""
        stack = list(found)
        while stack:
            for reader in self._downstream(stack.pop()):
                if wanted[reader] and not suspects[reader]:
                    suspects[reader] = 1
                    stack.append(reader)
                    trace = self._memory.outline(self._manifests.key(reader))
                    if trace is not None:
                        self._usual[reader] = trace.seconds

    def _downstream(self, job: JobId) -> Iterator[JobId]:
        for file in self._plan.outputs(job):
            yield from self._plan.consumers(file)
        yield from self._readers.get(job, ())
