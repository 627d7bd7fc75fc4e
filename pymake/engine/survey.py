"""The survey: stamp everything that is wanted, clear every job whose stamps equal its trace, name the suspects.

Invariants that carry the short cut:

* A job is cleared in bulk only if every version it depends on follows from a believed stamp and equals its trace, and
  no job upstream of it is a suspect. So its inputs are settled, and judging it would give the same answer.
* The stamps that are kept are those the verdicts were made from, so an edit that lands during the build is news to
  the next one.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.model.ids import FileId, JobId, TaskId
from pymake.model.rows import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.interfaces import Memory
    from pymake.model.plan import Plan
    from pymake.model.rows import Rows


@dataclass(slots=True, kw_only=True)
class Survey:
    """`suspects[job]` is 1 for jobs that have to be judged, and for expand jobs; the other wanted jobs are clean.

    `readers` holds the jobs that were found, by an earlier run, to read what a job makes without declaring it;
    `discovered` what a job was found to read, of those that were looked at one by one.
    `usual` holds the seconds of the last good run of each suspect that had one. `looked_at` is 1 for the wanted jobs,
    `total` counts them, `expand_jobs` the suspects that are no jobs but make some. All of it grows with the plan, by
    `Surveyor.extend`.
    """

    total: int = 0
    expand_jobs: int = 0
    suspects: bytearray = field(default_factory=bytearray)
    looked_at: bytearray = field(default_factory=bytearray)
    readers: dict[JobId, list[JobId]] = field(default_factory=dict)
    discovered: dict[JobId, Sequence[FileId]] = field(default_factory=dict)
    usual: dict[JobId, float] = field(default_factory=dict)

    def is_wanted(self, job: JobId) -> bool:
        """Whether the job was looked at."""
        return bool(self.looked_at[job])

    @property
    def to_judge(self) -> int:
        """How many jobs could not be cleared by their stamps alone."""
        return self.suspects.count(1) - self.expand_jobs

    def suspect_jobs(self) -> list[JobId]:
        """The suspects, in order."""
        return [JobId(job) for job in marked(self.suspects)]


def temporary_jobs(plan: Plan) -> list[JobId]:
    """The jobs of all temporary tasks."""
    if plan.is_restored:
        return []  # plans with such tasks are not kept
    tasks = [task for task in map(TaskId, range(plan.task_count)) if plan.task(task).temporary]
    return [job for task in tasks for job in plan.task_jobs(task)]


def _of_temporary(plan: Plan, jobs: Iterable[JobId]) -> list[JobId]:
    return [job for job in jobs if plan.task(plan.task_of(job)).temporary]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the build before knew, of the same plan and with the same memory.

    `clean[job]` is 1 if the stamps of that build prove the job clean. `discoverers` are, by file, the jobs that were
    found to read it; `readers` as in `Survey`. `changed` are the files of which somebody has just found out that their
    stamps are others now, if all files were looked at for that.
    """

    clean: bytearray
    discoverers: Rows
    readers: Mapping[int, Sequence[JobId]]
    changed: Sequence[FileId] | None = None


