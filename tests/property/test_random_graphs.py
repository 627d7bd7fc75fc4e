"""After any edits, a build leaves what a build from scratch would leave, and a second build runs nothing.

Random graphs, random edits, on fakes: declared and discovered inputs, order-only inputs, constant outputs (early
cutoff), failures, partial builds. The oracle computes every output anew from the sources.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pymake.engine.forecast import Prospect
from pymake.engine.parts import Conduct
from pymake.errors import CommandFailed
from pymake.testing import MemoryDisk, ScratchMemory
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.errors import JobError
    from pymake.model.job import Launch

SOURCES = 6
RULES = 10


def random_world(dice: random.Random) -> World:
    files = {f"s{i}": f"source {i}" for i in range(SOURCES)}
    world = World(disk=MemoryDisk(dict(files), resolution=dice.choice([1, 1_000_000, 50_000_000])), rules={})
    world.line = dice.choice([0, 3])
    for number in range(RULES):
        world.rules[f"r{number}"] = random_rule(dice, number)
    names = list(world.rules)
    dice.shuffle(names)
    world.rules = {name: world.rules[name] for name in names}
    return world


def random_rule(dice: random.Random, number: int) -> Rule:
    """Reads sources and outputs of rules with smaller numbers, so there is no cycle."""
    made = [f"o{i}" for i in range(number)]
    pool = [f"s{i}" for i in range(SOURCES)] + made
    inputs = tuple(dice.sample(pool, dice.randint(1, min(4, len(pool)))))
    others = [path for path in pool if path not in inputs]
    return Rule(
        inputs=inputs,
        outputs=(f"o{number}", f"x{number}") if dice.random() < 0.2 else (f"o{number}",),
        reads=tuple(dice.sample(others, min(2, len(others)))) if dice.random() < 0.3 else (),
        order_only=tuple(dice.sample(made, 1)) if made and dice.random() < 0.2 else (),
        text=dice.choice(["cat", "tac"]),
        constant="constant" if dice.random() < 0.2 else None,
        temporary=dice.random() < 0.3,
    )


def edit_source(world: World, dice: random.Random) -> None:
    world.disk.write(f"s{dice.randrange(SOURCES)}", dice.choice(["one", "two", "six"]))


def edit_keeping_mtime(world: World, dice: random.Random) -> None:
    path = f"s{dice.randrange(SOURCES)}"
    stamp = world.disk.stamp(path)
    assert stamp is not None
    world.disk.write(path, dice.choice(["ten", "red"]), mtime=stamp.mtime)


def touch(world: World, dice: random.Random) -> None:
    world.disk.touch(f"s{dice.randrange(SOURCES)}")


def break_output(world: World, dice: random.Random) -> None:
    path = f"o{dice.randrange(RULES)}"
    if world.disk.read(path) is not None:
        world.disk.write(path, "broken") if dice.random() < 0.5 else world.disk.remove(path)


def change_command(world: World, dice: random.Random) -> None:
    world.rules[f"r{dice.randrange(RULES)}"].text = dice.choice(["cat", "tac", "rev"])


def change_rule(world: World, dice: random.Random) -> None:
    number = dice.randrange(RULES)
    world.rules[f"r{number}"] = random_rule(dice, number)


def forget_everything(world: World, dice: random.Random) -> None:
    world.memory = ScratchMemory()


EDITS: list[Callable[[World, random.Random], None]] = [
    edit_source,
    edit_source,
    edit_keeping_mtime,
    touch,
    break_output,
    change_command,
    change_rule,
    forget_everything,
]


def oracle(world: World) -> dict[str, str]:
    """Every output, from scratch, in the order of numbers."""
    clean = World(disk=MemoryDisk({f"s{i}": world.disk.text(f"s{i}") for i in range(SOURCES)}), rules=world.rules)
    for number in range(RULES):
        clean.run(f"r{number}")
    return {path: clean.disk.text(path) for rule in world.rules.values() for path in rule.outputs}


def gone(world: World) -> set[str]:
    """What is not there after a build of everything."""
    return {path for rule in world.rules.values() if rule.temporary for path in rule.outputs}


def check_forecast(world: World, dice: random.Random) -> None:
    """`will run` and `up to date` come true; what is not mentioned does not run."""
    expected = {name: found.prospect for name, found in world.forecast().items()}
    ran = world.build(conduct=Conduct(slots=dice.randint(1, 4)), choose=lambda running: dice.randrange(len(running)))  # type: ignore[arg-type]  # a sequence here
    assert ran.summary.failed == 0
    for name in world.rules:
        match expected.get(name, Prospect.CLEAN):
            case Prospect.WILL:
                assert name in ran.names
            case Prospect.CLEAN:
                assert name not in ran.names
            case Prospect.MAY:
                pass


class Killed(BaseException):
    """The end of pymake, at whatever moment."""


def crash(world: World, dice: random.Random) -> None:
    """Kill a build while a job writes, or when it is about to remember or to remove something."""
    left = dice.randint(1, 12)
    disk, memory = world.disk, world.memory

    def count() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise Killed

    def deadly(done: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            count()
            return done(*arguments)

        return call

    def half(world: World, launch: Launch) -> JobError | None:
        name = list(world.rules)[launch.job]
        for output in world.rules[name].outputs:
            world.disk.write(output, "half made")
            count()
        world.run(name)
        return None

    names = ("record_starts", "record_traces", "record_failure", "record_end")
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(memory, name, deadly(getattr(memory, name)))
        patch.setattr(disk, "remove", deadly(disk.remove))
        patch.setattr(world, "effects", dict.fromkeys(world.rules, half))
        with suppress(Killed):
            world.build(conduct=Conduct(slots=dice.randint(1, 4)))


STUCK = 5299
"""A job that had read too early ended when nothing new was to start: the build waited for it for ever."""


@pytest.mark.parametrize("seed", [*range(60), STUCK])
def test_builds_equal_a_build_from_scratch(seed: int) -> None:
    dice = random.Random(seed)  # a repeatable sequence is wanted
    world = random_world(dice)
    for _ in range(12):
        for edit in dice.sample(EDITS, dice.randint(1, 3)):
            edit(world, dice)
        if dice.random() < 0.3:
            world.build(f"r{dice.randrange(RULES)}")
        if dice.random() < 0.2:
            failing = f"r{dice.randrange(RULES)}"
            world.effects[failing] = lambda world, launch: CommandFailed("exit status 1")
            world.build(conduct=Conduct(slots=2, keep_going=dice.random() < 0.5))
            del world.effects[failing]
        if dice.random() < 0.3:
            crash(world, dice)
        check_forecast(world, dice)
        expected = oracle(world)
        found = {path: world.disk.text(path) for path in expected if world.disk.read(path) is not None}
        assert found == {path: text for path, text in expected.items() if path in found}
        assert {path for path in expected if path not in found} == gone(world)
        assert world.build().names == []
