"""The decorators of a `pymakefile.py`. Each returns the function unchanged; any order of stacking means the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from pymake.errors import BuildFileError
from pymake.frontends.arguments import WITHOUT_DECORATOR, folders, gathered
from pymake.frontends.context import current
from pymake.frontends.declared import followed
from pymake.frontends.forms import bind, check_names, known_names, usage
from pymake.frontends.places import Location, caller
from pymake.frontends.references import ChangedInputs, Folders, OutputFrom, RuntimeParameter, Unsuitable, path
from pymake.model.fields import FieldError
from pymake.model.filters import compiled_expression
from pymake.model.task import Formatter, Kind, Regex, Suffix, TouchFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.frontends.declared import DeclaredTask

    F = TypeVar("F", bound=Callable[..., object])
else:
    F = TypeVar("F")


class Decorator:
    """Adds arguments to the task of the function that it stands above."""

    def __init__(self, **named: object) -> None:
        self._named: Mapping[str, object] = named
        self._location = caller()
        if current().is_build_file:
            current().unused[self] = self._location

    def __call__(self, function: F) -> F:
        """Add the arguments; the function stays as it is."""
        main = current().main
        current().unused.pop(self, None)
        count = len(main.tasks)
        declared = main.decorate(function, self._location)
        try:
            self._add(declared)
        except BuildFileError:
            if len(main.tasks) > count:
                main.drop(declared)
            raise
        return function

    def _add(self, declared: DeclaredTask) -> None:
        declared.modify(self._location, self._named)


class _KindDecorator(Decorator):
    """Says how the task makes its jobs."""

    def __init__(self, kind: Kind, positional: tuple[object, ...], named: Mapping[str, object]) -> None:
        super().__init__()
        try:
            check_names(kind.value, named, known_names(kind, WITHOUT_DECORATOR))
            self._kind, bound = bind(kind, positional, named)
            self._named = gathered(bound)
        except Unsuitable as error:
            raise current().error(error, self._location) from None

    def _add(self, declared: DeclaredTask) -> None:
        if declared.kind is not None:
            raise current().error(_two_kinds(declared, self._kind, declared.location), self._location)
        declared.kind = self._kind
        declared.location = self._location
        declared.modify(self._location, self._named)


def _two_kinds(declared: DeclaredTask, kind: Kind, first: Location) -> Unsuitable:
    known = declared.kind.value if declared.kind is not None else ""
    return Unsuitable(
        f"function {declared.name} is a {known} already, and cannot be a {kind.value} too",
        facts=[("the other", current().place(first))],
        hint=f"use the object form for one of them: main.{kind.value}(task_func={declared.name}, name=…)",
    )


class _FolderDecorator(Decorator, Folders):
    """`mkdir(…)`: above a function, or among what it follows."""

    def __init__(self, named: Folders) -> None:
        Decorator.__init__(self, **named.arguments())
        current().unused.pop(self, None)  # it may stand among what a task follows
        Folders.__init__(self, named.names, named.rule)


class _ConditionDecorator(Decorator):
    def __init__(self, conditions: tuple[object, ...]) -> None:
        super().__init__()
        self._conditions = conditions

    def _add(self, declared: DeclaredTask) -> None:
        declared.active_if(*self._conditions)


def task(*arguments: object, **named: object) -> Decorator:
    """One job: `task(input, output, *extras)`. The function is called as `f(input, output, *extras)`."""
    return _KindDecorator(Kind.TASK, arguments, named)


def originate(*arguments: object, **named: object) -> Decorator:
    """One job for each output, from nothing: `originate(output, *extras)`, called as `f(output, *extras)`."""
    return _KindDecorator(Kind.ORIGINATE, arguments, named)


def transform(*arguments: object, **named: object) -> Decorator:
    """One job for each input: `transform(input, suffix(".c"), ".o", *extras, output_dir=…)`.

    The input may also be a path template, without a filter: `transform("src/{name}.c", "build/{name}.o")`.
    """
    return _KindDecorator(Kind.TRANSFORM, arguments, named)


def split(*arguments: object, **named: object) -> Decorator:
    """One job with many outputs: `split(input, outputs, *extras)`. Each output is an input of its own to readers."""
    return _KindDecorator(Kind.SPLIT, arguments, named)


def subdivide(*arguments: object, **named: object) -> Decorator:
    """One job for each input, each with many outputs: `subdivide(input, suffix(".txt"), [".a", ".b"], *extras)`."""
    return _KindDecorator(Kind.SUBDIVIDE, arguments, named)


def merge(*arguments: object, **named: object) -> Decorator:
    """One job of all inputs: `merge(input, output, *extras)`, called with the list of inputs."""
    return _KindDecorator(Kind.MERGE, arguments, named)


def collate(*arguments: object, **named: object) -> Decorator:
    """One job for all inputs that lead to one output: `collate(input, regex(…), output, *extras)`.

    The function is called with the tuple of inputs. A path template does without the filter.
    """
    return _KindDecorator(Kind.COLLATE, arguments, named)


def product(*arguments: object, **named: object) -> Decorator:
    """One job for each pair (triple …) of inputs: `product(input, formatter(), input2, formatter(), output, *extras)`.

    The function is called with the tuple of inputs.
    """
    return _KindDecorator(Kind.PRODUCT, arguments, named)


def permutations(*arguments: object, **named: object) -> Decorator:
    """One job for each choice of inputs in every order: `permutations(input, formatter(), 2, output, *extras)`."""
    return _KindDecorator(Kind.PERMUTATIONS, arguments, named)


def combinations(*arguments: object, **named: object) -> Decorator:
    """One job for each choice of inputs: `combinations(input, formatter(), 2, output, *extras)`."""
    return _KindDecorator(Kind.COMBINATIONS, arguments, named)


def combinations_with_replacement(*arguments: object, **named: object) -> Decorator:
    """One job for each choice of inputs, an input more than once too: called like `combinations`."""
    return _KindDecorator(Kind.COMBINATIONS_WITH_REPLACEMENT, arguments, named)


def follows(*tasks: object) -> Decorator:
    """Start no job before all jobs of these tasks (functions, names, tasks, `mkdir(…)`) are done."""
    return Decorator(**followed(tasks))


def mkdir(*names: object, **named: object) -> Decorator:
    """Make these folders before the first job: `mkdir("a", "b")`.

    With a filter, those that `transform` would name as outputs: `mkdir("*.txt", suffix(".txt"), ".parts")`.
    """
    try:
        return _FolderDecorator(folders(names, named))
    except Unsuitable as error:
        raise current().error(error, caller()) from None


def active_if(*conditions: object) -> Decorator:
    """Have no jobs unless all of these values, or of what these functions return, are true."""
    return _ConditionDecorator(conditions)


def posttask(*actions: object) -> Decorator:
    """Call these functions, or touch the files of `touch_file(…)`, when all jobs of the task are done."""
    return Decorator(posttask=actions)


def jobs_limit(count: int, name: str | None = None) -> Decorator:
    """Run at most so many jobs at a time, of this task or of all that share the name."""
    return Decorator(jobs_limit=(count, name))


def check_if_uptodate(check: Callable[..., object]) -> Decorator:
    """Let a function decide whether a job runs: called like the task's own, it returns `(needs_update, message)`."""
    return Decorator(check_if_uptodate=check)


