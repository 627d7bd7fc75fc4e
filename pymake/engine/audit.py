"""What jobs read and write without having declared it: recorded as discovered inputs, or reported.

Not counted are the job's own outputs and what it wrote itself, what lies outside of the project or in `.pymake`, byte
code, and folders. Reads of order-only inputs are what the user wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pymake.model.ids import JobId, TaskId
    from pymake.model.plan import Plan
    from pymake.model.seen import Seen
    from pymake.model.task import Task

STATE = ".pymake/"
_BYTE_CODE = "__pycache__/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """What the jobs of one task did without declaring it, over one build.

    `reads` and `writes` are paths with the number of jobs that did so, of `jobs` that were watched. `makers` names the
    tasks that make some of the paths. `blind` says that some job started programs whose files were not seen; `unseen`
    that nothing could be seen at all.
    """

    task: Task
    jobs: int
    reads: dict[str, int]
    writes: dict[str, int]
    makers: dict[str, str]
    blind: bool
    unseen: bool


@dataclass(slots=True)
class _Tally:
    jobs: int = 0
    reads: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    blind: bool = False
    unseen: bool = False


class Audit:
    """Owns what was seen in one build. `everything` watches all jobs, else those whose task records what they read."""

    def __init__(
        self,
        *,
        plan: Plan,
        everything: bool,
        seen_of: Callable[[JobId], Seen | None],
        is_file: Callable[[str], bool],
        is_folder: Callable[[str], bool],
    ) -> None:
        self._plan = plan
        self._everything = everything
        self._seen_of = seen_of
        self._is_file = is_file
        self._is_folder = is_folder
        self._tallies: dict[TaskId, _Tally] = {}

    def watches(self, job: JobId) -> bool:
        """Whether what the job opens is to be seen."""
        return self._everything or self._task(job).records_reads

    def reads(self, job: JobId) -> Sequence[str]:
        """After a run: the discovered inputs of a job that records what it reads; others are only noted."""
        if not self.watches(job):
            return ()
        seen = self._seen_of(job)
        tally = self._tallies.setdefault(self._plan.task_of(job), _Tally())
        if seen is None:
            tally.unseen = True
            return ()
        reads, writes = self._counted(job, seen)
        tally.jobs += 1
        tally.blind = tally.blind or seen.blind
        _count(tally.writes, (path for path in writes if self._is_file(path)))
        if self._task(job).records_reads:
            return reads
        _count(tally.reads, (path for path in reads if self._is_file(path) or self._maker(path) is not None))
        return ()

    def found(self) -> list[Undeclared]:
        """What was found, task by task."""
        return [
            Undeclared(
                task=self._plan.task(task),
                jobs=tally.jobs,
                reads=tally.reads,
                writes=tally.writes,
                makers=self._makers([*tally.reads, *tally.writes]),
                blind=tally.blind,
                unseen=tally.unseen,
            )
            for task, tally in sorted(self._tallies.items())
        ]

    def _task(self, job: JobId) -> Task:
        return self._plan.task(self._plan.task_of(job))

    def _counted(self, job: JobId, seen: Seen) -> tuple[list[str], list[str]]:
        plan = self._plan
        outputs = _Paths(plan.path(file) for file in plan.outputs(job))
        inputs = _Paths(plan.path(file) for row in (plan.dirtying(job), plan.order_only(job)) for file in row)
        depfile = plan.depfile(job)
        own = {*seen.writes} | ({depfile} if depfile else set())
        reads = [path for path in seen.reads if path not in own and path not in inputs and path not in outputs]
        writes = [path for path in seen.writes if path not in outputs and path != depfile]
        return [path for path in reads if self._counts(path)], [path for path in writes if self._counts(path)]

    def _counts(self, path: str) -> bool:
        outside = path.startswith(("/", "../", STATE)) or path in ("", ".", STATE[:-1])
        return not outside and _BYTE_CODE not in path and not self._is_folder(path)

    def _makers(self, paths: Iterable[str]) -> dict[str, str]:
        makers = ((path, self._maker(path)) for path in paths)
        return {path: self._task(maker).name for path, maker in makers if maker is not None}

    def _maker(self, path: str) -> JobId | None:
        return self._plan.producer(self._plan.add_file(path))


class _Paths:
    """Files, and folders with all that lies in them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)

    def __contains__(self, path: str) -> bool:
        while path:
            if path in self._paths or f"{path}/" in self._paths:
                return True
            path = path.rpartition("/")[0]
        return False


def _count(counts: dict[str, int], paths: Iterable[str]) -> None:
    for path in paths:
        counts[path] = counts.get(path, 0) + 1
