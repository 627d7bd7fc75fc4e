"""From targets to the jobs they need."""

from __future__ import annotations

import glob
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.errors import UnknownTarget, nearest
from pymake.model.fields import escape
from pymake.model.ids import FileId, JobId, TaskId
from pymake.model.patterns import normalise, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymake.model.plan import Plan

_MOST_COMPARED = 20_000
"""Names that are compared with an unknown target: more would take seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`goals` are the jobs that make the targets; `wanted[job]` is 1 for them and for everything upstream."""

    goals: tuple[JobId, ...]
    wanted: bytearray


def select(plan: Plan, targets: Sequence[str], where: str) -> Selection:
    """The jobs that targets need; all jobs if there are no targets.

    A target is the name of a task, else a path, a folder of outputs or a glob over outputs, relative to the folder
    `where`, itself relative to the root ("" for the root). A source file is a target too: there is nothing to do.

    Raises:
        UsageError: a target is none of these.
    """
    if not targets:
        return Selection(goals=tuple(plan.jobs()), wanted=bytearray(b"\1") * plan.job_count)
    names = {plan.task(task).name: task for task in _tasks(plan)}
    upstream = _Upstream(plan)
    goals: dict[JobId, None] = {}
    for target in targets:
        task = names.get(target)
        if task is not None:
            goals.update(dict.fromkeys(upstream.want_task(task)))
            continue
        files = _files(plan, target, where)
        if files is None:
            raise _unknown(plan, target, where)
        goals.update(dict.fromkeys(upstream.want_files(files)))
    return Selection(goals=tuple(goals), wanted=upstream.wanted())


class _Upstream:
    """Owns the mark of what is wanted."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._wanted = bytearray(plan.job_count)
        self._tasks: set[TaskId] = set()
        self._stack: list[JobId] = []

    def want_task(self, task: TaskId) -> Sequence[JobId]:
        """Want all of a task; returns the jobs that stand for it."""
        self._want_followed(task)
        jobs = self._plan.task_jobs(task)
        self._want(jobs)
        return [*jobs, *self.want_files(self._plan.group_inputs(task))]

    def want_files(self, files: Iterable[FileId]) -> list[JobId]:
        """Want the makers of these files, and return them."""
        producers = (self._plan.producer(file) for file in files)
        jobs = [job for job in producers if job is not None]
        self._want(jobs)
        return jobs

    def wanted(self) -> bytearray:
        """Everything wanted, with all upstream of it."""
        plan = self._plan
        while self._stack:
            job = self._stack.pop()
            self.want_files(plan.dirtying(job))
            self.want_files(plan.order_only(job))
            self._want_followed(plan.task_of(job))
        return self._wanted

    def _want(self, jobs: Iterable[JobId]) -> None:
        for job in jobs:
            if not self._wanted[job]:
                self._wanted[job] = 1
                self._stack.append(job)

    def _want_followed(self, task: TaskId) -> None:
        stack = [task]
        while stack:
            current = stack.pop()
            if current in self._tasks:
                continue
            self._tasks.add(current)
            for followed in self._plan.followed(current):
                self._want(self._plan.task_jobs(followed))
                self.want_files(self._plan.group_inputs(followed))
                stack.append(followed)


def _tasks(plan: Plan) -> Iterator[TaskId]:
    return map(TaskId, range(plan.task_count))


def _files(plan: Plan, target: str, where: str) -> Sequence[FileId] | None:
    """What a path, folder or glob stands for; None if nothing."""
    path = normalise(posixpath.join(where, target))
    file = plan.file(path)
    if file is not None:
        return [file]
    below = "" if path == "." else path + "/"
    found = [file for file in _outputs(plan) if plan.path(file).startswith(below)]
    if found:
        return found
    pattern = read(posixpath.join(escape(glob.escape(where)), escape(target)))
    if isinstance(pattern, str):
        file = plan.file(pattern)
        return None if file is None else [file]
    return [file for file in _outputs(plan) if pattern.match(plan.path(file)) is not None] or None


def _outputs(plan: Plan) -> Iterator[FileId]:
    return (file for file in map(FileId, range(plan.file_count)) if plan.producer(file) is not None)


def _unknown(plan: Plan, target: str, where: str) -> UnknownTarget:
    tasks = [plan.task(task).name for task in _tasks(plan)]
    path = normalise(posixpath.join(where, target))
    outputs = [plan.path(file) for _, file in zip(range(_MOST_COMPARED), _outputs(plan), strict=False)]
    near = [*nearest(target, tasks), *(posixpath.relpath(found, where or ".") for found in nearest(path, outputs))]
    facts = [("nearest", ", ".join(dict.fromkeys(near)))] if near else []
    if where:
        facts.append(("looked for", path))
    return UnknownTarget(target, facts=facts, hint="pymake list shows all tasks")
