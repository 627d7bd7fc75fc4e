"""Which job goes when: slots, pools, cores, critical path."""

from __future__ import annotations

import pytest

from pymake.engine.attempts import pause
from pymake.engine.parts import Conduct
from pymake.engine.scheduler import JobState, Scheduler
from pymake.engine.survey import Survey
from pymake.errors import InternalError, Place
from pymake.model.ids import JobId
from pymake.model.task import LONGEST_SECONDS, Task
from pymake.testing import MemoryDisk, ScratchMachine
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


def test_memory_is_shared_by_the_jobs_that_run() -> None:
    rules = {f"r{i}": Rule(outputs=(f"o{i}",), memory=400) for i in range(6)}
    assert World(rules=rules, total_memory=1000).build(conduct=Conduct(slots=4)).executor.most_running == 2
    assert World(rules=rules, total_memory=None).build(conduct=Conduct(slots=4)).executor.most_running == 4


def test_a_job_of_more_memory_than_there_is_runs_alone_and_is_not_overtaken_for_ever() -> None:
    world = World(
        total_memory=1000,
        rules={
            "a": Rule(outputs=("a",), memory=100),
            "big": Rule(outputs=("b",), memory=5000),
            "c": Rule(outputs=("c",)),
        },
    )
    ran = world.build(conduct=Conduct(slots=4))
    assert ran.names == ["a", "big", "c"]
    assert ran.executor.most_running == 2


@pytest.mark.parametrize(
    ("machine", "most_load", "most_running"),
    [
        (ScratchMachine(load=9.0), None, 4),
        (ScratchMachine(load=9.0), 8.0, 1),
        (ScratchMachine(load=0.0), 8.0, 4),
        (ScratchMachine(load=6.5), 8.0, 3),  # started jobs count until the load shows them
        (ScratchMachine(free=0.01), None, 1),
        (ScratchMachine(free=0.1), None, 4),
    ],
)
def test_a_busy_machine_gets_nothing_more(machine: ScratchMachine, most_load: float | None, most_running: int) -> None:
    world = World(rules={f"r{i}": Rule(outputs=(f"o{i}",)) for i in range(8)}, machine=machine)
    ran = world.build(conduct=Conduct(slots=4, most_load=most_load))
    assert ran.summary.ran == 8
    assert ran.executor.most_running == most_running


def test_the_machine_is_looked_at_once_a_second() -> None:
    world = World(rules={f"r{i}": Rule(outputs=(f"o{i}",)) for i in range(200)})
    world.build(conduct=Conduct(slots=4))
    assert world.machine.looks < 20


def test_a_fresh_process_has_no_line_behind_it() -> None:
    rules = {f"r{i:02}": Rule(inputs=("s",), outputs=(f"o{i}",), fresh_process=True) for i in range(20)}
    world = World(rules=rules, disk=MemoryDisk({"s": "1"}), line=3)
    world.build()
    world.disk.write("s", "2")
    ran = world.build()
    assert ran.summary.ran == 20
    assert not ran.executor.lined_up
    assert all(launch.fresh and not launch.quick for launch in ran.executor.launches)


@pytest.mark.parametrize(
    ("delay", "backoff", "pauses"),
    [
        (0.0, 2.0, [0.0, 0.0, 0.0]),
        (1.0, 1.0, [1.0, 1.0, 1.0]),
        (0.5, 2.0, [0.5, 1.0, 2.0]),
        (1e8, 100.0, [1e8, 1e9, 1e9]),
    ],
)
def test_pauses_between_attempts(delay: float, backoff: float, pauses: list[float]) -> None:
    task = Task(name="t", place=Place(path="f", line=1), retry_delay=delay, retry_backoff=backoff)
    assert [pause(task, failures) for failures in (1, 2, 3)] == pauses


def test_a_pause_never_overflows() -> None:
    task = Task(name="t", place=Place(path="f", line=1), retry_delay=1.0, retry_backoff=1e300)
    assert pause(task, 10_000) == LONGEST_SECONDS
