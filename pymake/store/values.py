"""Tasks, actions and the like as plain values that marshal writes, and back.

What is not listed here is not kept: the tests hold that every field of a task is either kept, or read by the planner
alone, or makes the plan one that is not kept.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pymake.dataclass import dataclass
from pymake.errors import InternalError, Place
from pymake.model.canonical import is_plain
from pymake.model.job import Call, Command
from pymake.model.task import CommandText, Function, JobsLimit, Kind, Project, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.model.job import Action

PLAIN = (
    *("name", "pool", "cores", "timeout", "retries", "retry_delay", "protected", "always", "active", "mkdir", "cwd"),
    *("env", "uses_env", "tools", "files", "tags", "doc", "output_dir", "depfile", "tuple_size", "variables"),
    *("graphviz", "interactive", "packages", "records_reads", "memory", "retry_backoff", "fresh_process"),
    *("service", "port"),
)
"""Fields that are kept as they are."""
CODED = ("kind", "place", "action", "jobs_limit")
"""Fields that are kept in another form."""
PLANNED = ("input", "output", "extras", "filter", "sets", "input_change", "order_only", "follows", "folder_rules")
"""Fields that only the planner reads: the plan holds what came of them."""
UNKEPT = ("posttask", "check_if_uptodate", "temporary")
"""Fields for which a build has something to do or to ask even if no file changed: then the plan is not kept."""
PROJECT = ("files", "origin", "default", "variables", "env", "pools")
"""Fields of a project that are kept as they are. Its root is where it lies, its tasks are those of the plan."""

_DEFAULTS = Task(name="", place=Place(path=""))


PlainCommands = tuple[tuple[str | tuple[str, ...], ...]]
PlainFunction = tuple[str, str]
PlainTask = tuple[
    tuple[object, ...], str, tuple[str, int | None], PlainCommands | PlainFunction | None, tuple[int, str | None] | None
]
PlainCommand = tuple[tuple[str | tuple[str, ...], ...], str | None]
PlainCall = tuple[str, tuple[object, ...], str | None]


class NotKept(Exception):
    """A value cannot be written without losing something."""


def plain_task(task: Task) -> PlainTask:
    """A task as plain values.

    Raises:
        NotKept: it has one of `UNKEPT`, or a field that nobody has thought of here.
    """
    for name in task.__slots__:
        if name not in (*PLAIN, *CODED, *PLANNED) and getattr(task, name) != getattr(_DEFAULTS, name):
            raise NotKept(f"task {task.name} has {name}")
    limit = task.jobs_limit
    return (
        tuple(_plain(getattr(task, name)) for name in PLAIN),
        task.kind.value,
        (task.place.path, task.place.line),
        _plain_action(task.action),
        None if limit is None else (limit.count, limit.name),
    )


def task_of(values: PlainTask) -> Task:
    """The task again; a function in it cannot be called, only named."""
    plain, kind, (path, line), action, limit = values
    make: Callable[..., Task] = Task  # the names are those of its fields
    return make(
        **dict(zip(PLAIN, plain, strict=True)),
        kind=Kind(kind),
        place=Place(path=path, line=line),
        action=_task_action_of(action),
        jobs_limit=None if limit is None else JobsLimit(count=limit[0], name=limit[1]),
    )


def plain_action(action: Action | None) -> PlainCommand | PlainCall:
    """The action of a job as plain values.

    Raises:
        NotKept: an argument is no plain value.
    """
    if isinstance(action, Command):
        return (action.commands, action.cwd)
    if isinstance(action, Call) and is_plain(action.arguments):
        return (action.task, action.arguments, action.cwd)
    raise NotKept(f"{action} has no plain form")


def action_of(values: PlainCommand | PlainCall) -> Action:
    """The action of a job again."""
    if len(values) == 2:
        return Command(commands=values[0], cwd=values[1])
    return Call(task=values[0], arguments=values[1], cwd=values[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How build files were read: `-f` (relative to the root), and `NAME=VALUE`."""

    files: tuple[str, ...] = ()
    overrides: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What build files said beside tasks."""

    variant: Variant
    warnings: tuple[str, ...]
    project: Project

    def encoded(self) -> bytes:
        """As a section.

        Raises:
            NotKept: a value would be lost.
        """
        project = self.project
        place = project.default_place
        values: object = (
            self.variant.files,
            self.variant.overrides,
            self.warnings,
            tuple(_plain(getattr(project, name)) for name in PROJECT),
            None if place is None else (place.path, place.line),
        )
        return marshal.dumps(cast("str", values))  # plain, as `_plain` made sure

    @classmethod
    def of(cls, data: bytes, root: str) -> About:
        """What a section holds; the project has no tasks."""
        files, overrides, warnings, kept, place = marshal.loads(data)  # noqa: S302 # plain values, behind a digest
        make: Callable[..., Project] = Project
        return cls(
            variant=Variant(files=files, overrides=overrides),
            warnings=warnings,
            project=make(
                root=root,
                default_place=None if place is None else Place(path=place[0], line=place[1]),
                **dict(zip(PROJECT, kept, strict=True)),
            ),
        )


def unloaded(*_: object) -> None:
    """Stands for the function of a task whose build file was not read."""
    raise InternalError("a function was called whose build file was not read")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        value = dict(value)
    if not is_plain(value):
        raise NotKept(f"{value!r} is no plain value")
    return value


def _plain_action(action: CommandText | Function | None) -> PlainCommands | PlainFunction | None:
    if isinstance(action, CommandText):
        return (action.commands,)
    return None if action is None else (action.name, action.code_key)


def _task_action_of(values: PlainCommands | PlainFunction | None) -> CommandText | Function | None:
    if values is None:
        return None
    if len(values) == 1:
        return CommandText(commands=values[0])
    return Function(name=values[0], target=unloaded, code_key=values[1])
