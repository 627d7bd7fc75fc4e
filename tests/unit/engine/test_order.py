"""Which job goes when: slots, pools, cores, critical path."""

from __future__ import annotations

import pytest

from pymake.engine.parts import Conduct
from pymake.engine.scheduler import JobState, Scheduler
from pymake.engine.survey import Survey
from pymake.errors import InternalError
from pymake.model.ids import JobId
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World


def test_no_barrier_between_tasks() -> None:
    world = World(
        disk=MemoryDisk({"x": "1", "y": "1"}),
        rules={
            "x1": Rule(inputs=("x",), outputs=("x.1",)),
            "y1": Rule(inputs=("y",), outputs=("y.1",)),
            "x2": Rule(inputs=("x.1",), outputs=("x.2",)),
        },
    )
    last_first = World.build(world, conduct=Conduct(slots=2), choose=lambda running: len(running) - 1)  # type: ignore[arg-type]  # a sequence here
    assert last_first.names == ["x1", "y1", "x2"]


def test_slots_bound_how_many_run_at_once() -> None:
    world = World(rules={f"t{i}": Rule(outputs=(f"o{i}",)) for i in range(9)})
    assert world.build(conduct=Conduct(slots=3)).executor.most_running == 3


def test_a_pool_bounds_its_jobs_and_others_pass() -> None:
    world = World(
        pools={"link": 1},
        rules={
            "l1": Rule(outputs=("1",), pool="link"),
            "l2": Rule(outputs=("2",), pool="link"),
            "free": Rule(outputs=("3",)),
        },
    )
    ran = world.build(conduct=Conduct(slots=2))
    assert ran.names == ["l1", "free", "l2"]


def test_a_job_of_many_cores_waits_for_them_and_nobody_passes_it() -> None:
    world = World(
        rules={
            "small": Rule(outputs=("1",)),
            "big": Rule(outputs=("2",), cores=2),
            "other": Rule(outputs=("3",)),
        },
    )
    ran = world.build(conduct=Conduct(slots=2))
    assert ran.names == ["small", "big", "other"]
    assert ran.executor.most_running == 1


def test_a_job_of_more_cores_than_there_are_runs_alone() -> None:
    world = World(rules={"big": Rule(outputs=("2",), cores=64)})
    assert world.build().names == ["big"]


def test_a_job_that_becomes_ready_goes_before_what_was_queued() -> None:
    world = World(
        rules={
            "one": Rule(outputs=("1",)),
            "two": Rule(inputs=("1",), outputs=("2",)),
            "three": Rule(inputs=("2",), outputs=("3",)),
            "leaf": Rule(outputs=("l",)),
        },
    )
    assert world.build(conduct=Conduct(slots=1)).names == ["one", "two", "three", "leaf"]


def test_the_longest_chain_goes_first() -> None:
    world = World(
        rules={
            "short": Rule(outputs=("s",)),
            "one": Rule(outputs=("1",)),
            "two": Rule(inputs=("1",), outputs=("2",)),
        },
    )
    assert world.build(conduct=Conduct(slots=1)).names == ["one", "short", "two"]


def test_a_million_counts_stay_linear_for_follows() -> None:
    """100 tasks that follow each other: a gate each, not a pair each."""
    rules = {f"t{i}": Rule(outputs=(f"o{i}",), follows=(f"t{i - 1}",) if i else ()) for i in range(100)}
    world = World(rules=dict(reversed(rules.items())))
    assert world.build(conduct=Conduct(slots=4)).names == [f"t{i}" for i in range(100)]


def scheduler(rules: dict[str, Rule]) -> Scheduler:
    plan = World(rules=rules).plan()
    survey = Survey(total=len(rules), suspects=bytearray(b"\1" * len(rules)), readers={}, usual={})
    return Scheduler(plan=plan, survey=survey, slots=2, pools={})


def test_states_change_only_as_the_table_allows() -> None:
    one = scheduler({"a": Rule(outputs=("a",))})
    with pytest.raises(InternalError, match=r"^a a cannot go from READY to DONE$"):
        one.settle(JobId(0), JobState.DONE)


def test_a_circle_among_discovered_inputs_does_not_stop_the_build() -> None:
    plan = World(
        rules={"a": Rule(outputs=("a",)), "b": Rule(inputs=("a",), outputs=("b",))},
    ).plan()
    survey = Survey(total=2, suspects=bytearray(b"\1\1"), readers={JobId(1): [JobId(0)]}, usual={})
    made = Scheduler(plan=plan, survey=survey, slots=2, pools={})
    assert made.next_ready() == 0
