"""What `clean` may take away."""

from __future__ import annotations

from pymake.app.cleaning import sort_outputs
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World


def test_only_outputs_as_pymake_left_them_go() -> None:
    world = World(
        disk=MemoryDisk({"s": "1"}),
        rules={name: Rule(inputs=("s",), outputs=(f"{name}.out",)) for name in ("good", "edited", "gone")},
    )
    world.build()
    world.disk.write("edited.out", "by hand")
    world.disk.remove("gone.out")
    cleaning = sort_outputs(world.memory, world.disk, world.memory.keys())
    assert cleaning.removed == ("good.out",)
    assert cleaning.kept == ("edited.out",)
    assert world.disk.paths() == ["edited.out", "good.out", "s"]
