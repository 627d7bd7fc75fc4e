"""From the tasks of a project to its plan.

First every task is expanded to drafts of jobs, in an order in which each finds the outputs of those before it; then
the drafts become jobs, in the order of the build files. All of it is linear in tasks, jobs and files.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.errors import BuildFileError, PlanError, nearest
from pymake.model.outputs import open_texts, spliced
from pymake.model.plan import Plan
from pymake.model.service import awaits_service
from pymake.model.task import Kind
from pymake.planner.declared import blamed, declare
from pymake.planner.deferral import OwnOutputs, Shape, deferred_tasks, makers_shapes, may_be, may_meet, shapes_of
from pymake.planner.early import early_tasks
from pymake.planner.facts import Facts, World, missing
from pymake.planner.files import Files
from pymake.planner.folders import folders_of
from pymake.planner.inputs import Inputs, Made, PlannedInputs, SomeInputs, unknown_task
from pymake.planner.jobs import Jobs
from pymake.planner.kinds import expand_some, expand_task, seen_by_readers
from pymake.planner.makers import check_makers
from pymake.planner.sequence import groups
from pymake.planner.structure import key, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymake.model.ids import TaskId
    from pymake.model.patterns import Pattern
    from pymake.model.task import Project, Task
    from pymake.planner.declared import Declared
    from pymake.planner.drafts import Draft, Expansion

__all__ = ["Compiled", "Compiler", "World", "compile_project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A plan, what makes it grow, and what the user should know about it."""

    plan: Plan
    compiler: Compiler
    warnings: tuple[str, ...]


def compile_project(project: Project, world: World) -> Compiled:
    """Make the plan of a project. Looks at folders that patterns name and at tools; changes nothing.

    Raises:
        BuildFileError: a task says something that cannot be.
        PlanError: two jobs make one file, or tasks feed each other without end.
    """
    return Compiler(project, world).compiled()


