"""In which order jobs could run."""

from __future__ import annotations

import pytest

from pymake.model.ids import JobId
from pymake.model.upstream import Upstream
from pymake.planner.select import select
from tests.unit.planner.sample import compiled, merge, ref, task


@pytest.mark.parametrize(
    ("tasks", "targets", "order"),
    [
        ([task("a", "1", "x"), task("b", "2", "y")], [], "ab"),
        ([task("a", "y", "x"), task("b", "2", "y")], [], "ba"),
        ([task("a", "1", "x", order_only="y"), task("b", "2", "y")], [], "ba"),
        ([task("a", "1", "x", follows=(ref("b"),)), task("b", "2", "y")], [], "ba"),
        (
            [
                task("a", "1", "x", follows=(ref("g"),)),
                task("g", action=None, follows=(ref("h"),)),
                task("h", "y", action=None, follows=(ref("c"),)),
                task("b", "2", "y"),
                task("c", "3", "z"),
            ],
            [],
            "bca",
        ),
        ([task("a", "y", "x"), task("b", "2", "y"), task("c", "2", "z")], ["a"], "ba"),
        ([task("a", "y", "x"), task("b", "x", "y"), task("c", "x", "z"), task("d", "1", "w")], [], "d"),
        ([merge("a", ref("b"), "x"), merge("b", ["c.z", ref("c")], "y"), task("c", "1", "z")], [], "cba"),
        ([task("a", ["y", "y"], "x", order_only=["y", "y"]), task("b", "2", "y")], [], "ba"),
    ],
)
def test_order(tasks: list[object], targets: list[str], order: str) -> None:
    plan = compiled(tasks).plan  # type: ignore[arg-type]  # a list of tasks
    found = Upstream(plan, select(plan, targets, "").wanted, {}).order
    assert "".join(plan.task(plan.task_of(JobId(job))).name for job in found) == order
