"""From outcome to trace: is what the run left to be believed, and is it remembered?"""

from __future__ import annotations

import posixpath
from array import array
from typing import TYPE_CHECKING, NamedTuple

from pymake.dataclass import dataclass, replace
from pymake.engine.causes import causes_of
from pymake.errors import InputKeepsChanging, JobError, OutputMissing
from pymake.model.ids import ABSENT, FileId, VersionId
from pymake.model.outputs import folder_of
from pymake.model.trace import NOTHING, USUAL, Failure, Start, Trace
from pymake.model.verdict import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pymake.engine.files import FileTable
    from pymake.engine.manifest import Manifests
    from pymake.engine.openings import Openings
    from pymake.interfaces import Disk, Memory
    from pymake.model.ids import JobId, TaskId
    from pymake.model.job import Action, Failed, Succeeded
    from pymake.model.plan import Plan
    from pymake.model.verdict import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The trace is on disk. `notes` are for the user."""

    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """This input was changed while the job ran: nothing is recorded, the job has to run again.

    `producer` makes the input, so it is judged again first; None for a source.
    """

    path: str
    producer: JobId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTooEarly:
    """The job read, without declaring it, what these jobs make: it has to run again after them.

    `gone` are those of them that are settled, and whose temporary output was not there to be read.
    """

    producers: tuple[JobId, ...]
    gone: tuple[JobId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The run ended well, but what it left is not what it declared."""

    error: JobError


Commit = Recorded | Edited | ReadTooEarly | Rejected


class Run(NamedTuple):
    """A run that ended well, and why it was made."""

    outcome: Succeeded
    reason: Reason


