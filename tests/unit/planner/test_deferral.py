"""Which tasks wait for outputs that are known only after a run, and what they are expanded to then."""

from __future__ import annotations

import pytest

from pymake.errors import PlanError
from pymake.model.outputs import OpenOutput, fits, open_texts, spliced
from pymake.model.task import Formatter, Kind, Regex, Task
from tests.unit.planner.sample import FUNCTION, Job, compiled, error_of, jobs, merge, ref, suffix, task, transform

SPLIT = task("split", "big", "parts/*.txt", kind=Kind.SPLIT)


def waiting(tasks: list[Task], files: str = "big", orphans: str = "") -> dict[str, tuple[str, ...]]:
    return dict(compiled(tasks, files.split(), orphans=orphans.split()).compiler.deferred)


@pytest.mark.parametrize(
    ("reader", "is_deferred"),
    [
        (transform("t", ref("split"), "{x}", filter=suffix(".txt")), True),
        (merge("t", "parts/*.txt", "all"), True),
        (merge("t", "parts/{n}.txt", "all"), True),
        (merge("t", "**/*.txt", "all"), True),
        (merge("t", "*.txt", "all"), False),
        (merge("t", "other/*.txt", "all"), False),
        (merge("t", "parts/*.csv", "all"), False),
        (task("t", "parts/7.txt", "x"), True),
        (task("t", "parts/", "x"), True),
        (task("t", "big", "x", order_only="parts/*.txt"), True),
        (task("t", "big", "x", files=("parts/1.txt",)), True),
        (task("t", "big", "x"), False),
        (task("t", ref("split"), action=None), True),
    ],
)
def test_who_may_read_open_outputs_is_deferred(reader: Task, is_deferred: bool) -> None:
    assert waiting([reader, SPLIT]) == ({"t": ("split",)} if is_deferred else {})


def test_readers_of_readers_wait_too_and_come_after_them() -> None:
    tasks = [
        merge("all", ref("up"), "all.txt"),
        task("use", "all.txt", "used"),
        transform("up", ref("split"), ".up", filter=suffix(".txt")),
        SPLIT,
        task("alone", "big", "b"),
    ]
    assert list(waiting(tasks).items()) == [("up", ("split",)), ("all", ("up",)), ("use", ("all",))]
    assert jobs(compiled(tasks, ["big"]).plan) == [Job("split", ["big"], []), Job("alone", ["big"], ["b"])]


def test_a_vague_shape_makes_no_two_tasks_wait_for_each_other() -> None:
    tasks = [
        task("split", "data/*.txt", "parts/*.txt", kind=Kind.SPLIT),
        transform("copy", ref("split"), r"\1.txt", filter=Regex(pattern="(.*)")),
        task("use", "notes.txt", "used"),
    ]
    assert waiting(tasks, "data/a.txt notes.txt") == {"copy": ("split",)}
    assert waiting(tasks, "data/a.txt notes.txt", orphans="notes.txt") == {"copy": ("split",), "use": ("copy",)}


def test_a_circle_of_open_tasks_is_an_error() -> None:
    tasks = [task("a", ref("b"), "a/*", kind=Kind.SPLIT), task("b", ref("a"), "b/*", kind=Kind.SPLIT)]
    assert error_of(tasks) == (
        "PlanError b.toml:10: a cycle of tasks: each has the next one as input\n"
        "  a: b.toml:10\n  b: b.toml:20\n"
        "  try: name files instead of a task in one of them"
    )


def test_an_expanded_task_has_a_job_for_each_found_output() -> None:
    found = compiled([SPLIT, transform("up", ref("split"), ".up", filter=suffix(".txt"))], ["big"])
    plan, compiler = found.plan, found.compiler
    plan.add_found(plan.open_jobs()[0], ["parts/1.txt", "parts/2.txt"])
    assert compiler.expand("up", look_again=True) == ()
    assert jobs(plan) == [
        Job("split", ["big"], ["parts/1.txt", "parts/2.txt"]),
        Job("up", ["parts/1.txt"], ["parts/1.up"]),
        Job("up", ["parts/2.txt"], ["parts/2.up"]),
    ]
    assert compiler.deferred == {}


