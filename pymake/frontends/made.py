"""What was declared, made into the values that the planner reads."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.errors import BuildFileError
from pymake.frontends.code import Code, WithoutArguments, unkeyed
from pymake.frontends.limits import limited
from pymake.frontends.resolving import Resolver
from pymake.model.task import SCRIPT, Kind, Project, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.errors import Place
    from pymake.frontends.context import Context
    from pymake.frontends.declared import DeclaredTask
    from pymake.model.task import Function


def project(context: Context, root: str, runtime_data: Mapping[str, object] | None = None) -> Project:
    """All tasks of all pipelines of a context, with the keys of their code: see `declared`."""
    code = Code(root)
    found = declared(context, root, code, runtime_data)
    code.fill_in(found.tasks)
    return found


def declared(context: Context, root: str, code: Code, runtime_data: Mapping[str, object] | None = None) -> Project:
    """All tasks of all pipelines of a context; those of `main` by their bare names, others as `pipeline::task`.

    Their functions have no keys yet. `runtime_data` has the values of `runtime_parameter("name")`.

    Raises:
        BuildFileError: a condition of `active_if` raises, a name or function stands for no task, or limits differ.
    """
    resolver = Resolver(context, runtime_data or {}) if context.has_open_refs else None
    tasks: list[Task] = []
    default: list[str] = []
    for declarations in context.pipelines.values():
        for task in declarations.tasks.values():
            fields = task.fields if resolver is None else resolver.resolved(task, declarations)
            tasks.append(_task(task, fields, context.place(task.location), code))
            if task.is_default:
                default.append(task.full_name)
    limits, pools = limited(tasks)
    return Project(root=root, origin=SCRIPT + _script(root), tasks=limits, default=tuple(default), pools=pools)


def _script(root: str) -> str:
    """The program that runs, relative to the root; of what has no file, nothing."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return "" if path is None else os.path.relpath(os.path.abspath(path), root)


def _task(declared: DeclaredTask, fields: dict[str, object], place: Place, code: Code) -> Task:
    given = dict(fields)
    target = declared.function
    if target is not None:
        function = unkeyed(target)
        given["action"] = function
        if hasattr(target, "__name__"):  # a partial has the doc of all partials
            given.setdefault("doc", _first_line(target.__doc__))
        if declared.kind is None:
            given["action"] = _plain_action(function, code)
    if declared.conditions:
        given["active"] = all(_holds(condition, declared, place) for condition in declared.conditions)
    make: Callable[..., Task] = Task  # the table of arguments made the fields fit
    return make(name=declared.full_name, kind=declared.kind or Kind.TASK, place=place, **given)


def _plain_action(function: Function, code: Code) -> Function | None:
    """The action of a task that only follows others: none if there is nothing in the function, so it is a group."""
    if not code.has_body(function.target):
        return None
    return replace(function, target=WithoutArguments(function.target))


def _first_line(doc: str | None) -> str:
    lines = (doc or "").strip().splitlines()
    return lines[0].strip() if lines else ""


def _holds(condition: object, declared: DeclaredTask, place: Place) -> bool:
    if not callable(condition):
        return bool(condition)
    try:
        return bool(condition())
    except Exception as error:
        raise BuildFileError(
            f"a condition of active_if of task {declared.full_name} raised {type(error).__name__}: {error}", place=place
        ) from error
