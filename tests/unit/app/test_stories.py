"""What runs of Ruffus-style programs do, by chapter of the rules: builds in this process, in a folder of their own.

A story is a program and the lines that it says. `f(name)` makes a function for a task: it says its name and arguments,
and makes its outputs; `say` says anything; `run` runs all that is declared, or what it is told, and says nothing itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

import pytest

import pymake
from pymake import Pipeline
from pymake.app.api import pipeline_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.model.events import Summary

said: list[str] = []
"""What the program said."""


class Story(NamedTuple):
    """Files that are there, the program, and what it says."""

    files: str
    program: str
    lines: list[str]


def say(*words: object) -> None:
    """One line."""
    said.append(" ".join(map(str, words)))


def make(output: object) -> None:
    """Make a file, or all in a structure."""
    if isinstance(output, str):
        os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
        Path(output).write_text("made", encoding="utf-8")
    elif isinstance(output, (list, tuple, set)):
        for one in output:
            make(one)


def f(name: str, *, originates: bool = False) -> Callable[..., None]:
    """A function for a task."""

    def call(*arguments: object) -> None:
        say(name, *map(repr, arguments))
        make(arguments[0 if originates else 1])

    call.__name__ = call.__qualname__ = name
    return call


def o(name: str) -> Callable[..., None]:
    """A function for a task that originates files."""
    return f(name, originates=True)


def run(*targets: object, **named: object) -> Summary:
    """A build that says nothing."""
    return pipeline_run(targets, verbose=0, **named)  # type: ignore[arg-type]  # a table of parameters


STORIES: dict[str, Story] = {
    "2.4 split is given what its patterns match now": Story(
        "a",
        """
        @split("a", "*.p")
        def parts(source, outputs):
            say(outputs)
            for stale in outputs:
                os.unlink(stale)
            make(Path("a").read_text().split())
        Path("a").write_text("1.p 2.p")
        run()
        Path("a").write_text("2.p")
        run()
        say(sorted(os.listdir(".")))
        """,
        ["[]", "['1.p', '2.p']", "['.pymake', '2.p', 'a']"],
    ),
    "2.4 a job that does not make its output is an error (differs)": Story(
        "a",
        """
        transform("a", suffix("a"), "b")(lambda source, output: None)
        try:
            run()
        except JobsFailed as failed:
            say(failed.errors[0].message)
        """,
        ["ended well but did not make its output b"],
    ),
    "5.1 originate is up to date when its outputs are there": Story(
        "", 'originate(["x"])(o("g"))\nsay(run().ran, run().ran)', ["g 'x'", "1 0"]
    ),
    "5.9 combinations, in the order given": Story(
        "a b c",
        'combinations("?", formatter(), 2, "{basename[0][0]}{basename[1][0]}.o")(f("c"))\nrun()',
        ["c ('a', 'b') 'ab.o'", "c ('a', 'c') 'ac.o'", "c ('b', 'c') 'bc.o'"],
    ),
    "5.11 follows orders tasks that share no file, and decides nothing": Story(
        "a",
        """
        @follows("later", mkdir("d"))
        @merge("a", "d/x")
        def early(source, output):
            say("early")
            make(output)
        originate(["y"])(o("later"))
        run()
        run(forcedtorun_tasks=["later"])
        """,
        ["later 'y'", "early", "later 'y'"],
    ),
    "5.12 mkdir in all forms, stacked": Story(
        "a.t",
        """
        mkdir("m1", "m2/n")(mkdir(["m3"])(transform("*.t", suffix(".t"), ".o")(f("t"))))
        mkdir("*.t", suffix(".t"), ".d")(mkdir("*.t", formatter(), ["m4/{basename[0]}", 5])(follows(mkdir("m5"))(originate(["x"])(o("g")))))
        p = Pipeline("p")
        p.mkdir("m6")
        p.mkdir("*.t", regex(r"(.)\\.t"), r"m7/\\1", name="other")
        main.originate(o("h"), ["y"]).mkdir("m8")
        run()
        say(sorted(path.as_posix() for path in Path(".").rglob("*") if path.is_dir() and ".pymake" not in path.parts))
        say(p.task_names)
        """,
        [
            "t 'a.t' 'a.o'",
            "g 'x'",
            "h 'y'",
            "['a.d', 'm1', 'm2', 'm2/n', 'm3', 'm4', 'm4/a', 'm5', 'm6', 'm7', 'm7/a', 'm8']",
            "['mkdir', 'other']",
        ],
    ),
    "5.13 posttask and touch_file, in the order given, after the last job": Story(
        "",
        """
        posttask(lambda: say("one"), touch_file("done", "d/done"), lambda: say("two"))(originate(["a", "b"])(o("g")))
        run()
        run()
        say(os.path.exists("done"), os.path.exists("d/done"))
        """,
        ["g 'a'", "g 'b'", "one", "two", "True True"],
    ),
    "5.13 not after a failure, not for an inactive task": Story(
        "",
        """
        @posttask(lambda: say("never"))
        @originate(["a"])
        def bad(output):
            raise ValueError
        posttask(lambda: say("never"))(active_if(False)(originate(["b"])(o("g"))))
        try:
            run()
        except JobsFailed:
            say("failed")
        """,
        ["failed"],
    ),
    "5.15 active_if: values and functions, all of them, asked in every run": Story(
        "z",
        """
        switch = [False]
        g = active_if(lambda: switch[0])(active_if(True, lambda: 1)(originate(["a"])(o("g"))))
        merge([g, "z"], "m")(f("m"))
        run()
        switch[0] = True
        run()
        switch[0] = False
        run()
        """,
        ["m ['z'] 'm'", "g 'a'", "m ['a', 'z'] 'm'", "m ['z'] 'm'"],
    ),
    "5.17 check_if_uptodate: a pair, or a bare answer (differs), with the arguments of the job": Story(
        "a",
        """
        @check_if_uptodate(lambda source, output, extra: (say("asked", source, output, extra), (not os.path.exists("m"), "no m"))[1])
        @merge("a", "m", 5)
        def once(source, output, extra):
            make(output)
        @check_if_uptodate(lambda: True)
        @follows(once)
        def plain():
            say("plain")
        run()
        run()
        """,
        ["asked a m 5", "plain", "asked a m 5", "plain"],
    ),
    "5 runtime parameters: a name, a pattern, a list, a task": Story(
        "a.t b.t z",
        """
        merge(["z", runtime_parameter("p")], "m")(f("m"))
        originate(["x"])(o("g"))
        for value in ["a.t", "*.t", ["b.t", "a.t"], output_from("g")]:
            run("m", runtime_data={"p": value})
        """,
        ["m ['z', 'a.t'] 'm'", "m ['z', 'a.t', 'b.t'] 'm'", "m ['z', 'b.t', 'a.t'] 'm'", "g 'x'", "m ['z', 'x'] 'm'"],
    ),
    "6 tasks without files: follows, check_if_uptodate, graphviz of a pipeline": Story(
        "",
        """
        p = Pipeline("p")
        g = p.originate(o("g"), ["x"])
        p.follows(lambda: say("after"), g, name="after")
        p.check_if_uptodate(lambda: say("checked"), lambda: (True, "always"), name="checked").follows("after")
        p.graphviz(lambda: say("drawn"), name="drawn", label="L").follows("checked")
        p.run(verbose=0)
        """,
        ["g 'x'", "after", "checked", "drawn"],
    ),
    "6 methods of a task are chained": Story(
        "",
        """
        p = Pipeline("p")
        t = p.originate(o("g"), ["d/x"]).follows().mkdir("d").posttask(lambda: say("done")).jobs_limit(2).active_if(True)
        t = t.graphviz(label="L").check_if_uptodate(lambda output: (not os.path.exists(output), "")).set_output(output="d/y")
        say(t is p["g"], t.name)
        p.run(verbose=0)
        """,
        ["True g", "g 'd/y'", "done"],
    ),
    "7 targets: functions, names, tasks, pipelines, paths, globs": Story(
        "",
        """
        p, q = Pipeline("p"), Pipeline("q")
        a = originate(["a1", "a2"])(o("a"))
        b = p.originate(o("b"), ["b1"])
        q.originate(o("c"), ["c1"])
        for target in [a, "p::b", q, "a1", "?2", Path("b1"), b, "q"]:
            say(target if isinstance(target, (str, Path)) else "object", run(target, always_make=True).ran)
        """,
        [
            *("a 'a1'", "a 'a2'", "object 2", "b 'b1'", "p::b 1", "c 'c1'", "object 1", "a 'a1'", "a1 1"),
            *("a 'a2'", "?2 1", "b 'b1'", "b1 1", "b 'b1'", "object 1", "c 'c1'", "q 1"),
        ],
    ),
    "7 no targets: all tasks of the pipeline, or of all": Story(
        "",
        """
        p = Pipeline("p")
        originate(["a"])(o("a"))
        p.originate(o("b"), ["b"])
        p.run(verbose=0)
        run()
        """,
        ["b 'b'", "a 'a'"],
    ),
    "7 forced tasks run if a target needs them; what comes after is judged": Story(
        "",
        """
        g = originate(["a"])(o("g"))
        t = transform(g, suffix("a"), "b")(f("t"))
        originate(["c"])(o("h"))
        run()
        said.clear()
        run(t, forcedtorun_tasks=[g, "h"])
        """,
        ["g 'a'"],
    ),
    "7.1 a function without files runs every time, and nothing after it has to": Story(
        "",
        """
        @follows()
        def plain():
            say("plain")
        follows(plain)(originate(["a"])(o("g")))
        run()
        run()
        """,
        ["plain", "g 'a'", "plain"],
    ),
    "7.1 a circle is told with its tasks": Story(
        "",
        """
        @follows("b")
        @originate(["x"])
        def a(output):
            pass
        follows(a)(originate(["y"])(o("b")))
        try:
            run()
        except PymakeError as error:
            say(error.message, [fact[1].split(" (")[0] for fact in error.facts])
        """,
        ["a cycle: each of these waits for the next ['task a', 'task b']"],
    ),
    "7.2 a missing input is told at once, and nothing runs (differs)": Story(
        "a",
        """
        originate(["x"])(o("g"))
        merge(["a", "gone"], "m")(f("m"))
        try:
            run()
        except PymakeError as error:
            say(error.message)
        """,
        ["task m: the input gone is not there, and no task makes it"],
    ),
    "7.2 one process is this one: what functions change stays changed": Story(
        "",
        """
        seen = []
        originate(["a"])(lambda output: (seen.append(os.getpid()), make(output)))
        run()
        say(seen == [os.getpid()])
        """,
        ["True"],
    ),
    "7.3 touching makes and dates outputs, calls nothing but posttasks": Story(
        "",
        """
        g = posttask(lambda: say("post"))(originate(["a"])(o("g")))
        transform(g, suffix("a"), "b")(f("t"))
        run(touch_files_only=True)
        say(Path("a").read_text() == "", os.path.exists("b"), run().ran)
        """,
        ["post", "True True 0"],
    ),
    "7.4 names of all tasks, or of one pipeline": Story(
        "",
        """
        originate(["a"])(o("a"))
        p = Pipeline("p")
        p.originate(o("b"), ["b"])
        say(pipeline_get_task_names(), pipeline_get_task_names("p"), p.get_task_names())
        """,
        ["['a', 'p::b'] ['p::b'] ['b']"],
    ),
    "8 touching, or a copy with another time, runs nothing (differs)": Story(
        "a",
        """
        merge("a", "m")(f("m"))
        run()
        os.utime("a", (1, 1))
        os.utime("m")
        say(run().ran)
        """,
        ["m 'a' 'm'", "0"],
    ),
    "8 an output edited by hand is made again (differs)": Story(
        "a",
        'merge("a", "m")(f("m"))\nrun()\nPath("m").write_text("mine")\nsay(run().ran)',
        ["m 'a' 'm'", "m 'a' 'm'", "1"],
    ),
    "8 equal content is no news for readers (differs)": Story(
        "a",
        """
        g = merge("a", "m")(f("m"))
        transform(g, suffix("m"), "n")(f("t"))
        run()
        Path("a").write_text("other")
        run()
        """,
        ["m 'a' 'm'", "t 'm' 'n'", "m 'a' 'm'"],
    ),
    "8 extras and functions count": Story(
        "a",
        """
        for extra in [1, 1, 2]:
            Pipeline.clear_all()
            main.merge(f("m"), "a", "m", extra)
            run()
        """,
        ["m 'a' 'm' 1", "m 'a' 'm' 2"],
    ),
    "9 errors are objects with task, outputs and exception (differs)": Story(
        "",
        """
        @originate(["a"])
        def bad(output):
            raise KeyError(output)
        try:
            run()
        except JobsFailed as failed:
            (error,) = failed.errors
            say(error.task, error.outputs, repr(error.exception), failed.__cause__ is error.exception, os.path.exists("a"))
        """,
        ["bad ('a',) KeyError('a') True False"],
    ),
    "9 the outputs of a failed job go, and it runs again": Story(
        "",
        """
        fails = [True]
        @originate(["a"])
        def half(output):
            make(output)
            if fails[0]:
                raise ValueError
        try:
            run()
        except JobsFailed:
            say(os.path.exists("a"))
        fails[0] = False
        say(run().ran)
        """,
        ["False", "1"],
    ),
    "16.2 two jobs with one output are an error (differs)": Story(
        "a.x a.y",
        """
        transform("a.?", regex(r"(.)\\.."), r"\\1.o")(f("t"))
        try:
            run()
        except PymakeError as error:
            say(error.message)
        """,
        ["two jobs of task t make a.o"],
    ),
    "16.18 no pause between tasks (differs)": Story(
        "",
        """
        import time
        before = originate(["a.0"])(o("g"))
        for number in range(30):
            before = transform(before, suffix(f".{number}"), f".{number + 1}")(f(f"t{number}"))
        paused, asleep, time.sleep = [], time.sleep, lambda seconds: paused.append(seconds)
        ran = run().ran
        time.sleep = asleep
        said.clear()
        say(ran, paused)
        """,
        ["31 []"],
    ),
    "16.29 the order of independent jobs is the same on every run (differs)": Story(
        "",
        """
        for name in "dbeac":
            main.originate(o(name), [name], name=name)
        for turn in range(2):
            run(history_file=":memory:")
        """,
        [*("d 'd'", "b 'b'", "e 'e'", "a 'a'", "c 'c'")] * 2,
    ),
    "17.7 an output that links to its input is made once": Story(
        "a.t",
        """
        @transform("a.t", suffix(".t"), ".l")
        def link(source, output):
            say("link")
            os.symlink(source, output)
        merge(link, "m")(f("m"))
        run()
        say(run().ran)
        """,
        ["link", "m 'a.l' 'm'", "0"],
    ),
    "17.9 all jobs of a forced task run": Story(
        "",
        """
        originate(["a", "b"])(o("g"))
        run()
        said.clear()
        run(forcedtorun_tasks="g")
        said.sort()
        """,
        ["g 'a'", "g 'b'"],
    ),
    "17.11 a pipeline alone, or everything": Story(
        "",
        """
        p = Pipeline("p")
        p.originate(o("p"), ["p"])
        Pipeline("q").originate(o("q"), ["q"])
        run(pipeline="p")
        run(pipeline=None)
        """,
        ["p 'p'", "q 'q'"],
    ),
    "17.13 records without touching, and history of one's own": Story(
        "a",
        """
        merge("a", "m")(f("m"))
        Path("m").write_text("here already")
        say(run(touch_files_only=2).ran, run().ran, run(history_file="h").ran, run(history_file="h").ran, os.path.exists("h"))
        """,
        ["m 'a' 'm'", "0 0 1 0 True"],
    ),
    "17.14 without .pymake all is as at first": Story(
        "a",
        """
        import shutil
        merge("a", "m")(f("m"))
        run()
        shutil.rmtree(".pymake")
        say(run().ran)
        """,
        ["m 'a' 'm'", "m 'a' 'm'", "1"],
    ),
    "17.15 names in main carry no module": Story(
        "", 'originate(["a"])(o("g"))\nsay(pipeline_get_task_names())', ["['g']"]
    ),
    "17.20 a declaration that failed leaves nothing behind (differs)": Story(
        "",
        """
        g = o("g")
        try:
            merge("a", "b", extras=3)(g)
        except PymakeError:
            originate(["x"])(g)
        run()
        """,
        ["g 'x'"],
    ),
    "17.22 without a file name: originate, split and merge": Story(
        "",
        """
        originate(["x"])(o("g"))
        split(None, ["y"])(f("s"))
        merge(None, "z")(f("m"))
        run()
        """,
        ["g 'x'", "s None ['y']", "m None 'z'"],
    ),
}


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    Pipeline.clear_all()
    said.clear()
    yield
    Pipeline.clear_all()


@pytest.mark.parametrize("name", STORIES)
def test_the_story_of(name: str) -> None:
    story = STORIES[name]
    for file in story.files.split():
        Path(file).write_text(file, encoding="utf-8")
    names = {name: getattr(pymake, name) for name in pymake.__all__}
    mine = {"f": f, "o": o, "run": run, "say": say, "make": make, "said": said, "os": os, "Path": Path}
    exec(dedent(story.program), {**names, **mine})  # the programs are texts of this file
    assert said == story.lines
