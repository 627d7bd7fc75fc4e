"""A plan as sections of a snapshot: the other half of `Plan`, and the only place that knows its columns.

Numbers are kept as they lie in memory. Tasks and actions are marshalled in blocks of `BLOCK`, and a block is read when
somebody asks for one of them: a build that runs one job of 100,000 makes objects for 64.
"""

from __future__ import annotations

import functools
import marshal
from array import array
from typing import TYPE_CHECKING, Generic, TypeVar

from pymake.model.column import Column
from pymake.model.ids import FileId, TaskId
from pymake.model.plan import Plan
from pymake.model.rows import Rows
from pymake.store.values import NotKept, action_of, plain_action, plain_task, task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.store.values import PlainCall, PlainCommand, PlainTask

T = TypeVar("T")
V = TypeVar("V")

BLOCK = 64

ROWS = ("_inputs", "_order_only", "_outputs", "_consumers", "_waiting")
NUMBERS = ("_producers", "_task_of")
CODES = {"_producers": "i", "_task_of": "I"}
BY_ROW = ("_depfiles", "_facts", "_followed", "_task_inputs", "_folders")
"""Few rows have any."""
BLOCKS = ("_tasks", "_actions")
FOLLOWING = ("_paths", "_ids", "_task_jobs")
"""Paths have a section of their own; the others follow from it and from `_task_of`."""
KEPT = (*ROWS, *NUMBERS, *BY_ROW, *BLOCKS, *FOLLOWING)
UNKEPT = (
    *("_awaited", "_by_pattern", "_deferred", "_expand_jobs_behind", "_found", "_late_consumers", "_late_waiting"),
    "_patterns",
)
"""These have to be empty, or the plan is not kept: outputs and jobs that are known only after a run. So has any column
that nobody has thought of here."""

FIRST = 20
_NAMES = (
    *(name + part for name in ROWS for part in (".starts", ".values")),
    *NUMBERS,
    *(name + part for name in BLOCKS for part in (".ends", ".data")),
    "_tasks.count",
    "by row",
)
SECTION = {name: FIRST + index for index, name in enumerate(_NAMES)}
"""The numbers of the sections."""


def plan_sections(plan: Plan) -> dict[int, bytes]:
    """The sections of a plan, paths aside.

    Raises:
        NotKept: something in it cannot be kept.
    """
    if plan.file_count:
        for ask in (plan.consumers, plan.waiting):
            ask(FileId(0))  # makes the rows for all files
    columns = {name: getattr(plan, name) for name in plan.__slots__}
    unknown = [name for name, column in columns.items() if column and name not in KEPT]
    if unknown:
        raise NotKept(f"the plan has {unknown[0]}")
    found: dict[str, bytes] = {}
    for name in ROWS:
        rows = columns[name]
        rows = rows or Rows()  # there are no files
        assert isinstance(rows, Rows)
        found[f"{name}.starts"], found[f"{name}.values"] = (numbers.tobytes() for numbers in rows.flat())
    for name in NUMBERS:
        numbers = columns[name]
        assert isinstance(numbers, array)
        found[name] = numbers.tobytes()
    tasks = [plain_task(plan.task(TaskId(task))) for task in range(plan.task_count)]
    actions = [plain_action(plan.action(job)) for job in plan.jobs()]
    found["_tasks.ends"], found["_tasks.data"] = _in_blocks(tasks)
    found["_actions.ends"], found["_actions.data"] = _in_blocks(actions)
    found["_tasks.count"] = plan.task_count.to_bytes(8, "little")
    found["by row"] = marshal.dumps({name: _filled(columns[name]) for name in BY_ROW})
    return {SECTION[name]: data for name, data in found.items()}


