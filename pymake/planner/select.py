"""From targets to the jobs they need."""

from __future__ import annotations

import glob
import posixpath
from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass
from pymake.errors import UnknownTarget, UsageError, nearest
from pymake.model.fields import escape
from pymake.model.ids import FileId, JobId, TaskId
from pymake.model.patterns import normalise, read, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pymake.model.patterns import Pattern
    from pymake.model.plan import Plan

_MOST_COMPARED = 20_000
"""Names that are compared with an unknown target: more would take seconds."""


class Deferring(Protocol):
    """What a selection asks about tasks whose jobs are not yet known."""

    @property
    def deferred(self) -> Mapping[str, Sequence[str]]:
        """The deferred tasks, with the open and deferred tasks that each waits for."""

    def is_open(self, name: str) -> bool:
        """Whether outputs of the task are known only after its jobs ran."""

    def read_whole(self, name: str) -> Sequence[str]:
        """The tasks of which all is read if the deferred task is wanted, since no filter chooses among it."""

    def may_make(self, name: str, path: str) -> bool:
        """Whether a deferred task may make the path, or something in it if it is a folder."""

    def may_match(self, name: str, pattern: Pattern) -> bool:
        """Whether a deferred task may make something that the pattern matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`goals` are the jobs that make the targets; `wanted[job]` is 1 for them and for everything upstream.

    `named` are the goals that were asked for as what they are: by a path or by the name of their task.
    """

    goals: tuple[JobId, ...]
    wanted: bytearray
    named: frozenset[JobId] = frozenset()


def select(plan: Plan, targets: Sequence[str], where: str, *, serving: bool = True) -> Selection:
    """The jobs that targets need; all jobs if there are no targets, but for services, which no build runs.

    A service as a target stands for what it needs, if the build is for one that is `serving`.

    A target is the name of a task, else a path, a folder of outputs or a glob over outputs, relative to the folder
    `where`, itself relative to the root ("" for the root). A source file is a target too: there is nothing to do.

    Raises:
        UsageError: a target is none of these.
    """
    if not targets:
        return _everything(plan)
    selector = Selector(plan, targets, where, serving=serving)
    selector.extend()
    return selector.selection()


def _everything(plan: Plan) -> Selection:
    services = {job for task in _tasks(plan) if plan.task(task).service for job in plan.task_jobs(task)}
    wanted = bytearray(b"\1") * plan.job_count
    for job in services:
        wanted[job] = 0
    return Selection(goals=tuple(job for job in plan.jobs() if job not in services), wanted=wanted)


class Selector:
    """Owns what is wanted of a plan, also while it grows: targets may be files of jobs that are not yet known."""

    def __init__(
        self,
        plan: Plan,
        targets: Sequence[str],
        where: str,
        deferring: Deferring | None = None,
        *,
        serving: bool = True,
    ) -> None:
        self._plan = plan
        self._targets = targets
        self._where = where
        self._deferring = deferring
        self._serving = serving
        self._names = {plan.task(task).name: task for task in _tasks(plan)}
        self._upstream = _Upstream(plan, deferring, self._names)
        self._goals: dict[JobId, None] = {}
        self._named: set[JobId] = set()

    def extend(self) -> list[JobId]:
        """Look again at what the plan holds now; returns the jobs, and the expand jobs, that are newly wanted.

        Raises:
            UsageError: a target is nothing, and nothing that may still come can be it.
        """
        for target in self._targets or self._names:
            self._want(target)
        self._upstream.wanted()
        return self._upstream.take_fresh()

    def extend_by(self, rows: Sequence[JobId]) -> list[JobId]:
        """As `extend`, when the plan grew by these rows and nothing else, at a cost in proportion to them.

        Of a task of which only some is wanted, nothing is; who looks at the whole plan later finds out.
        """
        self._upstream.want_rows(rows)
        if self._targets:
            goals = {self._names[target] for target in self._targets if target in self._names}
            self._named.update(row for row in rows if self._plan.task_of(row) in goals)
        return self._upstream.take_fresh()

    @property
    def named(self) -> AbstractSet[JobId]:
        """The goals that were asked for as what they are; it grows with the plan."""
        return self._named

    def selection(self) -> Selection:
        """What is wanted by now."""
        return Selection(goals=tuple(self._goals), wanted=self._upstream.wanted(), named=frozenset(self._named))

    def _want(self, target: str) -> None:
        task = self._names.get(target)
        if task is not None:
            if self._plan.task(task).service and self._targets and not self._serving:
                raise _is_service(target)
            self._goals.update(dict.fromkeys(self._upstream.want_task(task)))
            if self._targets:
                self._named.update(self._plan.task_jobs(task))
            return
        files = _files(self._plan, target, self._where)
        makers = self._upstream.want_files(files or ())
        self._goals.update(dict.fromkeys(makers))
        if self._is_made_by_name(target):
            self._named.update(makers)
        if self._plan.has_patterns and not self._is_made_by_name(target):
            hopes = self._hopes(target)
            for name in hopes:
                self._goals.update(dict.fromkeys(self._upstream.expand(name)))
            if hopes:
                return
        if files is None:
            raise _unknown(self._plan, target, self._where)

    def _is_made_by_name(self, target: str) -> bool:
        """Whether the target is one file, and its maker is known: nothing else can be meant."""
        file = self._plan.file(normalise(posixpath.join(self._where, target)))
        return file is not None and self._plan.producer(file) is not None

    def _hopes(self, target: str) -> list[str]:
        """The tasks whose jobs, or whose outputs, are not known yet and may be the target."""
        deferring = self._deferring
        if deferring is None:
            return []
        pattern = _pattern(target, self._where)
        path = normalise(posixpath.join(self._where, target))
        return [
            name
            for name in self._upstream.unsettled()
            if deferring.may_make(name, path) or (pattern is not None and deferring.may_match(name, pattern))
        ]


