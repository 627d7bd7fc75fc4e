"""Tasks declared by calls: a method for each kind, with a function or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import BuildFileError
from pymake.frontends.arguments import FOR_EVERY_KIND, command, folders, gathered
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


class KindMethods:
    """Declares tasks of one pipeline, that of `declarations`, or of `main` if that is None."""

    def __init__(self, declarations: Declarations | None) -> None:
        self._own = declarations

    @property
    def _declarations(self) -> Declarations:
        return current().main if self._own is None else self._own

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

    def follows(self, task_func: Callable[..., object], *tasks: object, name: str | None = None) -> DeclaredTask:
        """A task that calls `task_func()` after these tasks."""
        return self._plain("follows", task_func, name).follows(*tasks)

    def check_if_uptodate(
        self, task_func: Callable[..., object], check: Callable[..., object], *, name: str | None = None
    ) -> DeclaredTask:
        """A task that calls `task_func()` when `check()` says so."""
        return self._plain("check_if_uptodate", task_func, name).check_if_uptodate(check)

    def graphviz(
        self, task_func: Callable[..., object], *, name: str | None = None, **attributes: object
    ) -> DeclaredTask:
        """A task that calls `task_func()`, drawn with these attributes."""
        return self._plain("graphviz", task_func, name).graphviz(**attributes)

    def mkdir(self, *names: object, name: str | None = None, **named: object) -> DeclaredTask:
        """A task that makes folders: `mkdir("a", "b")` or `mkdir(input, filter, output)`.

        Without a name it is called `mkdir`, the next one `mkdir # 2`.
        """
        declarations, location = self._declarations, caller()
        try:
            arguments = folders(names, named).arguments()
        except Unsuitable as error:
            raise declarations.error(error, location) from None
        declared = declarations.add(_free_name(declarations) if name is None else name, None, location)
        try:
            return declared.modify(location, arguments)
        except BuildFileError:
            declarations.drop(declared)
            raise

    def _plain(self, what: str, function: object, name: str | None) -> DeclaredTask:
        """A task without input and output."""
        declarations, location = self._declarations, caller()
        named: dict[str, object] = {"task_func": function} if name is None else {"task_func": function, "name": name}
        try:
            action = _action(what, named)
            return declarations.add(_name(what, named, action), action if callable(action) else None, location)
        except Unsuitable as error:
            raise declarations.error(error, location) from None

    def _declare(self, kind: Kind, arguments: tuple[object, ...], named: dict[str, object]) -> DeclaredTask:
        declarations = self._declarations
        location = caller()
        try:
            check_names(kind.value, named, _KNOWN[kind])
            if "command" not in named and "task_func" not in named and arguments:
                named["task_func"], *rest = arguments
                arguments = tuple(rest)
            action = _action(kind.value, named)
            name = _name(kind.value, named, action)
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


def _action(what: str, named: dict[str, object]) -> Callable[..., object] | CommandText:
    """What the jobs run, taken out of the arguments."""
    has_command = "command" in named
    if has_command == ("task_func" in named):
        both = "both command and task_func" if has_command else "neither command nor task_func"
        raise Unsuitable(f"{what} has {both}", hint="give one of them")
    if has_command:
        return command(named.pop("command"))
    function = named.pop("task_func")
    if isinstance(function, str):
        raise Unsuitable(f"task_func is the text {function!r}, not a function", hint="a program goes into command=")
    if not callable(function):
        raise Unsuitable(f"task_func is {function!r}, not a function")
    return function


def _free_name(declarations: Declarations) -> str:
    count = 1
    while (name := "mkdir" if count == 1 else f"mkdir # {count}") in declarations.tasks:
        count += 1
    return name


def _name(what: str, named: dict[str, object], action: object) -> str:
    """The name of the task, taken out of the arguments; a function lends its own."""
    name = named.pop("name", None) if "name" in named else getattr(action, "__name__", None)
    if name is None or name == "<lambda>":
        raise Unsuitable(f"{what} has no 'name'", hint='name="…", which is the task as a target')
    if not isinstance(name, str) or not name or "::" in name:
        raise Unsuitable(f"{name!r} is no name for a task")
    return name
