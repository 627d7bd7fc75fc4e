"""Inputs that are edited while a job reads them: nothing is recorded, and the job runs again with what holds then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.parts import Conduct
from pymake.model.events import Note
from pymake.testing import MemoryDisk
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.errors import JobError
    from pymake.model.job import Launch

ONE = Conduct(slots=1)


def chain() -> World:
    """From in over mid to end; the job of end also reads head without declaring it."""
    return World(
        disk=MemoryDisk({"in": "1", "head": "h", "folder/a": "a", "folder/b": "b"}),
        rules={
            "mid": Rule(inputs=("in",), outputs=("mid",)),
            "end": Rule(inputs=("mid", "folder"), outputs=("end",), reads=("head",)),
        },
    )


def once(edit: Callable[[World], None], name: str = "end") -> Callable[[World, Launch], JobError | None]:
    """Run the job, and edit after the first run."""
    edits = [edit]

    def effect(world: World, launch: Launch) -> JobError | None:
        world.run(name)
        while edits:
            edits.pop()(world)
        return None

    return effect


def put_back(path: str) -> Callable[[World], None]:
    def edit(world: World) -> None:
        old = world.disk.read(path) or b""
        world.disk.write(path, b"for a moment")
        world.disk.write(path, old)

    return edit


@pytest.mark.parametrize(
    ("edit", "path", "names"),
    [
        (lambda world: world.disk.write("mid", "by hand"), "mid", ["mid", "end", "mid", "end"]),
        (lambda world: world.disk.remove("mid"), "mid", ["mid", "end", "mid", "end"]),
        (put_back("mid"), "mid", ["mid", "end", "end"]),
        (lambda world: world.disk.write("head", "new"), "head", ["mid", "end", "end"]),
        (put_back("head"), "head", ["mid", "end", "end"]),
        (lambda world: world.disk.write("folder/a", "new"), "folder", ["mid", "end", "end"]),
        (lambda world: world.disk.write("folder/c", "new"), "folder", ["mid", "end", "end"]),
        (put_back("folder/a"), "folder", ["mid", "end", "end"]),
        (lambda world: world.disk.write("in", "2"), None, ["mid", "end"]),
    ],
)
def test_an_edit_meanwhile(edit: Callable[[World], None], path: str | None, names: list[str]) -> None:
    world = chain()
    world.effects["end"] = once(edit)
    ran = world.build(conduct=ONE)
    assert ran.names == names
    assert [note.text for note in ran.reporter.of(Note)] == (
        [] if path is None else [f"end end: input {path} was edited during the run; running it again"]
    )
    assert world.disk.text("end") == world.content("end")
    assert world.build().names == ([] if path is not None else ["mid", "end"])


def test_an_edit_of_what_a_job_cleared_by_the_survey_made() -> None:
    world = chain()
    world.build(conduct=ONE)
    world.disk.write("head", "2")
    world.effects["end"] = once(lambda world: world.disk.write("mid", "by hand"))
    ran = world.build(conduct=ONE)
    assert ran.names == ["end", "mid", "end"]
    assert (ran.summary.ran, ran.summary.up_to_date) == (2, 0)
    assert world.build().names == []
    assert world.disk.text("end") == world.content("end")


def test_an_output_that_never_rests_fails_its_reader_after_three_runs() -> None:
    world = chain()

    def always(world: World, launch: Launch) -> JobError | None:
        world.run("end")
        world.disk.write("mid", world.disk.text("mid") + "!")
        return None

    world.effects["end"] = always
    ran = world.build(conduct=ONE)
    assert ran.names == ["mid", "end", "mid", "end", "mid", "end"]
    assert [str(error) for error in ran.summary.errors] == ["pymake.toml:2: input mid was edited in each of 3 runs"]
    assert world.disk.read("end") is None


def test_what_a_reader_left_is_removed_when_what_it_reads_cannot_be_made_anew() -> None:
    world = chain()
    world.rules["mid"].protected = True
    world.effects["end"] = once(lambda world: world.disk.write("mid", "by hand"))
    ran = world.build(conduct=ONE)
    assert ran.names == ["mid", "end"]
    assert (world.disk.read("end"), world.disk.text("mid")) == (None, "by hand")
    assert world.memory.start("end") is None
