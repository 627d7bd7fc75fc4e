"""Pipelines as a whole: lookup, head and tail tasks, copies; and the methods of their tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError, NoSuchTask
from pymake.frontends.context import current, evaluating
from pymake.frontends.decorators import formatter, originate, suffix, touch_file
from pymake.frontends.made import project
from pymake.frontends.pipeline import Pipeline, main
from pymake.model.task import FolderRule, Function, InputSet, JobsLimit, Suffix, Task, TaskRef, TouchFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    with evaluating(ROOT):
        yield


def made() -> dict[str, Task]:
    return {task.name: task for task in project(current(), ROOT).tasks}


def told(declare: Callable[[], object]) -> str:
    with pytest.raises(BuildFileError) as caught:
        declare()
    return str(caught.value).split(": ", 1)[1]


def first(*_arguments: object) -> None:
    """Stands for a function of a task."""


def second(*_arguments: object) -> None:
    print("has a body")


def ref(name: str) -> TaskRef:
    return TaskRef(name=name)


def test_tasks_are_looked_up_by_name_function_and_name_of_the_function() -> None:
    p = Pipeline("p")
    one = p.originate(first, ["a"], name="one")
    assert p["one"] is p[first] is p["first"] is p[f"{__name__}.first"] is p["p::one"] is main["p::one"] is one
    assert "one" in p
    assert first in p
    assert "two" not in p
    assert (list(p), p.tasks, p.task_names, p.name, repr(p)) == (["one"], (one,), ["one"], "p", "<pipeline p>")


def test_what_is_not_there_is_named_with_what_is_near() -> None:
    p = Pipeline("p")
    p.originate(first, ["a"], name="one")
    p.originate(first, ["b"], name="two")
    assert told(lambda: p["onw"]) == "pipeline p has no task 'onw'\n  nearest: one"
    assert told(lambda: p[first]) == "2 tasks of pipeline p call first\n  they are: one, two"
    assert told(lambda: p[second]) == "pipeline p has no task second"
    with pytest.raises(KeyError):
        p["onw"]
    assert issubclass(NoSuchTask, BuildFileError)


def test_all_pipelines_by_name() -> None:
    p = Pipeline("p")
    originate(["a"])(first)
    assert Pipeline.pipelines["p"] is p
    assert list(Pipeline.pipelines) == ["main", "p"]
    assert Pipeline.pipelines["main"].task_names == ["first"]
    Pipeline.clear_all()
    assert list(Pipeline.pipelines) == ["main"]
    assert made() == {}


def test_head_and_tail_tasks() -> None:
    p = Pipeline("p")
    head = p.transform(first, [], suffix(".a"), ".b", name="head")
    tail = p.merge(second, head, "end", name="tail")
    p.set_head_tasks([head])
    p.set_tail_tasks([tail])
    assert (p.get_head_tasks(), p.get_tail_tasks()) == ([head], [tail])
    p.set_input(input=["x.a", Path("y.a")])
    assert made()["p::head"].input == ["x.a", "y.a"]


def test_set_output_is_for_originate() -> None:
    p = Pipeline("p")
    p.set_head_tasks([p.originate(first, [], name="o")])
    p.set_output(output=["a", "b"])
    assert made()["p::o"].output == ["a", "b"]
    other = p.merge(first, "x", "y", name="m")
    assert told(lambda: other.set_output("z")) == "set_output is for originate, and m is merge"


def test_set_input_of_a_product() -> None:
    one = main.product(first, "a", formatter(), "b", formatter("x"), "out", name="p")
    one.set_input(input="c", input2=["d"])
    found = made()["p"]
    assert (found.input, found.sets) == ("c", (InputSet(input=["d"], filter=formatter("x")),))
    assert told(lambda: one.set_input(input3="x")) == (
        "set_input: the task has no 'input3'\n  try: it has input, input2"
    )
    assert told(lambda: main.originate(second, ["a"]).set_input(input="x")) == "set_input: the task has no 'input'"


def test_a_whole_that_has_no_ends() -> None:
    p = Pipeline("p")
    assert told(lambda: p.set_input(input="x")) == "pipeline p has no head tasks\n  try: p.set_head_tasks([…])"
    assert told(lambda: p.set_head_tasks(["x"])) == (  # type: ignore[list-item]  # what a user may write
        "set_head_tasks: 'x' is no task of pipeline p\n  try: give a list of what its methods returned"
    )


def test_a_copy_refers_to_its_own_tasks() -> None:
    p = Pipeline("p")
    head = p.transform(first, "*.a", suffix(".a"), ".b", name="head").jobs_limit(2, "disk").graphviz(color="red")
    tail = p.merge(second, [head, "x"], "end", name="tail", follows=[head]).active_if(True)
    p.set_head_tasks([head])
    p.set_tail_tasks([tail])
    q = p.clone("q")
    q.set_input(input="*.c")
    found = made()
    assert (found["p::head"].input, found["q::head"].input) == ("*.a", "*.c")
    assert (found["q::tail"].input, found["q::tail"].follows) == ([ref("q::head"), "x"], (ref("q::head"),))
    assert (found["q::head"].filter, found["q::head"].jobs_limit) == (
        Suffix(text=".a"),
        JobsLimit(count=2, name="disk"),
    )
    assert (found["p::head"].graphviz, found["q::head"].graphviz) == ({"color": "red"}, {})
    assert (q.get_tail_tasks(), Pipeline.pipelines["q"]) == ([q["tail"]], q)
    assert told(lambda: p.clone("q")).startswith("two pipelines are called 'q'")


def test_methods_of_tasks_chain() -> None:
    def check(*_arguments: object) -> tuple[bool, str]:
        return True, ""

    one = main.merge(first, "a", "b", name="m")
    chained = (
        one.follows("n")
        .mkdir("d")
        .posttask(second, touch_file("t"))
        .jobs_limit(3)
        .active_if(True)
        .graphviz(label="x")
        .check_if_uptodate(check)
    )
    assert chained is one
    found = made()["m"]
    assert found.posttask == (second, TouchFile(names=("t",)))
    assert (found.jobs_limit, found.check_if_uptodate) == (JobsLimit(count=3), check)
    assert (found.follows, found.mkdir, found.graphviz) == ((ref("n"),), ("d",), {"label": "x"})


def test_tasks_without_parameters() -> None:
    p = Pipeline("p")
    p.follows(second, "x", name="f")
    p.check_if_uptodate(second, second, name="c")
    p.graphviz(first, name="g", shape="box")
    found = made()
    assert isinstance(found["p::f"].action, Function)
    assert found["p::f"].follows == (ref("x"),)
    assert found["p::c"].check_if_uptodate is second
    assert (found["p::g"].action, found["p::g"].graphviz) == (None, {"shape": "box"})


@pytest.mark.parametrize(
    ("declare", "text"),
    [
        (lambda: main["m"].jobs_limit(0), "jobs_limit is 0, not a number from 1"),
        (lambda: main["m"].jobs_limit(1, ""), "jobs_limit has the name '', not a text"),
        (lambda: main["m"].posttask("x"), "posttask has 'x', not a function or touch_file(…)"),
        (lambda: main["m"].modify(("", 0), {"check_if_uptodate": 3}), "check_if_uptodate is 3, not a function"),
    ],
)
def test_what_a_modifier_does_not_take(declare: Callable[[], object], text: str) -> None:
    main.merge(first, "a", "b", name="m")
    assert told(declare) == text


def test_folders_of_a_rule() -> None:
    main.mkdir("*.c", suffix(".c"), ".d", output_dir="x")
    main.mkdir("a", "b")
    main.mkdir(input=["y"], output="{n}", filter=formatter(), name="named")
    found = made()
    assert found["mkdir"].folder_rules == (
        FolderRule(input="*.c", filter=Suffix(text=".c"), output=".d", output_dir="x"),
    )
    assert (found["mkdir # 2"].mkdir, found["mkdir # 2"].action) == (("a", "b"), None)
    assert found["named"].folder_rules == (FolderRule(input=["y"], filter=formatter(), output="{n}"),)


@pytest.mark.parametrize(
    ("declare", "text"),
    [
        (main.mkdir, 'mkdir names no folder\n  try: write it: mkdir("build")'),
        (lambda: main.mkdir("*", suffix(".c")), "mkdir has no 'output'\n  try: mkdir(input, filter, output)"),
        (lambda: main.mkdir("*", suffix("c"), "d", "e"), "mkdir takes no extras\n  try: mkdir(input, filter, output)"),
        (lambda: main.mkdir(input="*.c", fliter=suffix(".c")), "mkdir has no argument 'fliter'\n  nearest: filter"),
        (lambda: main.mkdir(3), "3 is no file name"),
    ],
)
def test_folders_that_cannot_be(declare: Callable[[], object], text: str) -> None:
    assert told(declare) == text
    assert made() == {}


def test_a_limit_without_a_name_is_shared_with_copies_and_with_nobody_else() -> None:
    p = Pipeline("p")
    p.originate(first, ["a"], name="one").jobs_limit(2)
    p.originate(first, ["b"], name="two").jobs_limit(2)
    q = p.clone("q")
    q.clone("r")["two"].jobs_limit(5)
    pools = {task.name: task.pool for task in project(current(), ROOT).tasks}
    one, two = "jobs_limit of p::one", "jobs_limit of p::two"
    assert pools == {
        "p::one": one,
        "p::two": two,
        "q::one": one,
        "q::two": two,
        "r::one": one,
        "r::two": "jobs_limit of r::two",
    }
    assert project(current(), ROOT).pools == {one: 2, two: 2, "jobs_limit of r::two": 5}
    p["one"].jobs_limit(3)
    message = told(lambda: project(current(), ROOT))
    assert message.startswith("jobs_limit of p::one is 2 here and 3 elsewhere\n  p::one: ")
