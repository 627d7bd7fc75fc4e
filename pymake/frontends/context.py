"""What one evaluation of build files declares: pipelines of tasks, in order.

A build file is evaluated in a context of its own; outside any build file, in a script, the context of the process
serves. Which one is open is the only global, and it is a context variable, so threads do not see each other's.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, Place
from pymake.frontends.declared import DeclaredTask
from pymake.frontends.places import Location, relative
from pymake.frontends.references import OPEN_REFS, LaterRef, OwnFirst, Referable, Unsuitable
from pymake.model.task import TaskRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAIN = "main"
"""The pipeline that the decorators fill."""


class Declarations:
    """The tasks of one pipeline, in order, with unique names. Head and tail tasks stand for all of it.

    `face` is the object that a build file knows it by.
    """

    __slots__ = ("context", "decorated", "face", "heads", "name", "of_function", "place", "tails", "tasks")

    def __init__(self, name: str, context: Context, place: Place | None = None) -> None:
        self.name = name
        self.context = context
        self.place = place
        self.tasks: dict[str, DeclaredTask] = {}
        self.decorated: dict[object, DeclaredTask] = {}
        self.of_function: dict[object, list[DeclaredTask]] = {}
        self.face: object = None
        self.heads: tuple[DeclaredTask, ...] = ()
        self.tails: tuple[DeclaredTask, ...] = ()

    def add(self, name: str, function: Callable[..., object] | None, location: Location) -> DeclaredTask:
        """A new task.

        Raises:
            BuildFileError: the pipeline has one of that name.
        """
        known = self.tasks.get(name)
        if known is not None:
            raise BuildFileError(
                f"two tasks are called {name!r}",
                place=self.context.place(location),
                facts=[("the other", self.context.place(known.location))],
                hint="give one of them another name",
            )
        full_name = name if self.name == MAIN else f"{self.name}::{name}"
        declared = self.tasks[name] = DeclaredTask(name, full_name, location, self)
        if function is not None:
            declared.function = function
            self.of_function.setdefault(_identity(function), []).append(declared)
        return declared

    def drop(self, declared: DeclaredTask) -> None:
        """Forget a task whose declaration failed, so that it can be declared again."""
        del self.tasks[declared.name]
        if declared.function is not None:
            self.decorated.pop(_identity(declared.function), None)
            self.of_function[_identity(declared.function)].remove(declared)

    def decorate(self, function: Callable[..., object], location: Location) -> DeclaredTask:
        """The task that the decorators of `function` make together, new with the first of them."""
        key = _identity(function)
        declared = self.decorated.get(key)
        if declared is None:
            name = getattr(function, "__name__", None)
            if not isinstance(name, str):
                raise BuildFileError(f"{function!r} is no function", place=self.context.place(location))
            declared = self.decorated[key] = self.add(name, function, location)
        return declared

    def error(self, unsuitable: Unsuitable, location: Location) -> BuildFileError:
        """What is wrong with a declaration at a location, for the person who wrote it."""
        return self.context.error(unsuitable, location)

    def refer(self, value: object) -> TaskRef:
        """What stands for a task given as function, declared task or name.

        Raises:
            Unsuitable: it is none, or not clear which.
        """
        found = self._reference(value)
        if isinstance(found, OPEN_REFS):
            self.context.has_open_refs = True
        return found

    def _reference(self, value: object) -> TaskRef:
        if isinstance(value, Referable):
            return value.reference()
        if isinstance(value, TaskRef):
            return value
        if isinstance(value, str):
            return OwnFirst(name=value)
        if not callable(value):
            raise Unsuitable(f"{value!r} is no task", hint="name a task, or give its function")
        declared = self.context.find_task(value, self)
        return LaterRef(name=name_of(value), function=value) if declared is None else declared.reference()


class Context:
    """The pipelines of one evaluation; `main` is always there. `root` is None in a script: its current folder.

    `unused` holds the decorators that stand above no function yet, and where they are written. `has_open_refs` tells
    that there are references to look for when all is declared.
    """

    __slots__ = ("_paths", "_root", "has_open_refs", "pipelines", "unused")

    def __init__(self, root: str | None) -> None:
        self._root = root
        self._paths: dict[tuple[str, str], str] = {}
        self.pipelines: dict[str, Declarations] = {MAIN: Declarations(MAIN, self)}
        self.unused: dict[object, Location] = {}
        self.has_open_refs = False

    @property
    def main(self) -> Declarations:
        """The pipeline that the decorators fill."""
        return self.pipelines[MAIN]

    def add_pipeline(self, name: str, location: Location) -> Declarations:
        """A new pipeline.

        Raises:
            BuildFileError: the name is taken, or is none.
        """
        place = self.place(location)
        if not name or "::" in name:
            raise BuildFileError(f"{name!r} is no name for a pipeline", place=place)
        known = self.pipelines.get(name)
        if known is not None:
            facts = [("the other", known.place)] if known.place is not None else []
            hint = "decorators fill it, and pymake.main is it" if name == MAIN else "give one of them another name"
            raise BuildFileError(f"two pipelines are called {name!r}", place=place, facts=facts, hint=hint)
        added = self.pipelines[name] = Declarations(name, self, place)
        return added

    @property
    def is_build_file(self) -> bool:
        """Whether a build file is being read, which cannot be built before it came to its end."""
        return self._root is not None

    def clear(self) -> None:
        """Forget all tasks and pipelines."""
        self.pipelines = {MAIN: Declarations(MAIN, self)}
        self.has_open_refs = False

    def check_used(self) -> None:
        """Make sure that every decorator decorates something: `@task` without parentheses takes the function as input.

        Raises:
            BuildFileError: one does not.
        """
        for location in self.unused.values():
            unsuitable = Unsuitable("this decorator stands above no function", hint="write its arguments: @task(…)")
            raise self.error(unsuitable, location)

    def place(self, location: Location) -> Place:
        """The location as the user would write it, relative to the root."""
        root = self._root or os.getcwd()
        key = (root, location[0])
        path = self._paths.get(key)
        if path is None:
            path = self._paths[key] = relative(location[0], root)
        return Place(path=path, line=location[1])

    def error(self, unsuitable: Unsuitable, location: Location) -> BuildFileError:
        """What is wrong with a declaration, for the person who wrote it."""
        place = self.place(location)
        return BuildFileError(str(unsuitable), place=place, facts=unsuitable.facts, hint=unsuitable.hint)

    def task_of(self, function: Callable[..., object], home: Declarations | None = None) -> DeclaredTask:
        """The task that calls `function`, looked for in `home` first, then in `main`.

        Raises:
            Unsuitable: there is none, or more than one.
        """
        found = self.find_task(function, home or self.main)
        if found is None:
            raise not_a_task(function)
        return found

    def find_task(self, function: Callable[..., object], home: Declarations) -> DeclaredTask | None:
        """The task that calls `function`: of its own pipeline, else of `main`, else of any; None if there is none.

        Raises:
            Unsuitable: there is more than one.
        """
        key = _identity(function)
        for several in ((home,), (self.main,), self.pipelines.values()):
            found = [declared for one in several for declared in one.of_function.get(key, ())]
            if len(found) == 1:
                return found[0]
            if found:
                names = ", ".join(declared.full_name for declared in found[:3])
                raise Unsuitable(
                    f"{len(found)} tasks call function {name_of(function)}",
                    facts=[("they are", names if len(found) <= 3 else f"{names}, …")],
                    hint=f'say which one by its name: "{found[0].full_name}"',
                )
        return None


def not_a_task(function: object) -> Unsuitable:
    """What to say of a function that no task calls."""
    return Unsuitable(
        f"function {name_of(function)} is no task",
        hint="decorate it, or name a task of another build file: output_from(…)",
    )


_SCRIPT = Context(None)
_OPEN: ContextVar[Context] = ContextVar("pymake_context", default=_SCRIPT)


def current() -> Context:
    """The context that declarations go to now."""
    return _OPEN.get()


@contextmanager
def evaluating(root: str) -> Iterator[Context]:
    """A fresh context for as long as the build file of `root` (absolute) is read."""
    token = _OPEN.set(Context(root))
    try:
        yield _OPEN.get()
    finally:
        _OPEN.reset(token)


def _identity(function: object) -> object:
    """A key of a callable: itself, so that a method equals itself each time it is asked for; else its id."""
    try:
        hash(function)
    except TypeError:
        return id(function)
    return function


def name_of(function: object) -> str:
    """The name of a function, for people."""
    return str(getattr(function, "__name__", repr(function)))
