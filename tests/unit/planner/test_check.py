"""Cycles and missing inputs, with their whole texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.errors import PlanError
from pymake.planner.check import check_cycles, check_inputs
from pymake.planner.select import select
from tests.unit.planner.sample import compiled, ref, task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.model.ids import FileId
    from pymake.model.task import Task


NONE: Mapping[str, Sequence[str]] = {}


def cycle(tasks: Iterable[Task]) -> str:
    try:
        check_cycles(compiled(tasks).plan)
    except PlanError as error:
        return str(error)
    return "no cycle"


def missing(
    tasks: Iterable[Task], there: set[str], targets: tuple[str, ...] = (), beside: Mapping[str, Sequence[str]] = NONE
) -> str:
    plan = compiled(tasks, there).plan

    def is_there(file: FileId) -> bool:
        return plan.path(file) in there

    try:
        check_inputs(plan, select(plan, targets, "").wanted, is_there, lambda folder: beside.get(folder, ()))
    except PlanError as error:
        return str(error)
    return "nothing"


@pytest.mark.parametrize(
    ("tasks", "text"),
    [
        ([task("one", "x", "a"), task("two", "a", "b"), task("three", ["a", "b"], "c", order_only="a")], "no cycle"),
        (
            [task("out", "a", "z"), task("one", "b", "a"), task("two", ["x", "c"], "b"), task("three", "a", "c")],
            (
                "b.toml:20: a cycle: each of these waits for the next\n"
                "  a: task one (b.toml:20) reads b\n"
                "  b: task two (b.toml:30) reads c\n"
                "  c: task three (b.toml:40) reads a\n"
                "  try: take one of the inputs away, or write to another file"
            ),
        ),
        (
            [task("one", "x", "a", order_only="b"), task("two", "a", "b")],
            (
                "b.toml:10: a cycle: each of these waits for the next\n"
                "  a: task one (b.toml:10) waits for b\n"
                "  b: task two (b.toml:20) reads a\n"
                "  try: take one of the inputs away, or write to another file"
            ),
        ),
        (
            [
                task("one", "x", "a", follows=(ref("empty"),)),
                task("empty", action=None, follows=(ref("two"),)),
                task("two", "a", "b"),
            ],
            (
                "b.toml:10: a cycle: each of these waits for the next\n"
                "  a: task one (b.toml:10) follows two\n"
                "  b: task two (b.toml:30) reads a\n"
                "  try: take one of the inputs away, or write to another file"
            ),
        ),
        (
            [
                task("start", "x", "a", follows=()),
                task("one", action=None, follows=(ref("start"), ref("two"))),
                task("two", action=None, follows=(ref("one"),)),
            ],
            (
                "b.toml:20: a cycle of tasks that follow each other\n"
                "  one: b.toml:20\n"
                "  two: b.toml:30\n"
                "  try: take one of them out of a follows"
            ),
        ),
        (
            [task("one", "x", "a", follows=(ref("one"),))],
            (
                "b.toml:10: a cycle: each of these waits for the next\n"
                "  a: task one (b.toml:10) follows one\n"
                "  try: take one of the inputs away, or write to another file"
            ),
        ),
    ],
)
def test_cycles(tasks: list[Task], text: str) -> None:
    assert cycle(tasks) == text


@pytest.mark.parametrize(
    ("tasks", "targets", "text"),
    [
        ([task("one", "there", "a"), task("two", "a", "b", order_only="there")], (), "nothing"),
        (
            [task("one", "src/mian.c", "a"), task("two", "src/main.c", "src/mains.c")],
            (),
            (
                "b.toml:10: task one: the input src/mian.c is not there, and no task makes it\n"
                "  needed by: one a\n"
                "  nearest: src/main.c, src/mains.c\n"
                "  try: correct the name, or declare the file as the output of a task"
            ),
        ),
        (
            [task("one", ["p", "q", "r", "s", "t"], "a", order_only="p")],
            (),
            (
                "b.toml:10: task one: the input p is not there, and no task makes it\n"
                "  needed by: one a\n"
                "  also missing: q, r, s and 1 more\n"
                "  try: correct the name, or declare the file as the output of a task"
            ),
        ),
        (
            [task("one", "there", "a", order_only="zzz")],
            (),
            (
                "b.toml:10: task one: the input zzz is not there, and no task makes it\n"
                "  needed by: one a\n"
                "  try: correct the name, or declare the file as the output of a task"
            ),
        ),
        ([task("one", "there", "a"), task("two", "zzz", "b")], ("one",), "nothing"),
        ([task("unpack", "there", "out/"), task("two", "out/x/y", "b")], (), "nothing"),
        ([task("one", "there", "out/x/y"), task("pack", "out/", "b", order_only="out/x")], (), "nothing"),
    ],
)
def test_missing_inputs(tasks: list[Task], targets: tuple[str, ...], text: str) -> None:
    assert missing(tasks, {"there", "src/main.c"}, targets) == text


def test_a_misspelt_file_is_compared_with_what_lies_in_its_folder() -> None:
    assert missing([task("one", "src/man.c", "o")], set(), beside={"src": ["main.c", "zebra.py"]}) == (
        "b.toml:10: task one: the input src/man.c is not there, and no task makes it\n"
        "  needed by: one o\n"
        "  nearest: src/main.c\n"
        "  try: correct the name, or declare the file as the output of a task"
    )
