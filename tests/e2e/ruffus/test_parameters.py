"""What functions are called with: the shapes that scripts tell apart, filters, and inputs that make no job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.ruffus.program import Folder

SHAPES = """
p = Pipeline("p")
aged("one.g", 9)
aged("two.g", 8)


def task(kind, name, *args, **named):
    def function(*parameters):
        note(name, *parameters)
        if parameters and isinstance(parameters[min(1, len(parameters) - 1)], (str, list)):
            make(parameters[min(1, len(parameters) - 1)])
    return getattr(p, kind)(function, *args, name=name, **named)

"""


@pytest.mark.parametrize(
    ("declared", "seen"),
    [
        ('task("merge", "m", "*.g", "out")', ["m ['one.g', 'two.g'] out"]),
        ('task("merge", "m", "one.g", "out")', ["m one.g out"]),
        ('task("merge", "m", ["one.g", 5], "out")', ["m ['one.g', 5] out"]),
        ('task("merge", "m", None, "out")', ["m None out"]),
        ('task("merge", "m", ("one.g", ("*.g",)), "out")', ["m ('one.g', ('one.g', 'two.g')) out"]),
        ('task("merge", "m", "nothing*", "out")', ["m [] out"]),
        ('task("split", "s", "one.g", ["a", "b"], "x")', ["s one.g ['a', 'b'] x"]),
        ('task("split", "s", None, "*.part")', ["s None []"]),
        ('task("originate", "o", ["a", ["b", "c"]], "x")', ["o a x", "o ['b', 'c'] x"]),
        ('task("transform", "t", ["one.g", 5, None], suffix(".g"), ".h")', ["t one.g one.h"]),
        (
            'task("transform", "t", "*.g", suffix(".g"), ".h", r"\\\\1", "v")',
            ["t one.g one.h one v", "t two.g two.h two v"],
        ),
        ('task("transform", "t", "one.g", suffix(".g"), ".h", output_dir=".")', ["t one.g ./one.h"]),
        ('task("transform", "t", "one.g", suffix(".g"), r"a.\\\\1.h")', ["t one.g a.one.h"]),
        ('task("transform", "t", "*.g", regex(r"\\\\.g$"), ".h")', ["t one.g one.h", "t two.g two.h"]),
        ('task("transform", "t", "one.g", regex("e"), "E", "e")', ["t one.g onE.g one.g"]),
        ('task("transform", "t", "one.g", regex("^(o)ne[.]g$"), inputs("two.g"), r"\\\\1\\\\1")', ["t two.g oo"]),
        (
            'task("transform", "t", "one.g", suffix(".g"), add_inputs("two.g", ["*.g"]), ".h")',
            ["t ('one.g', 'two.g', ['one.g', 'two.g']) one.h"],
        ),
        (
            'task("transform", "t", "one.g", formatter("/o(?P<rest>[^/]+)$"), "{rest[0]}-{basename[0][0]}{ext[0]}")',
            ["t one.g ne.g-o.g"],
        ),
        ('task("collate", "c", "*.g", regex("...[.]g"), "out")', ["c ('one.g', 'two.g') out"]),
        (
            'task("collate", "c", "*.g", regex("(...)[.]g"), inputs("one.g"), "out")',
            ["c ('one.g',) out"],
        ),
        (
            'task("product", "x", "*.g", formatter(), ["one.g"], formatter(), "{basename[0][0]}-{basename[1][0]}")',
            ["x ('one.g', 'one.g') one-one", "x ('two.g', 'one.g') two-one"],
        ),
        (
            'task("permutations", "x", "*.g", formatter(), 2, "{basename[0][0]}-{basename[1][0]}")',
            ["x ('one.g', 'two.g') one-two", "x ('two.g', 'one.g') two-one"],
        ),
        (
            'task("combinations", "x", "*.g", formatter(), 2, "{basename[0][0]}-{basename[1][0]}")',
            ["x ('one.g', 'two.g') one-two"],
        ),
        (
            'task("combinations_with_replacement", "x", "*.g", formatter(), 2, "{basename[0][0]}-{basename[1][0]}")',
            ["x ('one.g', 'one.g') one-one", "x ('one.g', 'two.g') one-two", "x ('two.g', 'two.g') two-two"],
        ),
        ('task("subdivide", "s", "one.g", suffix(".g"), [".*.part", ".whole"])', ["s one.g ['one.whole']"]),
        ('task("files", "f", "one.g", "out", 5)', ["f one.g out 5"]),
        ('task("files", "f", [["one.g", "out"], [None, "more", 5]])', ["f one.g out", "f None more 5"]),
        ('task("files", "f", lambda: iter([["one.g", "out", 1]]))', ["f one.g out 1"]),
        ('task("parallel", "f", "one.g", 5)', ["f one.g 5"]),
        ('task("parallel", "f", [["a", 5], ["b"]])', ["f a 5", "f b"]),
        ('task("parallel", "f", lambda: [["a"]])', ["f a"]),
    ],
)
def test_shapes(folder: Folder, declared: str, seen: list[str]) -> None:
    assert folder.run(SHAPES + declared.replace("\\\\", "\\") + "\np.run(verbose=0)\n") == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('first = task("merge", "first", "*.g", "x.1")', ["last x.1 out"]),
        ('first = task("transform", "first", "one.g", suffix(".g"), ".1")', ["last one.1 out"]),
        ('first = task("transform", "first", ["one.g"], suffix(".g"), ".1")', ["last ['one.1'] out"]),
        ('first = task("originate", "first", "x.1")', ["last ['x.1'] out"]),
        ('first = task("split", "first", None, ["x.2", "x.1"])', ["last ['x.1', 'x.2'] out"]),
        ('first = task("files", "first", None, ["x.1"])', ["last ['x.1'] out"]),
        ('first = task("files", "first", [[None, "x.1"]])', ["last ['x.1'] out"]),
        ('first = task("originate", "first", ["x.1"]).active_if(False)', ["last [] out"]),
        ('first = [task("merge", "first", "*.g", "x.1")]', ["last ['x.1'] out"]),
        ('task("merge", "first", "*.g", "x.1"); first = output_from("first")', ["last x.1 out"]),
        (
            'task("merge", "first", "*.g", "x.1"); first = [output_from("first", "first"), "one.g"]',
            ["last ['x.1', 'x.1', 'one.g'] out"],
        ),
    ],
)
def test_what_a_merge_of_a_task_gets(folder: Folder, source: str, seen: list[str]) -> None:
    program = SHAPES + source + '\ntask("merge", "last", first, "out")\np.run(verbose=0)\n'
    assert [line for line in folder.run(program) if line.startswith("last")] == seen


def test_single_is_inherited_along_chains(folder: Folder) -> None:
    program = (
        SHAPES
        + """
