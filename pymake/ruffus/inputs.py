"""What stands for files in an input: patterns, tasks, pipelines and values of a run, and what they become.

An input is read twice. When a run is set up, names and functions become tasks, which tells what waits for what; when
the parameters of a task are made, everything becomes the names that are there then.
"""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING, Protocol

from pymake.ruffus.indicators import output_from, runtime_parameter
from pymake.ruffus.ruffus_exceptions import error_missing_runtime_parameter
from pymake.ruffus.structure import is_pattern, is_sequence, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Lookup = Callable[[object], "Sequence[Source] | None"]


class Source(Protocol):
    """A task whose outputs are an input."""

    @property
    def is_single(self) -> bool:
        """Whether it makes one job with one output, which is passed as it is and not as a list of one."""

    def outputs(self, run: World) -> list[object]:
        """What it makes, an element for each job (or for each file, where a job makes many)."""


class World(Protocol):
    """What a run knows: the values for `runtime_parameter`, and the outputs of tasks as they are now."""

    runtime_data: Mapping[str, object]

    def outputs(self, task: Source) -> list[object]:
        """`task.outputs`, remembered as long as nothing can have changed them."""


class TaskHere:
    """Stands in an input where a task was named."""

    __slots__ = ("task",)

    def __init__(self, task: Source) -> None:
        self.task = task

    def __repr__(self) -> str:
        return f"TaskHere({self.task!r})"


def resolved(value: object, lookup: Lookup, *, texts_are_tasks: bool = False) -> object:
    """The input with a `TaskHere` wherever a task stands.

    `lookup` finds the tasks behind a function, a task, a pipeline or, inside `output_from`, a text; None for anything
    else.
    """
    if isinstance(value, output_from):
        members = [_resolved_word(word, lookup) for word in value.args]
        return members[0] if len(members) == 1 else members
    if isinstance(value, str) and not texts_are_tasks:
        return value
    found = lookup(value)
    if found is not None:
        here: list[object] = [TaskHere(task) for task in found]
        return here[0] if len(here) == 1 else here
    if isinstance(value, (list, tuple, set)):
        return rebuilt(value, list(_resolved_members(value, lookup, texts_are_tasks=texts_are_tasks)))
    return value


def _resolved_word(word: object, lookup: Lookup) -> object:
    return resolved(word, lookup, texts_are_tasks=True)


def _resolved_members(
    members: Sequence[object] | set[object], lookup: Lookup, *, texts_are_tasks: bool
) -> Iterator[object]:
    """Several names in one `output_from`, and the tasks of a pipeline, are spliced into the list around them."""
    for member in members:
        found = resolved(member, lookup, texts_are_tasks=texts_are_tasks)
        several = isinstance(member, output_from) or not isinstance(member, (list, tuple, set, str))
        if several and isinstance(found, list):
            yield from found
        else:
            yield found


def tasks_in(value: object) -> Iterator[Source]:
    """The tasks that stand in a resolved input."""
    if isinstance(value, TaskHere):
        yield value.task
    elif isinstance(value, (list, tuple, set)):
        for member in value:
            yield from tasks_in(member)


def has_patterns(value: object) -> bool:
    """Whether what an input stands for depends on which files there are, or on values of the run."""
    if isinstance(value, str):
        return is_pattern(value)
    if isinstance(value, (list, tuple, set)):
        return any(map(has_patterns, value))
    return isinstance(value, runtime_parameter)


def expanded(value: object, world: World, *, bare: bool = False) -> object:
    """The names that a resolved input stands for as the files are.

    With `bare`, a task with a single output that is the whole input stands for that output.
    """
    if isinstance(value, TaskHere):
        outputs = world.outputs(value.task)
        if bare and value.task.is_single and len(outputs) == 1:
            return outputs[0]
        return list(outputs)
    if isinstance(value, str):
        return matches(value) if is_pattern(value) else value
    if isinstance(value, runtime_parameter):
        return runtime_value(value, world)
    if isinstance(value, (list, tuple, set)):
        members: list[object] = []
        for member in value:
            found = expanded(member, world)
            if _is_spliced(member) and is_sequence(found):
                members.extend(found)
            else:
                members.append(found)
        return rebuilt(value, members)
    return value


def _is_spliced(member: object) -> bool:
    return isinstance(member, (TaskHere, runtime_parameter)) or (isinstance(member, str) and is_pattern(member))


def matches(pattern: str) -> list[str]:
    """The files that match a pattern, sorted. There is no `**`."""
    return sorted(glob.glob(pattern))


def globbed(value: object) -> object:
    """An output with the files that match its patterns now; what is no pattern stays."""
    if isinstance(value, str):
        return matches(value) if is_pattern(value) else value
    if isinstance(value, (list, tuple, set)):
        members: list[object] = []
        for member in value:
            if isinstance(member, str) and is_pattern(member):
                members.extend(matches(member))
            else:
                members.append(globbed(member))
        return rebuilt(value, members)
    return value


def runtime_value(word: runtime_parameter, world: World) -> object:
    """What `runtime_data` has under that name."""
    name = word.args[0] if word.args else None
    if not isinstance(name, str) or name not in world.runtime_data:
        raise error_missing_runtime_parameter(
            f"The input parameter runtime_parameter({name!r}) is missing from the 'runtime_data' of this run"
        )
    return world.runtime_data[name]
