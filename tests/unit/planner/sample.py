"""Small projects for tests of the planner: tasks in one line, a disk in a list, plans as plain values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import Place, PymakeError
from pymake.model.ids import JobId, TaskId
from pymake.model.task import CommandText, Function, Kind, Project, Suffix, Task, TaskRef, VariableValue
from pymake.planner.compile import Compiled, World, compile_project
from pymake.testing import MemoryDisk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.model.plan import Plan
    from pymake.model.task import Parameter

LINES = 10
"""Every task of a project stands this many lines below the one before."""


def nothing(*arguments: object) -> None:
    """What tasks call that are only planned."""


FUNCTION = Function(name="build:nothing", target=nothing, code_key="k")
COPY = CommandText(commands=("cp {input} {output}",))


class CountingDisk(MemoryDisk):
    """Counts the folders that are scanned and the files that are looked at."""

    def __init__(self, files: Iterable[str] = ()) -> None:
        super().__init__(dict.fromkeys(files, "x"))
        self.scanned: list[str] = []

    def scan(self, folder: str) -> Sequence[tuple[str, bool]]:
        self.scanned.append(folder)
        return super().scan(folder)


def task(
    name: str, input: Parameter = None, output: Parameter = None, *, kind: Kind = Kind.TASK, **others: object
) -> Task:
    fields: dict[str, object] = {"action": COPY, "place": Place(path="b.toml", line=1), **others}
    return Task(name=name, kind=kind, input=input, output=output, **fields)  # type: ignore[arg-type]  # any field


def transform(name: str, input: Parameter, output: Parameter, **others: object) -> Task:
    return task(name, input, output, kind=Kind.TRANSFORM, **others)


def merge(name: str, input: Parameter, output: Parameter, **others: object) -> Task:
    return task(name, input, output, kind=Kind.MERGE, **others)


def ref(name: str) -> TaskRef:
    return TaskRef(name=name)


def suffix(text: str) -> Suffix:
    return Suffix(text=text)


def project(
    tasks: Iterable[Task],
    *,
    variables: Mapping[str, VariableValue] | None = None,
    env: Mapping[str, str] | None = None,
    pools: Mapping[str, int] | None = None,
) -> Project:
    placed = tuple(replace(one, place=Place(path="b.toml", line=LINES * n)) for n, one in enumerate(tasks, start=1))
    return Project(root="/r", tasks=placed, variables=variables or {}, env=env or {}, pools=pools or {})


def compiled(
    tasks: Iterable[Task],
    files: Iterable[str] = (),
    *,
    disk: MemoryDisk | None = None,
    orphans: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    variables: Mapping[str, VariableValue] | None = None,
    env: Mapping[str, str] | None = None,
    pools: Mapping[str, int] | None = None,
) -> Compiled:
    world = World(
        disk=disk if disk is not None else CountingDisk(files),
        environ=environ or {},
        which={"cc": "/usr/bin/cc"}.get,
        version_of={"numpy": "2.1"}.get,
        orphans=frozenset(orphans),
    )
    return compile_project(project(tasks, variables=variables, env=env, pools=pools), world)


class Job(NamedTuple):
    """A job of a plan, in words."""

    task: str
    inputs: list[str]
    outputs: list[str]


def jobs(plan: Plan) -> list[Job]:
    return [
        Job(
            plan.task(plan.task_of(job)).name,
            [plan.path(file) for file in plan.dirtying(job)],
            list(plan.output_paths(job)),
        )
        for job in plan.jobs()
    ]


def order_only(plan: Plan, job: int = 0) -> list[str]:
    return [plan.path(file) for file in plan.order_only(JobId(job))]


def followed(plan: Plan, name: str) -> list[str]:
    number = next(n for n in range(plan.task_count) if plan.task(TaskId(n)).name == name)
    return [plan.task(one).name for one in plan.followed(TaskId(number))]


def error_of(tasks: Iterable[Task], files: Iterable[str] = (), **others: object) -> str:
    """The whole text of the error that planning ends with."""
    try:
        compiled(tasks, files, **others)  # type: ignore[arg-type]  # any option
    except PymakeError as error:
        return f"{type(error).__name__} {error}"
    return "no error"
