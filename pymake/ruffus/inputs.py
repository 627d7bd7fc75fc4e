"""What stands for files in an input: names and functions become references to tasks, patterns the files that are there.

An input is read twice. When a run is set up, names and functions become references, which tells what waits for what;
when the parameters of a task are made, the planner replaces references and patterns by the names that are there then.
"""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, Generic, TypeVar

from pymake.model.structure import members, rebuilt
from pymake.model.task import TaskRef
from pymake.planner.inputs import Element, Inputs, Made
from pymake.ruffus.indicators import output_from, runtime_parameter
from pymake.ruffus.jobs import Source
from pymake.ruffus.ruffus_exceptions import error_missing_runtime_parameter
from pymake.ruffus.structure import is_pattern, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

S = TypeVar("S", bound=Source)

_VALUE = "runtime_parameter:"
"""Starts the name of a reference to a value of the run; no name of a task has a colon and then a letter."""


class Resolving(Generic[S]):
    """Makes references of what stands for tasks in the inputs of one task. Owns what it has found.

    `lookup` finds the tasks behind a function, a task, a pipeline or, inside `output_from`, a text; None for anything
    else. `tasks` are all that were found, by the names of their references; with `looks`, what the inputs stand for
    depends on which files there are, or on values of the run.
    """

    def __init__(self, lookup: Callable[[object], Sequence[S] | None]) -> None:
        self._lookup = lookup
        self.tasks: dict[str, S] = {}
        self.looks = False

    def resolved(self, value: object, *, texts_are_tasks: bool = False) -> object:
        """The input with a reference wherever a task, or a value of the run, stands."""
        if isinstance(value, output_from):
            found = [self.resolved(word, texts_are_tasks=True) for word in value.args]
            return found[0] if len(found) == 1 else found
        if isinstance(value, runtime_parameter):
            self.looks = True
            return TaskRef(name=f"{_VALUE}{value.args[0] if value.args else None}")
        if isinstance(value, str) and not texts_are_tasks:
            self.looks = self.looks or is_pattern(value)
            return value
        tasks = self._lookup(value)
        if tasks is not None:
            here: list[object] = [self._reference(task) for task in tasks]
            return here[0] if len(here) == 1 else here
        inner = members(value)
        if inner is None:
            return value
        return rebuilt(value, list(self._members(inner, texts_are_tasks=texts_are_tasks)))

    def _members(self, inner: list[object], *, texts_are_tasks: bool) -> Iterator[object]:
        """Several names in one `output_from`, and the tasks of a pipeline, are spliced into the list around them."""
        for member in inner:
            found = self.resolved(member, texts_are_tasks=texts_are_tasks)
            several = isinstance(member, output_from) or (members(member) is None and not isinstance(member, str))
            if several and isinstance(found, list):
                yield from found
            else:
                yield found

    def _reference(self, task: S) -> TaskRef:
        self.tasks[task.reference] = task
        return TaskRef(name=task.reference)


class NamesNow(Inputs):
    """Inputs as Ruffus reads them: a name with `*`, `?` or brackets is a glob of the files that are there."""

    def found(self, text: str) -> str | list[Element]:
        """As `Inputs` says."""
        return [Element(name) for name in matches(text)] if is_pattern(text) else text

    def warn(self, text: str) -> None:
        """Nothing: what stands for no files makes no job."""


def elements_named(value: object) -> object:
    """An input of which each member becomes a job: anything that can be iterated is a list, a `Path` is a name."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    inner = members(value)
    if inner is not None:
        return rebuilt(value, list(map(elements_named, inner)))
    if is_sequence(value) and not isinstance(value, (dict, set, frozenset, bytes)):
        return list(map(elements_named, value))
    return value


def matches(pattern: str) -> list[str]:
    """The files that match a pattern, sorted; the file of just this name if there is one, and none matches.

    `**` matches any number of folders.
    """
    found = sorted(glob.glob(pattern, recursive="**" in pattern))
    return found or ([pattern] if os.path.lexists(pattern) else [])


def globbed(value: object) -> object:
    """An output with the files that match its patterns now; what is no pattern stays."""
    if isinstance(value, str):
        return matches(value) if is_pattern(value) else value
    inner = members(value)
    if inner is None:
        return value
    found: list[object] = []
    for member in inner:
        if isinstance(member, str) and is_pattern(member):
            found.extend(matches(member))
        else:
            found.append(globbed(member))
    return rebuilt(value, found)


def runtime_values(value: object, runtime_data: Mapping[str, object]) -> dict[str, Made]:
    """What the references to values of the run in an input stand for.

    Raises:
        error_missing_runtime_parameter: the run was not given such a value.
    """
    found: dict[str, Made] = {}
    for name in _value_names(value):
        if name not in runtime_data:
            raise error_missing_runtime_parameter(
                f"The input parameter runtime_parameter({name!r}) is missing from the 'runtime_data' of this run"
            )
        given = runtime_data[name]
        made = Made(tuple(given)) if is_sequence(given) and not isinstance(given, dict) else Made((given,), single=True)
        found[f"{_VALUE}{name}"] = made
    return found


def has_values(value: object) -> bool:
    """Whether values of the run stand in an input."""
    return next(_value_names(value), None) is not None


def _value_names(value: object) -> Iterator[str]:
    if isinstance(value, TaskRef) and value.name.startswith(_VALUE):
        yield value.name.removeprefix(_VALUE)
    for member in members(value) or ():
        yield from _value_names(member)
