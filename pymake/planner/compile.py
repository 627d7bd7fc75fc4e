"""From the tasks of a project to its plan.

First every task is expanded to drafts of jobs, in an order in which each finds the outputs of those before it; then
the drafts become jobs, in the order of the build files. All of it is linear in tasks, jobs and files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, PlanError, nearest
from pymake.model.plan import Plan
from pymake.planner.declared import blamed, declare
from pymake.planner.facts import Facts, World, missing_tools
from pymake.planner.files import STATE_FOLDER, Files
from pymake.planner.inputs import Inputs, Made, unknown_task
from pymake.planner.jobs import Jobs
from pymake.planner.kinds import expand_task
from pymake.planner.sequence import groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.model.filters import Unmatched
    from pymake.model.ids import JobId, TaskId
    from pymake.model.job import JobSpec
    from pymake.model.task import Project, Task
    from pymake.planner.declared import Declared
    from pymake.planner.drafts import Expansion

__all__ = ["Compiled", "World", "compile_project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A plan, and what the user should know about it. `unmatched` is by task what its filter did not take."""

    plan: Plan
    warnings: tuple[str, ...]
    unmatched: Mapping[str, tuple[Unmatched, ...]] = field(default_factory=dict)


def compile_project(project: Project, world: World) -> Compiled:
    """Make the plan of a project. Looks at folders that patterns name and at tools; changes nothing.

    Raises:
        BuildFileError: a task says something that cannot be.
        PlanError: two jobs make one file, or tasks feed each other without end.
    """
    return _Compiler(project, world).compiled()


class _Compiler:
    """Owns the making of one plan. `_made` answers for every task, inactive ones too."""

    def __init__(self, project: Project, world: World) -> None:
        self._project = project
        self._facts = Facts(world)
        self._files = Files(world.disk, world.orphans)
        self._declared: list[Declared] = []
        self._made: dict[str, Made] = {}
        self._expansions: dict[str, Expansion] = {}
        self._warnings: dict[str, list[str]] = {}
        self._unmatched: dict[str, tuple[Unmatched, ...]] = {}

    def compiled(self) -> Compiled:
        self._declare()
        for group in groups(self._declared):
            members = [self._declared[index] for index in group]
            if len(members) == 1:
                self._expand(members[0])
            else:
                self._expand_together(members)
        plan = self._plan()
        return Compiled(
            plan=plan,
            warnings=tuple(text for texts in self._warnings.values() for text in texts),
            unmatched=self._unmatched,
        )

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
        if expansion.unmatched:
            self._unmatched[task.name] = expansion.unmatched
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

    def _inputs(self, declared: Declared, own: Sequence[str]) -> Inputs:
        task = declared.task
        return Inputs(task, files=self._files, made=self._made, own=frozenset(own), warnings=self._warnings[task.name])

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

    def _plan(self) -> Plan:
        plan = Plan()
        ids: dict[str, TaskId] = {}
        declared = {found.task.name: found for found in self._declared}
        for task in self._project.tasks:
            found = declared.get(task.name)
            ids[task.name] = plan.add_task(task if found is None else found.task)
        for found in self._declared:
            self._fill(plan, ids[found.task.name], found)
        for task in self._project.tasks:
            if task.active and task.follows:
                plan.set_followed(ids[task.name], dict.fromkeys(self._followed(plan, ids, task)))
        return plan

    def _fill(self, plan: Plan, task: TaskId, declared: Declared) -> None:
        """Add the jobs of a task, or what a group stands for."""
        name = declared.task.name
        expansion = self._expansions.pop(name)
        if declared.task.action is None:
            plan.set_group_inputs(task, dict.fromkeys(str(path) for path in expansion.made.elements))
            return
        if not expansion.drafts:
            return
        with blamed(declared.task):
            own = frozenset(path for draft in expansion.drafts for path in draft.outputs)
            inputs = self._inputs(declared, tuple(own))
            facts = self._facts.of(declared)
            for name in missing_tools(facts):
                inputs.warn(f"no program {name} on PATH, so what it is cannot decide")
            jobs = Jobs(declared, files=self._files, inputs=inputs, facts=facts)
            for draft in expansion.drafts:
                spec = jobs.spec(draft)
                self._check_outputs(plan, declared.task, spec)
                plan.add_job(task, spec)

    def _check_outputs(self, plan: Plan, task: Task, spec: JobSpec) -> None:
        for path in spec.outputs:
            if path[:1] in (".", "/") and _holds_project(path):
                raise BuildFileError(
                    f"task {task.name}: the output {path} holds the project or what pymake remembers of it",
                    place=task.place,
                    hint="write to a folder of its own, such as build/",
                )
            file = plan.file(path)
            other = None if file is None else plan.producer(file)
            if other is not None:
                raise _two_makers(plan, other, task, spec, path)
            self._check_nested(plan, task, spec, path)
        if len(spec.outputs) > 1 and len(set(spec.outputs)) < len(spec.outputs):
            path = next(path for path in spec.outputs if spec.outputs.count(path) > 1)
            raise BuildFileError(f"task {task.name} names the output {path} twice", place=task.place)

    def _check_nested(self, plan: Plan, task: Task, spec: JobSpec, path: str) -> None:
        """A folder belongs to one job, which removes it when it fails: with all that others wrote or it reads there."""
        for relative in self._files.related(path):
            file = plan.file(relative)
            other = None if file is None else plan.producer(file)
            if other is not None:
                raise _nested(plan, other, task, *sorted((path, relative), key=len))
        inside = path + "/"
        for read in spec.inputs:
            if read.startswith(inside):
                raise BuildFileError(
                    f"task {task.name}: the input {read} lies in {path}, an output of the same job",
                    place=task.place,
                    hint="write to another folder",
                )

    def _followed(self, plan: Plan, ids: dict[str, TaskId], task: Task) -> Iterator[TaskId]:
        """The tasks to wait for; for a group also the tasks that make what it stands for."""
        for ref in task.follows:
            followed = ids.get(ref.name)
            if followed is None:
                raise unknown_task(task, ref.name, ids)
            yield followed
            for file in plan.group_inputs(followed):
                producer = plan.producer(file)
                if producer is not None:
                    yield plan.task_of(producer)


def _holds_project(path: str) -> bool:
    return path in (".", "/") or path.endswith("..") or path.partition("/")[0] == STATE_FOLDER


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


def _two_makers(plan: Plan, other: JobId, task: Task, spec: JobSpec, path: str) -> PlanError:
    if plan.task(plan.task_of(other)).name == task.name:
        if not spec.inputs:
            return PlanError(f"task {task.name} names the output {path} twice", place=task.place)
        first = [plan.path(file) for file in plan.dirtying(other)]
        return PlanError(
            f"two jobs of task {task.name} make {path}",
            place=task.place,
            facts=[("from", _few(first)), ("and from", _few(spec.inputs))],
            hint="give every job an output of its own: use all captures of the input in the output",
        )
    return PlanError(
        f"two tasks make {path}",
        place=task.place,
        facts=[
            (plan.task(plan.task_of(other)).name, plan.place(other)),
            (task.name, task.place),
        ],
        hint="every file has one maker: rename one of the outputs",
    )


def _nested(plan: Plan, other: JobId, task: Task, folder: str, below: str) -> PlanError:
    return PlanError(
        f"two jobs make {below}: it lies in {folder}, which is an output too",
        place=task.place,
        facts=[(plan.task(plan.task_of(other)).name, plan.place(other)), (task.name, task.place)],
        hint="every file has one maker: write to another folder, or name the files instead of the folder",
    )


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more if paths else "nothing"
