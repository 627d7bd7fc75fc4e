"""The vocabulary of Ruffus: programs make the calls that it makes, but where pymake differs on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pymake
from pymake.errors import BuildFileError
from pymake.frontends.context import current, evaluating
from pymake.frontends.made import project
from pymake.model.job import Call
from pymake.model.task import Function
from pymake.planner.compile import World, compile_project
from pymake.testing import MemoryDisk
from tests.unit.programs import PROGRAMS, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def function(name: str) -> Callable[..., None]:
    """A function of its own for a task."""

    def call(*_arguments: object) -> None:
        pass

    call.__name__ = call.__qualname__ = name
    return call


def calls(source: str, files: Iterable[str]) -> list[tuple[object, ...]]:
    """The calls that a program makes, each with the name of its function, in any order."""
    names = {name: getattr(pymake, name) for name in pymake.__all__}
    with evaluating("/r"):
        exec(source, {**names, "f": function})  # the programs are texts of this folder
        made = project(current(), "/r")
    world = World(disk=MemoryDisk(dict.fromkeys(files, "x")), environ={}, which=lambda _: None)
    plan = compile_project(made, world).plan
    functions = {
        task.name: task.action.name.rpartition(":")[2] for task in made.tasks if isinstance(task.action, Function)
    }
    return [
        (functions[action.task].rpartition(".")[2], *action.arguments)
        for action in map(plan.action, plan.jobs())
        if isinstance(action, Call)
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_makes_the_calls_of_ruffus(name: str) -> None:
    program = PROGRAMS[name]
    assert sorted(calls(program.source, program.files), key=repr) == sorted(program.calls, key=repr)


DIFFERENT = {
    "a group that took no part is empty, as with regex": Program(
        ["a.c", "ax.c"],
        r'transform("*.c", formatter(r"/(?P<n>a)(x)?\.c"), "{n[0]}{2[0]}.o", "{2[0]}")(f("t"))',
        [("t", "a.c", "a.o", ""), ("t", "ax.c", "ax.o", "x")],
    ),
    "an empty suffix adds the output once": Program(
        ["a"], 'transform("a", suffix(""), ".o")(f("t"))', [("t", "a", "a.o")]
    ),
    "an input that is given twice makes one job": Program(
        ["a.t", "b.t"],
        'transform(["b.t", "a.t", "b.t"], suffix(".t"), ".o")(f("t"))',
        [("t", "a.t", "a.o"), ("t", "b.t", "b.o")],
    ),
    "a merge of nothing makes no job": Program([], 'merge(["*.nothing"], "end")(f("t"))', []),
    "one path as the whole input of collate is not read letter by letter": Program(
        ["ab"], 'collate("ab", regex("^.+$"), "all.o")(f("t"))', [("t", ("ab",), "all.o")]
    ),
    "a path is a file name": Program(
        ["a[1].t", "b.t"],
        "from pathlib import Path\n"
        'transform([Path("a[1].t"), Path("b.t")], suffix(".t"), ".o")(f("t"))\n'
        'merge(Path("b.t"), Path("x[1].o"))(f("m"))',
        [("t", "a[1].t", "a[1].o"), ("t", "b.t", "b.o"), ("m", "b.t", "x[1].o")],
    ),
    "brackets can be escaped": Program(
        ["a[1].t", "a1.t"],
        'import glob\nmerge([glob.escape("a[1].t")], "x")(f("m"))',
        [("m", ["a[1].t"], "x")],
    ),
    "folders at any depth": Program(
        ["a.t", "d/b.t", "d/e/c.t"],
        'merge("**/*.t", "x")(f("m"))',
        [("m", ["a.t", "d/b.t", "d/e/c.t"], "x")],
    ),
    "letters are sliced": Program(
        ["abc.t"], 'transform("*.t", formatter(), "{basename[0][0:2]}.o")(f("t"))', [("t", "abc.t", "ab.o")]
    ),
    "lambdas are functions too": Program(
        ["a.t"], 'g = lambda i, o: None\nmain.merge(g, "a.t", "x", name="m")', [("<lambda>", "a.t", "x")]
    ),
    "outputs below the root are relative to it": Program(
        ["d/a.t"],
        'transform("d/*.t", formatter(), "{subpath[0][1]}/out/{basename[0]}.o", "{path[0]}")(f("t"))',
        [("t", "d/a.t", "out/a.o", "/r/d")],
    ),
    "a dictionary of extras is passed on when it is one of them": Program(
        ["a.t"], 'merge("a.t", "x", {"k": "{v}"})(f("t"))', [("t", "a.t", "x", {"k": "{v}"})]
    ),
    "add_inputs takes a list too": Program(
        ["a.t", "h"],
        'transform("a.t", filter=suffix(".t"), add_inputs=["h"], output=".o")(f("t"))',
        [("t", ("a.t", "h"), "a.o")],
    ),
    "filter2 may be left out": Program(
        ["a.t", "b.u"],
        'product("*.t", formatter(), input2="*.u", output="{basename[0][0]}{basename[1][0]}")(f("t"))',
        [("t", ("a.t", "b.u"), "ab")],
    ),
    "split by keyword filter is subdivide": Program(
        ["a.t"], 'split(input="*.t", filter=suffix(".t"), output=[".1", ".2"])(f("t"))', [("t", "a.t", ["a.1", "a.2"])]
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_where_it_differs_on_purpose(name: str) -> None:
    program = DIFFERENT[name]
    assert sorted(calls(program.source, program.files), key=repr) == sorted(program.calls, key=repr)


REFUSED = {
    "no filter": ('transform("*.t", ".t", ".o")', "transform has no filter"),
    "no output": ('transform("*.t", suffix(".t"))', "transform has no 'output'"),
    "no tuple_size": ('combinations("*.t", formatter(), output="x")', "combinations has no 'tuple_size'"),
    "tuple_size that is no number": (
        'combinations("*.t", formatter(), "2", "x")(f("g"))',
        "tuple_size is '2', not a number from 1",
    ),
    "filter of another kind": (
        'collate("*.t", suffix(".t"), ".o")',
        "collate takes regex(…) or formatter(…), not suffix(…)",
    ),
    "filter of a product": ('product("*.t", regex("t"), ".o")', "product takes formatter(…), not regex(…)"),
    "filter that is none": ('transform("*.t", filter=".t", output=".o")', "filter is '.t', not suffix(…) or regex(…)"),
    "filter of merge": ('merge("*.t", filter=suffix(".t"), output="x")', "merge has no argument 'filter'"),
    "given twice": ('transform("*.t", suffix(".t"), ".o", output=".p")', "transform has 'output' twice"),
    "unknown": ('transform("*.t", suffix(".t"), ".o", ouput_dir="x")', "transform has no argument 'ouput_dir'"),
    "output_dir without suffix": (
        'transform("*.t", regex("t"), "o", output_dir="x")(f("t"))',
        "task t: output_dir needs a suffix",
    ),
    "two changes": (
        'transform("*.t", suffix(".t"), inputs("x"), ".o", add_inputs=("y",))',
        "transform has both inputs and add_inputs",
    ),
    "several inputs": ('inputs("a", "b")', "inputs takes one argument, not 2"),
    "extras that are no list": ('merge("a", "b", extras={"x": 1})(f("g"))', "extras is {'x': 1}, not a list"),
    "a gap in a product": (
        'product("a", formatter(), input3="b", filter3=formatter(), output="x")',
        "product has no 'input2'",
    ),
    "a filter without input": (
        'product("a", formatter(), filter2=formatter(), output="x")',
        "product has no 'input2'",
    ),
    "broken expression": ('regex("(")', "the expression '(' is broken: missing ), unterminated subpattern"),
    "expression that is none": ("formatter(3)", "formatter(3) is no regular expression"),
    "two kinds": (
        'g = f("g")\nmerge("a", "b")(g)\nmerge("a", "c")(g)',
        "function g is a merge already, and cannot be a merge too",
    ),
    "one name twice": ('main.merge(f("g"), "a", "b")\nmain.merge(f("g"), "a", "c")', "two tasks are called 'g'"),
    "one output twice": (
        'merge("a", "b")(f("g"))\nmerge("a", "b")(f("h"))',
        "two tasks make b",
    ),
    "an unknown group": (
        r'transform("*.t", regex("(t)"), r"\2")(f("g"))',
        "task g: '\\\\2' does not fit regex('(t)'): invalid group reference 2",
    ),
    "a misspelt field": (
        'transform("*.t", formatter(), "{basname[0]}")(f("g"))',
        "task g: unknown field {basname[0]}",
    ),
    "no file name": ('transform([3], suffix(".t"), ".o")(f("g"))', "task g: the input 3 is no file name"),
    "inputs of merge": ('merge("a", inputs("b"), "c")(f("g"))', "output is inputs('b'), which names no file"),
    "a command as function": ('main.merge("cat", "a", "b")', "task_func is the text 'cat', not a function"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_said_at_the_line_of_the_declaration(name: str) -> None:
    source, said = REFUSED[name]
    with pytest.raises(pymake.PymakeError) as told:
        calls(source, ["a", "x.t"])
    assert told.value.message.startswith(said)
    assert str(told.value.place).startswith("<string>:")


def test_a_declaration_that_failed_leaves_nothing_behind() -> None:
    with evaluating("/r"):
        g = function("g")
        with pytest.raises(BuildFileError):
            pymake.merge("a", "b", extras=3)(g)
        assert project(current(), "/r").tasks == ()
        pymake.merge("a", "b")(g)
        with pytest.raises(BuildFileError):
            pymake.timeout(-1)(g)
        assert [task.output for task in project(current(), "/r").tasks] == ["b"]
