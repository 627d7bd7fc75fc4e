"""One task with its variables replaced, and what can be said of it before any pattern is matched."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.errors import BuildFileError, assert_never
from pymake.model.fields import FieldError, bare_field, escape, expand, joined, substitute
from pymake.model.filters import compiled_expression
from pymake.model.outputs import OpenOutput, open_texts
from pymake.model.patterns import is_glob, normalise, unescaped
from pymake.model.service import check_service
from pymake.model.task import (
    TERMINAL,
    AddInputs,
    CommandText,
    Formatter,
    Kind,
    Regex,
    ReplaceInputs,
    Suffix,
    Task,
)
from pymake.planner.calls import check_call
from pymake.planner.likeness import likeness, looked_for, opened
from pymake.planner.structure import members, rebuilt, texts, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymake.model.filters import Filter
    from pymake.model.patterns import Pattern
    from pymake.model.task import FolderRule, Project, VariableValue

_CONTROL = re.compile(r"[\x01-\x07]")
_NAME_IN_BRACES = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A task whose texts hold captures and patterns, but no variables any more.

    `sets` are all sets of inputs of a product, each with its filter. `change` is what a job reads besides or instead
    of its input. Some outputs of a task that `is_open` are known only after its jobs ran. `outputs` are the others if
    they are known already, None if they depend on what its inputs are. `likeness` is how every output starts and ends.
    `patterns` and `needs` are what its inputs are looked for with. `folders` are rules for folders, as if they were
    tasks. `below` is the root with a slash.
    """

    task: Task
    variables: Mapping[str, VariableValue]
    input: object
    output: object
    order_only: object
    files: object
    output_dir: str | None
    filter: Filter | None
    sets: tuple[tuple[object, Formatter | None], ...]
    change: AddInputs | ReplaceInputs | None
    is_open: bool
    outputs: tuple[str, ...] | None
    likeness: tuple[str, str]
    patterns: tuple[Pattern, ...]
    needs: tuple[str, ...]
    below: str
    folders: tuple[Declared, ...] = ()

    def path(self, text: str) -> str:
        """A path of a job as the plan knows it: normalised, and relative if it lies below the root."""
        found = normalise(text)
        return found.removeprefix(self.below) if found[:1] == "/" else found


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
        BuildFileError: an output that is a pattern of folders, outputs of a task that does nothing.
    """
    variables = {**project.variables, **task.variables} if task.variables else project.variables
    words = _Words(variables, project.root.rstrip("/") + "/")
    inputs = words.paths(task.input), words.paths(task.order_only), words.paths(task.files)
    output = words.paths(task.output)
    if output:
        output = _named(task, output)
    chosen = words.filter(task.filter)
    sets = words.sets(task)
    change = words.change(task)
    output_dir = None if task.output_dir is None else words.template(task.output_dir)
    check_service(task)
    _check(task, output)
    check_call(task)
    folders = tuple(declare(_rule_task(task, rule), project) for rule in task.folder_rules)
    further = [_read_besides(change, chosen), *(given for given, _ in sets), *map(_read_by_rule, folders)]
    patterns, needs = looked_for((*inputs, *further))
    outputs = _known_outputs(task.kind, output, variables)
    return Declared(
        task=words.settled(task, project.env),
        variables=variables,
        input=inputs[0],
        output=output,
        order_only=inputs[1],
        files=inputs[2],
        output_dir=output_dir,
        filter=chosen,
        sets=sets,
        change=change,
        is_open=bool(open_texts(output)),
        outputs=outputs,
        likeness=likeness(output, chosen, output_dir, inputs[0]),
        patterns=patterns,
        needs=needs,
        below=words.below,
        folders=folders,
    )


def _rule_task(task: Task, rule: FolderRule) -> Task:
    """A rule for folders as a task: it names them as `transform` names outputs."""
    return Task(
        name=task.name,
        kind=Kind.TRANSFORM,
        place=task.place,
        action=CommandText(commands=("mkdir {output}",)),
        variables=task.variables,
        input=rule.input,
        output=rule.output,
        filter=rule.filter,
        output_dir=rule.output_dir,
        input_change=rule.input_change,
    )


def _read_by_rule(rule: Declared) -> object:
    return rule.input, _read_besides(rule.change, rule.filter)


def _read_besides(change: AddInputs | ReplaceInputs | None, chosen: Filter | None) -> object:
    match change:
        case None:
            return ()
        case AddInputs(inputs=added):
            return opened(added, chosen)
        case ReplaceInputs(input=replacing):
            return opened(replacing, chosen)
        case _:
            assert_never(change)


class _Words:
    """Replaces variables in texts. `below` is the root with a slash: paths below it are made relative."""

    def __init__(self, variables: Mapping[str, VariableValue], below: str) -> None:
        self._variables = variables
        self.below = below

    def template(self, text: str) -> str:
        """The variables replaced, other fields as written."""
        return substitute(text, self._variables) if "{" in text and self._variables else text

    def text(self, text: str) -> str:
        """All fields replaced by variables."""
        return expand(text, self._variables) if "{" in text or "}" in text else text

    def path(self, text: str) -> str:
        """A path with the variables replaced, relative if it lies below the root."""
        return self.template(text).removeprefix(self.below)

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

    def filter(self, chosen: Filter | None) -> Filter | None:
        """A filter with the variables replaced; in an expression they stand for themselves."""
        match chosen:
            case None:
                return None
            case Suffix(text=text):
                return Suffix(text=self.text(text))
            case Regex(pattern=pattern):
                return Regex(pattern=self._expression(pattern))
            case Formatter():
                return self._formatter(chosen)
            case _:
                assert_never(chosen)

    def sets(self, task: Task) -> tuple[tuple[object, Formatter | None], ...]:
        """All sets of inputs of a product."""
        if task.kind is not Kind.PRODUCT:
            return ()
        first = task.filter if isinstance(task.filter, Formatter) else None
        given = [(task.input, first), *((one.input, one.filter) for one in task.sets)]
        return tuple((self.paths(one), None if chosen is None else self._formatter(chosen)) for one, chosen in given)

    def change(self, task: Task) -> AddInputs | ReplaceInputs | None:
        """What jobs read besides or instead of their input, with the variables replaced."""
        match task.input_change:
            case None:
                return None
            case AddInputs(inputs=added):
                return AddInputs(inputs=tuple(map(self.paths, added)))
            case ReplaceInputs(input=replacing):
                return ReplaceInputs(input=self.paths(replacing))
            case _:
                assert_never(task.input_change)

    def _formatter(self, chosen: Formatter) -> Formatter:
        return Formatter(patterns=tuple(None if one is None else self._expression(one) for one in chosen.patterns))

    def _expression(self, pattern: str) -> str:
        if self._variables and "{" in pattern:
            pattern = _NAME_IN_BRACES.sub(self._in_expression, pattern)
        compiled_expression(pattern)
        return pattern

    def _in_expression(self, found: re.Match[str]) -> str:
        value = self._variables.get(found[1])
        return found[0] if value is None else re.escape(joined(value))

    def settled(self, task: Task, env: Mapping[str, str]) -> Task:
        """The task with its plain texts final: what the build reads from it."""
        given = {**env, **task.env}
        if not given and not task.mkdir and task.cwd is None and task.pool is None and not task.interactive:
            return task
        if task.interactive and task.pool is not None:
            raise BuildFileError(
                f"task {task.name} is interactive and in a pool",
                place=task.place,
                hint="leave out pool: interactive jobs run one at a time",
            )
        pool = TERMINAL if task.interactive else task.pool
        return replace(
            task,
            env={name: self.text(value) for name, value in given.items()},
            mkdir=tuple(normalise(path) for path in texts(self.paths(task.mkdir))),
            cwd=None if task.cwd is None else self._folder(task.cwd),
            pool=None if pool is None else self.text(pool),
        )

    def _folder(self, text: str) -> str | None:
        """A folder to run in; None for the root, in whatever way it is written."""
        folder = normalise(self.text(text).removeprefix(self.below))
        return None if folder in ("", ".", self.below[:-1]) else folder

    def _several(self, text: str) -> list[object] | None:
        if text[:1] != "{":
            return None
        value = self._variables.get(bare_field(text) or "")
        if value is None or isinstance(value, str):
            return None
        return [self.path(escape(item)) for item in value]


def _check(task: Task, output: object) -> None:
    if task.output_dir is not None and not isinstance(task.filter, Suffix):
        raise BuildFileError(
            f"task {task.name}: output_dir needs a suffix",
            place=task.place,
            hint="name the folder in the output, as in build/{name}.o",
        )
    if isinstance(task.filter, (Suffix, Regex)):
        _check_references(task)
    if task.action is None and (any(written(output)) or task.kind is not Kind.TASK):
        raise BuildFileError(
            f"task {task.name} has nothing to run, and so cannot make anything",
            place=task.place,
            hint="give it a command or a function",
        )


def _check_references(task: Task) -> None:
    """A reference to a group in a text that was not raw has become a control character."""
    for text in texts([task.output, list(task.extras)]):
        found = _CONTROL.search(text)
        if found is not None:
            meant = f"\\{ord(found[0])}"
            raise BuildFileError(
                f"task {task.name}: {text!r} holds a control character, where {meant} may be meant",
                place=task.place,
                hint=f'write a raw text: r"{_CONTROL.sub(lambda one: chr(92) + str(ord(one[0])), text)}"',
            )


def _named(task: Task, output: object) -> object:
    """The outputs: names without escapes, and patterns, which are known only after the run."""
    inner = members(output)
    if isinstance(output, str):
        if not is_glob(output):
            return unescaped(output) if "[" in output else output
        if output.endswith("/"):
            raise BuildFileError(
                f"task {task.name}: the output {output} is a pattern of folders, and a pattern stands for files",
                place=task.place,
                hint=f"name the folder, or match the files in it: {output}*",
            )
        return OpenOutput(text=output)
    return output if inner is None else rebuilt(output, [_named(task, item) for item in inner])


def _known_outputs(kind: Kind, output: object, variables: Mapping[str, VariableValue]) -> tuple[str, ...] | None:
    match kind:
        case Kind.TASK | Kind.ORIGINATE | Kind.SPLIT | Kind.MERGE:
            return tuple(filled(text, variables) for text in texts(output))
        case (
            Kind.TRANSFORM
            | Kind.SUBDIVIDE
            | Kind.COLLATE
            | Kind.PRODUCT
            | Kind.PERMUTATIONS
            | Kind.COMBINATIONS
            | Kind.COMBINATIONS_WITH_REPLACEMENT
        ):
            return None
        case _:
            assert_never(kind)


def filled(text: str, values: Mapping[str, VariableValue]) -> str:
    """The path that an output text stands for."""
    return normalise(expand(text, values) if "{" in text or "}" in text else text)
