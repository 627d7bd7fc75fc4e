"""Temporary outputs: gone with their last reader, made anew only for a reader that has to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.forecast import Prospect
from pymake.engine.parts import Conduct
from pymake.errors import CommandFailed
from pymake.model.verdict import OutputNeeded
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.errors import JobError
    from pymake.model.job import Launch

ONE = Conduct(slots=1)


def chain() -> World:
    """From in over u and t (temporary) to a and b; side goes into b alone."""
    return World(
        disk=MemoryDisk({"in": "1", "side": "1"}),
        rules={
            "u": Rule(inputs=("in",), outputs=("u",), temporary=True),
            "t": Rule(inputs=("u",), outputs=("t",), temporary=True),
            "a": Rule(inputs=("t",), outputs=("a",)),
            "b": Rule(inputs=("t", "side"), outputs=("b",)),
        },
    )


def built() -> World:
    world = chain()
    world.build(conduct=ONE)
    return world


def there(world: World) -> str:
    return " ".join(path for path in ("u", "t", "a", "b") if world.disk.read(path) is not None)


def test_they_go_when_their_last_reader_is_done_and_are_not_missed() -> None:
    world = chain()
    seen: dict[str, str] = {}

    def look(world: World, launch: Launch) -> JobError | None:
        seen[launch.label] = there(world)
        world.run("b")
        return None

    world.effects["b"] = look
    assert world.build(conduct=ONE).names == ["u", "t", "a", "b"]
    assert seen == {"b b": "t a"}
    assert there(world) == "a b"
    again = world.build()
    assert again.summary.line() == "nothing to do (4 jobs up to date)"


def edit_side(world: World) -> None:
    world.disk.write("side", "2")


def edit_in(world: World) -> None:
    world.disk.write("in", "2")


def remove_a(world: World) -> None:
    world.disk.remove("a")


def change_a(world: World) -> None:
    world.rules["a"].text = "tac"


def change_t(world: World) -> None:
    world.rules["t"].text = "tac"


def touch(world: World) -> None:
    world.disk.touch("in")


def move(world: World) -> None:
    world.rules = dict(reversed(world.rules.items()))


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (edit_side, ["u", "t", "b"]),
        (edit_in, ["u", "t", "a", "b"]),
        (remove_a, ["u", "t", "a"]),
        (change_a, ["u", "t", "a"]),
        (change_t, ["u", "t", "a", "b"]),
        (touch, []),
        (move, []),
    ],
)
def test_an_edit_runs_what_it_must_with_what_that_needs(edit: Callable[[World], None], names: list[str]) -> None:
    world = built()
    edit(world)
    expected = world.forecast()
    ran = world.build(conduct=ONE)
    assert sorted(ran.names) == sorted(names)
    assert all(expected[name].prospect in (Prospect.WILL, Prospect.MAY) for name in names)
    assert all(name in names for name in expected if expected[name].prospect is Prospect.WILL)
    assert there(world) == "a b"
    rules = world.rules
    assert {path: world.disk.text(path) for path in "ab"} == {path: scratch(rules, world)[path] for path in "ab"}
    assert world.build().names == []


def scratch(rules: dict[str, Rule], world: World) -> dict[str, str]:
    """What a build from scratch leaves."""
    fresh = World(disk=MemoryDisk({path: world.disk.text(path) for path in ("in", "side")}), rules=rules)
    fresh.build()
    return {path: fresh.disk.text(path) for path in fresh.disk.paths()}


def test_the_reason_names_who_needs_them() -> None:
    world = built()
    edit_side(world)
    assert world.forecast()["t"].reasons == (OutputNeeded(path="t"),)
    assert world.forecast()["u"].reasons == (OutputNeeded(path="u"),)
    assert world.forecast()["a"].prospect is Prospect.CLEAN


def test_one_that_a_job_upstream_makes_as_before_is_not_made_anew() -> None:
    world = chain()
    world.rules["u"].constant = "the same"
    world.build(conduct=ONE)
    edit_in(world)
    assert world.forecast()["t"].prospect is Prospect.MAY
    assert world.build().names == ["u"]
    assert there(world) == "a b"


def test_one_that_a_failed_reader_needs_stays_for_its_next_run() -> None:
    world = chain()
    world.effects["a"] = lambda world, launch: CommandFailed("exit status 1")
    assert world.build(conduct=Conduct(slots=1, keep_going=True)).names == ["u", "t", "a", "b"]
    assert there(world) == "t b"
    del world.effects["a"]
    assert world.build(conduct=ONE).names == ["a"]
    assert there(world) == "a b"


def test_a_failed_maker_drops_the_reader_that_woke_it_and_not_the_others() -> None:
    world = built()
    edit_side(world)
    world.effects["t"] = lambda world, launch: CommandFailed("exit status 1")
    ran = world.build(conduct=Conduct(slots=1, keep_going=True))
    assert ran.names == ["u", "t"]
    assert (ran.summary.ran, ran.summary.failed, ran.summary.not_run, ran.summary.up_to_date) == (2, 1, 1, 1)
    del world.effects["t"]
    assert world.build(conduct=ONE).names == ["t", "b"]
    assert there(world) == "a b"


def test_a_kill_between_the_last_reader_and_the_removal_is_made_good_by_the_next_build() -> None:
    class Killed(BaseException):
        pass

    class Deadly(MemoryDisk):
        def remove(self, path: str) -> None:
            if path == "t":
                raise Killed
            super().remove(path)

    world = chain()
    good, world.disk = world.disk, Deadly({"in": "1", "side": "1"})
    with pytest.raises(Killed):
        world.build(conduct=ONE)
    assert there(world) == "t a b"
    for path in world.disk.paths():
        good.write(path, world.disk.text(path))
    world.disk = good
    world.memory.record_version("x", bytes(16))
    world.build()
    assert there(world) == "a b"


def test_one_that_is_asked_for_by_name_is_made_and_stays_until_a_build_that_does_not() -> None:
    world = built()
    assert world.build("t", kept=("t",)).names == ["u", "t"]
    assert there(world) == "t a b"
    assert world.build("t", kept=("t",)).names == []
    edit_side(world)
    assert world.build().names == ["b"]
    assert there(world) == "a b"


def test_a_partial_build_keeps_what_another_reader_will_need() -> None:
    world = chain()
    world.build("a", conduct=ONE)
    assert there(world) == "t a"
    assert world.build(conduct=ONE).names == ["b"]
    assert there(world) == "a b"
    world.disk.remove("a")
    world.build("a", conduct=ONE)
    assert there(world) == "a b"


def test_one_that_nobody_reads_stays_only_for_who_asks_for_it() -> None:
    world = World(disk=MemoryDisk({"in": "1"}), rules={"end": Rule(inputs=("in",), outputs=("end",), temporary=True)})
    world.build()
    assert world.disk.read("end") is None
    assert world.build().names == []
    world.build("end", kept=("end",))
    assert world.disk.read("end") is not None


def test_one_that_was_edited_by_hand_is_made_anew() -> None:
    world = built()
    world.disk.write("t", "by hand")
    assert world.build(conduct=ONE).names == ["u", "t"]
    assert there(world) == "a b"


def test_readers_that_only_wait_for_it_or_found_it_by_running_need_it_too() -> None:
    world = World(
        disk=MemoryDisk({"in": "1", "side": "1"}),
        rules={
            "t": Rule(inputs=("in",), outputs=("t",), temporary=True),
            "waits": Rule(inputs=("side",), order_only=("t",), outputs=("w",)),
            "finds": Rule(inputs=("side",), reads=("t",), outputs=("f",)),
        },
    )
    world.build(conduct=ONE)
    assert world.disk.read("t") is None
    assert world.build().names == []
    edit_side(world)
    assert sorted(world.build(conduct=ONE).names) == ["finds", "t", "waits"]
    assert world.disk.read("t") is None
    assert world.build().names == []