class Recorder:
    """Owns what is true of a job between its launch and its trace.

    Order of a commit, each line before the next: inputs as at launch; discovered inputs read; outputs there and
    hashed; trace written. Only then may readers start, so a build that is killed loses at most the running jobs.
    Launches and commits come several at a time where jobs are quick: one look at all their files, one write.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        root: str,
        origin: int = USUAL,
        disk: Disk,
        memory: Memory,
        files: FileTable,
        manifests: Manifests,
        parse_depfile: Callable[[str], Iterable[str]],
        openings: Openings,
        pending_maker: Callable[[str], JobId | None],
        reads: Callable[[JobId], Iterable[str]] = lambda _: (),
        keeps_outputs: bool = False,
    ) -> None:
        self._plan = plan
        self._root = root
        self._origin = origin
        self._disk = disk
        self._memory = memory
        self._files = files
        self._manifests = manifests
        self._parse_depfile = parse_depfile
        self._openings = openings
        self._pending_maker = pending_maker
        self._reads = reads
        self._keeps_outputs = keeps_outputs
        self._launched: dict[JobId, int] = {}
        self._prepared: set[TaskId] = set()

    def prepare(self, job: JobId) -> Action:
        """Before a launch: what the inputs are *now*, no old outputs, the folders that the job writes into.

        Returns what to run.
        """
        (old,) = self.prepare_ahead([job])
        for path in () if self._keeps_outputs else old:
            self._disk.remove(path)
        if self._plan.patterns(job) and not self._keeps_outputs:
            self._openings.clear(job)
        return self._openings.launched(job)

    def prepare_ahead(self, jobs: Sequence[JobId]) -> list[tuple[str, ...]]:
        """The same for jobs that are lined up. Returns the old outputs of each, to be removed when it begins.

        Not for jobs whose outputs are patterns.
        """
        inputs = self._inputs(jobs)
        self._files.look_before_run(inputs)
        self._files.versions(list(inputs))
        old = [self._old_outputs(job) for job in jobs]
        self._memory.record_starts([self._start(job) for job in jobs])
        for folder in {folder: None for job in jobs for folder in self._folders(job)}:
            self._disk.make_folder(folder)
        now = self._disk.now()
        self._launched.update(dict.fromkeys(jobs, now))
        return old

    def _inputs(self, jobs: Iterable[JobId]) -> Collection[FileId]:
        """The dirtying inputs of some jobs, each once."""
        return dict.fromkeys(file for job in jobs for file in self._plan.dirtying(job)).keys()

    def take_back(self, job: JobId) -> None:
        """A job that was lined up did not begin."""
        self._memory.record_end(self._manifests.key(job))

    def _start(self, job: JobId) -> Start:
        plan, key = self._plan, self._manifests.key(job)
        patterns = plan.patterns(job)
        foreign = self._openings.prepare(job).foreign if patterns else ()
        return Start(key=key, outputs=plan.output_paths(job), patterns=patterns, foreign=foreign, origin=self._origin)

    def commit(self, runs: Sequence[Run], can_wait_for: Callable[[JobId, JobId], bool]) -> list[Commit]:
        """Believe runs that ended well, or not, each for itself; in order. `can_wait_for(job, upstream)`."""
        edited = self._files.changed(self._inputs(run.outcome.job for run in runs))
        found = [self._read(run.outcome.job, edited, can_wait_for) for run in runs]
        well = [run.outcome.job for run, read in zip(runs, found, strict=True) if isinstance(read, list)]
        self._files.look_at_made([file for job in well for file in self._plan.outputs(job)])
        commits: list[Commit] = []
        traces = []
        for run, read in zip(runs, found, strict=True):
            commit = self._made(run.outcome.job) if isinstance(read, list) else read
            if isinstance(read, list) and isinstance(commit, Recorded):
                traces.append(self._trace(run, read))
            commits.append(commit)
        if traces:
            self._memory.record_traces(traces)
        return commits

    def _read(
        self, job: JobId, edited: set[FileId], can_wait_for: Callable[[JobId, JobId], bool]
    ) -> Edited | ReadTooEarly | Rejected | list[FileId]:
        """The discovered inputs of a run, if it read what is there now."""
        for file in self._plan.dirtying(job) if edited else ():
            if file in edited:
                self._files.forget([file])
                return self._edited(file)
        discovered = self._discover(job)
        if isinstance(discovered, JobError):
            return Rejected(error=discovered)
        return (self._too_early(job, discovered, can_wait_for) if discovered else None) or discovered

    def _made(self, job: JobId) -> Recorded | Rejected:
        """Whether the outputs are there that a run had to make."""
        missing = [self._plan.path(file) for file in self._plan.outputs(job) if not self._files.is_there(file)]
        if missing:
            return Rejected(error=self._missing(missing))
        notes = self._take_found(job)
        self._protect(job)
        return Recorded(notes=notes)

    def _take_found(self, job: JobId) -> tuple[str, ...]:
        """Add to the plan what the output patterns of the job mean now; returns what to tell the user."""
        if not self._plan.patterns(job):
            return ()
        found = self._openings.settle(job)
        self._plan.add_found(job, found.paths)
        self._files.forget(self._plan.outputs(job))
        return tuple(
            f"{path} was edited since {self._plan.label(job)} made it, and was not made again: it is kept"
            for path in found.kept
        )

    def _protect(self, job: JobId) -> None:
        """Make the outputs read-only, if the task says so; what is remembered of them is their stamp afterwards."""
        if self._plan.task(self._plan.task_of(job)).protected:
            outputs = self._plan.outputs(job)
            for file in outputs:
                self._disk.protect(self._plan.path(file))
            self._files.forget(outputs)
            self._files.look(outputs)

    def _old_outputs(self, job: JobId) -> tuple[str, ...]:
        """Outputs to take away, or a command that appends would leave what no build from scratch leaves.

        A folder goes only if an earlier run of a job made it: in one that was there before, files may be the user's.
        """
        outputs = [file for file in self._plan.outputs(job) if self._files.is_there(file)]
        old = tuple(
            self._plan.path(file) for file in outputs if not self._files.is_folder(file) or self._is_made(job, file)
        )
        self._files.forget(outputs)
        return old

    def _is_made(self, job: JobId, file: FileId) -> bool:
        """Whether a run made an output, be it one that failed or was killed. Ask before the job starts."""
        memory, path = self._memory, self._plan.path(file)
        if memory.made(path) is not None or memory.is_begun(path):
            return True
        return memory.failure(self._manifests.key(job)) is not None

    def discard(self, job: JobId) -> None:
        """Remove what a job that did not end well has written."""
        outputs = self._plan.outputs(job)
        for file in outputs:
            self._disk.remove(self._plan.path(file))
        self._files.forget(outputs)
        self._openings.discard(job)
        self._memory.record_end(self._manifests.key(job))

    def record_failure(self, job: JobId, outcome: Failed | Succeeded, reason: Reason, error: JobError) -> None:
        """Remember that the job failed, and how; its trace stays as it was."""
        self._files.forget(self._plan.outputs(job))
        self._memory.record_failure(
            Failure(
                key=self._manifests.key(job),
                task=self._plan.task(self._plan.task_of(job)).name,
                started=outcome.started,
                seconds=outcome.seconds,
                reason=describe(reason),
                error=str(error),
            )
        )

    def _edited(self, file: FileId) -> Edited | Rejected:
        """An input is not what it was. Without it another run would only make a mess, so that is a failure."""
        path, producer = self._plan.path(file), self._plan.producer(file)
        if producer is not None or self._files.is_there(file):
            return Edited(path=path, producer=producer)
        return Rejected(error=InputKeepsChanging(f"input {path} was removed during the run"))

    def _folders(self, job: JobId) -> list[str]:
        paths = [*self._plan.output_paths(job)]
        depfile = self._plan.depfile(job)
        if depfile is not None:
            paths.append(depfile)
        folders = [path.rpartition("/")[0] for path in paths]
        folders += map(folder_of, self._plan.patterns(job))
        folders += self._task_folders(job)
        return list(filter(None, folders))

    def _task_folders(self, job: JobId) -> tuple[str, ...]:
        """Folders that the task of the job wants, once for all its jobs."""
        task = self._plan.task_of(job)
        if task in self._prepared:
            return ()
        self._prepared.add(task)
        return self._plan.folders(task)

    def _discover(self, job: JobId) -> list[FileId] | JobError:
        """The files that the depfile names and that were seen to be read, without declared inputs and outputs."""
        named = self._from_depfile(job)
        if isinstance(named, JobError):
            return named
        paths = (*named, *self._reads(job))
        if not paths:
            return []
        found = dict.fromkeys(map(self._plan.add_file, paths))
        declared = {*self._plan.dirtying(job), *self._plan.outputs(job)}
        return [file for file in found if file not in declared]

    def _from_depfile(self, job: JobId) -> list[str] | JobError:
        """The files that the depfile of the job names, if it has one. The depfile is then used up."""
        depfile = self._plan.depfile(job)
        if depfile is None:
            return []
        data = self._disk.read(depfile)
        if data is None:
            return self._missing([depfile])
        try:
            names = self._parse_depfile(data.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            return OutputMissing(f"cannot read the depfile {depfile}", facts=[("reason", error)])
        self._disk.remove(depfile)
        return [self._from_root(job, name) for name in names]

    def _from_root(self, job: JobId, name: str) -> str:
        """A path as the job's command wrote it, as the plan would write it."""
        cwd = self._plan.action(job).cwd or ""
        path = posixpath.normpath(posixpath.join(self._root, cwd, name))
        below = self._root.rstrip("/") + "/"
        return path.removeprefix(below)

    def _too_early(
        self, job: JobId, discovered: Sequence[FileId], can_wait_for: Callable[[JobId, JobId], bool]
    ) -> Edited | ReadTooEarly | None:
        producers = [self._maker(file) for file in discovered]
        first = tuple(p for p in dict.fromkeys(producers) if p is not None and p != job and can_wait_for(job, p))
        gone = {
            p for p, file in zip(producers, discovered, strict=True) if p is not None and self._files.is_assumed(file)
        }
        if first or gone:
            return ReadTooEarly(producers=tuple(dict.fromkeys((*first, *gone))), gone=tuple(gone))
        for file in discovered:
            if not self._files.is_as_at(file, self._launched[job]):
                self._files.forget([file])
                producer = self._plan.producer(file)
                return Edited(path=self._plan.path(file), producer=None if producer == job else producer)
        return None

    def _maker(self, file: FileId) -> JobId | None:
        """The job that makes a file, or the expand job of a task that may come to make it."""
        producer = self._plan.producer(file)
        return self._pending_maker(self._plan.path(file)) if producer is None else producer

    def _missing(self, paths: Sequence[str]) -> JobError:
        what = "output" if len(paths) == 1 else "outputs"
        return OutputMissing(
            f"ended well but did not make its {what} {', '.join(paths)}",
            hint="make the command write there, or declare what it writes",
        )

    def _trace(self, run: Run, discovered: Sequence[FileId]) -> Trace:
        job, outcome, reason = run.outcome.job, run.outcome, run.reason
        facets, key = self._manifests.facets(job), self._manifests.key(job)
        before = self._memory.trace(key)
        trace = Trace(
            key=key,
            action=self._manifests.digest(facets),
            inputs=self._versions(self._plan.dirtying(job)),
            discovered=self._versions(discovered),
            outputs=self._versions(self._plan.outputs(job)),
            facets=tuple(facets),
            task=self._plan.task(self._plan.task_of(job)).name,
            started=outcome.started,
            seconds=outcome.seconds,
            reason=describe(reason),
            printed=outcome.printed,
            origin=self._origin,
        )
        return trace if before is None else replace(trace, causes=causes_of(self._memory, before, trace, reason))

    def _versions(self, files: Sequence[FileId]) -> array[int]:
        """A file that the run looked for in vain has a version too, so that its coming is noticed."""
        found = self._files.versions(files)
        if ABSENT in found:
            found = [self._nothing(file) if now == ABSENT else now for file, now in zip(files, found, strict=True)]
        return array("I", sorted(found))

    def _nothing(self, file: FileId) -> VersionId:
        return self._memory.record_version(self._plan.path(file), NOTHING)
