"""What a folder that is an output holds after a build is what a build from scratch would leave in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.parts import Conduct
from pymake.errors import CommandFailed
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from pymake.errors import JobError
    from pymake.model.job import Launch

KEEPING = Conduct(slots=1, keep_failed=True)


def pages(world: World, launch: Launch) -> JobError | None:
    """A page for each source."""
    for path in sorted(world.disk.paths()):
        if path.startswith("src/"):
            world.disk.write(f"site/{path[4:]}", "page of " + world.disk.text(path))
    return None


def fails_half_way(world: World, launch: Launch) -> JobError | None:
    world.disk.write("site/half", "")
    return CommandFailed("exit status 1")


def site(**more: str) -> World:
    world = World(
        disk=MemoryDisk({"src/a": "1", "src/b": "2", **more}),
        rules={"site": Rule(inputs=("src",), outputs=("site",))},
    )
    world.effects["site"] = pages
    return world


def in_site(world: World) -> list[str]:
    return sorted(path[5:] for path in world.disk.paths() if path.startswith("site/"))


@pytest.mark.parametrize("line", [0, 3], ids=["at once", "lined up"])
def test_what_the_last_run_left_is_gone(line: int) -> None:
    world = site()
    world.line = line
    world.build()
    world.disk.remove("src/a")
    assert world.build().names == ["site"]
    assert in_site(world) == ["b"]
    world.disk.write("site/junk", "by hand")
    assert world.build().names == ["site"]
    assert in_site(world) == ["b"]
    assert world.build().names == []


def test_what_a_failed_run_left_is_gone() -> None:
    world = site()
    world.effects["site"] = fails_half_way
    assert world.build(conduct=KEEPING).summary.failed == 1
    assert in_site(world) == ["half"]
    world.effects["site"] = pages
    world.build()
    assert in_site(world) == ["a", "b"]


def test_what_was_there_before_the_first_run_stays() -> None:
    world = site(**{"site/mine": "by hand"})
    world.build()
    assert in_site(world) == ["a", "b", "mine"]
