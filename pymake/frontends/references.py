"""File names and other tasks inside the arguments of a declaration."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pymake.model.task import AddInputs, InputSet, ReplaceInputs, TaskRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
    """A name inside a pipeline that may be its own or, if it has none such, one of `main`."""


class Referable:
    """Anything that stands for a task and is neither a name nor a function."""

    __slots__ = ()


class Folders:
    """What `mkdir(…)` names; among the tasks of `follows` it stands for making them."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[object, ...]) -> None:
        self.names = names


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
        return path(value)
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


def settled(value: object, names: Mapping[str, str]) -> object:
    """A parameter whose references are final: `OwnFirst` ones mean the pipeline's own tasks where it has them."""
    if isinstance(value, OwnFirst):
        return TaskRef(name=names.get(value.name, value.name))
    if isinstance(value, (list, tuple, set, frozenset)) and set(map(type, value)) != {str}:
        return type(value)(settled(item, names) for item in value)
    if isinstance(value, (InputSet, ReplaceInputs)):
        return replace(value, input=settled(value.input, names))
    if isinstance(value, AddInputs):
        return AddInputs(inputs=tuple(settled(item, names) for item in value.inputs))
    return value