class Surveyor:
    """Owns one survey and the ways in which it grows."""

    def __init__(
        self, *, plan: Plan, files: FileTable, memory: Memory, manifests: Manifests, rebuilder: VerifyingTraces
    ) -> None:
        self._plan = plan
        self._files = files
        self._memory = memory
        self._manifests = manifests
        self._rebuilder = rebuilder
        self._survey = Survey()
        self._unmade: dict[FileId, list[JobId]] = {}
        self._temporary: set[JobId] = set()

    def survey(self, wanted: bytearray, before: Before | None = None) -> Survey:
        """Look at every file of the wanted jobs once. With `before`, the jobs whose stamps did not change are clean."""
        if before is None:
            self.extend([job for job in self._plan.jobs() if wanted[job]])
        else:
            self._survey_since(wanted, before)
        return self._survey

    def _survey_since(self, wanted: bytearray, before: Before) -> None:
        plan, survey = self._plan, self._survey
        survey.total = sum(wanted)
        survey.suspects, survey.looked_at = bytearray(len(wanted)), bytearray(wanted)
        survey.readers = {JobId(job): list(readers) for job, readers in before.readers.items()}
        changed = self._files.look_since(self._files_of(wanted, before), before.changed)
        doubtful = {JobId(job) for job in compress(range(len(wanted)), _but(wanted, before.clean))}
        for file in changed:
            producer = plan.producer(file)
            touched = plan.consumers(file), plan.waiting(file), _row(before.discoverers, file)
            doubtful.update(*touched, () if producer is None else (producer,))
        found = [job for job in sorted(doubtful) if wanted[job] and not self._clear(job)]
        for job in found:
            survey.suspects[job] = 1
        self._spread(found)

    def _files_of(self, wanted: bytearray, before: Before) -> Sequence[FileId]:
        """All files that matter to the wanted jobs."""
        plan = self._plan
        if all(wanted):
            return [FileId(file) for file in range(plan.file_count)]
        files = dict.fromkeys(self._declared_files([job for job in plan.jobs() if wanted[job]]))
        for file, jobs in enumerate(before.discoverers):
            if any(wanted[job] for job in jobs):
                files[FileId(file)] = None
        return list(files)

    def extend(self, jobs: Sequence[JobId]) -> list[JobId]:
        """Look at jobs that are wanted too, and return the suspects among them. Nothing cleared before depends on them.

        Expand jobs among them are suspects.
        """
        plan, survey = self._plan, self._survey
        seen_before = bool(survey.total)
        for row in (survey.suspects, self._survey.looked_at):
            row.extend(bytes(plan.job_count - len(row)))
        real = [job for job in jobs if not plan.is_expand_job(job)]
        for job in real:
            self._survey.looked_at[job] = 1
        survey.total += len(real)
        survey.expand_jobs += len(jobs) - len(real)
        self._files.look(self._declared_files(real))
        self._temporary.update(temporary_jobs(plan) if not seen_before else _of_temporary(plan, real))
        self._rebuilder.clear_gone([job for job in real if job in self._temporary])
        found = [job for job in jobs if plan.is_expand_job(job) or not self._clear(job)]
        if seen_before:
            found += [job for job in real if self._reads_of_suspect(job)]
        for job in found:
            survey.suspects[job] = 1
        self._spread(found)
        return [job for job in jobs if survey.suspects[job]]

    def survey_again(self, before: Survey, doubtful: Iterable[JobId]) -> Survey:
        """Look once more at these jobs and all downstream of suspects among them; the others are taken as clean.

        `before` is a survey of the same plan, and its files were looked at since. Costs what these jobs cost.
        """
        survey = self._survey
        survey.total, survey.looked_at = before.total, before.looked_at
        survey.readers, survey.discovered = before.readers, before.discovered
        survey.suspects = bytearray(len(before.looked_at))
        self.doubt([job for job in sorted(set(doubtful)) if survey.looked_at[job] and not self._clear(job)])
        return survey

    def learn(self, survey: Survey, jobs: Iterable[JobId]) -> list[tuple[JobId, Sequence[FileId]]]:
        """Take in what jobs, which have run since a survey, were found to read, and return what is new of that."""
        self._survey = survey
        found: list[tuple[JobId, Sequence[FileId]]] = []
        for job in jobs:
            trace = self._memory.outline(self._manifests.key(job))
            discovered = self._rebuilder.discovered(trace) if trace is not None and trace.discovered else []
            if discovered and survey.discovered.get(job) != discovered:
                self._take_discovered(job, discovered)
                found.append((job, discovered))
        return found

    def doubt(self, jobs: Sequence[JobId]) -> None:
        """These jobs are suspects, and all downstream of them."""
        for job in jobs:
            self._survey.suspects[job] = 1
        self._spread(jobs)

    def is_cleared(self, job: JobId) -> bool:
        """Whether the job was looked at and is clean."""
        return (
            job < len(self._survey.looked_at) and bool(self._survey.looked_at[job]) and not self._survey.suspects[job]
        )

    def discovered(self) -> list[tuple[FileId, list[JobId]]]:
        """Files without a known maker that jobs were found to read, each with these jobs; only for plans that grow."""
        return [(file, jobs) for file, jobs in self._unmade.items() if self._plan.producer(file) is None]

    def await_row(self, row: JobId, jobs: Sequence[JobId]) -> None:
        """These jobs are not settled before an expand job, whose task may come to make what they read."""
        waiting = self._survey.readers.setdefault(row, [])
        waiting += [job for job in jobs if job not in waiting]
        fresh = [job for job in jobs if not self._survey.suspects[job]]
        for job in fresh:
            self._survey.suspects[job] = 1
        self._spread(fresh)

    def readers_of(self, jobs: Sequence[JobId]) -> dict[JobId, list[JobId]]:
        """Jobs that joined, each with those that were found, by an earlier run, to read what it makes."""
        found: dict[JobId, list[JobId]] = {}
        for job in jobs if self._unmade else ():
            readers = [reader for file in self._plan.outputs(job) for reader in self._unmade.get(file, ())]
            if readers:
                found[job] = list(dict.fromkeys(readers))
        return found

    def clear(self, job: JobId) -> None:
        """A suspect upstream of which everything is clean was judged, and is clean."""
        self._survey.suspects[job] = 0

    def _declared_files(self, jobs: Sequence[JobId]) -> list[FileId]:
        """All inputs and outputs, each once, in order of first mention."""
        plan = self._plan
        outputs = self._rebuilder.outputs if plan.has_patterns else plan.outputs
        rows = (row for job in jobs for row in (plan.dirtying(job), plan.order_only(job), outputs(job)))
        return list(dict.fromkeys(file for row in rows for file in row))

    def _clear(self, job: JobId) -> bool:
        trace = self._memory.outline(self._manifests.key(job))
        if trace is None:
            return False
        if trace.discovered:
            self._take_discovered(job, self._rebuilder.discovered(trace))
        if self._rebuilder.is_cleared(job, trace):
            return True
        self._survey.usual[job] = trace.seconds
        return False

    def _take_discovered(self, job: JobId, discovered: Sequence[FileId]) -> None:
        """Note what a job was found to read; nothing new if that is what it was found to read before."""
        if self._survey.discovered.get(job) == discovered:
            return
        self._survey.discovered[job] = discovered
        self._files.look(discovered)
        for file in discovered:
            producer = self._plan.producer(file)
            if producer is None and self._plan.has_patterns:
                self._unmade.setdefault(file, []).append(job)
            elif producer is not None and producer != job:
                self._survey.readers.setdefault(producer, []).append(job)

    def _reads_of_suspect(self, job: JobId) -> bool:
        plan, suspects = self._plan, self._survey.suspects
        producers = map(plan.producer, (*plan.dirtying(job), *plan.order_only(job)))
        return any(producer is not None and suspects[producer] for producer in producers)

    def _spread(self, found: Sequence[JobId]) -> None:
        """Everything downstream of a suspect is one too: its inputs are not settled.

        So is whatever makes a temporary file that a suspect reads and that is gone: the suspect may need it.
        """
        suspects, usual = self._survey.suspects, self._survey.usual
        stack = list(found)
        while stack:
            job = stack.pop()
            for reader in (*self._downstream(job), *self._makers_of_gone(job)):
                if self._survey.looked_at[reader] and not suspects[reader]:
                    suspects[reader] = 1
                    stack.append(reader)
                    trace = self._memory.outline(self._manifests.key(reader))
                    if trace is not None:
                        usual[reader] = trace.seconds

    def _makers_of_gone(self, job: JobId) -> Iterator[JobId]:
        if self._temporary and not self._plan.is_expand_job(job):
            makers = map(self._plan.producer, self._rebuilder.gone_inputs(job))
            yield from (maker for maker in makers if maker is not None)

    def _downstream(self, job: JobId) -> Iterator[JobId]:
        for file in self._plan.outputs(job):
            yield from self._plan.consumers(file)
        yield from self._survey.readers.get(job, ())


def _row(rows: Rows, file: FileId) -> Sequence[JobId]:
    return [JobId(job) for job in rows[file]] if file < len(rows) else ()


def _but(marked: bytearray, less: bytearray) -> bytes:
    """1 where the first row has one and the second has not, in one go."""
    size = len(marked)
    both = int.from_bytes(marked, "little") & ~int.from_bytes(less, "little")
    return both.to_bytes(size, "little")
