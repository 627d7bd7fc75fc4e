"""The code key of a function: a digest of what it means and of all code of the project that it reaches.

What counts is the normal form of the function (see `normal`), the values of its defaults and of what it closes over,
and everything of the project that it names (see `following`): functions, classes with their bases, constants by their
value, other modules. A callable without source (typed into a shell, made by `exec`) is keyed by its byte code instead,
which an upgrade of Python may change.
"""

from __future__ import annotations

from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.frontends.analyses import NOTHING_KEPT, keep
from pymake.frontends.following import Follower
from pymake.frontends.reach import Keys
from pymake.model.canonical import is_plain
from pymake.model.task import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.frontends.reach import Reached
    from pymake.interfaces import Analyses
    from pymake.model.task import Task


class WithoutArguments:
    """Calls the function of a task that no decorator gave an input or output: `f()`."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function

    def __call__(self, *_arguments: object) -> object:
        """Call the function, whatever a job passes."""
        return self.function()


class Code:
    """The code keys of one project (`root` is absolute), as it is loaded now. `analyses` spare reading its modules.

    Keys are made when everything is loaded: which modules are decides how far a function can be followed, and the order
    in which build files name them must not count.
    """

    def __init__(self, root: str, analyses: Analyses = NOTHING_KEPT) -> None:
        self._root = root
        self._analyses = analyses
        self._follower = Follower(root, analyses)
        self._keys = Keys()
        self._functions: dict[int, Function] = {}

    def fill_in(self, tasks: Iterable[Task]) -> None:
        """Give the functions of these tasks their code keys. Nobody but the caller has the tasks yet.

        So they are filled in place: to copy a task takes longer than to make one, and there may be 100,000.
        """
        for task in tasks:
            if isinstance(task.action, Function):
                object.__setattr__(task, "action", self._keyed(task, task.action.target))
        keep(self._follower.texts(), self._analyses)

    def function(self, target: Callable[..., object]) -> Function:
        """The callable as a value, with its code key, and with what was first found that could not be followed."""
        known_function = self._functions.get(id(target))
        if known_function is not None:
            return known_function
        called = target.function if isinstance(target, WithoutArguments) else target
        found = self._read(unkeyed(called), self._follower.target(called))
        function = self._functions[id(target)] = replace(found, target=target)
        return function

    def has_body(self, function: Callable[..., object]) -> bool:
        """Whether a function does anything; not so if there is nothing in it but a docstring, `pass` or `...`."""
        definition = self._follower.definition(function) if isinstance(function, FunctionType) else None
        return definition is None or not definition.is_empty

    def _keyed(self, task: Task, target: Callable[..., object]) -> Function:
        function = self.function(target)
        if task.extras and not all(map(is_plain, task.extras)):
            return self._with_extras(function, target, task)
        return function

    def _with_extras(self, function: Function, target: Callable[..., object], task: Task) -> Function:
        """The function together with the code in its further arguments, which it may call."""
        called = target.function if isinstance(target, WithoutArguments) else target
        found = self._read(function, self._follower.with_extras(called, task))
        return replace(found, notes=(*function.notes, *found.notes))

    def _read(self, function: Function, reached: Reached) -> Function:
        known = len(self._follower.doubts.notes)
        key = self._keys.of(reached)
        notes = tuple(self._follower.doubts.notes)[known:]
        return replace(function, code_key=key, parts=partial(self._keys.parts, reached, self._root), notes=notes)


def unkeyed(target: Callable[..., object]) -> Function:
    """The callable as a value whose code key nobody knows yet."""
    module = getattr(target, "__module__", None) or type(target).__module__
    name = f"{module}:{getattr(target, '__qualname__', None) or type(target).__qualname__}"
    return Function(name=name, target=target, code_key="")
