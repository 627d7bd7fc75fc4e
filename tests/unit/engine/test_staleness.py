"""What runs after which edit, and why: the whole engine on fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.parts import Conduct
from pymake.errors import CommandFailed, JobError, PymakeError, StateError
from pymake.model.events import JobStarted, Note
from pymake.model.verdict import (
    AlwaysRuns,
    FacetChanged,
    FailedLastTime,
    InputChanged,
    InputGone,
    InputsDiffer,
    NeverRan,
    OutputChanged,
    OutputMissing,
    OutputsDiffer,
)
from pymake.testing import MemoryDisk, ScratchMemory
from tests.unit.engine.world import Rule, World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.model.job import Launch
    from pymake.model.trace import Trace


def chain() -> World:
    """a.c, b.c -> a.o, b.o -> app; both objects read h.h without declaring it."""
    return World(
        disk=MemoryDisk({"a.c": "a", "b.c": "b", "h.h": "h"}),
        rules={
            "a": Rule(inputs=("a.c",), outputs=("a.o",), reads=("h.h",)),
            "b": Rule(inputs=("b.c",), outputs=("b.o",), reads=("h.h",)),
            "app": Rule(inputs=("a.o", "b.o"), outputs=("app",)),
        },
    )


def built() -> World:
    world = chain()
    world.build()
    return world


def test_a_first_build_runs_everything_and_a_second_nothing() -> None:
    world = chain()
    assert world.build().names == ["a", "b", "app"]
    again = world.build()
    assert again.names == []
    assert again.summary.line() == "nothing to do (3 jobs up to date)"


def edit_source(world: World) -> None:
    world.disk.write("a.c", "other")


def edit_header(world: World) -> None:
    world.disk.write("h.h", "other")


def touch(world: World) -> None:
    world.disk.touch("a.c")


def change_and_revert(world: World) -> None:
    world.disk.write("a.c", "other")
    world.disk.write("a.c", "a")


def same_size_same_mtime(world: World) -> None:
    stamp = world.disk.stamp("a.c")
    assert stamp is not None
    world.disk.write("a.c", "x", mtime=stamp.mtime)


def older_backup(world: World) -> None:
    world.disk.write("a.c", "old", mtime=1)


def delete_output(world: World) -> None:
    world.disk.remove("a.o")


def edit_output(world: World) -> None:
    world.disk.write("a.o", "by hand")


def edit_final_output(world: World) -> None:
    world.disk.write("app", "by hand")


def delete_header(world: World) -> None:
    world.disk.remove("h.h")


def change_command(world: World) -> None:
    world.rules["b"].text = "cat -v"


def add_input(world: World) -> None:
    world.disk.write("c.c", "c")
    world.rules["b"].inputs = ("b.c", "c.c")


def remove_input(world: World) -> None:
    world.rules["app"].inputs = ("a.o",)


def add_output(world: World) -> None:
    world.rules["app"].outputs = ("app", "app.map")


def reorder_inputs(world: World) -> None:
    world.rules["app"].inputs = ("b.o", "a.o")


def rename_task(world: World) -> None:
    world.rules = {f"new_{name}": rule for name, rule in world.rules.items()}


def move_task(world: World) -> None:
    world.rules = dict(reversed(world.rules.items()))


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (edit_source, ["a", "app"]),
        (edit_header, ["a", "b", "app"]),
        (touch, []),
        (change_and_revert, []),
        (same_size_same_mtime, ["a", "app"]),
        (older_backup, ["a", "app"]),
        (delete_output, ["a"]),
        (edit_output, ["a"]),
        (edit_final_output, ["app"]),
        (delete_header, ["a", "b", "app"]),
        (change_command, ["b", "app"]),
        (add_input, ["b", "app"]),
        (remove_input, ["app"]),
        (add_output, ["app"]),
        (reorder_inputs, []),
        (move_task, []),
    ],
)
def test_an_edit_runs_what_it_must_and_the_next_build_nothing(edit: Callable[[World], None], names: list[str]) -> None:
    world = built()
    edit(world)
    assert world.build().names == names
    assert world.build().names == []


def test_a_task_may_be_renamed_at_no_cost() -> None:
    world = built()
    content = world.disk.text("app")
    rename_task(world)
    assert world.build().names == []
    assert world.disk.text("app") == content


@pytest.mark.parametrize(
    ("edit", "name", "reasons"),
    [
        (edit_source, "a", [InputChanged(path="a.c")]),
        (edit_header, "b", [InputChanged(path="h.h")]),
        (delete_header, "b", [InputGone(path="h.h")]),
        (delete_output, "a", [OutputMissing(path="a.o")]),
        (edit_output, "a", [OutputChanged(path="a.o")]),
        (change_command, "b", [FacetChanged(name="command", before="cat h.h", after="cat -v h.h")]),
        (add_input, "b", [InputsDiffer(added=("c.c",), removed=())]),
        (remove_input, "app", [InputsDiffer(added=(), removed=("b.o",))]),
        (
            add_output,
            "app",
            [OutputsDiffer(added=("app.map",), removed=()), OutputMissing(path="app.map")],
        ),
    ],
)
def test_reasons_name_the_cause(edit: Callable[[World], None], name: str, reasons: list[object]) -> None:
    world = built()
    edit(world)
    assert world.reasons(name) == reasons


def test_of_two_long_commands_only_the_changed_one_is_named() -> None:
    world = World(rules={"long": Rule(outputs=("o",), text="x" * 3000)})
    world.build()
    world.rules["long"].text = "x" * 3000 + "y"
    (reason,) = world.reasons("long")
    assert isinstance(reason, FacetChanged)
    assert reason.before is not None
    assert reason.after is not None
    assert reason.before != reason.after
    assert len(reason.before) < 2100


def test_a_job_that_never_ran_says_so() -> None:
    assert chain().reasons("a") == [NeverRan()]


def test_the_reason_of_a_run_is_announced() -> None:
    world = built()
    edit_source(world)
    started = world.build().reporter.of(JobStarted)
    assert [(event.label, event.reason) for event in started] == [
        ("a a.o", "input a.c changed"),
        ("app app", "input a.o changed"),
    ]


def test_a_touched_file_is_hashed_once_and_then_its_new_stamp_is_believed() -> None:
    world = built()
    world.build()
    touch(world)
    world.build()
    world.disk.hashed.clear()
    world.build()
    assert world.disk.hashed == []


def test_a_racy_stamp_is_not_believed() -> None:
    world = World(
        disk=MemoryDisk({"a": "1"}, resolution=1_000_000_000), rules={"copy": Rule(inputs=("a",), outputs=("b",))}
    )
    world.build()
    world.disk.write("a", "2")  # same size, and with clocks this coarse the same stamp
    assert world.build().names == ["copy"]


def test_early_cutoff_spares_the_readers_of_an_unchanged_output() -> None:
    world = chain()
    world.rules["a"].constant = "always the same"
    world.build()
    edit_source(world)
    ran = world.build()
    assert ran.names == ["a"]
    assert (ran.summary.ran, ran.summary.up_to_date) == (1, 2)


def test_order_only_inputs_wait_but_do_not_decide() -> None:
    world = World(
        disk=MemoryDisk({"x": "1", "y": "1"}),
        rules={
            "late": Rule(inputs=("x",), order_only=("made",), outputs=("out",)),
            "early": Rule(inputs=("y",), outputs=("made",)),
        },
    )
    assert world.build().names == ["early", "late"]
    world.disk.write("y", "2")
    assert world.build().names == ["early"]


def test_follows_waits_for_every_job_of_the_task_but_does_not_decide() -> None:
    world = World(
        disk=MemoryDisk({"x": "1", "y": "1"}),
        rules={
            "late": Rule(inputs=("x",), outputs=("out",), follows=("early",)),
            "early": Rule(inputs=("y",), outputs=("made",), follows=("first",)),
            "first": Rule(outputs=("one",)),
        },
    )
    assert world.build().names == ["first", "early", "late"]
    world.disk.write("y", "2")
    assert world.build().names == ["early"]


def test_a_job_without_inputs_and_outputs_always_runs() -> None:
    world = World(rules={"say": Rule()})
    world.build()
    assert world.reasons("say") == [AlwaysRuns()]
    assert world.build().names == ["say"]


def test_a_job_without_outputs_runs_when_its_inputs_change() -> None:
    world = World(disk=MemoryDisk({"x": "1"}), rules={"check": Rule(inputs=("x",))})
    assert world.build().names == ["check"]
    assert world.build().names == []
    world.disk.write("x", "2")
    assert world.build().names == ["check"]


def test_always_runs_and_its_readers_only_if_it_changes_something() -> None:
    world = World(
        rules={"make": Rule(outputs=("v",), always=True), "use": Rule(inputs=("v",), outputs=("u",))},
    )
    world.build()
    assert world.build().names == ["make"]


def test_forced_runs_everything() -> None:
    assert built().build(forced=True).names == ["a", "b", "app"]


def test_only_what_a_target_needs_is_built() -> None:
    assert chain().build("a").names == ["a"]


def test_a_partial_build_hides_nothing_from_the_next_one() -> None:
    world = built()
    edit_header(world)
    assert world.build("a").names == ["a"]
    assert world.build().names == ["b", "app"]


def test_a_revert_between_partial_builds_runs_only_what_saw_the_edit() -> None:
    world = built()
    edit_header(world)
    world.build("a")
    world.disk.write("h.h", "h")
    assert world.build().names == ["a"]


def fail(world: World, launch: Launch) -> JobError | None:
    world.run("a")
    return CommandFailed("exit status 1")


def test_a_failed_job_is_not_remembered_as_good_and_its_output_is_removed() -> None:
    world = chain()
    world.effects["a"] = fail
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.names == ["a"]
    assert (ran.summary.failed, ran.summary.not_run) == (1, 2)
    assert world.disk.read("a.o") is None
    assert world.reasons("a") == [FailedLastTime()]
    del world.effects["a"]
    assert world.build().names == ["a", "b", "app"]
    assert world.build().names == []


def test_failed_outputs_are_kept_on_request() -> None:
    world = chain()
    world.effects["a"] = fail
    world.build(conduct=Conduct(slots=1, keep_failed=True))
    assert world.disk.read("a.o") is not None


def test_keep_going_runs_what_does_not_need_the_failed_job() -> None:
    world = chain()
    world.effects["a"] = fail
    ran = world.build(conduct=Conduct(slots=1, keep_going=True))
    assert ran.names == ["a", "b"]
    assert (ran.summary.ran, ran.summary.failed, ran.summary.not_run) == (2, 1, 1)


def test_what_failed_last_time_goes_first() -> None:
    world = chain()
    world.effects["b"] = lambda world, launch: CommandFailed("exit status 1")
    world.build(conduct=Conduct(slots=1, keep_going=True))
    world.disk.write("a.c", "new")
    del world.effects["b"]
    assert world.build(conduct=Conduct(slots=1)).names == ["b", "a", "app"]


def test_a_job_that_appends_finds_no_old_output() -> None:
    world = chain()

    def append(world: World, launch: Launch) -> JobError | None:
        old = world.disk.read("app") or b""
        world.disk.write("app", old + b"x")
        return None

    world.effects["app"] = append
    world.build()
    world.build(forced=True)
    assert world.disk.text("app") == "x"


def test_a_missing_output_fails_the_job() -> None:
    world = chain()
    world.effects["app"] = lambda world, launch: None
    (error,) = world.build().summary.errors
    assert str(error) == (
        "pymake.toml:3: ended well but did not make its output app\n"
        "  try: make the command write there, or declare what it writes"
    )


def test_an_input_edited_during_the_run_runs_the_job_again() -> None:
    world = chain()
    edits = iter(["during"])

    def edit_meanwhile(world: World, launch: Launch) -> JobError | None:
        world.run("a")
        for text in edits:
            world.disk.write("a.c", text)
        return None

    world.effects["a"] = edit_meanwhile
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.names == ["a", "a", "b", "app"]
    assert [note.text for note in ran.reporter.of(Note)] == [
        "a a.o: input a.c was edited during the run; running it again"
    ]
    assert world.build().names == []
    assert world.disk.text("a.o") == world.content("a")


def test_an_input_removed_during_the_run_fails_the_job() -> None:
    world = chain()

    def eat(world: World, launch: Launch) -> JobError | None:
        world.run("a")
        world.disk.remove("a.c")
        return None

    world.effects["a"] = eat
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.names == ["a"]
    assert str(ran.summary.errors[0]) == "pymake.toml:1: input a.c was removed during the run"
    assert world.disk.read("a.o") is None


def test_a_discovered_input_edited_during_the_run_runs_the_job_again() -> None:
    world = chain()
    edits = iter(["during"])

    def edit_meanwhile(world: World, launch: Launch) -> JobError | None:
        world.run("a")
        for text in edits:
            world.disk.write("h.h", text)
        return None

    world.effects["a"] = edit_meanwhile
    assert world.build(conduct=Conduct(slots=1)).names == ["a", "a", "b", "app"]
    assert world.build().names == []


def test_an_input_that_never_rests_fails_the_job() -> None:
    world = chain()

    def edit_always(world: World, launch: Launch) -> JobError | None:
        world.run("a")
        world.disk.write("a.c", world.disk.text("a.c") + "x")
        return None

    world.effects["a"] = edit_always
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.names == ["a", "a", "a"]
    assert str(ran.summary.errors[0]) == "pymake.toml:1: input a.c was edited in each of 3 runs"


def test_a_generated_header_found_only_by_running_is_waited_for() -> None:
    world = World(
        disk=MemoryDisk({"a.c": "a", "h.in": "h"}),
        rules={
            "a": Rule(inputs=("a.c",), outputs=("a.o",), reads=("gen.h",)),
            "gen": Rule(inputs=("h.in",), outputs=("gen.h",)),
        },
    )
    assert world.build(conduct=Conduct(slots=1)).names == ["a", "gen", "a"]
    assert world.build().names == []
    world.disk.write("h.in", "new")
    assert world.build(conduct=Conduct(slots=1)).names == ["gen", "a"]
    assert world.disk.text("a.o") == world.content("a")


def test_a_job_that_reads_what_comes_after_it_does_not_stop_the_build() -> None:
    world = World(
        disk=MemoryDisk({"a.c": "a"}),
        rules={
            "a": Rule(inputs=("a.c",), outputs=("a.o",), reads=("list",)),
            "list": Rule(inputs=("a.o",), outputs=("list",)),
        },
    )
    assert world.build(conduct=Conduct(slots=1)).names == ["a", "list"]


def test_retries_run_a_job_again_after_their_delay() -> None:
    world = chain()
    world.rules["a"].retries = 2
    world.rules["a"].retry_delay = 5.0
    failures = iter([1, 2])

    def fail_twice(world: World, launch: Launch) -> JobError | None:
        if next(failures, None) is not None:
            return CommandFailed("exit status 1")
        world.run("a")
        return None

    world.effects["a"] = fail_twice
    before = world.disk.clock.monotonic()
    ran = world.build(conduct=Conduct(slots=1))
    assert ran.names == ["a", "b", "a", "a", "app"]
    assert ran.summary.failed == 0
    assert world.disk.clock.monotonic() - before >= 10.0
    assert [note.text for note in ran.reporter.of(Note)] == [
        "a a.o: attempt 1 of 3 failed; trying again",
        "a a.o: attempt 2 of 3 failed; trying again",
    ]


def test_a_memory_that_takes_no_more_ends_the_build_and_nothing_half_made_is_left() -> None:
    world = chain()
    world.build()
    world.disk.write("a.c", "edited")
    world.disk.write("b.c", "edited")
    refusal = StateError("cannot write .pymake/journal", facts=[("reason", "No space left on device")])

    class Full(ScratchMemory):
        def record_traces(self, traces: Sequence[Trace]) -> None:
            raise refusal

    good, world.memory = world.memory, Full()
    with pytest.raises(StateError) as caught:
        world.build(conduct=Conduct(slots=2))
    assert (caught.value, caught.value.exit_code) == (refusal, 1)
    assert (world.disk.read("a.o"), world.disk.read("b.o")) == (None, None)
    assert world.disk.read("app") is not None
    world.memory = good
    assert world.build().names == ["a", "b", "app"]


def test_an_output_that_cannot_be_removed_hides_no_failure() -> None:
    class Stubborn(MemoryDisk):
        def remove(self, path: str) -> None:
            raise PymakeError(f"cannot remove {path}", facts=[("reason", "Permission denied")])

    world = chain()
    world.disk = Stubborn({"a.c": "a", "b.c": "b", "h.h": "h"})
    world.effects["a"] = lambda world, launch: CommandFailed("exit status 1")
    ran = world.build(conduct=Conduct(slots=1))
    assert str(ran.summary.errors[0]) == (
        "pymake.toml:1: exit status 1\n  also: cannot remove a.o\n  reason: Permission denied"
    )


def test_an_interrupt_stops_the_build_and_the_next_one_goes_on() -> None:
    world = chain()

    def interrupt(world: World, launch: Launch) -> JobError | None:
        world.run("a")
        world.interrupts.send(2)
        return None

    world.effects["a"] = interrupt
    ran = world.build(conduct=Conduct(slots=2))
    assert ran.names == ["a", "b"]
    assert ran.summary.interrupted == 2
    assert [note.text for note in ran.reporter.of(Note)] == ["interrupted: ending 1 job; once more kills"]
    assert (ran.summary.ran, ran.summary.failed, ran.summary.not_run) == (2, 0, 1)
    assert world.disk.read("a.o") is not None
    assert world.disk.read("b.o") is None
    world.interrupts = type(world.interrupts)()
    del world.effects["a"]
    assert world.build().names == ["b", "app"]