class Compiler:
    """Owns the making of one plan, and its growth. `_made` answers for every task, inactive ones too.

    `deferred` are the tasks of which not all jobs are known, each after those of the open and deferred tasks that it
    waits for; the `early` ones among them get jobs piece by piece, by `expand_early`.
    """

    def __init__(self, project: Project, world: World) -> None:
        self.plan = Plan()
        self.deferred: dict[str, tuple[str, ...]] = {}
        self.early: frozenset[str] = frozenset()
        self._project = project
        self._world = world
        self._facts = Facts(world)
        self._files = Files(world.disk, world.orphans)
        self._services = frozenset(task.name for task in project.tasks if task.service)
        self._ids: dict[str, TaskId] = {}
        self._by_name: dict[str, Declared] = {}
        self._shapes: dict[str, tuple[Shape, ...]] = {}
        self._open_drafts: dict[str, list[Draft]] = {}
        self._drafted: dict[str, set[str]] = {}
        self._declared: list[Declared] = []
        self._made: dict[str, Made] = {}
        self._expansions: dict[str, Expansion] = {}
        self._warnings: dict[str, list[str]] = {}

    def compiled(self) -> Compiled:
        """The plan as far as it is known before any run."""
        self._declare()
        self._by_name = {declared.task.name: declared for declared in self._declared}
        self.deferred = dict(deferred_tasks(self._declared, self._is_source))
        self._shapes = {
            name: makers_shapes(declared)
            for name, declared in self._by_name.items()
            if declared.is_open or name in self.deferred
        }
        self.early = early_tasks(self._by_name, self.deferred, self._shapes)
        self.plan.defer(len(self.deferred))
        for group in groups(self._declared):
            members = [
                found for found in map(self._declared.__getitem__, group) if found.task.name not in self.deferred
            ]
            if len(members) == 1:
                self._expand(members[0])
            elif members:
                self._expand_together(members)
        self._fill_all()
        return Compiled(
            plan=self.plan,
            compiler=self,
            warnings=tuple(text for said in self._warnings.values() for text in said),
        )

    def expand(self, name: str, *, look_again: bool) -> tuple[str, ...]:
        """Add the jobs of a deferred task to the plan, and return its warnings.

        All that it waits for is in the plan and settled. `look_again`: jobs have run since folders were looked at.

        Raises:
            BuildFileError: the task cannot be applied to its inputs.
            PlanError: one of its jobs makes what another one makes.
        """
        for upstream in self.deferred[name]:
            if upstream in self._open_drafts:
                self._take_found(upstream)
        if look_again:
            self._files.look_again()
        declared = self._by_name[name]
        del self.deferred[name]
        self.plan.defer(len(self.deferred))
        self._expand(declared)
        self._fill(self._ids[name], declared)
        return tuple(self._warnings[name])

    def expand_early(self, name: str, upstream: str, made: Sequence[object]) -> tuple[object, ...]:
        """Add the jobs that an early task has for some of what a task upstream makes; what is there already stays.

        Returns:
            what the new jobs make, as readers see it.

        Raises:
            BuildFileError: the task cannot be applied to its inputs.
            PlanError: one of its jobs makes what another one makes.
        """
        declared = self._by_name[name]
        known = {**dict.fromkeys(self.deferred[name], Made()), upstream: Made(tuple(made))}
        inputs = SomeInputs(declared.task, ChainMap(known, self._made), texts(list(made)))
        self._files.forget_seen()
        with blamed(declared.task):
            drafts = self._new_drafts(name, expand_some(declared, inputs))
            self._files.declare(path for draft in drafts for path in draft.outputs)
            self._add_jobs(self._ids[name], declared, drafts, inputs)
        return seen_by_readers(declared.task.kind, drafts)

    def _new_drafts(self, name: str, drafts: Iterable[Draft]) -> list[Draft]:
        """Those of an early task that have no job yet."""
        known = self._drafted.setdefault(name, set())
        found = {key((draft.input, draft.outputs, tuple(open_texts(draft.output)))): draft for draft in drafts}
        fresh = {text: draft for text, draft in found.items() if text not in known}
        known.update(fresh)
        return list(fresh.values())

    def task_id(self, name: str) -> TaskId:
        """The task of this name in the plan."""
        return self._ids[name]

    def is_open(self, name: str) -> bool:
        """Whether outputs of the task are known only after its jobs ran."""
        return name in self._shapes and self._by_name[name].is_open

    def read_whole(self, name: str) -> Sequence[str]:
        """The tasks of which all that they make is an input of the one job of a task, or what a group stands for."""
        declared = self._by_name[name]
        return declared.needs if declared.task.kind in (Kind.TASK, Kind.MERGE, Kind.SPLIT) else ()

    def may_make(self, name: str, path: str) -> bool:
        """Whether a deferred task, or the patterns of an open one, may make the path, or something below it."""
        return any(may_be(path, shape) for shape in self._shapes[name])

    def may_match(self, name: str, pattern: Pattern) -> bool:
        """Whether a deferred task, or the patterns of an open one, may make something that a pattern matches."""
        return any(may_meet(pattern, shape) for shape in self._shapes[name])

    def _take_found(self, name: str) -> None:
        """Let readers see what an open task made: every output is an input of its own."""
        jobs = self.plan.task_jobs(self._ids[name])
        drafts = sorted(zip(self._open_drafts.pop(name), jobs, strict=True), key=lambda pair: str(pair[0].input))
        elements: dict[str, None] = {}
        for draft, job in drafts:
            found = self.plan.found_paths(job)
            self._files.declare(found)
            elements.update(dict.fromkeys(texts(spliced(draft.output, found))))
        self._made[name] = Made(tuple(elements))

    def _is_source(self, path: str) -> bool:
        """Whether a file is there that no build made."""
        return self._files.is_file(path) and not self._files.is_declared(path) and path not in self._world.orphans

    def _declare(self) -> None:
        """Take all tasks in. Outputs that are written down count at once, those that depend on inputs later."""
        for task in self._project.tasks:
            self._made[task.name] = Made()
            self._warnings[task.name] = []
            if not task.active:
                continue
            _check_pool(task, self._project)
            with blamed(task):
                declared = declare(task, self._project)
            self._declared.append(declared)
            if declared.outputs:
                self._files.declare(declared.outputs)
                self._made[task.name] = Made(declared.outputs)
        for declared in self._declared:
            for name in declared.needs:
                self._check_need(declared.task, name)

    def _check_need(self, task: Task, name: str) -> None:
        if name not in self._made:
            raise unknown_task(task, name, self._made)
        if name in self._services:
            raise awaits_service(task, name)
        if name == task.name:
            raise BuildFileError(f"task {name} has itself as input", place=task.place, hint="name the files it reads")

    def _expand(self, declared: Declared) -> bool:
        """Expand one task; whether it makes other files now than was known."""
        task = declared.task
        before = self._outputs(declared)
        self._warnings[task.name] = []
        with blamed(task):
            expansion = expand_task(declared, self._inputs(declared, before))
        self._expansions[task.name] = expansion
        self._made[task.name] = expansion.made
        after = self._outputs(declared)
        if after == before:
            return False
        self._files.withdraw(before)
        self._files.declare(after)
        return True

    def _outputs(self, declared: Declared) -> tuple[str, ...]:
        expansion = self._expansions.get(declared.task.name)
        if expansion is None:
            return declared.outputs or ()
        if len(expansion.drafts) == 1:
            return expansion.drafts[0].outputs
        return tuple(path for draft in expansion.drafts for path in draft.outputs)

    def _inputs(self, declared: Declared, own: Sequence[str]) -> PlannedInputs:
        task = declared.task
        outputs = OwnOutputs(own, shapes_of(declared)) if declared.is_open else frozenset(own)
        return PlannedInputs(task, files=self._files, made=self._made, own=outputs, warnings=self._warnings[task.name])

    def _expand_together(self, tasks: Sequence[Declared]) -> None:
        """Tasks that may need each other: expand them until nothing new comes of it."""
        _check_circle(tasks)
        for _ in range(len(tasks) + 1):
            changed = [self._expand(declared) for declared in tasks]
            if not any(changed):
                return
        raise PlanError(
            "these tasks feed each other without end",
            place=tasks[0].task.place,
            facts=[(declared.task.name, declared.task.place) for declared in tasks],
            hint="write to another folder, or make the patterns of the inputs narrower",
        )

    def _fill_all(self) -> None:
        plan, ids = self.plan, self._ids
        for task in self._project.tasks:
            found = self._by_name.get(task.name)
            ids[task.name] = plan.add_task(task if found is None else found.task)
            if found is not None and found.task.mkdir:
                plan.set_folders(ids[task.name], found.task.mkdir)
        for found in self._declared:
            if found.task.name not in self.deferred:
                self._fill(ids[found.task.name], found)
        for task in self._project.tasks:
            if task.active and task.follows:
                plan.set_followed(ids[task.name], dict.fromkeys(self._followed(task)))

    def _fill(self, task: TaskId, declared: Declared) -> None:
        """Add the jobs of a task, or what a group stands for."""
        plan, name = self.plan, declared.task.name
        expansion = self._expansions.pop(name)
        if declared.folders:
            with blamed(declared.task):
                plan.set_folders(task, folders_of(declared, self._inputs(declared, ())))
        if declared.task.action is None:
            plan.set_group_inputs(task, dict.fromkeys(str(path) for path in expansion.made.elements))
            return
        drafts = self._new_drafts(name, expansion.drafts) if name in self._drafted else expansion.drafts
        if not drafts:
            return
        with blamed(declared.task):
            own = frozenset(path for draft in expansion.drafts for path in draft.outputs)
            self._add_jobs(task, declared, drafts, self._inputs(declared, tuple(own)))

    def _add_jobs(self, task: TaskId, declared: Declared, drafts: Sequence[Draft], inputs: Inputs) -> None:
        facts = self._facts.of(declared)
        for what in missing(facts):
            inputs.warn(f"{what}, so what it is cannot decide")
        jobs = Jobs(declared, files=self._files, inputs=inputs, facts=facts)
        for draft in drafts:
            spec = jobs.spec(draft)
            check_makers(self.plan, self._files, declared.task, spec)
            self.plan.add_job(task, spec)
        if declared.is_open:
            self._open_drafts.setdefault(declared.task.name, []).extend(drafts)

    def _followed(self, task: Task) -> Iterator[TaskId]:
        """The tasks to wait for; for a group also the tasks that make what it stands for."""
        plan = self.plan
        for ref in task.follows:
            followed = self._ids.get(ref.name)
            if followed is None:
                raise unknown_task(task, ref.name, self._ids)
            if ref.name in self._services:
                raise awaits_service(task, ref.name)
            yield followed
            yield from map(self._ids.__getitem__, self._behind_deferred_group(ref.name))
            for file in plan.group_inputs(followed):
                producer = plan.producer(file)
                if producer is not None:
                    yield plan.task_of(producer)

    def _behind_deferred_group(self, name: str) -> Iterator[str]:
        """The tasks that may make what a group stands for, if that is not yet known."""
        if name in self.deferred:
            declared = self._by_name[name]
            if declared.task.action is None:
                yield from (*declared.needs, *self.deferred[name])


