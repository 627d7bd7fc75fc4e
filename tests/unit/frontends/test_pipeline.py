"""The object form."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError
from pymake.frontends.context import current, evaluating
from pymake.frontends.decorators import output_from, suffix, task
from pymake.frontends.made import project
from pymake.frontends.pipeline import Pipeline, main
from pymake.model.task import CommandText, Function, Kind, Suffix, Task, TaskRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__)
ROOT = str(HERE.parent)


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    with evaluating(ROOT):
        yield


def made() -> dict[str, Task]:
    return {task.name: task for task in project(current(), ROOT).tasks}


def run(source: str, target: str) -> None:
    """Stand for a task's function."""
    raise NotImplementedError(source, target)


def test_a_loop_declares_tasks_with_commands() -> None:
    for name in ("a", "b"):
        main.task(name=name, input=[f"{name}.c", Path("x.h")], output=f"{name}.o", command="cc {input[0]}", cores=2)
    found = made()
    assert list(found) == ["a", "b"]
    assert found["b"].input == ["b.c", "x.h"]
    assert found["b"].action == CommandText(commands=("cc {input[0]}",))
    assert (found["b"].kind, found["b"].cores, found["b"].place.path) == (Kind.TASK, 2, HERE.name)


def test_a_function_of_many_tasks_is_keyed_once() -> None:
    for name in ("a", "b"):
        main.task(run, name, f"{name}.o", name=name, extras=[1])
    found = made()
    assert found["a"].action is found["b"].action
    assert isinstance(found["a"].action, Function)
    assert (found["a"].action.target, found["a"].input, found["a"].extras) == (run, "a", (1,))
    assert found["a"].doc == "Stand for a task's function."


@pytest.mark.parametrize(
    ("command", "commands"),
    [
        ("a b", ("a b",)),
        (["a", Path("b")], (("a", "b"),)),
        ([["a", "b"], ("c",)], (("a", "b"), ("c",))),
    ],
)
def test_commands(command: object, commands: object) -> None:
    main.task(name="t", command=command)
    action = made()["t"].action
    assert isinstance(action, CommandText)
    assert action.commands == commands


def test_every_argument_that_fits_every_kind() -> None:
    main.merge(
        name="all",
        command="x",
        input=[],
        output="o",
        depfile="{output}.d",
        order_only=["first"],
        follows=["before", output_from("between")],
        mkdir="folder",
        vars={"cc": "gcc", "level": 2, "flags": ["-g", Path("x")], "fast": True},
        env={"LC_ALL": "C"},
        uses_env="HOME",
        tools=["cc"],
        files="cfg",
        cwd="sub",
        pool="link",
        timeout=5,
        retries=3,
        retry_delay=0.5,
        temporary=True,
        protected=True,
        interactive=False,
        always=True,
        tags="slow",
        active=False,
        doc="Everything.",
    )
    found = made()["all"]
    assert (found.depfile, found.order_only, found.mkdir) == ("{output}.d", ["first"], ("folder",))
    assert found.follows == (TaskRef(name="before"), TaskRef(name="between"))
    assert found.variables == {"cc": "gcc", "level": "2", "flags": ("-g", "x"), "fast": "true"}
    assert (found.env, found.uses_env, found.tools, found.files) == ({"LC_ALL": "C"}, ("HOME",), ("cc",), ("cfg",))
    assert (found.cwd, found.pool, found.timeout, found.retries, found.retry_delay) == ("sub", "link", 5.0, 3, 0.5)
    assert (found.temporary, found.protected, found.always, found.tags) == (True, True, True, ("slow",))
    assert (found.active, found.doc) == (False, "Everything.")


def test_declared_tasks_stand_for_their_outputs_and_can_be_said_more_of() -> None:
    first = main.originate(run, "a", name="first")
    second = main.transform(run, first, suffix("a"), "b", name="second")
    chained = second.follows(first).mkdir("d").tags("t").pool("p").timeout(2).retries(1, delay=2)
    assert chained.always().protected().interactive() is second
    assert chained.always().protected().temporary() is second
    assert chained.uses(env="E").resources(cores=3).active_if(True).default() is second
    found = made()["second"]
    assert (found.input, found.filter) == (TaskRef(name="first"), Suffix(text="a"))
    assert (found.follows, found.mkdir, found.tags, found.pool) == ((TaskRef(name="first"),), ("d",), ("t",), "p")
    assert (found.timeout, found.retries, found.retry_delay, found.always) == (2.0, 1, 2.0, True)
    assert (found.uses_env, found.cores, found.active, found.protected) == (("E",), 3, True, True)
    assert found.interactive
    assert (found.uses_env, found.cores, found.active, found.protected, found.temporary) == (
        ("E",),
        3,
        True,
        True,
        True,
    )
    assert project(current(), ROOT).default == ("second",)


