"""Quick jobs that are lined up behind running ones: the engine's side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.parts import Conduct
from pymake.engine.tempo import QUICK_SECONDS, Tempo
from pymake.errors import CommandFailed, JobError
from pymake.model.events import JobStarted
from pymake.model.ids import JobId
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from pymake.model.job import Launch

NUMBER = 20


def many(*, line: int = 3, pools: dict[str, int] | None = None, **changes: Rule) -> World:
    """Rules of one task each; all of them ran before, in no time."""
    rules = {f"r{i:02}": Rule(inputs=("s",), outputs=(f"o{i}",)) for i in range(NUMBER)}
    world = World(rules={**rules, **changes}, disk=MemoryDisk({"s": "1"}), line=line, pools=pools or {})
    world.build()
    world.disk.write("s", "2")
    return world


def test_quick_jobs_are_lined_up_and_all_run_once_in_order() -> None:
    world = many()
    ran = world.build(conduct=Conduct(slots=1))
    assert sorted(ran.names) == list(world.rules)
    assert len(ran.executor.lined_up) > NUMBER / 2
    assert ran.executor.most_running == 1
    assert [event.job for event in ran.reporter.of(JobStarted)] == [launch.job for launch in ran.executor.launches]
    assert world.build().names == []


def test_a_first_build_measures_before_it_lines_up() -> None:
    world = World(rules={f"r{i:02}": Rule(outputs=(f"o{i}",)) for i in range(NUMBER)}, line=3)
    ran = world.build(conduct=Conduct(slots=1))  # each rule is a task of its own, and all run the same program
    measured = 4
    assert 0 < len(ran.executor.lined_up) <= NUMBER - measured
    assert not {launch.job for launch in ran.executor.lined_up} & {launch.job for launch in ran.executor.launches[:4]}


@pytest.mark.parametrize("text", ["cat{}", "python3 {}.py", "/usr/bin/python3 {}.py", "cd {} && cat"])
def test_a_first_build_of_different_programs_lines_up_nothing(text: str) -> None:
    rules = {f"r{i:02}": Rule(outputs=(f"o{i}",), text=text.format(i)) for i in range(NUMBER)}
    assert World(rules=rules, line=3).build(conduct=Conduct(slots=1)).executor.lined_up == []


def test_a_job_of_several_cores_or_of_a_pool_is_not_lined_up() -> None:
    big, pooled = Rule(inputs=("s",), outputs=("b",), cores=2), Rule(inputs=("s",), outputs=("p",), pool="l")
    world = many(pools={"l": 1}, big=big, pooled=pooled)
    world.rules = dict(reversed(world.rules.items()))
    ran = world.build(conduct=Conduct(slots=1))
    names = list(world.rules)
    behind = {names[launch.job] for launch in ran.executor.lined_up}
    assert sorted(ran.names) == sorted(names)
    assert behind
    assert not behind & {"big", "pooled"}


@pytest.mark.parametrize("keep_going", [False, True])
def test_what_comes_back_after_a_failure(keep_going: bool) -> None:
    world = many()
    world.effects = {"r05": fail}
    ran = world.build(conduct=Conduct(slots=1, keep_going=keep_going))
    summary = ran.summary
    if keep_going:
        assert (summary.ran, summary.failed, summary.not_run) == (NUMBER, 1, 0)
        assert {f"o{i}" for i in range(NUMBER)} - set(world.disk.paths()) == {"o5"}
    else:
        assert (summary.failed, summary.ran + summary.not_run) == (1, NUMBER)
        assert summary.ran == ran.names.index("r05") + 1
        assert {f"o{i}" for i in range(NUMBER)} - set(world.disk.paths()) == {"o5"}, "what did not run is as it was"
    world.effects = {}
    world.build()
    assert world.build().names == []


def test_an_interrupt_brings_back_what_is_lined_up() -> None:
    world = many()

    def interrupt(world: World, launch: Launch) -> JobError | None:  # an effect
        world.run("r03")
        world.interrupts.send(2)
        return None

    world.effects = {"r03": interrupt}
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.summary.interrupted == 2
    assert ran.summary.ran + ran.summary.not_run == NUMBER
    assert ran.summary.ran < NUMBER


def fail(world: World, launch: Launch) -> JobError | None:  # an effect
    return CommandFailed("exit status 1")


@pytest.mark.parametrize(
    ("usual", "ended", "quick"),
    [
        ({}, [], False),
        ({}, [0.001] * 3, False),
        ({}, [0.001] * 4, True),
        ({}, [1.0] * 4, False),
        ({0: 0.001}, [], True),
        ({0: 1.0}, [0.001] * 4, False),
        ({0: 0.001}, [1.0] * 4, False),
        ({}, [1.0] + [0.001] * 40, True),
    ],
)
def test_tempo(usual: dict[int, float], ended: list[float], quick: bool) -> None:
    plan = many().plan()
    tempo = Tempo(plan, {JobId(job): seconds for job, seconds in usual.items()})
    for seconds in ended:
        tempo.ended(JobId(0), seconds)
    assert tempo.is_quick(JobId(0)) is quick
    assert 0.001 < QUICK_SECONDS < 1.0
