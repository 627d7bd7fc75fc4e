"""`check_if_uptodate`: a task's own rule in the place of traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.model.job import Call
from pymake.model.outputs import spliced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.task import Task


def needs_update(plan: Plan, job: JobId, found: Sequence[str]) -> str | None:
    """Why the job has to run, in the words of the task's own rule; None if it says that it need not.

    The rule is called like the function of the task. It returns whether the job needs an update, alone or in a pair
    with a text. `found` are the files that output patterns stood for in the last run.

    Raises:
        BuildFileError: the rule raised, or returned something else.
    """
    task = plan.task(plan.task_of(job))
    rule = task.check_if_uptodate
    if rule is None:
        return None
    answer = _asked(task, rule, _arguments(plan, job, found))
    needed, text = answer if isinstance(answer, (tuple, list)) and len(answer) == 2 else (answer, "")
    if not isinstance(needed, bool):
        raise BuildFileError(
            f"the rule of check_if_uptodate of task {task.name} returned {answer!r}",
            place=task.place,
            hint='return True if the job needs an update, or a pair with a text: True, "no file yet"',
        )
    return str(text) if needed else None


def _asked(task: Task, rule: Callable[..., object], arguments: Sequence[object]) -> object:
    try:
        return rule(*arguments)
    except Exception as error:
        raise BuildFileError(
            f"the rule of check_if_uptodate of task {task.name} raised {type(error).__name__}: {error}",
            place=task.place,
            facts=[("called with", ", ".join(map(repr, arguments)) or "nothing")],
        ) from error


def _arguments(plan: Plan, job: JobId, found: Sequence[str]) -> Sequence[object]:
    """What the function of the task is called with; for a command, inputs and outputs as lists."""
    action = plan.action(job)
    if isinstance(action, Call):
        return [spliced(value, found) for value in action.arguments]
    return [[plan.path(file) for file in plan.dirtying(job)], list(plan.output_paths(job))]
