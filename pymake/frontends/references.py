"""File names and other tasks inside the arguments of a declaration."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass, replace
from pymake.model.task import AddInputs, FolderRule, InputSet, ReplaceInputs, TaskRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Refer = Callable[[object], TaskRef]
"""Makes the reference of a function, declared task or name."""


class Unsuitable(ValueError):
    """A value in a declaration that cannot be; whoever knows the place makes the user's error of it."""

    def __init__(self, message: str, *, facts: Iterable[tuple[str, object]] = (), hint: str | None = None) -> None:
        super().__init__(message)
        self.facts = tuple(facts)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFirst(TaskRef):
    """A name that is looked for when all is declared: in its own pipeline first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterRef(TaskRef):
    """A function that no task calls yet."""

    function: Callable[..., object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRef(TaskRef):
    """A pipeline, which stands for its tail tasks."""


OPEN_REFS = (OwnFirst, LaterRef, PipelineRef)


class Referable(ABC):
    """Anything that stands for a task, or for several, and is neither a name nor a function."""

    __slots__ = ()

    @abstractmethod
    def reference(self) -> TaskRef:
        """What stands for it in a parameter."""


class Folders:
    """What `mkdir(…)` names, or the rule by which it does; among the tasks of `follows` it stands for making them."""

    __slots__ = ("names", "rule")

    def __init__(self, names: tuple[object, ...], rule: Mapping[str, object] | None = None) -> None:
        self.names = names
        self.rule = rule

    def arguments(self) -> dict[str, object]:
        """The same as arguments of a task."""
        return {"mkdir": self.names} if self.rule is None else {"folder_rules": [self.rule]}


class OutputFrom:
    """Tasks named where file names could stand; they may be declared later."""

    __slots__ = ("tasks",)

    def __init__(self, tasks: tuple[object, ...]) -> None:
        self.tasks = tasks


class ChangedInputs:
    """What `inputs(…)` or `add_inputs(…)` holds; `argument` is the keyword that means the same."""

    __slots__ = ("argument", "inputs")

    def __init__(self, argument: str, inputs: tuple[object, ...]) -> None:
        self.argument = argument
        self.inputs = inputs

    def __repr__(self) -> str:
        name = "inputs" if self.argument == "replace_inputs" else self.argument
        return f"{name}({', '.join(map(repr, self.inputs))})"


def parameter(value: object, refer: Refer) -> object:
    """A value with every path as text and every task as `TaskRef`, at any depth of lists, tuples and sets.

    Raises:
        Unsuitable: something in it is neither a task nor can be read twice.
    """
    if value is None or type(value) is str:
        return value if value is None else for_system(value)
    if isinstance(value, (list, tuple)):
        if set(map(type, value)) == {str}:
            for_system("".join(value))
            return value[:]  # the build file may go on to change its list
        members = _members(value, refer)
        return list(members) if isinstance(value, list) else tuple(members)
    if isinstance(value, (set, frozenset)):
        return type(value)(_members(value, refer))
    if isinstance(value, OutputFrom):
        found = [refer(task) for task in value.tasks]
        return found[0] if len(found) == 1 else found
    return _single(value, refer)


def _members(values: Iterable[object], refer: Refer) -> Iterator[object]:
    for value in values:
        if isinstance(value, OutputFrom):
            yield from map(refer, value.tasks)
        else:
            yield parameter(value, refer)


def _single(value: object, refer: Refer) -> object:
    if isinstance(value, os.PathLike):
        return path(value).replace("[", "[[]")  # it is a name, so brackets are just letters
    if isinstance(value, (bytes, bytearray)):
        raise Unsuitable(f"{value!r} is bytes, and a file name is a text", hint="os.fsdecode(…) makes a text of it")
    if hasattr(value, "__next__"):
        raise Unsuitable(f"a {type(value).__name__} can be read only once", hint="make it a list: list(…)")
    if isinstance(value, (TaskRef, Referable)) or callable(value):
        return refer(value)
    return value


def path(value: object) -> str:
    """One file name.

    Raises:
        Unsuitable: it is none.
    """
    text = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text:
        raise Unsuitable(f"{value!r} is no file name")
    return for_system(text)


def for_system(text: str) -> str:
    """A text that may go to the system, as a file name, an argument or a value of the environment.

    Raises:
        Unsuitable: it holds what no system takes.
    """
    if "\0" in text:
        raise Unsuitable(f"{text!r} holds the character NUL")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise Unsuitable(f"{text!r} holds half a character, {text[error.start]!r}") from None
    return text


class RuntimeParameter:
    """`runtime_parameter("name")`: a value that is given when the pipeline runs."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"runtime_parameter({self.name!r})"


class Resolve(Protocol):
    """What stands for what, once all is declared. Both raise `Unsuitable`."""

    def tasks(self, ref: TaskRef) -> Sequence[TaskRef]:
        """The tasks that a reference stands for."""

    def value(self, runtime: RuntimeParameter) -> object:
        """The value of a runtime parameter."""


def settled(value: object, resolve: Resolve) -> object:
    """A parameter with every reference replaced by those that it stands for, spliced into the list around it."""
    if isinstance(value, TaskRef):
        found = resolve.tasks(value)
        return found[0] if len(found) == 1 else list(found)
    if isinstance(value, RuntimeParameter):
        return resolve.value(value)
    if isinstance(value, (list, tuple, set, frozenset)) and set(map(type, value)) != {str}:
        return type(value)(_settled_members(value, resolve))
    if isinstance(value, (InputSet, ReplaceInputs)):
        return replace(value, input=settled(value.input, resolve))
    if isinstance(value, FolderRule):
        return replace(
            value, input=settled(value.input, resolve), input_change=settled_change(value.input_change, resolve)
        )
    if isinstance(value, AddInputs):
        return AddInputs(inputs=tuple(_settled_members(value.inputs, resolve)))
    return value


def settled_change(change: AddInputs | ReplaceInputs | None, resolve: Resolve) -> AddInputs | ReplaceInputs | None:
    """The same with final references."""
    found = settled(change, resolve)
    return found if isinstance(found, (AddInputs, ReplaceInputs)) else None


def _settled_members(values: Iterable[object], resolve: Resolve) -> Iterator[object]:
    for value in values:
        found = settled(value, resolve)
        if isinstance(value, (TaskRef, RuntimeParameter)) and isinstance(found, (list, tuple)):
            yield from found
        else:
            yield found
