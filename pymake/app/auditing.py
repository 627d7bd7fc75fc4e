"""Watching the jobs of one build: what each was seen to open, and what to tell of it.

Each watched job has a file in `.pymake/audit/` in which what it opens is noted while it runs (see
`executors.watching`); the folder is there only during a build.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.views.audit import audit_notes
from pymake.engine.audit import Audit
from pymake.errors import BuildFileError
from pymake.executors.watching import WATCH, Watched, seen_by_call, seen_by_strace
from pymake.model.job import Call
from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.app.session import Session
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.seen import Seen

    Environment = tuple[tuple[str, str], ...]


class Auditing:
    """The audit of one build, on the real disk. With `everything` all jobs are watched.

    Raises:
        BuildFileError: what the commands of a task read is to be recorded, and there is no strace to see it.
    """

    def __init__(self, session: Session, *, everything: bool) -> None:
        self._plan = session.plan
        self._root = session.project.root
        self._folder = os.path.join(self._root, FOLDER, "audit")
        self._everything = everything
        self._recording = any(task.records_reads for task in session.project.tasks)
        self._has_strace = self.is_on and _has_strace()
        if self._recording and not self._has_strace:
            _check_recorded(session.plan)
        self.audit = Audit(
            plan=session.plan,
            everything=everything,
            seen_of=self._seen,
            is_file=lambda path: os.path.isfile(os.path.join(self._root, path)),
            is_folder=lambda path: os.path.isdir(os.path.join(self._root, path)),
        )

    @property
    def is_on(self) -> bool:
        """Whether any job is watched."""
        return self._everything or self._recording

    def open(self) -> None:
        """Make the folder for what is seen."""
        if self.is_on:
            self.close()
            os.makedirs(self._folder)

    def close(self) -> None:
        """Remove it."""
        if self.is_on:
            from shutil import rmtree  # noqa: PLC0415  # 3 ms that few builds need

            rmtree(self._folder, ignore_errors=True)

    def functions(self, functions: dict[str, Callable[..., object]]) -> dict[str, Callable[..., object]]:
        """The functions of tasks, so that calls of them can be watched."""
        return {name: Watched(function) for name, function in functions.items()} if self.is_on else functions

    def environments(self, env_of: Callable[[JobId], Environment]) -> Callable[[JobId], Environment]:
        """The environments of jobs, which name the file of each watched one."""

        def of(job: JobId) -> Environment:
            watched = self.audit.watches(job) and (self._has_strace or isinstance(self._plan.action(job), Call))
            return (*env_of(job), (WATCH, self._file(job))) if watched else env_of(job)

        return of if self.is_on else env_of

    def notes(self) -> Iterator[str]:
        """What to tell at the end of the build."""
        return audit_notes(self.audit.found()) if self._everything else iter(())

    def _file(self, job: JobId) -> str:
        return os.path.join(self._folder, str(job))

    def _seen(self, job: JobId) -> Seen | None:
        read = seen_by_call if isinstance(self._plan.action(job), Call) else seen_by_strace
        return read(self._file(job), self._root)


def _has_strace() -> bool:
    from shutil import which  # noqa: PLC0415  # as above

    return which("strace") is not None


def _check_recorded(plan: Plan) -> None:
    for job in plan.jobs():
        task = plan.task(plan.task_of(job))
        if task.records_reads and not isinstance(plan.action(job), Call):
            raise BuildFileError(
                f"task {task.name} records what it reads, which only strace sees of a command, and there is none",
                place=task.place,
                hint="install strace, or have the command write a depfile",
            )
