"""Protected outputs: read-only when made, and never overwritten once they were edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.forecast import Prospect
from pymake.engine.parts import Conduct
from pymake.model.events import Note
from pymake.model.verdict import OutputChanged
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.errors import JobError
    from pymake.model.job import Launch


def world() -> World:
    """From in to out (protected, with a file beside it), from there to last; other stands alone."""
    return World(
        disk=MemoryDisk({"in": "1", "there": "1"}),
        rules={
            "keep": Rule(inputs=("in",), outputs=("out", "out.map"), protected=True),
            "last": Rule(inputs=("out",), outputs=("last",)),
            "other": Rule(inputs=("there",), outputs=("other",)),
        },
    )


def built() -> World:
    made = world()
    made.build()
    return made


def test_outputs_are_read_only_when_made_and_nothing_is_to_do_then() -> None:
    made = built()
    assert [made.disk.is_read_only(path) for path in ("out", "out.map", "last")] == [True, True, False]
    assert made.build().names == []


def edit(world: World) -> None:
    world.disk.write("out", "by hand")


def edit_beside(world: World) -> None:
    world.disk.write("out.map", "by hand")


def edit_both_sides(world: World) -> None:
    world.disk.write("out", "by hand")
    world.disk.write("in", "2")
    world.rules["keep"].text = "tac"


@pytest.mark.parametrize("by_hand", [edit, edit_beside, edit_both_sides])
@pytest.mark.parametrize("forced", [False, True])
def test_one_that_was_edited_is_left_alone_and_the_rest_is_built(
    by_hand: Callable[[World], None], *, forced: bool
) -> None:
    made = built()
    by_hand(made)
    made.disk.write("there", "2")
    path = "out.map" if by_hand is edit_beside else "out"
    before = made.disk.text(path)
    ran = made.build(conduct=Conduct(slots=1), forced=forced)
    assert ran.names == ["other"]
    assert made.disk.text(path) == before
    (error,) = ran.summary.errors
    assert (type(error).__name__, error.task, error.outputs) == ("OutputProtected", "keep", ("out", "out.map"))
    assert (ran.summary.ran, ran.summary.failed, ran.summary.not_run) == (1, 0, 2)
    (note,) = ran.reporter.of(Note)
    assert note.text == (
        f"keep out: pymake.toml:1: output {path} is protected and was edited by hand, so its job did not run\n"
        f"  try: pymake accept {path} keeps it as it is; remove it, and the next build makes it anew"
    )


def test_a_forecast_says_so_and_what_waits_for_it() -> None:
    made = built()
    edit(made)
    found = made.forecast()
    assert (found["keep"].prospect, found["keep"].reasons) == (Prospect.BLOCKED, (OutputChanged(path="out"),))
    assert (found["last"].prospect, found["last"].upstream) == (Prospect.BLOCKED, (0,))


def test_what_was_edited_back_touched_or_removed_is_not_edited() -> None:
    made = built()
    content = made.disk.text("out")
    made.disk.write("out", "by hand")
    made.disk.write("out", content)
    assert made.build().names == []
    made.disk.touch("out")
    assert made.build().names == []
    made.disk.write("in", "2")
    assert made.build(conduct=Conduct(slots=1)).names == ["keep", "last"]
    made.disk.remove("out")
    assert made.build().names == ["keep"]
    assert made.disk.is_read_only("out")


def test_a_file_that_pymake_never_made_is_not_protected_from_it() -> None:
    made = world()
    made.disk.write("out", "there before")
    assert made.build(conduct=Conduct(slots=1)).names == ["keep", "last", "other"]


def test_what_a_kill_left_half_made_is_not_edited_by_hand() -> None:
    class Killed(BaseException):
        pass

    def half(world: World, launch: Launch) -> JobError | None:
        world.disk.write("out", "half")
        raise Killed

    made = built()
    made.disk.write("in", "2")
    made.effects["keep"] = half
    with pytest.raises(Killed):
        made.build()
    del made.effects["keep"]
    assert made.build(conduct=Conduct(slots=1)).names == ["keep", "last"]
