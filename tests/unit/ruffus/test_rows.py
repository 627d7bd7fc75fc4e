"""Every row of the vocabulary of Ruffus that says what jobs there are, what they are called with and when they run.

The ids name section and row of the catalogue: 2 data model, 3 arguments, 4 names, 5 decorators, 6 objects, 7 running,
8 staleness, 9 errors, 10 printing, 17 traps. What needs processes, signals or a program of its own stands in
`tests/e2e/ruffus`: 7 `multiprocess`, `history_file`; 9 exceptions, Ctrl-C and dead workers; 10 what a run says.
Flowcharts (11) stand in `test_flowchart`, the modules (12) in `test_modules`, wrong arguments (3) in `test_arguments`,
the rule by times (8.2) in `test_timestamps`, the classes (13) in `test_exceptions`.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake import ruffus
from pymake.executors.manners import PausingExecutor
from pymake.ruffus import (
    Pipeline,
    add_inputs,
    combine,
    formatter,
    inputs,
    mkdir,
    output_from,
    pipeline_get_task_names,
    regex,
    runtime_parameter,
    suffix,
    touch_file,
)
from pymake.ruffus import ruffus_exceptions as errors
from pymake.ruffus.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.ruffus.bench import Bench

    Check = Callable[[Bench], None]

ROWS: dict[str, Check] = {}


def row(name: str) -> Callable[[Check], Check]:
    """The test of the row of this name."""

    def take(check: Check) -> Check:
        assert name not in ROWS, "each row has one test"
        ROWS[name] = check
        return check

    return take


# 2 Data model


@row("2.1 names are the texts in lists, tuples and sets; a dict, a number, None are none")
def _(b: Bench) -> None:
    b.make("a", "b", "c")
    b.p.merge(b.job, ["a", ("b", {"c"}), {"k": "gone"}, 5, None], "out")
    assert b.run() == [(["a", ("b", {"c"}), {"k": "gone"}, 5, None], "out")]
    assert b.run() == []  # had "gone" been a name, an input would be missing


@row("2.1 a path object is a name where each input makes a job")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.job, [Path("a.1")], suffix(".1"), ".2")
    assert b.run() == [("a.1", "a.2")]


@row("2.1 a text with a star, a question mark or brackets is a pattern, its matches are sorted")
def _(b: Bench) -> None:
    b.make("b1", "a1", "a2", ".a1")
    b.p.merge(b.noted, ["a[12]", "?1"], "out")
    assert b.run() == [(["a1", "a2", "a1", "b1"], "out")]


@row("2.1 a pattern is not expanded in the output of a transform")
def _(b: Bench) -> None:
    b.make("a.1", "a.x")
    b.p.transform(b.noted, "a.1", suffix(".1"), ".*")
    assert b.run() == [("a.1", "a.*")]


@row("2.1 a name with brackets is a name if there is such a file")
def _(b: Bench) -> None:
    b.make("a[1].x")
    b.p.transform(b.job, "a[1].x", suffix(".x"), ".y")
    assert b.run() == [("a[1].x", "a[1].y")]
    assert b.run() == []


@row("2.2 a pattern as the whole parameter is a list")
def _(b: Bench) -> None:
    b.make("a1", "a2")
    b.p.merge(b.noted, "a*", "out")
    assert b.inputs() == [["a1", "a2"]]


@row("2.2 a pattern or task in a list or tuple of any depth is spliced into it")
def _(b: Bench) -> None:
    b.make("a1", "a2")
    first = b.p.originate(b.first, ["m", "n"])
    b.p.merge(b.noted, ("x", ["y", "a*"], first), "out", name="after").follows(first)
    b.make("x", "y")
    assert b.inputs()[-1] == ("x", ["y", "a1", "a2"], "m", "n")


@row("2.2 a plain text as the whole parameter is one job of a transform, and passed bare to merge and split")
def _(b: Bench) -> None:
    b.make("a")
    b.p.transform(b.job, "a", regex("a"), "b", name="t")
    b.p.merge(b.job, "a", "m", name="m")
    b.p.split(b.job, "a", ["s1", "s2"], name="s")
    assert sorted(map(str, b.run())) == ["('a', 'b')", "('a', 'm')", "('a', ['s1', 's2'])"]


@row("2.2 list, tuple and set keep their type")
def _(b: Bench) -> None:
    b.make("a", "b")
    b.p.merge(b.noted, [("a",), {"b"}, ["a"]], ("out", ["p", {"q"}]))
    assert b.run() == [([("a",), {"b"}, ["a"]], ("out", ["p", {"q"}]))]


@row("2.2 a pattern sees the files that earlier tasks of the same run have made")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, ["x.1", "x.2"])
    b.p.merge(b.noted, "x.*", "out", name="after").follows(first)
    assert b.inputs()[-1] == ["x.1", "x.2"]


@row("2.3 a reader sees an element for each job, sorted")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, ["b", "a", ["d", "c"]])
    b.p.merge(b.noted, first, "out", name="after")
    assert b.inputs()[-1] == [["d", "c"], "a", "b"]


@row("2.3 each output of split and subdivide is an element of its own")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    parts = b.p.subdivide(b.making("a.x", "b.y", "f"), "*.1", formatter(), ["{basename[0]}.[xy]", "f"], name="s")
    b.p.merge(b.noted, parts, "out", name="after")
    assert b.inputs()[-1] == ["a.x", "b.y", "f", "f"]


@row("2.3 a single job with a single output is passed bare to merge, split and files")
def _(b: Bench) -> None:
    b.make("a", "b")
    one = b.p.merge(b.job, ["a", "b"], "one", name="one")
    b.p.merge(b.job, one, "m", name="m")
    b.p.split(b.job, one, ["s"], name="s")
    b.p.files(b.job, one, "f", name="f")
    assert [call[0] for call in b.run()][1:] == ["one", "one", "one"]


@row("2.3 single is inherited through transforms of exactly one task")
def _(b: Bench) -> None:
    b.make("a", "b")
    one = b.p.merge(b.job, ["a", "b"], "x.1", name="one")
    two = b.p.transform(b.job, one, suffix(".1"), ".2", name="two")
    b.p.merge(b.job, two, "m", name="m")
    assert b.run()[1:] == [("x.1", "x.2"), ("x.2", "m")]


@row("2.3 originate of one name is not single")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, "one")
    b.p.merge(b.job, first, "m", name="m")
    assert b.run() == [("one",), (["one"], "m")]


@row("2.3 an inactive task makes nothing")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, ["a"]).active_if(False)
    b.p.merge(b.job, first, "m", name="m")
    assert b.run() == [([], "m")]


# 2.4 What the function is called with


@row("2.4 split and subdivide get what matches now, the next task what matches afterwards")
def _(b: Bench) -> None:
    b.make("in.1")
    parts = b.p.split(b.making("p.a", "p.b"), "in.1", "p.*", name="parts")
    b.p.merge(b.noted, parts, "out", name="after")
    assert b.run() == [("in.1", []), (["p.a", "p.b"], "out")]
    b.make("in.1", age=-5)
    assert b.run(parts) == [("in.1", ["p.a", "p.b"])]


@row("2.4 collate and the combinatorics get tuples")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    b.p.collate(b.job, "*.1", regex(r".\.1"), "c", name="c")
    b.p.product(b.job, "a.1", formatter(), "b.1", formatter(), "{basename[0][0]}{basename[1][0]}.p", name="p")
    b.p.permutations(b.job, "*.1", formatter(), 2, "{basename[0][0]}{basename[1][0]}.m", name="m")
    b.p.combinations(b.job, "*.1", formatter(), 2, "{basename[0][0]}{basename[1][0]}.k", name="k")
    b.p.combinations_with_replacement(b.job, "*.1", formatter(), 2, "{basename[0][0]}{basename[1][0]}.w", name="w")
    ab, ba, aa, bb = ("a.1", "b.1"), ("b.1", "a.1"), ("a.1", "a.1"), ("b.1", "b.1")
    assert sorted(b.run(), key=str) == sorted(
        [(ab, "c"), (ab, "ab.p"), (ab, "ab.m"), (ba, "ba.m"), (ab, "ab.k"), (aa, "aa.w"), (ab, "ab.w"), (bb, "bb.w")],
        key=str,
    )


@row("2.4 files and parallel are called with their parameters, a plain function with none")
def _(b: Bench) -> None:
    b.make("a")
    b.p.files(b.noted, [["a", "b", 1], [None, "c"]], name="f")
    b.p.parallel(b.noted, [["x", 1], ["y"]], name="p")
    b.p.follows(b.noted, "p", name="plain")
    assert sorted(map(str, b.run())) == ["('a', 'b', 1)", "('x', 1)", "('y',)", "()", "(None, 'c')"]


@row("2.4 add_inputs makes a tuple, inputs exactly its argument")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", "x", "y")
    b.p.transform(b.job, "*.1", suffix(".1"), add_inputs("x", ["y"]), ".add", name="add")
    b.p.transform(b.job, "*.1", suffix(".1"), inputs(["x", "y"]), ".in", name="in")
    assert b.run("add") == [(("a.1", "x", ["y"]), "a.add"), (("b.1", "x", ["y"]), "b.add")]
    assert b.run("in") == [(["x", "y"], "a.in"), (["x", "y"], "b.in")]


@row("2.4 in a collate each member becomes such a tuple; equal neighbours become one")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", "x")
    b.p.collate(b.job, "*.1", regex(r".\.1"), add_inputs("x"), "c", name="c")
    b.p.collate(b.job, "*.1", regex(r".\.1"), inputs("x"), "d", name="d")
    assert b.run("c") == [((("a.1", "x"), ("b.1", "x")), "c")]
    assert b.run("d") == [(("x",), "d")]


@row("2.4 a job that does not make its output is no failure")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", suffix(".1"), ".2")
    assert b.run() == b.run() == [("a.1", "a.2")]


@row("2.4 jobs of transform are in the order of their texts, combinatorics keep the order given")
def _(b: Bench) -> None:
    b.make("c.1", "a.1", "b.1")
    b.p.transform(b.job, ["c.1", "a.1", "b.1"], suffix(".1"), ".t", name="t")
    b.p.combinations(b.job, ["c.1", "a.1", "b.1"], formatter(), 1, "{basename[0][0]}.k", name="k")
    assert b.inputs("t") == ["a.1", "b.1", "c.1"]
    assert b.inputs("k") == [("c.1",), ("a.1",), ("b.1",)]


@row("2.4 collate groups by output and extras")
def _(b: Bench) -> None:
    b.make("a.1", "a.2", "b.1", "b.2")
    b.p.collate(b.job, "*.[12]", regex(r"(.)\.(.)"), r"\1.all", [r"\2"])
    assert b.run() == [
        (("a.1",), "a.all", ["1"]),
        (("a.2",), "a.all", ["2"]),
        (("b.1",), "b.all", ["1"]),
        (("b.2",), "b.all", ["2"]),
    ]


# 3 Arguments


@row("3 named arguments are those by position")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", "x")
    b.p.transform(
        b.job, input="a.1", filter=suffix(".1"), add_inputs=("x",), output=".2", extras=[7], output_dir="d", name="t"
    )
    Path("d").mkdir()
    b.p.product(
        b.job, input="a.1", filter=formatter(), input2="b.1", filter2=formatter(), output="{basename[1][0]}.p", name="p"
    )
    assert b.run("t") == [(("a.1", "x"), "d/a.2", 7)]
    assert b.run("p") == [(("a.1", "b.1"), "b.p")]


@row("3 a missing input is an empty list")
def _(b: Bench) -> None:
    b.p.transform(b.job, filter=suffix(".1"), output=".2")
    assert b.run() == []


@row("3 a filter of the wrong kind is found when the pipeline is set up")
def _(b: Bench) -> None:
    b.p.collate(b.job, "*.1", suffix(".1"), ".2")
    with pytest.raises(errors.error_task_collate):
        b.run()


@row("3 the combinatorics take the text of any filter as that of a formatter")
def _(b: Bench) -> None:
    b.make("a.1", "b.2")
    b.p.combinations(b.job, ["a.1", "b.2"], suffix(r"\.1$"), 1, "{basename[0][0]}.k")
    assert b.run() == [(("a.1",), "a.k")]


@row("3 extras as a dict are taken and not passed, in an unknown form refused")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.job, "a.1", suffix(".1"), ".2", extras={"k": 1}, name="t")
    assert b.run() == [("a.1", "a.2")]
    with pytest.raises(errors.error_extras_wrong_type):
        b.p.transform(b.job, "a.1", suffix(".1"), ".3", extras=(1,), name="u")


@row("3 add_inputs= must be a tuple, which is found when it runs")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.job, "a.1", suffix(".1"), ".2", add_inputs=["x"])
    with pytest.raises(errors.RethrownJobError, match="TypeError"):
        b.run()


@row("3 inputs takes one argument")
def _(b: Bench) -> None:
    with pytest.raises(errors.error_inputs_multiple_args):
        b.p.transform(b.job, "a.1", suffix(".1"), inputs("x", "y"), ".2")


@row("3 extras are kept by reference")
def _(b: Bench) -> None:
    b.make("a")
    extra = [1]
    b.p.merge(b.job, "a", "b", extra)
    extra.append(2)
    assert b.run() == [("a", "b", [1, 2])]


# 4 Names


@row("4 substitution reaches texts at any depth of output and extras, and not into dicts")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.job, "a.1", regex("(.).1"), [r"\1.x", (r"\1.y",)], [r"\1", {r"\1": r"\1"}], 5)
    assert b.run() == [("a.1", ["a.x", ("a.y",)], ["a", {r"\1": r"\1"}], 5)]


@row("4.1 suffix: the prefix is implied in outputs, unless the output names it")
def _(b: Bench) -> None:
    b.make("d/a.1")
    b.p.transform(b.noted, "d/a.1", suffix(".1"), [".2", r"\1.3", r"x/\g<1>.4"])
    assert b.outputs() == [["d/a.2", "d/a.3", "x/d/a.4"]]


@row("4.1 suffix: elsewhere a text is taken whole")
def _(b: Bench) -> None:
    b.make("a.1", "x", "a.more")
    b.p.transform(b.job, "a.1", suffix(".1"), add_inputs("x", r"\1.more"), ".2", ".e", r"\1.e")
    assert b.run() == [(("a.1", "x", "a.more"), "a.2", ".e", "a.e")]


@row("4.1 suffix: looks at the first name")
def _(b: Bench) -> None:
    b.make("a.1", "b.2")
    b.p.transform(b.job, [["a.1", "b.2"], ["b.2", "a.1"]], suffix(".1"), ".3")
    assert b.run() == [(["a.1", "b.2"], "a.3")]


@row("4.1 suffix: output_dir counts for references too")
def _(b: Bench) -> None:
    b.make("d/a.1", "o/k")
    b.p.transform(b.job, "d/a.1", suffix(".1"), ".2", r"\1", output_dir="o")
    assert b.run() == [("d/a.1", "o/a.2", "o/a")]


@row("4.1 suffix: braces mean nothing")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", suffix(".1"), ".{basename[0]}", "{x}")
    assert b.run() == [("a.1", "a.{basename[0]}", "{x}")]


@row("4.2 regex: every match is replaced and the rest of the name kept")
def _(b: Bench) -> None:
    b.make("d/a1b1.c")
    b.p.transform(b.noted, "d/a1b1.c", regex("1"), "2", name="t")
    b.p.transform(b.noted, "d/a1b1.c", regex(r"\.c$"), ".o", name="u")
    b.p.transform(b.noted, "d/a1b1.c", regex(".*"), "same", name="v")
    assert b.outputs() == ["d/a2b2.c", "d/a1b1.o", "samesame"]


@row("4.2 regex: groups by number and name, empty where they took no part")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", regex(r"(?P<n>\w)(x)?\.(\d)"), r"\g<n>-\2-\g<3>")
    assert b.outputs() == ["a--1"]


@row("4.2 regex: what does not match makes no job, even if the text has no reference")
def _(b: Bench) -> None:
    b.make("a.1", "b.2")
    b.p.transform(b.noted, "*.?", regex(r"\.1$"), "const")
    assert b.inputs() == ["a.1"]


@row("4.2 regex: an unknown group stops everything")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", regex(r"(.)\.1"), r"\2")
    with pytest.raises(errors.RethrownJobError, match="invalid group reference"):
        b.run()


@row("4.2 regex: a broken expression is found when the pipeline is set up")
def _(b: Bench) -> None:
    b.p.transform(b.noted, "a.1", regex("("), "x")
    with pytest.raises(errors.error_task_transform, match="is malformed"):
        b.run()


@row("4.2 regex: a forgotten raw text is told")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", regex(r"(.)\.1"), "\1.2")
    with pytest.raises(errors.RethrownJobError, match="error_unescaped_regular_expression_forms"):
        b.run()


@row("4.3 formatter: all fields, of absolute paths")
def _(b: Bench) -> None:
    b.make("c/name.tar.gz")
    here = os.getcwd()
    texts = [
        "{path[0]}",
        "{basename[0]}",
        "{ext[0]}",
        "{subpath[0][1]}",
        "{subdir[0][0]}",
        "{0[0]}",
        "{1[0]}",
        "{n[0]}",
    ]
    b.p.transform(b.noted, "c/name.tar.gz", formatter(r"/(na)(?P<n>me)\.tar"), "out", texts)
    assert b.run() == [("c/name.tar.gz", "out", [f"{here}/c", "name.tar", ".gz", here, "c", "/name.tar", "na", "me"])]


@row("4.3 formatter: an expression for each file, None for no test")
def _(b: Bench) -> None:
    b.make("a.1", "b.2", "c.3")
    b.p.transform(b.noted, [["a.1", "b.2"], ["a.1", "c.3"]], formatter(None, r"(.)\.2$"), "{basename[0]}{1[1]}")
    assert b.run() == [(["a.1", "b.2"], "ab")]


@row("4.3 formatter: a further index picks a letter; specs, conversions and doubled braces work")
def _(b: Bench) -> None:
    b.make("name.1")
    b.p.transform(b.noted, "name.1", formatter(), "{basename[0][1]}{basename[0]:>6}{ext[0]!r}{{x}}")
    assert b.outputs() == ["a  name'.1'{x}"]


@row("4.3 formatter: a field or index that is not there drops the job")
def _(b: Bench) -> None:
    b.make("a.1")
    for number, text in enumerate(["{nope[0]}", "{basename[7]}", "{basename[0][9]}", "{2[0]}"]):
        b.p.transform(b.noted, "a.1", formatter(r"(.)\.1"), text, name=f"t{number}")
    assert b.run() == []
    lines = "\n".join(b.printed(verbose=6))
    assert "Unmatched field {nope}" in lines
    assert "Unmatched field {7}" in lines
    assert "Unmatched field {string index out of range}" in lines
    assert "Unmatched field {2}" in lines


@row("4.3 formatter: the combinatorics have one more level")
def _(b: Bench) -> None:
    b.make("d/a.1", "e/b.2")
    b.p.product(
        b.noted,
        ["d/a.1"],
        formatter(r"(.)\.1"),
        ["e/b.2"],
        formatter(),
        "{basename[0][0]}{basename[1][0]}{1[0][0]}",
        ["{subdir[1][0][0]}", "{ext[1][0]}"],
    )
    assert b.run() == [(("d/a.1", "e/b.2"), "aba", ["e", ".2"])]


@row("4.4 if none matched a warning says so, from verbosity 1 on")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.transform(b.noted, "a.1", suffix(".2"), ".3")
    assert b.run(verbose=1) == []
    assert any("no file names matched" in text for text in b.said.warnings)
    b.run(verbose=0)
    assert b.said.warnings == []


@row("4.4 the reason of each dropped job is printed from verbosity 4 on")
def _(b: Bench) -> None:
    b.make("a.1", "b.2")
    b.p.transform(b.noted, ["a.1", "b.2"], suffix(".1"), ".3")
    found = "Job Warning: Input substitution failed:"
    assert (found in b.printed(verbose=4), found in b.printed(verbose=3)) == (True, False)
    assert "File 'b.2' does not match suffix('.1') and pattern '.3'" in b.printed(verbose=4)


@row("4.4 files without jobs are a warning")
def _(b: Bench) -> None:
    b.p.files(b.noted, [])
    b.run(verbose=1)
    assert any("@files() was empty" in text for text in b.said.warnings)


# 5 Decorators


@row("5.1 originate: a job for each element, extras behind it")
def _(b: Bench) -> None:
    b.p.originate(b.first, ["a", ["b", "c"]], 7)
    assert b.run() == [("a", 7), (["b", "c"], 7)]
    assert b.run() == []


@row("5.2 split: one job, also of nothing")
def _(b: Bench) -> None:
    b.p.split(b.job, None, ["a", "b"], 3)
    assert b.run() == [(None, ["a", "b"], 3)]


@row("5.2b split with a positional regex is subdivide")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    b.p.split(b.noted, "*.1", regex(r"(.)\.1"), [r"\1.x", r"\1.y"])
    assert b.run() == [("a.1", ["a.x", "a.y"]), ("b.1", ["b.x", "b.y"])]


@row("5.4 merge: the output may be a list")
def _(b: Bench) -> None:
    b.make("a", "b")
    b.p.merge(b.job, ["a", "b"], ["m", "n"], "extra")
    assert b.run() == [(["a", "b"], ["m", "n"], "extra")]


@row("5.6 subdivide: patterns after substitution, mixed with names")
def _(b: Bench) -> None:
    b.make("a.1", "a.x1")
    b.p.subdivide(b.noted, "a.1", suffix(".1"), [".x*", ".fixed"])
    assert b.run() == [("a.1", ["a.x1", "a.fixed"])]


@row("5.7 product: no job if a set is empty")
def _(b: Bench) -> None:
    b.make("a.1")
    b.p.product(b.noted, "a.1", formatter(), "*.none", formatter(), "x")
    assert b.run() == []


@row("5.11 follows: functions, names, tasks, pipelines and mkdir")
def _(b: Bench) -> None:
    other = Pipeline("other")
    tail = other.originate(b.first, "tail", name="tail")
    other.set_tail_tasks([tail])
    one = b.p.originate(b.first, "one", name="one")
    b.p.follows(b.noted, one, "other::tail", other, mkdir("made"), name="last")
    assert b.run("last")[-1] == ()
    assert sorted(os.listdir()) == [".ruffus_history.sqlite", "made", "one", "tail"]


@row("5.12 mkdir: one job makes all folders")
def _(b: Bench) -> None:
    b.p.mkdir("a/b", ["c", "d"])
    b.run()
    assert {"a", "c", "d"} < set(os.listdir())
    assert os.listdir("a") == ["b"]


@row("5.12b mkdir with a filter: folders for each input")
def _(b: Bench) -> None:
    b.make("x.1", "y.1")
    b.p.mkdir("*.1", formatter(), ["{basename[0]}/in", 5])
    b.run()
    assert (os.listdir("x"), os.listdir("y")) == (["in"], ["in"])


@row("5.13 posttask: functions and touched files, when the task finishes in a run")
def _(b: Bench) -> None:
    b.make("a.1")
    called: list[str] = []
    b.p.transform(b.job, "a.1", suffix(".1"), ".2").posttask(lambda: called.append("x"), touch_file("flag"))
    b.run()
    assert (called, Path("flag").exists()) == (["x"], True)
    b.run()
    assert called == ["x"]


@row("5.13 posttask: also when a task was entered and all its jobs are up to date, not when it failed")
def _(b: Bench) -> None:
    called: list[str] = []
    first = b.p.parallel(b.noted, [["x"]], name="always")
    b.make("a.1", age=9)
    after = b.p.transform(b.job, "a.1", suffix(".1"), ".2", name="t").follows(first)
    after.posttask(lambda: called.append("t"))
    assert (b.run(), b.run()) == ([("x",), ("a.1", "a.2")], [("x",)])
    assert called == ["t", "t"]

    def fail(*_: object) -> None:
        raise ValueError

    b.p.merge(fail, "a.1", "m", name="bad").posttask(lambda: called.append("bad"))
    with pytest.raises(errors.RethrownJobError):
        b.run("bad")
    assert called == ["t", "t"]


@row("5.14 jobs_limit: below 1, and another number for a name, are errors")
def _(b: Bench) -> None:
    task = b.p.parallel(b.noted, [["x"]])
    task.jobs_limit(2, "shared in row 5.14")
    with pytest.raises(errors.JobsLimitArgumentError):
        task.jobs_limit(3, "shared in row 5.14")
    with pytest.raises(errors.JobsLimitArgumentError):
        task.jobs_limit(0)


@row("5.14 jobs_limit: tasks with one name, and clones, share their limit")
def _(b: Bench) -> None:
    now, most, lock = 0, 0, threading.Lock()
    meet = threading.Semaphore(0)

    def count(*_: object) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meet.acquire(timeout=0.02)
        with lock:
            now -= 1

    for name in "uv":
        b.p.parallel(count, [[n] for n in range(3)], name=name).jobs_limit(1, "of clones in row 5.14")
    unnamed = b.p.parallel(count, [[n] for n in range(3)], name="w").jobs_limit(1)
    b.p.clone("twin")
    assert unnamed.pipeline is b.p
    ruffus.pipeline_run(["u", "v", "twin::u", "twin::v"], multithread=4, verbose=0, pipeline="p")
    assert most == 1
    ruffus.pipeline_run(["p::w", "twin::w"], multithread=4, verbose=0)
    assert most == 1


@row("5.15 active_if: all conditions, asked at the start of each run")
def _(b: Bench) -> None:
    state = {"on": False}
    b.p.originate(b.first, "a").active_if(True, lambda: state["on"])
    assert b.run(verbose=2) == []
    assert [line for line in b.said.lines if "Inactive" in line] == []  # up to date, so it does not enter
    state["on"] = True
    assert b.run() == [("a",)]


@row("5.17 check_if_uptodate: asked with the parameters of each job, or with none")
def _(b: Bench) -> None:
    asked: list[tuple[object, ...]] = []

    def rule(*parameters: object) -> tuple[bool, str]:
        asked.append(parameters)
        return len(parameters) == 1, "because"

    b.p.parallel(b.noted, [["x"], ["y", 1]], name="p").check_if_uptodate(rule)
    plain = b.p.follows(b.noted, "p", name="plain")
    plain.check_if_uptodate(rule)
    assert b.run() == [("x",)]
    assert {("x",), ("y", 1), ()} <= set(asked)


@row("5.17 check_if_uptodate: a bare bool fails")
def _(b: Bench) -> None:
    b.p.parallel(b.noted, [["x"]]).check_if_uptodate(lambda *_: True)
    with pytest.raises(errors.RethrownJobError, match="TypeError"):
        b.run()


@row("5.18c files of a function: called without arguments, each yields a job")
def _(b: Bench) -> None:
    b.make("a", "b")

    def jobs() -> Iterator[list[object]]:
        yield ["a", "x", 1]
        yield ["b", ["y", "z"]]

    b.p.files(b.job, jobs)
    assert b.run() == [("a", "x", 1), ("b", ["y", "z"])]
    assert b.run() == []


@row("5.18b files: a member with less than two parts is an error")
def _(b: Bench) -> None:
    with pytest.raises(errors.error_task_files):
        b.p.files(b.noted, [["a"]])


@row("5.18 files of one job: positions are its parameters, a pattern or nothing its input")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    b.p.files(b.job, "a.1", "o", 7, name="plain")
    b.p.files(b.job, ["*.1"], "p", name="pattern")
    b.p.files(b.job, None, "q", name="nothing")
    assert b.run() == [("a.1", "o", 7), (["a.1", "b.1"], "p"), (None, "q")]


_SOURCES = r"(.)(\d)\.1"
_OLD_SPELLINGS: dict[str, tuple[tuple[object, ...], list[tuple[object, ...]]]] = {
    "output": ((r"\1\2.2",), [("a1.1", "a1.2"), ("a2.1", "a2.2"), ("b1.1", "b1.2")]),
    "input pattern": (
        (r"\1*.1", r"\1\2.2"),
        [(["a1.1", "a2.1"], "a1.2"), (["a1.1", "a2.1"], "a2.2"), (["b1.1"], "b1.2")],
    ),
    "structures": (
        ([r"\1\2.1", "a2.1"], [r"\1\2.2", r"\1\2.3"], [r"x\1"]),
        [
            (["a1.1", "a2.1"], ["a1.2", "a1.3"], ["xa"]),
            (["a2.1", "a2.1"], ["a2.2", "a2.3"], ["xa"]),
            (["b1.1", "a2.1"], ["b1.2", "b1.3"], ["xb"]),
        ],
    ),
    "combined": ((combine(r"\1.2"),), [(("a1.1", "a2.1"), "a.2"), (("b1.1",), "b.2")]),
    "combined pattern": ((combine(r"\1*.1"), r"\1.2"), [((["a1.1", "a2.1"],), "a.2"), ((["b1.1"],), "b.2")]),
    "combined, extras": (
        (r"\1\2.1", combine(r"\1.2"), r"x\2", 5),
        [(("a1.1",), "a.2", "x1", 5), (("a2.1",), "a.2", "x2", 5), (("b1.1",), "b.2", "x1", 5)],
    ),
}


@row("5.19 files_re: a transform, with combine a collate; the third of many arguments is the input")
def _(b: Bench) -> None:
    for name, (rest, calls) in _OLD_SPELLINGS.items():
        Pipeline.clear_all()
        for old in os.listdir():
            os.unlink(old)
        b.make("a1.1", "a2.1", "b1.1")
        ruffus.files_re("*.1", _SOURCES, *rest)(b.job)
        ruffus.pipeline_run(verbose=0, logger=b.said)
        assert sorted(b.calls(), key=repr) == calls, name


@row("5.20 parallel: always runs, a function is called when it is declared")
def _(b: Bench) -> None:
    called: list[int] = []

    def jobs() -> list[list[str]]:
        called.append(1)
        return [["x"], ["y"]]

    b.p.parallel(b.noted, jobs)
    assert called == [1]
    assert b.run() == b.run() == [("x",), ("y",)]


@row("5.21 run_in_main_process: in this thread, one at a time, beside the pool")
def _(b: Bench) -> None:
    threads: list[object] = []
    task = b.p.parallel(lambda *_: threads.append(threading.current_thread()), [[1], [2]])
    task.run_in_main_process()
    b.run(multithread=2)
    assert threads == [threading.main_thread()] * 2
    with pytest.raises(ValueError, match="run_in_main_process"):
        b.run(multiprocess=2, pool_manager="gevent")


@row("5 output_from: one argument stands for itself, several are spliced")
def _(b: Bench) -> None:
    b.p.originate(b.first, ["a"], name="one")
    b.p.originate(b.first, ["b"], name="two")
    b.p.merge(b.noted, output_from("one"), "m", name="m")
    b.p.merge(b.noted, [output_from("one", "two"), "three"], "n", name="n")
    b.make("three")
    assert b.run()[-2:] == [(["a"], "m"), (["a", "b", "three"], "n")]


@row("5 runtime_parameter: the value of the run; without it an error")
def _(b: Bench) -> None:
    b.make("a", "b")
    b.p.merge(b.noted, [runtime_parameter("names"), "a"], "m")
    assert b.run(runtime_data={"names": ["b"]}) == [(["b", "a"], "m")]
    with pytest.raises(errors.RethrownJobError, match="error_missing_runtime_parameter"):
        b.run()


# 6 Objects


@row("6 a name of a pipeline is unique")
def _(b: Bench) -> None:
    del b
    with pytest.raises(Exception, match="Duplicate pipeline"):
        Pipeline("p")


@row("6 a task is found by name, function and name of the function, while that is unambiguous")
def _(b: Bench) -> None:
    def work(output: str) -> None: ...

    task = b.p.originate(work, "a", name="named")
    assert b.p["named"] is b.p[work] is b.p["work"] is task
    with pytest.raises(KeyError):
        b.p["p::named"]
    b.p.originate(work, "b", name="again")
    with pytest.raises(KeyError):
        b.p["work"]


@row("6 one function twice needs names, one name twice is an error")
def _(b: Bench) -> None:
    def work(output: str) -> None: ...

    b.p.originate(work, "a")
    with pytest.raises(errors.error_task):
        b.p.originate(work, "b")
    b.p.originate(work, "c", name="other")
    with pytest.raises(errors.error_duplicate_task_name):
        b.p.originate(b.first, "d", name="other")


@row("6 mkdir of a pipeline is a task of its own, numbered")
def _(b: Bench) -> None:
    b.p.mkdir("a")
    b.p.mkdir("b")
    b.p.mkdir("c", name="third")
    assert sorted(b.p.task_names) == ["mkdir", "mkdir # 2", "third"]


@row("6 set_input and set_output feed the head tasks")
def _(b: Bench) -> None:
    b.make("a.1")
    with pytest.raises(errors.error_no_head_tasks):
        b.p.set_input(input="x")
    head = b.p.transform(b.job, "unset", suffix(".1"), ".2", name="h")
    b.p.set_head_tasks([head])
    b.p.set_input(input="*.1")
    assert b.run() == [("a.1", "a.2")]
    with pytest.raises(errors.error_set_output):
        b.p.set_output(output="x")


@row("6 a pipeline as an input is its tail tasks")
def _(b: Bench) -> None:
    other = Pipeline("other")
    b.p.merge(b.noted, other, "m", name="m")
    with pytest.raises(errors.error_no_tail_tasks):
        b.run()
    other.set_tail_tasks([other.originate(b.first, ["x", "y"])])
    assert b.run()[-1] == (["x", "y"], "m")


@row("6 a clone speaks of its own tasks, and loses its flowchart attributes")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, "a", name="first")
    first.graphviz(color="red")
    b.p.merge(b.job, output_from("first"), "m", name="m")
    b.p.set_head_tasks([first])
    twin = b.p.clone("twin")
    twin.set_output(output="other")
    assert twin["first"].graphviz_attributes == {}
    ruffus.pipeline_run(pipeline=twin, verbose=0)
    assert sorted(os.listdir()) == [".ruffus_history.sqlite", "m", "other"]


@row("6 an ambiguous name, and one that nobody has, are errors")
def _(b: Bench) -> None:
    for name in ("q", "r"):
        Pipeline(name).originate(b.first, name, name="same")
    b.p.merge(b.noted, output_from("same"), "m", name="m")
    with pytest.raises(errors.error_ambiguous_task):
        b.run()
    b.p["m"].set_input(input=output_from("nobody"))
    with pytest.raises(errors.error_node_not_task, match="nobody"):
        b.run()


@row("6 the jobs of a cluster can be suspended, and a callback for commands be set")
def _(b: Bench) -> None:
    b.p.suspend_jobs()
    assert b.p.is_job_suspended()
    b.p.resume_jobs()
    assert not b.p.is_job_suspended()
    b.p.set_command_str_callback(print)
    b.p.originate(b.first, "a").set_command_str_callback(repr)
    with pytest.raises(errors.error_executable_str):
        b.p.originate("a command", "b")  # type: ignore[arg-type]


@row("6 every modifier returns its task")
def _(b: Bench) -> None:
    task = b.p.originate(b.first, "a")
    chained = task.follows().mkdir("m").posttask().jobs_limit(1).active_if(True).graphviz(color="red")
    assert chained.check_if_uptodate(lambda *_: (True, "")).run_in_main_process() is task


# 7 Running


@row("7 target_tasks: a function, a name, a task or a pipeline")
def _(b: Bench) -> None:
    def work(output: str) -> None:
        b.first(output)

    task = b.p.originate(work, "a", name="t")
    b.p.originate(b.first, "b", name="u")
    for target in (work, "t", task):
        Path("a").unlink(missing_ok=True)
        assert b.run(target) == [("a",)]
    assert b.run(b.p) == [("b",)]


@row("7 forcedtorun_tasks: all jobs of an upstream task run, what is below is judged")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", age=9)
    one = b.p.transform(b.job, "*.1", suffix(".1"), ".2", name="one")
    b.p.merge(b.job, one, "m", name="m")
    b.run()
    assert b.run("m", forcedtorun_tasks=["one"]) == [("a.1", "a.2"), ("b.1", "b.2"), (["a.2", "b.2"], "m")]
    assert b.run("one", forcedtorun_tasks=["m"]) == []


@row("7 multithread: threads of this process, at most so many")
def _(b: Bench) -> None:
    seen: set[int] = set()
    both = threading.Barrier(2, timeout=20)

    def meet(*_: object) -> None:
        seen.add(os.getpid())
        both.wait()

    b.p.parallel(meet, [[n] for n in range(4)])
    b.run(multithread=2)
    assert seen == {os.getpid()}


@row("7 multiprocess=1: in this process and thread, nothing is pickled")
def _(b: Bench) -> None:
    where: list[object] = []
    b.p.parallel(lambda lock: where.append((os.getpid(), threading.current_thread(), lock)), [[threading.Lock()]])
    b.run(multiprocess=1)
    assert where[0][:2] == (os.getpid(), threading.main_thread())  # type: ignore[index]


@row("7 verbose: nothing at 0, tasks from 1, jobs from 3, reasons from 4, what is spared from 5")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", age=9)
    b.p.transform(b.job, "*.1", suffix(".1"), ".2", name="t")
    b.run()
    os.remove("a.2")
    said = {}
    for level in range(6):
        Path("a.2").unlink(missing_ok=True)
        b.run(verbose=level)
        said[level] = "\n".join(b.said.lines)
    assert said[0] == ""
    assert "Completed Task = 'p::t'" in said[1]
    assert "Job  = [a.1 -> a.2] completed" in said[3]
    assert "completed" not in said[2]
    assert "Missing file [a.2]" in said[4]
    assert "Missing file" not in said[3]
    assert "Job  = [b.1 -> b.2] unnecessary: already Up to date" in said[5]
    assert "unnecessary" not in said[4]


@row("7 checksum_level: only 0 to 3")
def _(b: Bench) -> None:
    b.p.originate(b.first, "a")
    with pytest.raises(errors.error_checksum_level):
        b.run(checksum_level=4)


@row("7 history_file: its own file, or none with :memory: and at level 0")
def _(b: Bench) -> None:
    b.make("d/k")
    b.p.originate(b.first, "a")
    b.run(checksum_level=0)
    assert sorted(os.listdir()) == ["a", "d"]
    b.run(history_file=":memory:")
    assert sorted(os.listdir()) == ["a", "d"]
    assert b.run(history_file="d/h") == [("a",)]
    assert sorted(os.listdir("d")) == ["h", "k"]
    assert b.run(history_file="d/h") == []


@row("7 pool_manager: another name is an error where there is a pool")
def _(b: Bench) -> None:
    b.p.originate(b.first, "a")
    with pytest.raises(ValueError, match="pool_manager"):
        b.run(multiprocess=2, pool_manager="nope")
    assert b.run(pool_manager="nope") == [("a",)]


@row("7 log_exceptions: each error is told at once")
def _(b: Bench) -> None:
    def fail(*_: object) -> None:
        raise ValueError("oh")

    b.p.parallel(fail, [["x"]])
    with pytest.raises(errors.RethrownJobError):
        b.run(log_exceptions=True)
    assert any("builtins.ValueError(oh)" in line for line in b.said.lines)


@row("7.1 a plain function runs every time, and what is below it enters and is judged")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    plain = b.p.follows(b.noted, name="plain")
    b.p.transform(b.job, "a.1", suffix(".1"), ".2", name="t").follows(plain)
    assert (b.run("t"), b.run("t")) == ([(), ("a.1", "a.2")], [()])


@row("7.1 the minimal way stops at the first task that is up to date")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    one = b.p.transform(b.job, "a.1", suffix(".1"), ".2", name="one")
    two = b.p.transform(b.job, one, suffix(".2"), ".3", name="two")
    b.p.transform(b.job, two, suffix(".3"), ".4", name="three")
    b.run()
    os.remove("a.4")
    b.make("a.1", age=-9)
    assert b.run("three", gnu_make_maximal_rebuild_mode=False) == [("a.3", "a.4")]
    assert b.run("three", gnu_make_maximal_rebuild_mode=True)[0] == ("a.1", "a.2")


@row("7.1 a cycle names its tasks")
def _(b: Bench) -> None:
    b.p.merge(b.noted, output_from("two"), "a", name="one")
    b.p.merge(b.noted, output_from("one"), "b", name="two")
    with pytest.raises(errors.error_circular_dependencies, match="p::one, p::two"):
        b.run()


@row("7.2 a task starts when its parents are finished as a whole")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    one = b.p.transform(b.job, "*.1", suffix(".1"), ".2", name="one")
    b.p.transform(b.job, one, suffix(".2"), ".3", name="two")
    assert b.inputs() == ["a.1", "b.1", "a.2", "b.2"]


@row("7.2 a missing input fails at once, but not for forced jobs")
def _(b: Bench) -> None:
    b.p.transform(b.job, "gone.1", suffix(".1"), ".2", name="t")
    with pytest.raises(errors.RethrownJobError, match="MissingInputFileError"):
        b.run()
    assert b.run("t", forcedtorun_tasks="t") == [("gone.1", "gone.2")]


@row("7.3 touch_files_only: outputs are touched, folders made, plain functions called")
def _(b: Bench) -> None:
    b.make("a.1")
    one = b.p.transform(b.job, "a.1", suffix(".1"), ".2", name="one").mkdir("made")
    b.p.follows(b.noted, one, name="plain")
    assert b.run("plain", touch_files_only=True) == [()]
    assert (Path("a.2").read_text(), Path("made").is_dir()) == ("", True)
    assert b.run("one") == []


@row("7.3 touch_files_only=2 writes a record of each output that is there, and nothing else")
def _(b: Bench) -> None:
    b.make("a.1", "a.2", age=9)
    b.p.transform(b.job, "a.1", suffix(".1"), [".2", ".3"], name="one")
    b.p.merge(b.job, "one", "m", name="m")
    b.make("one", age=9)
    assert b.run(touch_files_only=2) == []
    assert sorted(name for name in os.listdir() if name[0] != ".") == ["a.1", "a.2", "one"]
    b.make("a.3")
    assert b.run("one") == [("a.1", ["a.2", "a.3"])]


@row("7.4 pipeline_get_task_names lists the tasks of all pipelines")
def _(b: Bench) -> None:
    Pipeline("q").originate(b.first, "x", name="of q")
    b.p.originate(b.first, "y", name="of p")
    assert sorted(pipeline_get_task_names("q")) == ["of p", "of q"]
    with pytest.raises(errors.error_not_a_pipeline):
        pipeline_get_task_names("nobody")


@row("7.4 needs_update_check_modify_time can be asked by a script")
def _(b: Bench) -> None:
    b.make("in", age=9)
    assert ruffus.needs_update_check_modify_time("in", "out")[0] is True
    b.make("out")
    assert ruffus.needs_update_check_modify_time("in", "out")[0] is False


@row("7 multiprocess: a parameter that cannot be pickled fails before anything ran, naming task, parameter and type")
def _(b: Bench) -> None:
    b.p.originate(b.first, ["a"], name="first")
    b.p.merge(b.job, output_from("first"), "m", 5, threading.Lock(), name="locked")
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run(multiprocess=2)
    assert caught.value.job_exceptions[0][0] == "locked"
    assert "extras[1] of task 'p::locked' cannot be sent to a worker process: _thread.lock" in str(caught.value)
    assert [name for name in os.listdir() if name[0] != "."] == []


def _refused(b: Bench, task: object, text: str, runtime_data: dict[str, object] | None = None) -> None:
    """Running in processes, nothing runs: a parameter of the task `locked` of a fresh pipeline cannot travel."""
    assert task is b.p["locked"]
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run(multiprocess=2, runtime_data=runtime_data)
    assert [entry[0] for entry in caught.value.job_exceptions] == ["locked"]
    assert f"{text} cannot be sent to a worker process: _thread.lock" in str(caught.value)
    assert [name for name in os.listdir() if name[0] != "." and name != "in"] == []


@row("7 multiprocess: so does an input with an object in it")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, ["a"], name="first")
    merged = b.p.merge(b.job, [threading.Lock(), first], "m", name="locked")
    _refused(b, merged, "input[0] of task 'p::locked'")


@row("7 multiprocess: so does an element with an object, one that makes no job is none")
def _(b: Bench) -> None:
    b.make("in")
    first = b.p.originate(b.noted, ["in"], name="first")
    own = [["in", [threading.Lock()]], threading.Lock(), ["of no job", threading.Lock()]]
    transformed = b.p.transform(b.job, [*own, first], suffix("in"), "out", name="locked")
    _refused(b, transformed, "input[1][0] of task 'p::locked'")
    transformed.set_input(input=[first, *own[1:]])
    b.p.run(verbose=0, logger=b.said, multiprocess=2)
    assert Path("out").exists()


@row("7 multiprocess: so does what add_inputs adds")
def _(b: Bench) -> None:
    first = b.p.originate(b.first, ["a"], name="first")
    added = b.p.transform(b.job, first, suffix("a"), add_inputs=add_inputs(threading.Lock()), output="b", name="locked")
    _refused(b, added, "add_inputs[0] of task 'p::locked'")


@row("7 multiprocess: so does an output with an object in it")
def _(b: Bench) -> None:
    _refused(
        b, b.p.originate(b.first, ["a", ["b", threading.Lock()]], name="locked"), "output[1][1] of task 'p::locked'"
    )


@row("7 multiprocess: so does a value of the run")
def _(b: Bench) -> None:
    merged = b.p.merge(b.job, ["in", runtime_parameter("lock")], "m", name="locked")
    b.make("in")
    _refused(b, merged, "input[1] of task 'p::locked'", runtime_data={"lock": threading.Lock()})


@row("7 multiprocess: so do the parameters of files, written out or made by a function")
def _(b: Bench) -> None:
    b.make("in")
    b.p.files(b.job, [[["in", threading.Lock()], "out"]], name="locked")
    _refused(b, b.p["locked"], "parameter 1[1] of task 'p::locked'")
    b.p = Pipeline("q")
    b.p.files(b.job, lambda: [["in", "out"], ["in", ["other"], threading.Lock()]], name="locked")
    _refused(b, b.p["locked"], "parameter 3 of task 'q::locked'")


@row("7 exceptions_terminate_immediately: what runs is ended at the first error")
def _(b: Bench) -> None:
    begun = threading.Event()

    def work(number: int) -> None:
        if number:
            begun.wait(20)
            raise ValueError
        begun.set()
        while True:
            threading.Event().wait(0.001)

    b.p.parallel(work, [[0], [1], [2]])
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run(multithread=2, exceptions_terminate_immediately=True)
    assert len(caught.value) == 1


@row("7.2 a task that failed is not finished: no posttask, and nothing below it enters")
def _(b: Bench) -> None:
    called: list[str] = []

    def fail(*_: object) -> None:
        raise ValueError

    first = b.p.originate(fail, "a", name="first").posttask(lambda: called.append("posttask"))
    b.p.merge(b.noted, first, "m", name="m")
    with pytest.raises(errors.RethrownJobError):
        b.run(verbose=1)
    assert called == []
    assert not any("'p::m'" in line and "enters" in line for line in b.said.lines)


@row("7.2 the order of independent tasks is the same on every run")
def _(b: Bench) -> None:
    for name in "dbca":
        b.p.parallel(b.noted, [[name]], name=name)
    assert b.run() == b.run()


@row("9 a failure of a function that judges is one of making parameters")
def _(b: Bench) -> None:
    def oh(*_: object) -> tuple[bool, str]:
        if asked:
            raise OSError("oh")
        asked.append(1)
        return True, ""

    asked: list[int] = []
    b.p.parallel(b.noted, [["x"]], name="t").check_if_uptodate(oh)
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run()
    assert caught.value.job_exceptions[0][:3] == ["t", "", "builtins.OSError"]


# 8 When a job is out of date


@row("8.2 an output edited by hand reruns its readers, not its own job")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    one = b.p.transform(b.job, "a.1", suffix(".1"), ".2", name="one")
    b.p.merge(b.job, one, "m", name="m")
    b.run()
    b.make("a.2", age=-2)
    assert b.run() == [("a.2", "m")]


@row("8.2 without its record an output is left over from a failed run")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    b.make("a.2")
    b.p.transform(b.job, "a.1", suffix(".1"), ".2")
    assert "Job needs update: Uncheckpointed file (left over from a failed run?):" in b.printed()
    assert b.printed(checksum_level=0, verbose=1)[1] == "Tasks which are up-to-date:"


@row("8.2 level 2 sees another function, level 3 other extras")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    extras: list[object] = [1]
    b.p.transform(b.job, "a.1", suffix(".1"), ".2", extras)
    b.run()
    extras[0] = 2
    assert b.run(checksum_level=2) == []
    assert b.run(checksum_level=3) == [("a.1", "a.2", [2])]


@row("8.3 a failed job has no record, and its files stay")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    fail = {"now": True}

    def work(_: str, output: str) -> None:
        b.make(output)
        if fail["now"]:
            raise ValueError

    b.p.transform(work, "a.1", suffix(".1"), ".2")
    with pytest.raises(errors.RethrownJobError):
        b.run()
    assert Path("a.2").exists()
    assert any("Uncheckpointed" in line for line in b.printed())


# 9 Errors


@row("9 serially the first error stops; the exception lists five texts")
def _(b: Bench) -> None:
    def fail(*parameters: object) -> None:
        b.noted(*parameters)
        raise ValueError("oh")

    b.p.parallel(fail, [["x"], ["y"]], name="t")
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run()
    error = caught.value
    assert len(error) == 1
    task, job, kind, value, trace = error.job_exceptions[0]
    assert (task, job, kind, value) == ("t", "Job  = [x]", "builtins.ValueError", "(oh)")
    assert "raise ValueError" in trace
    assert "Exception #1" in str(error)


@row("9 in threads running jobs end, and no new ones start")
def _(b: Bench) -> None:
    started: list[object] = []
    both = threading.Barrier(2, timeout=20)

    def fail(number: int) -> None:
        started.append(number)
        both.wait()
        raise ValueError(number)

    b.p.parallel(fail, [[n] for n in range(6)])
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run(multithread=2)
    assert len(caught.value) == len(started) == 2


@row("9 a break stops at once")
def _(b: Bench) -> None:
    def stop(*parameters: object) -> None:
        b.noted(*parameters)
        raise ruffus.JobSignalledBreak("enough")

    b.p.parallel(stop, [["x"], ["y"]])
    with pytest.raises(errors.RethrownJobError, match="JobSignalledBreak"):
        b.run()


@row("9 what goes wrong in making parameters is wrapped in a run")
def _(b: Bench) -> None:
    def jobs() -> Iterator[list[object]]:
        values: dict[str, list[object]] = {}
        yield values["oh"]

    b.p.files(b.noted, jobs, name="t")
    with pytest.raises(errors.RethrownJobError) as caught:
        b.run()
    assert caught.value.job_exceptions[0][:3] == ["t", "", "builtins.KeyError"]
    assert "Exceptions generating parameters" in str(caught.value)


@row("9 what a posttask raises is wrapped")
def _(b: Bench) -> None:
    def oh() -> None:
        raise OSError("oh")

    b.p.originate(b.first, "a").posttask(oh)
    with pytest.raises(errors.RethrownJobError, match="OSError"):
        b.run()


# 10 Printing


@row("10 printout: names, reasons, all jobs, and those of tasks that are up to date, by verbosity")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", age=9)
    one = b.p.transform(b.job, "*.1", suffix(".1"), ".2", name="one")
    b.p.merge(b.job, one, "m", name="two")
    b.run("one")
    assert b.printed(verbose=0) == []
    one_level = b.printed(verbose=1)
    assert one_level.index("Task = 'p::one'") < one_level.index("Tasks which will be run:")
    assert one_level.index("Task = 'p::two'") > one_level.index("Tasks which will be run:")
    assert "Job needs update" in b.printed(verbose=3)
    assert "Missing file [m]" in b.printed(verbose=4)
    assert "Tasks which are up-to-date:" not in b.printed(verbose=4)
    assert "Job  = [a.1" not in b.printed(verbose=5)
    assert "Job  = [a.1" in b.printed(verbose=6)
    assert "Input files:" in b.printed(verbose=7)


@row("10 printout: wrap_width and indent")
def _(b: Bench) -> None:
    b.make(*(f"{n}-long-name.1" for n in range(9)))
    b.p.merge(b.job, "*.1", "m")
    assert max(map(len, b.printed(verbose=4, wrap_width=60))) <= 60


@row("10 verbose_abbreviated_path: levels, absolute paths, and letters for a whole parameter")
def _(b: Bench) -> None:
    b.make("x/y/z/a.1")
    b.p.transform(b.job, "x/y/z/a.1", suffix(".1"), ".2")
    here = os.getcwd()
    assert "Job  = [.../z/a.1" in b.printed(verbose_abbreviated_path=2)
    assert f"Job  = [{here}/x/y/z/a.1" in " ".join(b.printed(verbose_abbreviated_path=0, wrap_width=900))
    assert "Job  = [<???> z/a.1" in b.printed(verbose_abbreviated_path=-10)


# 17 Traps


@row("16.18 nothing pauses: not a task, not a missing input")
def _(b: Bench) -> None:
    before: object = b.p.originate(b.first, ["a.0"], name="t0")
    for number in range(30):
        before = b.p.transform(b.job, before, suffix(f".{number}"), f".{number + 1}", name=f"t{number + 1}")
    paused: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", paused.append)
        assert len(b.run()) == 31
        b.p.merge(b.job, "gone", "m", name="m")
        with pytest.raises(errors.RethrownJobError, match="MissingInputFileError"):
            b.run()
    assert paused == []


@row("16.24 a plain text as the whole of collate and the combinatorics is one name, not letters")
def _(b: Bench) -> None:
    b.make("ab.1")
    b.p.collate(b.job, "ab.1", regex(r"b\.1"), ".c", name="collate")
    b.p.permutations(b.job, "ab.1", formatter(), 1, "{basename[0][0]}.p", name="permutations")
    b.p.product(b.job, "ab.1", formatter(), "ab.1", formatter(), "{basename[0][0]}.q", name="product")
    assert b.run() == [(("ab.1",), "a.c"), (("ab.1",), "ab.p"), (("ab.1", "ab.1"), "ab.q")]


@row("16.24 two stars are folders of any depth")
def _(b: Bench) -> None:
    b.make("d/e/f.1", "d/g.1")
    b.p.merge(b.job, "d/**/*.1", "m")
    assert b.inputs() == [["d/e/f.1", "d/g.1"]]


@row("17.6 the files handed to a split may be removed, and are not read afterwards")
def _(b: Bench) -> None:
    b.make("in.1", age=9)
    count = {"n": 3}

    def split_up(source: str, outputs: list[str]) -> None:
        b.noted(source, outputs)
        for name in outputs:
            os.remove(name)
        b.make(*(f"p{n}.x" for n in range(count["n"])))

    parts = b.p.split(split_up, "in.1", "*.x", name="parts")
    b.p.transform(b.job, parts, suffix(".x"), ".y", name="t")
    b.run()
    count["n"] = 1
    b.make("in.1", age=-2)
    assert b.run() == [("in.1", ["p0.x", "p1.x", "p2.x"]), ("p0.x", "p0.y")]


@row("17.7 what is passed through is not compared, recorded or run")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    b.p.transform(b.noted, "a.1", suffix(".1"), ".1", name="same")
    assert b.run(checksum_level=0) == []


@row("17.8 what is below a stale task enters, and its jobs are judged one by one")
def _(b: Bench) -> None:
    b.make("a.1", "b.1", age=9)
    one = b.p.transform(b.job, "*.1", suffix(".1"), ".2", name="one")
    b.p.transform(b.job, one, suffix(".2"), ".3", name="two")
    b.run()
    b.make("b.1", age=-2)
    assert b.run() == [("b.1", "b.2"), ("b.2", "b.3")]


@row("17.11 without targets a pipeline is all its tasks, and no pipeline all tasks of all")
def _(b: Bench) -> None:
    b.p.originate(b.first, "a")
    Pipeline("q").originate(b.first, "b")
    assert b.run() == [("a",)]
    ruffus.pipeline_run(verbose=0)
    assert Path("b").exists()


@row("17.12 two tasks with one output are a warning")
def _(b: Bench) -> None:
    b.make("a.1", "b.1")
    b.p.transform(b.job, "a.1", suffix(".1"), r"same", name="one")
    b.p.merge(b.job, "b.1", "asame", name="two")
    b.run(verbose=1)
    assert ["both make asame" in text for text in b.said.warnings] == [True]


@row("17.13 level 0 with a history file of its own writes records")
def _(b: Bench) -> None:
    b.make("a.1", age=9)
    b.p.transform(b.job, "a.1", suffix(".1"), ".2")
    b.run(checksum_level=0, history_file="h")
    assert b.run(checksum_level=1, history_file="h") == []


@row("17.14 all state is in the one file")
def _(b: Bench) -> None:
    b.p.originate(b.first, "a")
    b.run()
    assert sorted(os.listdir()) == [".ruffus_history.sqlite", "a"]
    os.remove(ruffus.ruffus_utility.get_default_history_file_name())
    assert b.run() == [("a",)]


@row("17.16 a text is a file except in output_from, follows and targets")
def _(b: Bench) -> None:
    b.p.originate(b.first, "a", name="t")
    b.make("t")
    b.p.merge(b.noted, "t", "m", name="m")
    assert b.run("m") == [("t", "m")]


@row("17.17 several mkdir may precede one task, each with a name")
def _(b: Bench) -> None:
    task = b.p.originate(b.first, "d1/d2/a", name="t").mkdir("d1").mkdir("d1/d2").follows(mkdir("d3"))
    b.run()
    assert sorted(name for name in os.listdir() if name[0] != ".") == ["d1", "d3"]
    assert len(b.p.task_names) == 4
    assert task.display_name == "p::t"


@row("17.19 a logger is whatever has info, warning and debug")
def _(b: Bench) -> None:
    lines: list[str] = []

    class Least:
        def info(self, text: str) -> None:
            lines.append(text)

        warning = debug = info

    b.make("a.1")
    b.p.transform(b.noted, "a.1", suffix(".2"), ".3")
    run: Callable[..., None] = b.p.run
    run(verbose=1, logger=Least())
    assert any("no file names matched" in line for line in lines)


@row("17.22 without a name in its input a job is dropped where there is a filter, and runs elsewhere")
def _(b: Bench) -> None:
    b.p.transform(b.noted, [[None, 5]], formatter(), "x", name="t")
    b.p.merge(b.noted, None, "m", name="m")
    b.p.split(b.noted, None, ["s"], name="s")
    b.p.files(b.noted, None, "f", name="f")
    assert sorted(map(str, b.run())) == ["(None, 'f')", "(None, 'm')", "(None, ['s'])"]


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str, bench: Bench) -> None:
    ROWS[name](bench)


def test_one_second_per_job_pauses_before_the_first_job_of_each_task(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    monkeypatch.setattr(PausingExecutor.__init__, "__kwdefaults__", {"sleep": paused.append})
    first = bench.p.originate(bench.first, ["a.1", "b.1"])
    bench.p.transform(bench.job, first, suffix(".1"), ".2", name="t")
    bench.run()
    assert paused == []
    bench.run("t", one_second_per_job=True, forcedtorun_tasks="t")
    assert [seconds > 1 for seconds in paused] == [True]


@pytest.mark.parametrize(
    ("name", "key"),
    [("a", "a"), ("d/a", "d/a"), ("./a", "a"), ("d/../a", "a"), ("d//a", "d/a"), ("../a", "../a"), ("d/", "d")],
)
def test_keys_of_the_history_are_paths_from_its_folder(bench: Bench, name: str, key: str) -> None:
    del bench
    history = History("h")
    assert history.key(name) == key
    assert history.key(os.path.abspath(name)) == key
    history.close()
