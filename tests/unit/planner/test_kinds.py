"""How each kind makes jobs: inputs, outputs, arguments, commands, and what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.model.ids import JobId
from pymake.model.job import Call, Command
from pymake.model.task import CommandText, Kind
from tests.unit.planner.sample import (
    FUNCTION,
    Job,
    compiled,
    error_of,
    jobs,
    merge,
    order_only,
    ref,
    suffix,
    task,
    transform,
)

if TYPE_CHECKING:
    from pymake.model.task import Task

SOURCES = ["src/b.c", "src/a.c", "src/a.h", "src/.x.c", "src/sub/d.c"]


def calls(tasks: list[Task], files: list[str]) -> list[tuple[object, ...]]:
    """The arguments of all calls."""
    plan = compiled(tasks, files).plan
    actions = [plan.action(job) for job in plan.jobs()]
    return [action.arguments for action in actions if isinstance(action, Call)]


def commands(tasks: list[Task], files: list[str], **variables: str | tuple[str, ...]) -> list[tuple[object, ...]]:
    plan = compiled(tasks, files, variables=variables).plan
    actions = [plan.action(job) for job in plan.jobs()]
    return [action.commands for action in actions if isinstance(action, Command)]


def test_a_template_makes_one_job_for_each_match() -> None:
    plan = compiled([transform("cc", "src/{name}.c", "build/{name}.o")], SOURCES).plan
    assert jobs(plan) == [Job("cc", ["src/a.c"], ["build/a.o"]), Job("cc", ["src/b.c"], ["build/b.o"])]


def test_captures_reach_extras_command_depfile_and_order_only() -> None:
    one = transform(
        "cc",
        "src/{name}.c",
        ["build/{name}.o", "build/{name}.lst"],
        extras=("-D{name}",),
        action=CommandText(commands=(("cc", "{extras[0]}", "{name}", "{input}", "{output[1]}"),)),
        depfile="{output[0]}.d",
        order_only=["gen/{name}.h"],
        files=("conf/{name}.ini",),
    )
    plan = compiled([one], ["src/a.c"]).plan
    assert plan.action(JobId(0)) == Command(commands=(("cc", "-Da", "a", "src/a.c", "build/a.lst"),))
    assert plan.depfile(JobId(0)) == "build/a.o.d"
    assert order_only(plan) == ["gen/a.h"]
    assert jobs(plan) == [Job("cc", ["src/a.c", "conf/a.ini"], ["build/a.o", "build/a.lst"])]


@pytest.mark.parametrize(
    ("given", "text", "output", "output_dir", "made"),
    [
        ("src/*.c", ".c", ".o", None, ["src/a.o", "src/b.o"]),
        ("src/*.c", ".c", ".o", "build", ["build/a.o", "build/b.o"]),
        ("src/*.c", ".c", [".o", ".lst"], "build", ["build/a.o", "build/a.lst", "build/b.o", "build/b.lst"]),
        ("src/*.c", ".c", r"\1-x.o", None, ["src/a-x.o", "src/b-x.o"]),
        ("src/*.c", ".c", r"out/\g<1>.o", None, ["out/src/a.o", "out/src/b.o"]),
        ("src/*.c", "", ".gz", None, ["src/a.c.gz", "src/b.c.gz"]),
        ("src/*", ".h", ".i", None, ["src/a.i"]),
        ("src/{n}.c", ".c", "-{n}.o", None, ["src/a-a.o", "src/b-b.o"]),
        ("src/b.c", ".c", ".o", None, ["src/b.o"]),
        (["src/b.c", "src/a.c", "src/*.c"], ".c", ".o", None, ["src/a.o", "src/b.o"]),
        ([["src/b.c", "src/a.h"]], ".c", ".o", None, ["src/b.o"]),
    ],
)
def test_suffix(given: object, text: str, output: object, output_dir: str | None, made: list[str]) -> None:
    one = transform("t", given, output, filter=suffix(text), output_dir=output_dir)
    plan = compiled([one], SOURCES).plan
    assert [path for job in jobs(plan) for path in job.outputs] == made


def test_a_suffix_leaves_its_prefix_for_extras() -> None:
    one = transform("t", "src/b.c", ".o", filter=suffix(".c"), extras=(r"\1.x", "as it is", 5), action=FUNCTION)
    assert calls([one], SOURCES) == [("src/b.c", "src/b.o", "src/b.x", "as it is", 5)]


def test_originate_makes_a_job_of_each_output() -> None:
    one = task("o", None, ["a", ["b", "c"]], kind=Kind.ORIGINATE, extras=(1,), action=FUNCTION)
    assert calls([one], []) == [("a", 1), (["b", "c"], 1)]
    assert jobs(compiled([one]).plan) == [Job("o", [], ["a"]), Job("o", [], ["b", "c"])]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("src/a.c", "src/a.c"),
        ("./src//a.c", "src/a.c"),
        ("src/*.c", ["src/a.c", "src/b.c"]),
        (["x", "src/*.c", "y"], ["x", "src/a.c", "src/b.c", "y"]),
        (["x", ["src/*.c"], ("y", 5)], ["x", ["src/a.c", "src/b.c"], ("y", 5)]),
        (("x", ref("objects")), ("x", "o/a.o", "o/b.o")),
        (ref("objects"), ["o/a.o", "o/b.o"]),
        (ref("all"), "o/all"),
        ([ref("all")], ["o/all"]),
        (ref("pair"), ["p", "q"]),
        ([ref("pair")], [["p", "q"]]),
        (ref("renamed"), "o/all.x"),
        (ref("origin"), ["x", "y"]),
        (ref("group"), ["src/a.c", "src/b.c"]),
        ({"x"}, {"x"}),
        ("/r/src/a.c", "src/a.c"),
        ("src/{name}.c", ["src/a.c", "src/b.c"]),
    ],
)
@pytest.mark.parametrize("kind", [Kind.TASK, Kind.MERGE])
def test_the_input_of_a_single_job(kind: Kind, given: object, expected: object) -> None:
    others = [
        transform("objects", "src/{n}.c", "o/{n}.o"),
        merge("all", ref("objects"), "o/all"),
        transform("renamed", ref("all"), ".x", filter=suffix("")),
        task("pair", "src/a.c", ["p", "q"]),
        task("origin", None, ["y", "x"], kind=Kind.ORIGINATE),
        task("group", "src/*.c", action=None),
    ]
    assert calls([task("last", given, "out", kind=kind, action=FUNCTION), *others], SOURCES) == [(expected, "out")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ref("pair"), [["p", "q"]]),
        ([ref("pair")], [["p", "q"]]),
        (["z", ref("pair"), ("a", "b")], [("a", "b"), ["p", "q"], "z"]),
    ],
)
def test_the_elements_of_a_transform(given: object, expected: list[object]) -> None:
    tasks = [
        task("pair", "src/a.c", ["p", "q"]),
        transform("t", given, ".x", filter=suffix(""), action=FUNCTION),
    ]
    assert [arguments[0] for arguments in calls(tasks, SOURCES)] == expected


def test_order_of_declaration_does_not_matter() -> None:
    tasks = [
        merge("link", "build/*.o", "app"),
        transform("cc", ["gen/{n}.c", "src/{n}.c"], "build/{n}.o"),
        transform("gen", "src/{n}.y", "gen/{n}.c"),
    ]
    files = ["src/main.c", "src/parse.y"]
    forwards = {job.task: job for job in jobs(compiled(tasks, files).plan)}
    assert forwards["link"] == Job("link", ["build/main.o", "build/parse.o"], ["app"])
    assert {job.task: job for job in jobs(compiled(tasks[::-1], files).plan)} == forwards


def test_jobs_stand_in_the_order_of_the_build_file() -> None:
    tasks = [merge("link", ref("cc"), "app"), transform("cc", "src/{n}.c", "{n}.o")]
    assert [job.task for job in jobs(compiled(tasks, SOURCES).plan)] == ["link", "cc", "cc"]


def test_orphans_are_not_matched_unless_they_are_made_again() -> None:
    tasks = [merge("link", "o/*.o", "app"), transform("cc", "src/{n}.c", "o/{n}.o")]
    plan = compiled(tasks, ["src/a.c", "o/a.o", "o/old.o"], orphans=["o/old.o", "o/a.o"]).plan
    assert jobs(plan)[0].inputs == ["o/a.o"]


def test_a_pattern_never_matches_outputs_of_its_own_task() -> None:
    tasks = [
        merge("all", "d/*.txt", "d/all.txt"),
        transform("up", "{n}.t", "{n}.up.t"),
    ]
    files = ["d/a.txt", "d/all.txt", "x.t", "x.up.t", "y.up.up.t"]
    assert jobs(compiled(tasks, files).plan) == [
        Job("all", ["d/a.txt"], ["d/all.txt"]),
        Job("up", ["x.t"], ["x.up.t"]),
        Job("up", ["y.up.up.t"], ["y.up.up.up.t"]),
    ]


@pytest.mark.parametrize(
    ("one", "warnings"),
    [
        (transform("t", "no/{n}.c", "{n}.o"), ("b.toml:10: task t: nothing matches no/{n}.c",)),
        (
            merge("t", "no/*.c", "x"),
            ("b.toml:10: task t: nothing matches no/*.c", "b.toml:10: task t: no input, so no job"),
        ),
        (merge("t", [], "x"), ("b.toml:10: task t: no input, so no job",)),
        (
            task("t", ["no/*.c"], "x"),
            ("b.toml:10: task t: nothing matches no/*.c", "b.toml:10: task t: no input, so no job"),
        ),
        (task("t", "no/a.c", "x", active=False), ()),
    ],
)
def test_no_job(one: Task, warnings: tuple[str, ...]) -> None:
    found = compiled([one])
    assert (jobs(found.plan), found.warnings) == ([], warnings)


def test_what_makes_no_job_has_no_output() -> None:
    tasks = [merge("first", "no/*", "o/x"), merge("second", "o/*", "y"), task("third", ["a", ref("first")], "z")]
    found = compiled(tasks, ["a"])
    assert jobs(found.plan) == [Job("third", ["a"], ["z"])]


def test_a_task_may_have_no_input_at_all() -> None:
    assert calls([task("t", None, "x", action=FUNCTION)], []) == [(None, "x")]
    assert calls([task("t", action=FUNCTION, extras=(1,))], []) == [(1,)]


def test_variables_are_replaced_everywhere() -> None:
    one = task(
        "t",
        ["{list}", "{dir}/x"],
        ["{dir}/{base}.o", "{outs}"],
        variables={"base": "b", "list": ("p", "q{1}", "src/*.c")},
        action=CommandText(commands=(("{cc}", "{flags}", "{input}", "{extras}", "{output}"),)),
        extras=("-D{dir}", "{flags}"),
        depfile="{dir}/d",
        order_only=["{dir}/first"],
        files=("{dir}/conf",),
    )
    plan = compiled(
        [one],
        SOURCES,
        variables={"dir": "w", "base": "wrong", "cc": "clang", "flags": ("-a", "-b"), "outs": ("u", "v")},
    ).plan
    inputs = ["p", "q{1}", "src/a.c", "src/b.c", "w/x"]
    outputs = ["w/b.o", "u", "v"]
    assert jobs(plan) == [Job("t", [*inputs, "w/conf"], outputs)]
    assert plan.action(JobId(0)) == Command(
        commands=(("clang", "-a", "-b", *inputs, "-Dw", "-a", "-b", *outputs),),
    )
    assert plan.depfile(JobId(0)) == "w/d"
    assert order_only(plan) == ["w/first"]


def test_a_variable_comes_before_a_capture_of_its_name() -> None:
    one = transform("t", "src/{n}.{ext}", "{n}.o", action=CommandText(commands=(("x", "{n}", "{ext}"),)))
    assert commands([one], SOURCES, ext="h") == [((("x", "a", "h"),))]


def test_paths_in_a_command_work_from_its_folder() -> None:
    one = task("t", ["sub/a", "b", "/x"], "o/c", cwd="sub", depfile="{output}.d")
    plan = compiled([one]).plan
    assert plan.action(JobId(0)) == Command(commands=(("cp", "a", "../b", "/x", "../o/c"),), cwd="sub")
    assert plan.depfile(JobId(0)) == "o/c.d"
    assert calls([task("t", "b", "sub/c", cwd="sub", action=FUNCTION)], []) == [("../b", "c")]


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (
            transform("t", "src/*.h", ".o", filter=suffix(".c")),
            (
                "BuildFileError b.toml:10: task t: no input ends in .c\n"
                "  input: src/a.h\n"
                "  try: the suffix is the end of the input's name, with its dot"
            ),
        ),
        (
            transform("t", "src/{name}.c", "build/x.o"),
            (
                "BuildFileError b.toml:10: task t: the output has none of the captures of the input\n"
                "  output: build/x.o\n"
                "  captures: {name}\n"
                "  try: give every job an output of its own: write {name} in the output"
            ),
        ),
        (
            transform("t", "src/{name}.c", "{nam}.x"),
            "BuildFileError b.toml:10: task t: unknown field {nam}\n  try: {name}",
        ),
        (
            transform("t", "{dir}/{name}.c", "{dir}.o"),
            (
                "PlanError b.toml:10: two jobs of task t make src.o\n"
                "  from: src/a.c\n"
                "  and from: src/b.c\n"
                "  try: give every job an output of its own: use all captures of the input in the output"
            ),
        ),
        (
            transform("t", ["src/{n}.c", 5], "{n}.o"),
            (
                "BuildFileError b.toml:10: task t: the input 5 is no file name\n"
                "  try: give other values to the jobs as extras"
            ),
        ),
        (
            task("t", "a", "*/"),
            (
                "BuildFileError b.toml:10: task t: the output */ is a pattern of folders, "
                "and a pattern stands for files\n"
                "  try: name the folder, or match the files in it: */*"
            ),
        ),
        (
            task("t", "a", ["x", "b/../a"]),
            "BuildFileError b.toml:10: task t: a is both input and output of one job\n  try: write to another file",
        ),
        (
            task("t", "a", ["x", "./x"]),
            "BuildFileError b.toml:10: task t names the output x twice",
        ),
        (
            task("t", "a", "x", action=None),
            (
                "BuildFileError b.toml:10: task t has nothing to run, and so cannot make anything\n"
                "  try: give it a command or a function"
            ),
        ),
        (
            task("t", "a", "x", output_dir="d"),
            (
                "BuildFileError b.toml:10: task t: output_dir needs a suffix\n"
                "  try: name the folder in the output, as in build/{name}.o"
            ),
        ),
        (
            task("t", "src/{n", "x"),
            (
                "BuildFileError b.toml:10: task t: a { without a } in src/{n\n"
                "  try: write {{ and }} for braces that are meant as they are"
            ),
        ),
        (
            task("t", "a", "x", action=CommandText(commands=("cp {inputs} {output}",))),
            "BuildFileError b.toml:10: task t: unknown field {inputs}\n  try: {input}",
        ),
    ],
)
def test_what_cannot_be(one: Task, text: str) -> None:
    assert error_of([one], SOURCES) == text


def test_an_escaped_output_is_a_name() -> None:
    assert jobs(compiled([task("t", "a", "x[[]1].o")]).plan)[0].outputs == ["x[1].o"]