def graphviz(**attributes: object) -> Decorator:
    """Draw the task with these attributes."""
    return Decorator(graphviz=attributes)


def tags(*names: str) -> Decorator:
    """Mark the task with words."""
    return Decorator(tags=names)


def pool(name: str) -> Decorator:
    """Run under the common limit of pool `name`."""
    return Decorator(pool=name)


def timeout(seconds: float) -> Decorator:
    """End each attempt of a job after this time."""
    return Decorator(timeout=seconds)


def retries(times: int, *, delay: float = 0.0, backoff: float = 1.0) -> Decorator:
    """Try a failed job again up to `times` times, `delay` seconds later, each time `backoff` times as late."""
    return Decorator(retries=times, retry_delay=delay, retry_backoff=backoff)


def uses(*, env: object = (), tools: object = (), files: object = (), packages: object = ()) -> Decorator:
    """Let environment variables, programs, files and versions of installed packages decide too."""
    return Decorator(uses_env=env, tools=tools, files=files, packages=packages)


def resources(*, cores: int = 1, memory: int | str | None = None) -> Decorator:
    """Count each job as so many, and as so much memory: `"2G"`, or a number of bytes."""
    return Decorator(cores=cores) if memory is None else Decorator(cores=cores, memory=memory)


def fresh_process(function: F) -> F:
    """Give each job a process of its own, which no other job had before it or gets after it."""
    return Decorator(fresh_process=True)(function)