one = task("merge", "one", "*.g", "x.1")
two = task("transform", "two", one, suffix(".1"), ".2")
task("merge", "last", two, "out")
p.run(verbose=0)
"""
    )
    assert folder.run(program)[-1] == "last x.2 out"


def test_a_job_whose_field_is_missing_is_dropped_and_a_missing_group_stops_the_run(folder: Folder) -> None:
    program = (
        SHAPES
        + """
task("transform", "t", "*.g", formatter(), "{nothing[0]}")
said = Said()
p.run(verbose=1, logger=said)
note(len(said.warnings), "no file names matched" in said.warnings[-1])
q = Pipeline("q")
q.transform(lambda *_: note("ran"), "*.g", regex("(o)"), r"\\2", name="t")
try:
    q.run(verbose=0)
except RethrownJobError as error:
    note("invalid group reference" in str(error), error.job_exceptions[0][2].rpartition(".")[2])
"""
    )
    assert folder.run(program) == ["1 True", "True fatal_error_input_file_does_not_match"]


def test_split_gets_what_is_there_and_its_readers_what_is_there_afterwards(folder: Folder) -> None:
    program = """
make("old.part", "in")


@split("in", "*.part")
def parts(source, outputs):
    note("parts", outputs)
    for name in outputs:
        os.remove(name)
    make("new.part")


@transform(parts, suffix(".part"), ".done")
def done(source, target):
    note("done", source)
    make(target)


pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["parts ['old.part']", "done new.part"]
    assert "old.done" not in folder.files()


def test_strings_are_files_except_where_tasks_are_named(folder: Folder) -> None:
    program = """
@originate(["first"])
def first(target):
    make(target)


@follows("first")
@merge("first", "out")
def named(source, target):
    note("named", source)
    make(target)


@merge(output_from("first"), "out2")
def task(source, target):
    note("task", source)
    make(target)


pipeline_run(["named", "task"], verbose=0)
"""
    assert sorted(folder.run(program)) == ["named first", "task ['first']"]


def test_values_of_a_run_stand_in_inputs(folder: Folder) -> None:
    program = """
make("a", "b")


@merge(["a", runtime_parameter("more")], "out")
def merged(source, target):
    note(source)
    make(target)


pipeline_run(verbose=0, runtime_data={"more": ["b"]})
try:
    pipeline_run(verbose=0)
except RethrownJobError as error:
    note(error.job_exceptions[0][2].rpartition(".")[2])
"""
    assert folder.run(program) == ["['a', 'b']", "error_missing_runtime_parameter"]


def test_paths_are_absolute_only_if_a_formatter_says_so(folder: Folder) -> None:
    program = """
make("a.x")
p = Pipeline("p")
p.transform(lambda *args: note(*args), "a.x", formatter(), "{path[0]}/{basename[0]}.y", "{basename[0]}.y", name="t")
p.run(verbose=0)
"""
    assert folder.run(program) == [f"a.x {folder.root.resolve()}/a.y a.y"]


def test_a_clone_speaks_of_its_own_tasks(folder: Folder) -> None:
    program = (
        SHAPES
        + """
one = task("originate", "one", ["x.1"])
two = task("transform", "two", one, suffix(".1"), ".2")
p.set_head_tasks([one])
p.set_tail_tasks([two])
q = p.clone("q")
q.set_output(output=["y.1"])
r = Pipeline("r")
r.merge(lambda *args: note("all", *args), [p, q], "all", name="all")
r.run(verbose=0)
note(p["one"] is one, q["one"] is one, r["all"]._get_display_name())
"""
    )
    seen = folder.run(program)
    assert seen[-2:] == ["all ['x.2', 'y.2'] all", "True False r::all"]
    assert sorted(seen[:-2]) == ["one x.1", "one y.1", "two x.1 x.2", "two y.1 y.2"]
