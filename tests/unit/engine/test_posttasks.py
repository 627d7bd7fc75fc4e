"""When a posttask is called."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from pymake.engine.parts import Conduct
from pymake.errors import CommandFailed
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from pymake.model.job import Launch


def world(called: list[str]) -> World:
    """Two rules, one after the other; both have a posttask."""
    rules = {
        "a": Rule(inputs=("s",), outputs=("a",), constant="same"),
        "b": Rule(inputs=("a",), outputs=("b",)),
        "c": Rule(inputs=("t",), outputs=("c",), follows=("b",)),
    }
    made = World(disk=MemoryDisk({"s": "1", "t": "1"}), rules=rules)
    made.posttasks = {name: [partial(called.append, name)] for name in rules}
    return made


def test_it_is_called_once_each_time_the_task_is_done() -> None:
    called: list[str] = []
    made = world(called)
    made.build()
    assert called == ["a", "b", "c"]
    made.build()
    assert called == ["a", "b", "c"]


def test_a_task_that_was_entered_and_is_up_to_date_is_done_too() -> None:
    called: list[str] = []
    made = world(called)
    made.build()
    called.clear()
    made.disk.write("s", "2")
    assert made.build().names == ["a"]
    assert called == ["a", "b"]


def test_it_comes_before_what_follows_the_task() -> None:
    order: list[str] = []
    made = world(order)

    def run(world: World, _launch: Launch) -> None:
        world.run("c")
        order.append("run c")

    made.effects["c"] = run
    made.build()
    assert order.index("b") < order.index("run c") < order.index("c")


def test_a_failed_task_is_never_done() -> None:
    called: list[str] = []
    made = world(called)
    made.effects["b"] = lambda world, launch: CommandFailed("exit status 1")
    made.build(conduct=Conduct(slots=1, keep_going=True))
    assert called == ["a"]


def test_one_that_raises_fails_the_build() -> None:
    made = world([])

    def fail() -> None:
        raise ValueError("no")

    made.posttasks = {"a": [fail]}
    summary = made.build().summary
    (error,) = summary.errors
    assert (summary.failed, error.message, error.task) == (1, "posttask raised ValueError: no", "a")
    assert isinstance(error.exception, ValueError)


@pytest.mark.parametrize("again", [False, True])
def test_a_clean_build_calls_nothing(again: bool) -> None:
    called: list[str] = []
    made = world(called)
    made.build()
    called.clear()
    if again:
        made.disk.touch("s")
    made.build()
    assert called == []