def _check_pool(task: Task, project: Project) -> None:
    if task.pool is None or task.interactive or task.pool in project.pools or "{" in task.pool:
        return
    near = nearest(task.pool, project.pools)
    raise BuildFileError(
        f"task {task.name} names the pool {task.pool!r}, which there is not",
        place=task.place,
        facts=[("nearest", ", ".join(near))] if near else (),
        hint=f"declare it with its limit: {task.pool} = 1 in [pools]",
    )


def _check_circle(tasks: Sequence[Declared]) -> None:
    """Tasks whose outputs depend on their inputs can't name each other: none of them could be expanded first."""
    open_tasks = {declared.task.name: declared for declared in tasks if declared.outputs is None}
    needs = {name: [need for need in declared.needs if need in open_tasks] for name, declared in open_tasks.items()}
    while ends := [name for name, needed in needs.items() if not any(need in needs for need in needed)]:
        for name in ends:
            del needs[name]
    if not needs:
        return
    circle = [next(iter(needs))]
    while circle.count(circle[-1]) < 2:
        circle.append(next(need for need in needs[circle[-1]] if need in needs))
    circle = circle[circle.index(circle[-1]) : -1]
    raise PlanError(
        "a cycle of tasks: each has the next one as input",
        place=open_tasks[circle[0]].task.place,
        facts=[(name, open_tasks[name].task.place) for name in circle],
        hint="name files instead of a task in one of them",
    )
