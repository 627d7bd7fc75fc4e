"""In which order tasks are expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.planner.declared import declare
from pymake.planner.sequence import groups
from tests.unit.planner.sample import merge, project, ref, suffix, task, transform

if TYPE_CHECKING:
    from pymake.model.task import Task


@pytest.mark.parametrize(
    ("tasks", "order"),
    [
        ([task("0", "a", "b"), task("1", "b", "c")], [[0], [1]]),
        ([merge("0", ref("1"), "x"), task("1", "a", "b")], [[1], [0]]),
        (
            [merge("0", "o/*.o", "x"), transform("1", "{n}.c", "o/{n}.o"), transform("2", "{n}.c", "p/{n}.o")],
            [[1], [0], [2]],
        ),
        ([merge("0", "o/*.o", "x"), transform("1", "s/*.c", ".o", filter=suffix(".c"), output_dir="o")], [[1], [0]]),
        ([merge("0", "s/*.o", "x"), transform("1", "s/*.c", ".o", filter=suffix(".c"))], [[1], [0]]),
        ([merge("0", "t/*.o", "x"), transform("1", "s/*.c", ".o", filter=suffix(".c"))], [[0], [1]]),
        ([merge("0", "t/*.o", "x"), transform("1", "s/*.c", r"t/\1.o", filter=suffix(".c"))], [[1], [0]]),
        ([merge("0", "o/*.o", "x"), task("1", "a", ["q", "o/x.o"]), task("2", "a", "o/x.c")], [[1], [0], [2]]),
        ([merge("0", "a/*", "b/x"), merge("1", "b/*", "a/y"), task("2", ref("0"), "z")], [[0, 1], [2]]),
        ([merge("0", "a/*", "a/x")], [[0]]),
        (
            [task("0", "a", "b", order_only="g/*"), task("1", "a", "c", files=("g/*",)), task("2", "a", "g/h")],
            [[2], [0], [1]],
        ),
    ],
)
def test_tasks_come_after_those_they_may_need(tasks: list[Task], order: list[list[int]]) -> None:
    whole = project(tasks)
    assert groups([declare(one, whole) for one in whole.tasks]) == order


def test_a_long_chain_needs_no_recursion() -> None:
    count = 3_000
    whole = project([*(task(str(n), ref(str(n + 1)), f"f{n}") for n in range(count)), task(str(count), "a", "b")])
    assert groups([declare(one, whole) for one in whole.tasks]) == [[n] for n in range(count, -1, -1)]