def test_no_output_means_no_job_and_a_warning() -> None:
    found = compiled([SPLIT, merge("all", ref("split"), "all")], ["big"])
    found.plan.add_found(found.plan.open_jobs()[0], [])
    assert found.compiler.expand("all", look_again=True) == ("b.toml:20: task all: no input, so no job",)


def test_a_glob_sees_found_outputs_and_files_that_are_there_but_no_orphans() -> None:
    found = compiled(
        [SPLIT, merge("all", "parts/*.txt", "all")], ["big", "parts/mine.txt", "parts/9.txt"], orphans=["parts/9.txt"]
    )
    found.plan.add_found(found.plan.open_jobs()[0], ["parts/1.txt"])
    found.compiler.expand("all", look_again=True)
    assert jobs(found.plan)[-1] == Job("all", ["parts/1.txt", "parts/mine.txt"], ["all"])


def test_patterns_take_part_in_naming_and_names_in_patterns_are_literal() -> None:
    tasks = [task("t", "{x}.in", ["out/{x}/*.txt", "{x}.log"], kind=Kind.SUBDIVIDE)]
    plan = compiled(tasks, ["a[1].in"]).plan
    (job,) = plan.open_jobs()
    assert (plan.patterns(job), plan.output_paths(job)) == (("out/a[[]1]/*.txt",), ("a[1].log",))
    assert fits(plan.patterns(job), "out/a[1]/z.txt")


@pytest.mark.parametrize(
    ("one", "patterns"),
    [
        (task("t", "a/*.in", ".*.txt", kind=Kind.SUBDIVIDE, filter=suffix(".in")), ["a/x.*.txt"]),
        (task("t", "a/*.in", "*.txt", kind=Kind.SUBDIVIDE, filter=suffix(".in"), output_dir="o"), ["o/x*.txt"]),
        (task("t", "a/*.in", r"b/\1.*", kind=Kind.SUBDIVIDE, filter=Regex(pattern=r"^a/(.)\.in$")), ["b/x.*"]),
        (
            task("t", "a/*.in", "{subpath[0][1]}/{basename[0]}_?.txt", kind=Kind.SUBDIVIDE, filter=Formatter()),
            ["x_?.txt"],
        ),
        (task("t", None, "o/*", kind=Kind.ORIGINATE), ["o/*"]),
        (task("t", "a/x.in", "{n}*"), ["v*"]),
    ],
)
def test_outputs_of_every_kind_may_be_patterns(one: Task, patterns: list[str]) -> None:
    plan = compiled([one], ["a/x.in"], variables={"n": "v"}).plan
    assert [pattern for job in plan.open_jobs() for pattern in plan.patterns(job)] == patterns


def test_an_input_pattern_never_matches_outputs_of_the_same_task() -> None:
    plan = compiled([task("t", "data*.txt", "data_part*.txt", kind=Kind.SPLIT)], ["data.txt", "data_part1.txt"]).plan
    assert jobs(plan) == [Job("t", ["data.txt"], [])]


def test_two_jobs_with_one_pattern_are_two_makers() -> None:
    with pytest.raises(PlanError, match=r"two jobs of task t make parts/\*"):
        compiled([task("t", "*.in", r"parts/*", kind=Kind.SUBDIVIDE, filter=Regex(pattern=".*"))], ["a.in", "b.in"])


def test_a_call_and_a_command_get_the_pattern() -> None:
    plan = compiled([SPLIT, task("f", "big", ["o/*", "x"], action=FUNCTION)], ["big"]).plan
    commands, call = (plan.action(job) for job in plan.open_jobs())
    assert repr(commands) == "Command(commands=(('cp', 'big', 'parts/*.txt'),), cwd=None)"
    assert repr(call) == "Call(task='f', arguments=('big', ['o/*', 'x']), cwd=None)"


def test_found_outputs_are_spliced_where_the_pattern_stands() -> None:
    value = ("log", [OpenOutput(text="*.a"), 1], {OpenOutput(text="*.b")})
    assert open_texts(value) == ["*.a", "*.b"]
    assert spliced(value, ["2.a", "1.a", "1.b"]) == ("log", ["1.a", "2.a", 1], {"1.b"})
