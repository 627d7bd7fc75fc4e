"""The world as one run sees it: files with their times, the history, and the outputs of tasks as they are now."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pymake.ruffus.digests import extras_digest, function_digest
from pymake.ruffus.history import Record
from pymake.ruffus.inputs import globbed
from pymake.ruffus.jobs import Jobs
from pymake.ruffus.structure import names_in
from pymake.ruffus.tasks import Task
from pymake.ruffus.timestamps import SLACK, Digests, Level, Missing, NothingToJudge, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymake.planner.inputs import Made
    from pymake.ruffus.history import History
    from pymake.ruffus.jobs import Parameters, Source
    from pymake.ruffus.timestamps import Judgement


class Now:
    """Owns what one run remembers of the world. `history` is None where no records are kept."""

    def __init__(self, *, runtime_data: Mapping[str, object], history: History | None, level: int) -> None:
        self.runtime_data = runtime_data
        self.level = level
        self._history = history
        self._made: dict[Task, Made] = {}
        self._changing: dict[Task, bool] = {}
        self._functions: dict[object, str] = {}

    # What tasks make

    def made(self, task: Source) -> Made:
        """What readers see of the jobs of a task, as the files are now; nothing if it is inactive."""
        assert isinstance(task, Task), "nothing else is a source"
        if task not in self._made:
            self._made[task] = self.jobs(task).made
        return self._made[task]

    def jobs(self, task: Task) -> Jobs:
        """The jobs of a task as the files are now; none if it is inactive."""
        assert task.prepared is not None, "a run prepares every task that it reaches"
        return task.prepared.jobs(self) if task.is_active else Jobs(())

    def look_again(self) -> None:
        """Files may have come or gone: what follows from them is asked anew."""
        for task in [task for task in self._made if self._changes(task)]:
            del self._made[task]

    def _changes(self, task: Task) -> bool:
        """Whether other files can mean other outputs."""
        if task not in self._changing:
            prepared = task.prepared
            self._changing[task] = prepared is None or prepared.looks or any(map(self._changes, prepared.sources))
        return self._changing[task]

    # Files

    def time(self, name: str) -> float | None:
        """When the file was changed, links followed; None if it is not there."""
        try:
            return os.stat(name).st_mtime
        except OSError:
            return None

    def identity(self, name: str) -> object:
        """What tells the file from others, links followed; hard links are one file."""
        try:
            found = os.stat(name)
        except OSError:
            return name
        return found.st_dev, found.st_ino

    def record(self, name: str) -> Record | None:
        """What the history knows of an output."""
        return None if self._history is None else self._history.record(name)

    def judgement(self, task: Task, job: Parameters) -> Judgement:
        """The judgement on one job by files and records."""
        return judge(job.call, lambda: self._digests(task, job), self, self.level)

    def missing_folders(self, job: Parameters) -> Judgement:
        """For a job that makes folders: which of them are not there."""
        missing = tuple(name for name in names_in(folders_of(job)) if not os.path.isdir(name))
        return Missing(names=missing) if missing else NothingToJudge(text="")

    def _digests(self, task: Task, job: Parameters) -> Digests:
        function = task.user_defined_work_func
        if function not in self._functions:
            self._functions[function] = function_digest(function)
        return Digests(function=self._functions[function], extras=extras_digest(job.call[2:]))

    # After a job

    def forget(self, job: Parameters) -> None:
        """Before a job runs, and when it has failed: its outputs are not known to be complete."""
        if self._history is not None:
            self._history.forget(self._own(job))

    def remember(self, task: Task, job: Parameters) -> None:
        """After a job that ended well: its outputs are complete as they are now."""
        names = self._own(job)
        self._part_times(job, names)
        if self._history is None:
            return
        digests, now = self._digests(task, job), time.time()
        records = {}
        for name in names:
            changed = self.time(name)
            if changed is not None:
                records[name] = Record(
                    outfile=self._history.key(name),
                    mtime=now if now - changed <= SLACK else changed,
                    chksum_params=digests.extras,
                    chksum_func=digests.function,
                )
        self._history.remember(records)

    def _own(self, job: Parameters) -> list[str]:
        """The outputs that the job makes: patterns stand for what is there, and what is only passed through is not."""
        if len(job.shown) < 2:
            return []
        passed = set(names_in(job.call[0]))
        return [name for name in dict.fromkeys(names_in(globbed(job.shown[1]))) if name not in passed]

    def _part_times(self, job: Parameters, names: Sequence[str]) -> None:
        """See that fresh outputs are later than the inputs.

        The clock of a file system ticks every few milliseconds, and two quick jobs in a row would leave files of one
        time, of which the rule says that they are out of date.
        """
        inputs = names_in(job.call[0])
        if not inputs:
            return
        newest = max((_nanoseconds(name) for name in inputs), default=0)
        for name in names:
            changed, now = _nanoseconds(name), time.time_ns()
            if 0 < changed <= newest < now and now - changed <= SLACK * 1e9:
                os.utime(name, ns=(now, now))

    def flush(self) -> None:
        """Before a wait: write the records that wait to be written."""
        if self._history is not None:
            self._history.flush()

    def close(self) -> None:
        """Close the history."""
        if self._history is not None:
            self._history.close()


def digests_of(function: Callable[..., object], extras: Sequence[object]) -> Digests:
    """The digests of a function and of the extras that it is called with."""
    return Digests(function=function_digest(function), extras=extras_digest(extras))


def folders_of(job: Parameters) -> object:
    """What a job that makes folders makes: its output, or its only parameter."""
    return job.call[1] if len(job.call) > 1 else job.call[0]


def _nanoseconds(name: str) -> int:
    try:
        return os.stat(name).st_mtime_ns
    except OSError:
        return 0


def keeps_records(level: int, history_file: str | None) -> bool:
    """Whether a run has a history: at level 0 only if a file was named for it."""
    return level >= Level.RECORDS or history_file is not None