def test_names_in_another_pipeline_mean_its_own_tasks_first() -> None:
    task([], "x")(named("shared"))
    task([], "y")(named("only_main"))
    docs = Pipeline("docs")
    docs.merge(
        name="page",
        command="x",
        input=[output_from("shared", "only_main"), ["main.c", output_from("main::shared")]],
        output="p",
        follows=["later", "only_main"],
    )
    docs.task(name="shared", command="y", output="z")
    later = docs.task(name="later", command="y")
    main.task(name="end", command="e", input=later, follows="docs::page")
    found = made()
    assert list(found) == ["shared", "only_main", "end", "docs::page", "docs::shared", "docs::later"]
    page = found["docs::page"]
    assert page.input == [
        TaskRef(name="docs::shared"),
        TaskRef(name="only_main"),
        ["main.c", TaskRef(name="shared")],
    ]
    assert page.follows == (TaskRef(name="docs::later"), TaskRef(name="only_main"))
    assert found["end"].input == TaskRef(name="docs::later")
    assert found["end"].follows == (TaskRef(name="docs::page"),)


def test_the_pipeline_of_decorators_is_that_of_the_open_context() -> None:
    task([], "x")(named("decorated"))
    assert main.name == "main"
    main.task(name="called", command="x")
    assert list(made()) == ["decorated", "called"]
    with evaluating(ROOT):
        main.task(name="called", command="x")
        assert list(made()) == ["called"]


def test_a_pipeline_class_can_be_extended() -> None:
    class Mine(Pipeline):
        def size(self) -> int:
            return len(self._declarations.tasks)

    mine = Mine("mine")
    mine.task(name="a", command="x")
    assert mine.size() == 1
    assert isinstance(Mine.of_decorators(), Mine)
    assert Mine.of_decorators().name == "main"


def named(name: str) -> Callable[[], None]:
    def function() -> None: ...

    function.__name__ = name
    return function


REFUSALS: list[tuple[Callable[[], object], str]] = [
    (lambda: main.task(name="a"), "task has neither command nor task_func\n  try: give one of them"),
    (
        lambda: main.task(name="a", command="x", task_func=run),
        "task has both command and task_func\n  try: give one of them",
    ),
    (
        lambda: main.task(command="x"),
        "task has no 'name'\n  try: name=\"…\", which is the task as a target",
    ),
    (
        lambda: main.task(functools.partial(run, "a")),
        "task has no 'name'\n  try: name=\"…\", which is the task as a target",
    ),
    (lambda: main.task(name="a::b", command="x"), "'a::b' is no name for a task"),
    (lambda: main.task(name="", command="x"), "'' is no name for a task"),
    (
        lambda: main.task("cp a b", "a", "b"),
        "task_func is the text 'cp a b', not a function\n  try: a program goes into command=",
    ),
    (lambda: main.task(5), "task_func is 5, not a function"),
    (lambda: main.task(name="a", comand="x"), "task has no argument 'comand'\n  nearest: command"),
    (
        lambda: main.task(name="a", command=" "),
        "command is ' ', not a text, a list of texts, or a list of such lists",
    ),
    (
        lambda: main.task(name="a", command=["head", 3]),
        "command has 3 in it, not a text\n  try: write it as text: '3'",
    ),
    (lambda: main.task(name="a", command=[["x"], []]), "command has an empty list in it"),
    (lambda: main.task(name="a", command="x", retries=-1), "retries is -1, not a number from 0"),
    (lambda: main.task(name="a", command="x", always="yes"), "always is 'yes', not True or False"),
    (
        lambda: main.task(name="a", command="x", env={"N": 1}),
        "env has 'N': 1 in it, and both must be texts",
    ),
    (
        lambda: main.task(name="a", command="x", vars={"n": None}),
        "vars has 'n': None in it, not a name with a text, a number or a list of texts",
    ),
    (lambda: main.task(name="a", command="x", vars=3), "vars is 3, not a dictionary"),
    (lambda: main.task(name="a", command="x", cwd=3), "3 is no file name"),
    (lambda: main.task(name="a", command="x", pool=["p"]), "pool is ['p'], not a text"),
    (lambda: main.task(name="a", command="x", follows=3), "3 is no task\n  try: name a task, or give its function"),
    (
        lambda: main.task(name="a", task_func=run, extras=[output_from("b")]),
        "extras has a task in it\n  try: files of another task go into the input",
    ),
    (
        lambda: Pipeline("main"),
        "two pipelines are called 'main'\n  try: decorators fill it, and pymake.main is it",
    ),
    (lambda: Pipeline("a::b"), "'a::b' is no name for a pipeline"),
]


@pytest.mark.parametrize(("declare", "text"), REFUSALS)
def test_refusals(declare: Callable[[], object], text: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        declare()
    assert caught.value.place is not None
    assert str(caught.value) == f"{caught.value.place}: {text}"
    assert caught.value.place.path == HERE.name
    assert made() == {}


def test_two_pipelines_of_one_name_say_both_places() -> None:
    Pipeline("docs")
    with pytest.raises(BuildFileError, match=r"two pipelines are called 'docs'\n  the other: test_pipeline\.py:"):
        Pipeline("docs")


def test_a_function_of_two_tasks_does_not_say_which() -> None:
    main.task(run, "a", "b", name="one")
    main.task(run, "b", "c", name="two")
    with pytest.raises(BuildFileError) as caught:
        main.merge(name="all", command="x", input=run, output="d")
    assert str(caught.value).partition(": ")[2] == (
        '2 tasks call function run\n  they are: one, two\n  try: say which one by its name: "one"'
    )
