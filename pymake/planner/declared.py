"""One task with its variables replaced, and what can be said of it before any pattern is matched."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, assert_never
from pymake.model.fields import FieldError, bare_field, escape, expand, substitute
from pymake.model.patterns import Pattern, is_glob, normalise, read, unescaped
from pymake.model.task import Kind, TaskRef
from pymake.planner.calls import check_call
from pymake.planner.structure import members, rebuilt, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymake.model.task import Project, Task, VariableValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A task whose texts hold captures and patterns, but no variables any more.

    `outputs` are its outputs if they are known already, None if they depend on what its inputs are. `likeness` is how
    every output starts and ends. `patterns` and `needs` are what its inputs are looked for with.
    """

    task: Task
    variables: Mapping[str, VariableValue]
    input: object
    output: object
    order_only: object
    files: object
    output_dir: str | None
    suffix: str | None
    outputs: tuple[str, ...] | None
    likeness: tuple[str, str]
    patterns: tuple[Pattern, ...]
    needs: tuple[str, ...]


@contextmanager
def blamed(task: Task) -> Iterator[None]:
    """Errors in a text become errors of the task that holds it."""
    try:
        yield
    except FieldError as error:
        raise BuildFileError(f"task {task.name}: {error.message}", place=task.place, hint=error.hint) from error


def declare(task: Task, project: Project) -> Declared:
    """Replace the variables of a task.

    Raises:
        FieldError: a broken text.
        BuildFileError: an output that is a pattern, outputs of a task that does nothing.
    """
    variables = {**project.variables, **task.variables} if task.variables else project.variables
    words = _Words(variables, project.root.rstrip("/") + "/")
    inputs = words.paths(task.input), words.paths(task.order_only), words.paths(task.files)
    output = words.paths(task.output)
    if output:
        output = _named(task, output)
    suffix = None if task.filter is None else words.text(task.filter.text)
    output_dir = None if task.output_dir is None else words.template(task.output_dir)
    _check(task, output, suffix)
    check_call(task)
    patterns, needs = _looked_for(inputs)
    outputs = _known_outputs(task.kind, output, variables)
    return Declared(
        task=words.settled(task, project.env),
        variables=variables,
        input=inputs[0],
        output=output,
        order_only=inputs[1],
        files=inputs[2],
        output_dir=output_dir,
        suffix=suffix,
        outputs=outputs,
        likeness=("", "") if outputs is not None else _likeness(output, suffix, output_dir, inputs[0]),
        patterns=patterns,
        needs=needs,
    )


class _Words:
    """Replaces variables in texts. `below` is the root with a slash: paths below it are made relative."""

    def __init__(self, variables: Mapping[str, VariableValue], below: str) -> None:
        self._variables = variables
        self._below = below

    def template(self, text: str) -> str:
        """The variables replaced, other fields as written."""
        return substitute(text, self._variables) if "{" in text and self._variables else text

    def text(self, text: str) -> str:
        """All fields replaced by variables."""
        return expand(text, self._variables) if "{" in text or "}" in text else text

    def path(self, text: str) -> str:
        """A path with the variables replaced, relative if it lies below the root."""
        return self.template(text).removeprefix(self._below)

    def paths(self, value: object) -> object:
        """Every path in a structure; one that is just a list of variables becomes several in its place."""
        if isinstance(value, str):
            several = self._several(value)
            return self.path(value) if several is None else several
        inner = members(value) if value else None
        if inner is None:
            return value
        found: list[object] = []
        for item in inner:
            if not isinstance(item, str):
                found.append(self.paths(item))
            elif "{" not in item and item[:1] != "/":
                found.append(item)
            elif (several := self._several(item)) is None:
                found.append(self.path(item))
            else:
                found.extend(several)
        return rebuilt(value, found)

    def settled(self, task: Task, env: Mapping[str, str]) -> Task:
        """The task with its plain texts final: what the build reads from it."""
        given = {**env, **task.env}
        if not given and not task.mkdir and task.cwd is None and task.pool is None:
            return task
        return replace(
            task,
            env={name: self.text(value) for name, value in given.items()},
            mkdir=tuple(normalise(path) for path in texts(self.paths(task.mkdir))),
            cwd=None if task.cwd is None else self._folder(task.cwd),
            pool=None if task.pool is None else self.text(task.pool),
        )

    def _folder(self, text: str) -> str | None:
        """A folder to run in; None for the root, in whatever way it is written."""
        folder = normalise(self.text(text).removeprefix(self._below))
        return None if folder in ("", ".", self._below[:-1]) else folder

    def _several(self, text: str) -> list[object] | None:
        if text[:1] != "{":
            return None
        value = self._variables.get(bare_field(text) or "")
        if value is None or isinstance(value, str):
            return None
        return [self.path(escape(item)) for item in value]


