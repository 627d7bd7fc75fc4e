"""Which deferred tasks need not wait for all of what they read.

A task with a job for each input can have the job for one file as soon as that file is known: when one job of the open
task that it reads has ended, whatever becomes of the others. That holds where only the members of its input tell what
it reads of open tasks: other tasks and patterns there. What is written out as a path, stands inside of a member, or is
read by all jobs besides, has to wait until all of it is known. So has a task that may read what it makes itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.patterns import read
from pymake.model.task import AddInputs, Kind, TaskRef
from pymake.planner.deferral import may_be, may_meet, named_inputs
from pymake.planner.likeness import looked_for, opened
from pymake.planner.structure import members, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.planner.declared import Declared
    from pymake.planner.deferral import Shape

_ONE_FOR_EACH = (Kind.TRANSFORM, Kind.SUBDIVIDE)


def early_tasks(
    declared: Mapping[str, Declared], deferred: Mapping[str, Sequence[str]], shapes: Mapping[str, Sequence[Shape]]
) -> frozenset[str]:
    """The deferred tasks that get jobs piece by piece: as jobs of what they read end, or get their own.

    `deferred` has each after those that it waits for, `shapes` are those of what open and deferred tasks make.
    """
    found: set[str] = set()
    for name, reads in deferred.items():
        reader = declared[name]
        is_known_by_piece = all(declared[one].is_open or one in found for one in reads)
        unknown = [shape for one in reads for shape in shapes[one]]
        if (
            is_known_by_piece
            and _reads_only_members(reader, reads, unknown)
            and not _may_read_own(reader, shapes[name])
        ):
            found.add(name)
    return frozenset(found)


def _reads_only_members(reader: Declared, reads: Sequence[str], unknown: Sequence[Shape]) -> bool:
    """Whether of these tasks, whose outputs have these shapes, only members of its input are read."""
    task = reader.task
    if task.kind not in _ONE_FOR_EACH or task.action is None or task.service or reader.folders:
        return False
    patterns, needs = looked_for(_elsewhere(reader))
    named = [path for path in named_inputs(reader) for shape in unknown if may_be(path, shape)]
    met = [pattern for pattern in patterns for shape in unknown if may_meet(pattern, shape)]
    return not (named or met or set(needs).intersection(reads))


def _elsewhere(reader: Declared) -> Iterator[object]:
    """All that a task reads, or names, but the members of its input."""
    yield from (item for item in members(reader.input) or () if not isinstance(item, (str, TaskRef)))
    yield from (reader.order_only, reader.files)
    change = reader.change
    if change is not None:
        yield opened(change.inputs if isinstance(change, AddInputs) else change.input, reader.filter)


def _may_read_own(reader: Declared, made: Sequence[Shape]) -> bool:
    found = [read(item) for item in members(reader.input) or [reader.input] if isinstance(item, str)]
    patterns = [pattern for pattern in found if not isinstance(pattern, str)]
    if reader.filter is None:  # a capture of one component leaves an output as deep as it is written
        depths = {text.count("/") for text in written(reader.output)}
        patterns = [pattern for pattern in patterns if pattern.deep or pattern.text.count("/") in depths]
    return any(may_meet(pattern, shape) for pattern in patterns for shape in made)