class _Upstream:
    """Owns the mark of what is wanted."""

    def __init__(self, plan: Plan, deferring: Deferring | None, names: Mapping[str, TaskId]) -> None:
        self._plan = plan
        self._deferring = deferring
        self._names = names
        self._wanted = bytearray(plan.job_count)
        self._tasks: set[TaskId] = set()
        self._stack: list[JobId] = []
        self._to_expand: dict[str, None] = {}
        self._whole: dict[TaskId, None] = {}
        self._fresh: list[JobId] = []
        self._rows: dict[TaskId, list[JobId]] = {}
        self._indexed = 0

    def want_task(self, task: TaskId) -> Sequence[JobId]:
        """Want all of a task, also what it grows by; returns the jobs that stand for it."""
        self._whole[task] = None
        self._want_followed(task)
        jobs = self._plan.task_jobs(task)
        if self._plan.task(task).service:
            self._want_needed_by(jobs)
            self.expand(self._plan.task(task).name)
            return []
        self._want(jobs)
        rows = self.expand(self._plan.task(task).name)
        return [*jobs, *self.want_files(self._plan.group_inputs(task)), *rows]

    def _want_needed_by(self, jobs: Iterable[JobId]) -> None:
        """Want the makers of what jobs read, which are not wanted themselves."""
        for job in jobs:
            self.want_files(self._plan.dirtying(job))
            self.want_files(self._plan.order_only(job))

    def unsettled(self) -> list[str]:
        """The tasks that are deferred, and the open ones of which not all outputs are found."""
        deferring, plan = self._deferring, self._plan
        if deferring is None:
            return []
        tasks = dict.fromkeys(plan.task_of(job) for job in plan.open_jobs() if not plan.is_found(job))
        return [*deferring.deferred, *(plan.task(task).name for task in tasks)]

    def expand(self, name: str) -> list[JobId]:
        """Want the jobs of a task to be known, or the outputs of an open one; returns the rows that stand for them."""
        deferring = self._deferring
        if deferring is None:
            return []
        self._want_expanded(deferring, name)
        if name not in deferring.deferred:
            return []
        return list(self._expand_jobs(self._names[name]))

    def want_rows(self, rows: Iterable[JobId]) -> None:
        """Want those of these jobs and expand jobs that belong to something wanted as a whole, with all upstream."""
        plan = self._plan
        names = {self._names[name] for name in self._to_expand}
        for row in rows:
            task = plan.task_of(row)
            if task in (names if plan.is_expand_job(row) else self._whole):
                self._want([row])
        self._drain()

    def take_fresh(self) -> list[JobId]:
        """What became wanted since this was asked the last time."""
        fresh, self._fresh = sorted(self._fresh), []
        return fresh

    def _expand_jobs(self, task: TaskId) -> Sequence[JobId]:
        """The expand jobs of a task; those of the plan are looked through once."""
        rows = self._plan.expand_jobs()
        for row in rows[self._indexed :]:
            self._rows.setdefault(self._plan.task_of(row), []).append(row)
        self._indexed = len(rows)
        return self._rows.get(task, ())

    def _want_expanded(self, deferring: Deferring, name: str) -> None:
        stack = [name]
        while stack:
            current = stack.pop()
            task = self._names[current]
            if current not in deferring.deferred:
                if deferring.is_open(current):
                    self._want(self._plan.task_jobs(task))
                continue
            self._want(self._expand_jobs(task))
            if current in self._to_expand:
                continue
            self._to_expand[current] = None
            if task in self._whole:
                self._whole.update((self._names[name], None) for name in deferring.read_whole(current))
            for upstream in deferring.deferred[current]:
                if deferring.is_open(upstream) and upstream in deferring.deferred:
                    self._whole[self._names[upstream]] = None
                stack.append(upstream)

    def want_files(self, files: Iterable[FileId]) -> list[JobId]:
        """Want the makers of these files, and return them."""
        producers = (self._plan.producer(file) for file in files)
        jobs = [job for job in producers if job is not None]
        self._want(jobs)
        return jobs

    def wanted(self) -> bytearray:
        """Everything wanted, with all upstream of it."""
        plan = self._plan
        self._wanted.extend(bytes(plan.job_count - len(self._wanted)))
        for task in self._whole:
            if plan.task(task).service:
                self._want_needed_by(plan.task_jobs(task))
                continue
            self._want(plan.task_jobs(task))
            self.want_files(plan.group_inputs(task))
        for name in self._to_expand:
            self._want(self._expand_jobs(self._names[name]))
        self._drain()
        return self._wanted

    def _drain(self) -> None:
        plan = self._plan
        while self._stack:
            job = self._stack.pop()
            self.want_files(plan.dirtying(job))
            self.want_files(plan.order_only(job))
            self._want_followed(plan.task_of(job))

    def _want(self, jobs: Iterable[JobId]) -> None:
        self._wanted.extend(bytes(self._plan.job_count - len(self._wanted)))
        for job in jobs:
            if not self._wanted[job]:
                self._wanted[job] = 1
                self._stack.append(job)
                self._fresh.append(job)

    def _want_followed(self, task: TaskId) -> None:
        stack = [task]
        while stack:
            current = stack.pop()
            if current in self._tasks:
                continue
            self._tasks.add(current)
            for followed in self._plan.followed(current):
                self._whole[followed] = None
                self.expand(self._plan.task(followed).name)
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
    pattern = _pattern(target, where)
    if pattern is None:
        file = plan.file(normalise(posixpath.join(where, unescaped(escape(target)))))
        return None if file is None else [file]
    return [file for file in _outputs(plan) if pattern.match(plan.path(file)) is not None] or None


