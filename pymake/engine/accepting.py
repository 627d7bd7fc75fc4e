"""Taking the present state of jobs as good: a trace of what lies there, without a run.

With causes, only these differences are taken: everything else stays as the last run left it in the trace, so what is
different there keeps the job dirty.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.model.causes import INPUT, OUTPUT, cause_of
from pymake.model.ids import ABSENT, VersionId
from pymake.model.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.interfaces import Memory
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan
    from pymake.model.trace import Facet


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacceptable:
    """Why the present state of a job cannot be taken as good."""

    job: JobId
    why: str


class Acceptance:
    """Owns one acceptance. `now` is in seconds since the epoch, `causes` are of `model.causes`; none means all."""

    def __init__(
        self,
        *,
        plan: Plan,
        memory: Memory,
        files: FileTable,
        manifests: Manifests,
        rebuilder: VerifyingTraces,
        causes: Collection[str],
        now: float,
        origin: int,
    ) -> None:
        self._plan = plan
        self._memory = memory
        self._files = files
        self._manifests = manifests
        self._rebuilder = rebuilder
        self._causes = frozenset(causes)
        self._now = now
        self._origin = origin

    def accept(self, job: JobId) -> Trace | Unacceptable | None:
        """Record the present state of a job, and return its new trace; None if there was nothing to accept."""
        reasons = list(self._rebuilder.reasons(job))
        old = self._memory.trace(self._manifests.key(job))
        if not reasons and old is not None and not old.accepted:
            return None
        if old is None and self._causes:
            return Unacceptable(job=job, why="it never ended well, so there is nothing to compare with")
        outputs = self._rebuilder.outputs(job, old)
        missing = [self._plan.path(file) for file in outputs if not self._files.is_there(file)]
        if missing:
            return Unacceptable(job=job, why=f"its output {missing[0]} is not there")
        if not reasons:
            return None
        trace = self._present(job, old, outputs)
        if trace == old:
            return None
        self._memory.record_traces([trace])
        return trace

    def _present(self, job: JobId, old: Trace | None, outputs: Sequence[FileId]) -> Trace:
        facets = self._facets(job, old)
        said = ", ".join(sorted(self._causes)) or "everything"
        fresh = Trace(
            key=self._manifests.key(job),
            action=self._manifests.digest(facets),
            inputs=self._versions(self._plan.dirtying(job)),
            discovered=array("I") if old is None else self._versions(self._rebuilder.discovered(old)),
            outputs=self._versions(outputs),
            facets=tuple(facets),
            task=self._plan.task(self._plan.task_of(job)).name,
            started=self._now if old is None else old.started,
            seconds=0.0 if old is None else old.seconds,
            reason="accepted" if old is None else old.reason,
            printed=old is not None and old.printed,
            origin=self._origin,
            accepted=f"{said} at {self._now:.0f}",
        )
        if old is None:
            return fresh
        if not self._takes(INPUT):
            fresh = replace(fresh, inputs=old.inputs, discovered=old.discovered)
        return fresh if self._takes(OUTPUT) else replace(fresh, outputs=old.outputs)

    def _takes(self, cause: str) -> bool:
        return not self._causes or cause in self._causes

    def _facets(self, job: JobId, old: Trace | None) -> list[Facet]:
        """Those of now where they are accepted, else those of then."""
        now = self._manifests.facets(job)
        if old is None or not self._causes:
            return now
        then = {facet.name: facet for facet in old.facets}
        mixed = [facet if self._takes(cause_of(facet.name)) else then.get(facet.name) for facet in now]
        names = {facet.name for facet in now}
        gone = [facet for facet in old.facets if facet.name not in names and not self._takes(cause_of(facet.name))]
        return [facet for facet in (*mixed, *gone) if facet is not None]

    def _versions(self, files: Iterable[FileId]) -> array[int]:
        """What is there now; a discovered input that is gone is none any more."""
        versions = (self._files.version(file) for file in files)
        return array("I", sorted(VersionId(version) for version in versions if version != ABSENT))
