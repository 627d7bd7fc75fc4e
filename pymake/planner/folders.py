"""Folders that a task wants made: those it names, and those its rules name for each input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.planner.drafts import Drafting
from pymake.planner.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pymake.model.ids import TaskId
    from pymake.model.plan import Plan
    from pymake.planner.declared import Declared
    from pymake.planner.inputs import Inputs


def folders_of(declared: Declared, inputs: Inputs) -> tuple[str, ...]:
    """All folders that are made before the first job of a task.

    Raises:
        BuildFileError: a filter takes none of the inputs.
        FieldError: a field without a value.
    """
    named = declared.task.mkdir
    if not declared.folders:
        return named
    ruled = (
        path
        for rule in declared.folders
        for draft in KINDS[rule.task.kind](Drafting(rule, inputs)).drafts
        for path in draft.outputs
    )
    return tuple(dict.fromkeys((*named, *ruled)))


def group_folders(plan: Plan, wanted: bytearray, names: Collection[str]) -> Iterator[str]:
    """The folders of groups, which have no job that they are made for: of those named, and of those followed.

    `wanted` marks jobs; without `names` all groups count.
    """
    groups = [task for task in plan.tasks_with_folders() if plan.task(task).action is None]
    if not groups:
        return
    stack: list[TaskId] = [plan.task_of(job) for job in plan.jobs() if wanted[job]] if names else list(groups)
    stack += [task for task in groups if plan.task(task).name in names]
    seen: set[TaskId] = set()
    while stack:
        task = stack.pop()
        if task not in seen:
            seen.add(task)
            stack.extend(plan.followed(task))
    for task in groups:
        if task in seen:
            yield from plan.folders(task)