def _pattern(target: str, where: str) -> Pattern | None:
    """A target as a glob, None if nothing in it is open."""
    pattern = read(posixpath.join(escape(glob.escape(where)), escape(target)))
    return None if isinstance(pattern, str) else pattern


def _outputs(plan: Plan) -> Iterator[FileId]:
    return (file for file in map(FileId, range(plan.file_count)) if plan.producer(file) is not None)


def _is_service(name: str) -> UsageError:
    return UsageError(
        f"{name} is a service: it runs beside a watch, not in a build",
        hint=f"pymake watch {name} builds what it needs, runs it, and restarts it when that changed",
    )


def _unknown(plan: Plan, target: str, where: str) -> UnknownTarget:
    tasks = [plan.task(task).name for task in _tasks(plan)]
    path = normalise(posixpath.join(where, target))
    outputs = [plan.path(file) for _, file in zip(range(_MOST_COMPARED), _outputs(plan), strict=False)]
    near = [*nearest(target, tasks), *(posixpath.relpath(found, where or ".") for found in nearest(path, outputs))]
    facts = [("nearest", ", ".join(dict.fromkeys(near)))] if near else []
    if where:
        facts.append(("looked for", path))
    return UnknownTarget(target, facts=facts, hint="pymake list shows all tasks")