def _check(task: Task, output: object, suffix: str | None) -> None:
    if task.output_dir is not None and suffix is None:
        raise BuildFileError(
            f"task {task.name}: output_dir needs a suffix",
            place=task.place,
            hint="name the folder in the output, as in build/{name}.o",
        )
    if task.action is None and (any(texts(output)) or task.kind is not Kind.TASK):
        raise BuildFileError(
            f"task {task.name} has nothing to run, and so cannot make anything",
            place=task.place,
            hint="give it a command or a function",
        )


def _named(task: Task, output: object) -> object:
    """The outputs without escapes; a pattern among them is refused."""
    inner = members(output)
    if isinstance(output, str):
        if is_glob(output):
            raise BuildFileError(
                f"task {task.name}: the output {output} is a pattern, and outputs must be named",
                place=task.place,
                hint="list the files; if these are the very letters of the name, escape them as glob.escape does",
            )
        return unescaped(output) if "[" in output else output
    return output if inner is None else rebuilt(output, [_named(task, item) for item in inner])


def _looked_for(inputs: tuple[object, ...]) -> tuple[tuple[Pattern, ...], tuple[str, ...]]:
    """The patterns and the tasks anywhere in the inputs."""
    patterns: list[Pattern] = []
    needs: dict[str, None] = {}
    stack: list[object] = [value for value in inputs if value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            found = read(value)
            if not isinstance(found, str):
                patterns.append(found)
        elif isinstance(value, TaskRef):
            needs[value.name] = None
        else:
            stack.extend(members(value) or ())
    return tuple(patterns), tuple(needs)


def _known_outputs(kind: Kind, output: object, variables: Mapping[str, VariableValue]) -> tuple[str, ...] | None:
    match kind:
        case Kind.TASK | Kind.ORIGINATE | Kind.SPLIT | Kind.MERGE:
            return tuple(filled(text, variables) for text in texts(output))
        case Kind.TRANSFORM | Kind.SUBDIVIDE:
            return None
        case _:
            assert_never(kind)


def filled(text: str, values: Mapping[str, VariableValue]) -> str:
    """The path that an output text stands for."""
    return normalise(expand(text, values) if "{" in text or "}" in text else text)


def _likeness(output: object, suffix: str | None, output_dir: str | None, given: object) -> tuple[str, str]:
    """How outputs start and end, as far as it is certain; "" where it isn't."""
    start = None if suffix is None else output_dir + "/x" if output_dir is not None else given
    ends = [_ends(text) for text in texts(output)]
    starts = [_ends(start)[0] if isinstance(start, str) else ""] if suffix is not None else [first for first, _ in ends]
    if suffix is not None:
        # The prefix ends where the file name may go on: only its folder is certain.
        starts = [first[: first.rfind("/") + 1] for first in starts]
        if any("\\" in text for text in texts(output)):
            starts = [""]
    return _common(starts), _common([last[::-1] for _, last in ends])[::-1]


def _ends(text: str) -> tuple[str, str]:
    try:
        found = read(text)
    except FieldError:  # it is reported when the outputs are made
        return "", ""
    return (found, found) if isinstance(found, str) else (found.prefix, found.suffix)


def _common(starts: list[str]) -> str:
    if not starts:
        return ""
    low, high = min(starts), max(starts)
    length = next((i for i, letter in enumerate(low) if letter != high[i]), len(low))
    return low[:length]
