"""Planning costs in proportion to jobs: ten times the jobs, at most eleven times the calls; no expression twice.

What is counted are calls of Python functions, expressions that are compiled, and folders that are scanned, so the
figures are the same on every machine.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pymake.model.task import AddInputs, Formatter, InputSet, Kind, Regex, ReplaceInputs, Task
from tests.unit.planner.sample import CountingDisk, compiled, merge, suffix, task, transform

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

FEW, MANY = 16, 160
ANY = Formatter(patterns=(r"/(?P<name>\w+)\.c$",))


class Cost(NamedTuple):
    """What planning took."""

    jobs: int
    calls: int
    expressions: int
    scans: int


def cost(tasks: list[Task], files: list[str]) -> Cost:
    """Plan, and count."""
    disk = CountingDisk(files)
    calls = expressions = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls, expressions
        if event == "call":
            calls += 1
            code = frame.f_code
            expressions += code.co_name == "compile" and (
                "sre_compile" in code.co_filename or "re/" in code.co_filename
            )

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        plan = compiled(tasks, disk=disk).plan
    finally:
        sys.setprofile(before)
    return Cost(plan.job_count, calls, expressions, len(disk.scanned))


def sources(count: int) -> list[str]:
    return [f"src/f{number:04}.c" for number in range(count)]


def square(count: int) -> list[str]:
    """So many pairs, nearly."""
    side = round(count**0.5)
    return [*(f"a/x{number:03}.c" for number in range(side)), *(f"b/y{number:03}.c" for number in range(side))]


def product() -> list[Task]:
    return [
        task(
            "p",
            "a/*.c",
            "o/{name[0][0]}-{basename[1][0]}.o",
            kind=Kind.PRODUCT,
            filter=ANY,
            sets=(InputSet(input="b/*.c", filter=Formatter()),),
        )
    ]


def choices(kind: Kind) -> list[Task]:
    return [task("c", "a/*.c", "o/{name[0][0]}-{name[1][0]}.o", kind=kind, tuple_size=2, filter=ANY)]


def changed(change: AddInputs | ReplaceInputs, **filters: object) -> list[Task]:
    return [
        transform("t", "src/*.c", r"o/\1.o", filter=Regex(pattern=r"^src/(.*)\.c$"), input_change=change, **filters)
    ]


KINDS: dict[str, tuple[list[Task], Callable[[int], list[str]]]] = {
    "suffix": ([transform("t", "src/*.c", ".o", filter=suffix(".c"), output_dir="o")], sources),
    "regex": ([transform("t", "src/*.c", r"o/\1.o", filter=Regex(pattern=r"^src/(.*)\.c$"))], sources),
    "formatter": ([transform("t", "src/*.c", "o/{name[0]}{ext[0]}.o", filter=ANY, extras=("{path[0]}",))], sources),
    "template": ([transform("t", "src/{name}.c", "o/{name}.o")], sources),
    "collate": ([task("t", "src/*.c", r"o/\1.o", kind=Kind.COLLATE, filter=Regex(pattern=r"^src/(.*)\.c$"))], sources),
    "product": (product(), square),
    "permutations": (choices(Kind.PERMUTATIONS), square),
    "combinations": (choices(Kind.COMBINATIONS), square),
    "combinations_with_replacement": (choices(Kind.COMBINATIONS_WITH_REPLACEMENT), square),
    "add_inputs with a name": (changed(AddInputs(inputs=(r"src/\1.c", "src/f0000.c"))), sources),
    "add_inputs with a pattern of each job": (changed(AddInputs(inputs=(r"src/\1.*",))), sources),
    "inputs with a pattern of each job": (changed(ReplaceInputs(input=[r"src/\1*.c", r"src/\1.c"])), sources),
    "a chain": (
        [
            transform("t", "src/{name}.c", "o/{name}.o"),
            transform("u", "o/{name}.o", "p/{name}.p"),
            merge("m", "p/*.p", "all"),
        ],
        sources,
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_ten_times_the_jobs_cost_eleven_times_the_calls(name: str) -> None:
    tasks, files = KINDS[name]
    compiled(tasks, files(4))  # what is imported or compiled once is not counted
    few, many = cost(tasks, files(FEW)), cost(tasks, files(MANY))
    assert many.jobs > 5 * few.jobs
    assert many.calls / many.jobs <= 1.1 * few.calls / few.jobs
    assert many.scans == few.scans
    assert many.expressions <= 2 * many.jobs if "each job" in name else many.expressions <= few.expressions
    assert many.expressions >= many.jobs or "each job" not in name
