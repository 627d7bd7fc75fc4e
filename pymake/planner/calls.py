"""Whether the function of a task can be called the way its jobs will call it: told before anything runs."""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.model.task import Function, Kind

if TYPE_CHECKING:
    from pymake.model.task import Task

# Flags of code objects; `inspect` has their names, and takes 10 ms to import.
_TAKES_MORE = 0x04
_LAZY = {0x20: "a generator", 0x80: "asynchronous", 0x200: "an asynchronous generator"}


def check_call(task: Task) -> None:
    """Make sure that the function of a task runs when it is called, and takes what it will be given.

    Callables that are no plain functions or methods are believed.

    Raises:
        BuildFileError: it would do nothing, or takes another number of arguments.
    """
    target = task.action.target if isinstance(task.action, Function) else None
    bound = 1 if isinstance(target, MethodType) else 0
    function = target.__func__ if isinstance(target, MethodType) else target
    if not isinstance(function, FunctionType):
        return
    for flag, what in _LAZY.items():
        if function.__code__.co_flags & flag:
            raise BuildFileError(
                f"task {task.name}: {function.__name__} is {what}, so a call would run nothing of it",
                place=task.place,
                hint="make it a plain function: without yield, async and await",
            )
    given = given_to(task)
    if not _takes(function, len(given) + bound):
        call = f"{function.__name__}({', '.join(given)})"
        raise BuildFileError(
            f"task {task.name}: {function.__name__} cannot be called with {_counted(len(given))}",
            place=task.place,
            facts=[("a job calls", call)],
            hint="give the function a parameter for each, or change the extras",
        )


def given_to(task: Task) -> list[str]:
    """What a job gives to the function of its task, by position."""
    extras = [f"extras[{at}]" for at in range(len(task.extras))]
    if task.kind is Kind.ORIGINATE:
        return ["output", *extras]
    if task.kind is Kind.TASK and task.input is None and task.output is None:
        return extras
    return ["input", "output", *extras]


def _takes(function: FunctionType, count: int) -> bool:
    code, defaults = function.__code__, function.__defaults__ or ()
    named_only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    if any(name not in (function.__kwdefaults__ or {}) for name in named_only):
        return False
    least = code.co_argcount - len(defaults)
    return least <= count and (count <= code.co_argcount or bool(code.co_flags & _TAKES_MORE))


def _counted(count: int) -> str:
    return f"{count} argument" if count == 1 else f"{count} arguments"
