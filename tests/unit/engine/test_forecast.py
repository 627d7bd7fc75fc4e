"""What `-n` says, held against what a build then does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.forecast import Prospect
from pymake.model.verdict import InputChanged
from tests.unit.engine.test_staleness import built, chain, edit_header, edit_output, edit_source

if TYPE_CHECKING:
    from tests.unit.engine.world import World


def prospects(world: World) -> dict[str, str]:
    return {name: found.prospect.value for name, found in world.forecast().items()}


def test_everything_will_run_at_first() -> None:
    assert prospects(chain()) == {"a": "will run", "b": "will run", "app": "will run"}


def test_nothing_to_do_is_empty() -> None:
    assert prospects(built()) == {}


def test_readers_of_what_will_run_may_run() -> None:
    world = built()
    edit_source(world)
    assert prospects(world) == {"a": "will run", "app": "may run"}
    assert world.forecast()["app"].upstream == (0,)
    assert world.forecast()["a"].reasons == (InputChanged(path="a.c"),)


def test_an_edited_intermediate_file_is_no_certain_reason_for_its_readers() -> None:
    world = built()
    edit_output(world)
    assert prospects(world) == {"a": "will run", "app": "may run"}
    assert world.build().names == ["a"]


def test_a_touched_header_leaves_all_up_to_date() -> None:
    world = built()
    world.disk.touch("h.h")
    assert set(prospects(world).values()) == {Prospect.CLEAN.value}


def test_asking_changes_nothing() -> None:
    world = built()
    edit_header(world)
    before = {path: world.disk.stamp(path) for path in world.disk.paths()}
    first = prospects(world)
    assert prospects(world) == first
    assert {path: world.disk.stamp(path) for path in world.disk.paths()} == before
    assert world.build().names == ["a", "b", "app"]