def temporary(function: F) -> F:
    """Remove the outputs when their last reader is done, and make them anew only when a reader has to run."""
    return Decorator(temporary=True)(function)


def protected(function: F) -> F:
    """Make the outputs read-only, and never overwrite one that was edited by hand."""
    return Decorator(protected=True)(function)


def interactive(function: F) -> F:
    """Let the jobs own the terminal, one at a time; what they print is not kept."""
    return Decorator(interactive=True)(function)


def audit(what: str) -> Decorator:
    """With `"record"`, take the files of the project that a job is seen to read as inputs of it."""
    return Decorator(audit=what)


def always(function: F) -> F:
    """Run in every build."""
    return Decorator(always=True)(function)


def default(function: F) -> F:
    """Build the task when no target is named."""
    current().main.decorate(function, caller()).default()
    return function


def suffix(text: str) -> Suffix:
    """The filter that takes inputs with this end, and puts the output in its place."""
    return Suffix(text=_end_of_names(text))


def _end_of_names(text: object) -> str:
    if isinstance(text, str):
        return text
    unsuitable = Unsuitable(f"suffix({text!r}) is not the end of a file name", hint=usage(Kind.TRANSFORM))
    raise current().error(unsuitable, caller())


def regex(pattern: str) -> Regex:
    """The filter that takes inputs in which the expression is found; each match is replaced by the output."""
    return Regex(pattern=_expression("regex", pattern))


def formatter(*patterns: str | None) -> Formatter:
    """The filter that takes inputs whose absolute paths match, file by file; their parts are fields of the output."""
    return Formatter(patterns=tuple(None if one is None else _expression("formatter", one) for one in patterns))


def _expression(what: str, pattern: object) -> str:
    if isinstance(pattern, re.Pattern):
        pattern = pattern.pattern
    if not isinstance(pattern, str):
        raise current().error(Unsuitable(f"{what}({pattern!r}) is no regular expression"), caller())
    try:
        compiled_expression(pattern)
    except FieldError as error:
        raise current().error(Unsuitable(error.message), caller()) from None
    return pattern


def inputs(*given: object) -> ChangedInputs:
    """What each job reads instead of its input, which then only names things."""
    if len(given) != 1:
        unsuitable = Unsuitable(f"inputs takes one argument, not {len(given)}", hint="put several into a list")
        raise current().error(unsuitable, caller())
    return ChangedInputs("replace_inputs", given)


def add_inputs(*given: object) -> ChangedInputs:
    """What each job reads besides its input: the function is called with the tuple of all."""
    return ChangedInputs("add_inputs", given)


def runtime_parameter(name: str) -> RuntimeParameter:
    """In an input: the value of this name in the `runtime_data` that the pipeline is run with."""
    if not name:
        raise current().error(Unsuitable("runtime_parameter has no name"), caller())
    current().has_open_refs = True
    return RuntimeParameter(name)


def touch_file(*names: object) -> TouchFile:
    """In `posttask`: create or touch these files."""
    try:
        return TouchFile(names=tuple(path(name) for name in names))
    except Unsuitable as error:
        raise current().error(error, caller()) from None


def output_from(*tasks: object) -> OutputFrom:
    """Tasks where file names could stand, by name; they may be declared later, or in another build file."""
    if not tasks:
        raise current().error(Unsuitable("output_from() names no task"), caller())
    return OutputFrom(tasks)
