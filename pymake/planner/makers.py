"""One maker for each file: what is checked of the outputs of a job before it joins the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, PlanError
from pymake.planner.files import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.ids import JobId
    from pymake.model.job import JobSpec
    from pymake.model.plan import Plan
    from pymake.model.task import Task
    from pymake.planner.files import Files


def check_makers(plan: Plan, files: Files, task: Task, spec: JobSpec) -> None:
    """Make sure that a job that is to join the plan makes what no other job makes.

    Raises:
        BuildFileError: an output that holds the project, or is named twice.
        PlanError: another job makes it, or something in it.
    """
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
        _check_nested(plan, files, task, spec, path)
    if len(spec.outputs) > 1 and len(set(spec.outputs)) < len(spec.outputs):
        path = next(path for path in spec.outputs if spec.outputs.count(path) > 1)
        raise BuildFileError(f"task {task.name} names the output {path} twice", place=task.place)
    for pattern in spec.patterns:
        other = plan.maker_of_pattern(pattern)
        if other is not None:
            raise _two_makers(plan, other, task, spec, pattern)


def _check_nested(plan: Plan, files: Files, task: Task, spec: JobSpec, path: str) -> None:
    """A folder belongs to one job, which removes it when it fails: with all that others wrote or it reads there."""
    for relative in files.related(path):
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


def _holds_project(path: str) -> bool:
    return path in (".", "/") or path.endswith("..") or path.partition("/")[0] == STATE_FOLDER


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
