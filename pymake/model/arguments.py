"""Whether the arguments of a call can travel to a worker process, known before anything runs."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.model.canonical import is_plain
from pymake.model.task import Kind

if TYPE_CHECKING:
    from pymake.model.task import Task


def check_extras(extras: tuple[object, ...], task: Task) -> None:
    """The same for the extras of a task, which are all that can be refused before its jobs are known."""
    first = 1 if task.kind is Kind.ORIGINATE else 2
    check_arguments((None,) * first + extras, task)


def check_arguments(arguments: tuple[object, ...], task: Task) -> None:
    """Make sure that the arguments of one call of `task` can be pickled; cheap where all are plain values.

    Raises:
        BuildFileError: one cannot; it names task, parameter and type.
    """
    for position, value in enumerate(arguments):
        if is_plain(value):
            continue
        try:
            pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            where, culprit = culprit_of(value)
            raise _refusal(task, _parameter(task.kind, position) + where, culprit, error) from error


def culprit_of(value: object) -> tuple[str, object]:
    """In a value that cannot be pickled: the way to the innermost member that cannot, as an expression, and the member.

    >>> culprit_of(["a", {"key": print, "other": lambda: None}])[0]
    "[1]['other']"
    """
    if isinstance(value, dict):
        inner = [(f"[{name!r}]", item) for name, item in value.items()]
    elif isinstance(value, (list, tuple)):
        inner = [(f"[{at}]", item) for at, item in enumerate(value)]
    else:
        inner = []
    for where, item in inner:
        if not travels(item):
            further, culprit = culprit_of(item)
            return where + further, culprit
    return "", value


def travels(value: object) -> bool:
    """Whether the value can be pickled."""
    try:
        pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001  # whatever a class of the user raises
        return False
    return True


def _parameter(kind: Kind, position: int) -> str:
    first = ("output",) if kind is Kind.ORIGINATE else ("input", "output")
    return first[position] if position < len(first) else f"extras[{position - len(first)}]"


def _refusal(task: Task, parameter: str, value: object, error: Exception) -> BuildFileError:
    kind = type(value)
    return BuildFileError(
        f"an argument of task {task.name} cannot be sent to a worker process",
        place=task.place,
        facts=[
            ("parameter", parameter),
            ("type", f"{kind.__module__}.{kind.__qualname__}"),
            ("pickle says", error),
        ],
        hint="give the job plain values (a file name, numbers, texts), and make the object inside the function",
    )