def restored_plan(paths: list[str], section: Callable[[int], bytes]) -> Plan:
    """The plan that sections hold; `section` gives one by its number."""
    read = {name: functools.partial(section, number) for name, number in SECTION.items()}
    columns: dict[str, object] = {
        name: Rows.of(_array("I", read[f"{name}.starts"]()), _array("I", read[f"{name}.values"]())) for name in ROWS
    }
    producers, task_of_job = (_array(CODES[name], read[name]()) for name in NUMBERS)
    by_row: dict[str, dict[int, object]] = marshal.loads(read["by row"]())  # noqa: S302 # plain, behind a digest
    starts = _starts(task_of_job, int.from_bytes(read["_tasks.count"](), "little"))
    tasks = len(starts) - 1
    kept = {
        **columns,
        "_producers": producers,
        "_task_of": task_of_job,
        "_tasks": Column(tasks, _Blocks(read["_tasks.ends"](), read["_tasks.data"](), task_of).at),
        "_actions": Column(len(task_of_job), _Blocks(read["_actions.ends"](), read["_actions.data"](), action_of).at),
        "_depfiles": by_row["_depfiles"],
        "_facts": by_row["_facts"],
        "_folders": by_row["_folders"],
        "_followed": Column(tasks, lambda task: by_row["_followed"].get(task, ())),
        "_task_inputs": Column(tasks, lambda task: by_row["_task_inputs"].get(task, ())),
        "_task_jobs": Column(tasks, lambda task: range(starts[task], starts[task + 1])),
        "_paths": paths,
        "_ids": dict(zip(paths, range(len(paths)), strict=True)),
    }
    plan = Plan()
    for name, column in kept.items():
        setattr(plan, name, column)
    return plan


def renewed_sections(plan: Plan, section: Callable[[int], bytes]) -> dict[int, bytes]:
    """The sections of a plan that was restored from others. It may know more files now, and is the same besides."""
    sections = {number: section(number) for number in SECTION.values()}
    return {**sections, SECTION["_producers"]: plan._producers.tobytes()}


class _Blocks(Generic[V, T]):
    """Values in blocks; the block that was asked for last is kept, as it was written."""

    def __init__(self, ends: bytes, data: bytes, make: Callable[[V], T]) -> None:
        self._ends = _array("Q", ends)
        self._data = data
        self._make = make
        self._number = -1
        self._block: list[V] = []

    def at(self, index: int) -> T:
        """The value of a row, made anew each time."""
        number = index // BLOCK
        if number != self._number:
            begin = self._ends[number - 1] if number else 0
            self._block = marshal.loads(self._data[begin : self._ends[number]])  # noqa: S302 # plain, behind a digest
            self._number = number
        return self._make(self._block[index % BLOCK])


def _starts(task_of_job: array[int], tasks: int) -> array[int]:
    """Where the jobs of each task begin: jobs of one task are neighbours, and tasks are in order."""
    starts = array("I", bytes(4 * (tasks + 1)))
    last = 0
    for job, task in enumerate(task_of_job):
        if task != last:
            for between in range(last + 1, task + 1):
                starts[between] = job
            last = task
    for between in range(last + 1, tasks + 1):
        starts[between] = len(task_of_job)
    return starts


def _filled(column: object) -> dict[int, object]:
    """The rows that are not empty."""
    if isinstance(column, dict):
        return column
    assert isinstance(column, (list, Column))
    return {row: value for row, value in enumerate(column) if value}


def _array(code: str, data: bytes) -> array[int]:
    numbers: array[int] = array(code)
    numbers.frombytes(data)
    return numbers


def _in_blocks(values: Sequence[PlainTask] | Sequence[PlainCommand | PlainCall]) -> tuple[bytes, bytes]:
    """Where each block ends, and all blocks."""
    blocks = [marshal.dumps(list(values[first : first + BLOCK])) for first in range(0, len(values), BLOCK)]
    ends, end = array("Q"), 0
    for block in blocks:
        end += len(block)
        ends.append(end)
    return ends.tobytes(), b"".join(blocks)
