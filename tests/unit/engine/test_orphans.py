"""Which files on disk no pattern may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.orphans import Orphans
from pymake.errors import CommandFailed, JobError
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from pymake.model.job import Launch


def test_only_what_a_job_made_and_nobody_changed_since() -> None:
    world = World(disk=MemoryDisk({"s": "1"}), rules={"two": Rule(inputs=("s",), outputs=("a", "b"))})
    world.build()
    orphans = Orphans(world.memory, world.disk)
    assert [path in orphans for path in ("a", "b", "s", "none")] == [True, True, False, False]
    world.disk.write("b", "by hand")
    world.disk.remove("a")
    assert [path in orphans for path in ("a", "b")] == [False, False]


class Killed(BaseException):
    """The end of pymake in the midst of a job."""


def one_job() -> World:
    return World(disk=MemoryDisk({"s": "1"}), rules={"one": Rule(inputs=("s",), outputs=("a",))})


def half(world: World, launch: Launch) -> JobError | None:
    world.disk.write("a", "half")
    raise Killed


def test_what_a_killed_job_had_begun_to_write_is_an_orphan_whatever_it_holds() -> None:
    world = one_job()
    world.effects["one"] = half
    with pytest.raises(Killed):
        world.build()
    assert "a" in Orphans(world.memory, world.disk)
    del world.effects["one"]
    world.build()
    assert "a" in Orphans(world.memory, world.disk)
    world.disk.write("a", "by hand")
    assert "a" not in Orphans(world.memory, world.disk)


def test_what_a_failed_or_interrupted_job_left_behind_is_nobodys() -> None:
    world = one_job()
    world.effects["one"] = lambda world, launch: CommandFailed("exit status 1")
    world.build()
    world.disk.write("a", "by hand")
    assert "a" not in Orphans(world.memory, world.disk)

    def interrupt(world: World, launch: Launch) -> JobError | None:
        world.interrupts.send(2)
        return None

    world.rules["first"] = Rule(inputs=("s",), outputs=("b",))
    world.effects = {"first": interrupt}
    world.build()
    world.disk.write("a", "by hand")
    assert "a" not in Orphans(world.memory, world.disk)
