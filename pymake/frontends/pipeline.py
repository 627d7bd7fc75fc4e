"""The object form: a `Pipeline` with a method for each kind, for loops and for commands in Python build files."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pymake.errors import BuildFileError
from pymake.frontends.arguments import FOR_EVERY_KIND, command, gathered
from pymake.frontends.context import current
from pymake.frontends.forms import bind, check_names, known_names
from pymake.frontends.places import caller
from pymake.frontends.references import Unsuitable
from pymake.model.task import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.frontends.context import Declarations
    from pymake.frontends.declared import DeclaredTask
    from pymake.model.task import CommandText

_OF_THE_CALL = ("name", "task_func", "command", "active", *FOR_EVERY_KIND)
_KNOWN: Mapping[Kind, frozenset[str]] = {kind: known_names(kind, _OF_THE_CALL) for kind in Kind}


P = TypeVar("P", bound="Pipeline")


class Pipeline:
    """Tasks declared by calls. Each method takes `task_func=` or `command=`, `name=`, and the arguments of its kind.

    Further arguments of every method, as in `pymake.toml`: depfile, order_only, follows, mkdir, vars, env, uses_env,
    tools, files, cwd, pool, cores, timeout, retries, retry_delay, protected, always, tags, active, doc.

    Raises:
        BuildFileError: there is a pipeline of that name.
    """

    def __init__(self, name: str) -> None:
        self._own: Declarations | None = current().add_pipeline(name, caller())

    @classmethod
    def of_decorators(cls: type[P]) -> P:  # noqa: PYI019  # `typing` has `Self` from 3.11 on
        """The pipeline `main`, always that of the build file which is being read."""
        pipeline = cls.__new__(cls)
        pipeline._own = None
        return pipeline

    @property
    def _declarations(self) -> Declarations:
        return current().main if self._own is None else self._own

    @property
    def name(self) -> str:
        """The name: tasks are targets as `name::task`, those of `main` as `task`."""
        return self._declarations.name

    def task(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job: `task(task_func, input, output, *extras)`."""
        return self._declare(Kind.TASK, arguments, named)

    def originate(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each output: `originate(task_func, output, *extras)`."""
        return self._declare(Kind.ORIGINATE, arguments, named)

    def transform(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each input: `transform(task_func, input, filter, output, *extras)`."""
        return self._declare(Kind.TRANSFORM, arguments, named)

    def split(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job with many outputs: `split(task_func, input, outputs, *extras)`."""
        return self._declare(Kind.SPLIT, arguments, named)

    def subdivide(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each input, each with many outputs: `subdivide(task_func, input, filter, outputs, *extras)`."""
        return self._declare(Kind.SUBDIVIDE, arguments, named)

    def merge(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job of all inputs: `merge(task_func, input, output, *extras)`."""
        return self._declare(Kind.MERGE, arguments, named)

    def collate(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for all inputs with one output: `collate(task_func, input, filter, output, *extras)`."""
        return self._declare(Kind.COLLATE, arguments, named)

    def product(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each pair of inputs: `product(task_func, input, filter, input2, filter2, output, *extras)`."""
        return self._declare(Kind.PRODUCT, arguments, named)

    def permutations(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each ordered choice: `permutations(task_func, input, filter, tuple_size, output, *extras)`."""
        return self._declare(Kind.PERMUTATIONS, arguments, named)

    def combinations(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each choice: `combinations(task_func, input, filter, tuple_size, output, *extras)`."""
        return self._declare(Kind.COMBINATIONS, arguments, named)

    def combinations_with_replacement(self, *arguments: object, **named: object) -> DeclaredTask:
        """One job for each choice, an input more than once too: called like `combinations`."""
        return self._declare(Kind.COMBINATIONS_WITH_REPLACEMENT, arguments, named)

    def _declare(self, kind: Kind, arguments: tuple[object, ...], named: dict[str, object]) -> DeclaredTask:
        declarations = self._declarations
        location = caller()
        try:
            check_names(kind.value, named, _KNOWN[kind])
            if "command" not in named and "task_func" not in named and arguments:
                named["task_func"], *rest = arguments
                arguments = tuple(rest)
            action = _action(kind, named)
            name = _name(kind, named, action)
            conditions = named.pop("active", ())
            kind, bound = bind(kind, arguments, named)
        except Unsuitable as error:
            raise declarations.error(error, location) from None
        function = action if callable(action) else None
        declared = declarations.add(name, function, location)
        declared.kind = kind
        if function is None:
            declared.fields["action"] = action
        if conditions != ():
            declared.active_if(*(conditions if isinstance(conditions, (list, tuple)) else (conditions,)))
        try:
            return declared.modify(location, gathered(bound))
        except BuildFileError:
            declarations.drop(declared)
            raise


def _action(kind: Kind, named: dict[str, object]) -> Callable[..., object] | CommandText:
    """What the jobs run, taken out of the arguments."""
    has_command = "command" in named
    if has_command == ("task_func" in named):
        both = "both command and task_func" if has_command else "neither command nor task_func"
        raise Unsuitable(f"{kind.value} has {both}", hint="give one of them")
    if has_command:
        return command(named.pop("command"))
    function = named.pop("task_func")
    if isinstance(function, str):
        raise Unsuitable(f"task_func is the text {function!r}, not a function", hint="a program goes into command=")
    if not callable(function):
        raise Unsuitable(f"task_func is {function!r}, not a function")
    return function


def _name(kind: Kind, named: dict[str, object], action: object) -> str:
    """The name of the task, taken out of the arguments; a function lends its own."""
    name = named.pop("name", None) if "name" in named else getattr(action, "__name__", None)
    if name is None or name == "<lambda>":
        raise Unsuitable(f"{kind.value} has no 'name'", hint='name="…", which is the task as a target')
    if not isinstance(name, str) or not name or "::" in name:
        raise Unsuitable(f"{name!r} is no name for a task")
    return name


main = Pipeline.of_decorators()
"""The pipeline that the decorators fill."""
