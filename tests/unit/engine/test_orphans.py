"""Which files on disk no pattern may see."""

from __future__ import annotations

from pymake.engine.orphans import Orphans
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World


def test_only_what_a_job_made_and_nobody_changed_since() -> None:
    world = World(disk=MemoryDisk({"s": "1"}), rules={"two": Rule(inputs=("s",), outputs=("a", "b"))})
    world.build()
    orphans = Orphans(world.memory, world.disk)
    assert [path in orphans for path in ("a", "b", "s", "none")] == [True, True, False, False]
    world.disk.write("b", "by hand")
    world.disk.remove("a")
    assert [path in orphans for path in ("a", "b")] == [False, False]
