"""What decorators declare, and what they refuse, to the letter."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError
from pymake.frontends.context import current, evaluating
from pymake.frontends.decorators import (
    active_if,
    always,
    default,
    follows,
    fresh_process,
    interactive,
    merge,
    mkdir,
    originate,
    output_from,
    pool,
    protected,
    resources,
    retries,
    suffix,
    tags,
    task,
    temporary,
    timeout,
    transform,
    uses,
)
from pymake.frontends.made import project
from pymake.frontends.pipeline import main
from pymake.model.task import Function, Kind, Suffix, Task, TaskRef

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


def text_of(declare: Callable[[], object]) -> str:
    """The error that a declaration raises, lines counted from that of `declare`."""
    with pytest.raises(BuildFileError) as caught:
        declare()
    first = declare.__code__.co_firstlineno
    place = caught.value.place
    assert place is not None
    assert place.line is not None
    return str(caught.value).replace(f"{HERE.name}:{place.line}", f"+{place.line - first}", 1)


def test_a_function_stays_a_function_and_lends_its_name_and_doc() -> None:
    @transform("*.txt", suffix(".txt"), ".n", 1, "x", output_dir="build")
    def count(source: str, target: str) -> str:
        """Count words.

        Not shown.
        """
        return source + target

    assert count("a", "b") == "ab"
    found = made()["count"]
    assert (found.kind, found.input, found.output) == (Kind.TRANSFORM, "*.txt", ".n")
    assert (found.filter, found.extras, found.output_dir) == (Suffix(text=".txt"), (1, "x"), "build")
    assert found.doc == "Count words."
    assert found.place.path == HERE.name
    assert isinstance(found.action, Function)
    assert found.action.target is count


def test_by_position_and_by_name_are_the_same() -> None:
    @transform("a.c", suffix(".c"), ".o", 1)
    def one() -> None: ...

    @transform(output=".o", filter=suffix(".c"), input="a.c", extras=[1])
    def two() -> None: ...

    first, second = made()["one"], made()["two"]
    for field in ("kind", "input", "filter", "output", "extras"):
        assert getattr(first, field) == getattr(second, field)


def test_every_kind_takes_its_own_arguments() -> None:
    @task(["a", "b"], "c", 1)
    def of_task() -> None: ...

    @originate(["a", "b"], 2)
    def of_originate() -> None: ...

    @transform("src/{name}.c", "build/{name}.o", 3)
    def of_transform() -> None: ...

    @merge(of_transform, "all", 4)
    def of_merge() -> None: ...

    found = {name: (task.kind, task.input, task.output, task.extras) for name, task in made().items()}
    assert found == {
        "of_task": (Kind.TASK, ["a", "b"], "c", (1,)),
        "of_originate": (Kind.ORIGINATE, None, ["a", "b"], (2,)),
        "of_transform": (Kind.TRANSFORM, "src/{name}.c", "build/{name}.o", (3,)),
        "of_merge": (Kind.MERGE, TaskRef(name="of_transform"), "all", (4,)),
    }


def test_paths_and_tasks_stand_at_any_depth() -> None:
    @originate("first")
    def start() -> None: ...

    other = main.task(name="other", command="true", output="o")

    @merge([Path("a") / "b", (start, {"x"}), [other, output_from("later", "more")]], Path("out"))
    def end() -> None: ...

    assert made()["end"].input == [
        "a/b",
        (TaskRef(name="start"), {"x"}),
        [TaskRef(name="other"), TaskRef(name="later"), TaskRef(name="more")],
    ]
    assert made()["end"].output == "out"


def test_several_tasks_as_the_whole_input_are_a_list() -> None:
    @merge(output_from("a", "b"), "c")
    def both() -> None: ...

    @merge(output_from("a"), "d")
    def one() -> None: ...

    assert made()["both"].input == [TaskRef(name="a"), TaskRef(name="b")]
    assert made()["one"].input == TaskRef(name="a")


def test_a_list_changed_afterwards_stays_as_declared() -> None:
    names = ["a"]

    @merge(names, "c")
    def joined() -> None: ...

    names.append("b")
    assert made()["joined"].input == ["a"]


def decorated(order: int) -> Task:
    """One task with every modifier, stacked in one of two orders."""

    def function() -> None:
        raise NotImplementedError

    stack: list[Callable[[Callable[[], None]], object]] = [
        transform("*.c", suffix(".c"), ".o"),
        follows("before", mkdir("f"), [output_from("x", "y")]),
        mkdir("g", ["h"]),
        tags("slow"),
        pool("link"),
        timeout(3),
        retries(2, delay=1.5),
        uses(env=["HOME"], tools="cc", files=[Path("cfg")], packages=["numpy"]),
        resources(cores=4, memory="2G"),
        fresh_process,
        always,
        protected,
        interactive,
        temporary,
        default,
        active_if(True, lambda: 0),
    ]
    with evaluating(ROOT) as opened:
        for decorator in stack[::order]:
            assert decorator(function) is function
        found = project(opened, ROOT)
        assert found.default == ("function",)
        return found.tasks[0]


@pytest.mark.parametrize("order", [1, -1])
def test_every_modifier_in_any_order(order: int) -> None:
    found = decorated(order)
    assert found.kind is Kind.TRANSFORM
    assert found.follows == tuple(TaskRef(name=name) for name in ("before", "x", "y"))
    assert set(found.mkdir) == {"f", "g", "h"}
    assert (found.tags, found.pool, found.timeout) == (("slow",), "link", 3.0)
    assert (found.retries, found.retry_delay, found.cores, found.memory) == (2, 1.5, 4, 2 << 30)
    assert found.fresh_process
    assert (found.uses_env, found.tools, found.files) == (("HOME",), ("cc",), ("cfg",))
    assert found.packages == ("numpy",)
    assert (found.always, found.protected, found.interactive) == (True, True, True)
    assert (found.temporary, found.active) == (True, False)


def test_modifiers_that_list_add_up() -> None:
    @tags("a", "b")
    @follows("x")
    @tags("b", "c")
    @follows("y")
    @task([], "o")
    def listed() -> None: ...

    found = made()["listed"]
    assert set(found.tags) == {"a", "b", "c"}
    assert set(found.follows) == {TaskRef(name="x"), TaskRef(name="y")}


def test_conditions_are_asked_when_the_project_is_made() -> None:
    asked: list[str] = []

    @active_if(lambda: not asked.append("now"))  # type: ignore[func-returns-value]  # it is None, which is the point
    @task([], "o")
    def asked_late() -> None: ...

    assert asked == []
    assert made()["asked_late"].active
    assert asked == ["now"]


def test_only_followers_are_called_without_arguments_and_empty_ones_are_groups() -> None:
    calls: list[str] = []

    @follows("a")
    def acts() -> None:
        calls.append("acts")

    @follows("a")
    def only_named() -> None:
        """Everything."""

    found = made()
    assert isinstance(found["acts"].action, Function)
    found["acts"].action.target(None, None)
    assert calls == ["acts"]
    assert (found["only_named"].action, found["only_named"].kind) == (None, Kind.TASK)


def undecorated() -> None: ...


def unknown_keyword() -> object:
    return transform("a", suffix("b"), "c", outptu_dir="d")


def unknown_keyword_far() -> object:
    return originate("a", zzz=1)


def missing_output() -> object:
    return merge("a")


def missing_filter() -> object:
    return transform(
        "*.c",
        ".o",
    )


def twice() -> object:
    return task("a", input="b")


def wrong_filter() -> object:
    return transform("a", filter=".c", output=".o")(undecorated)


def wrong_extras() -> object:
    return merge("a", "b", extras={"x": 1})(undecorated)


def generator() -> object:
    return merge((name for name in ["a"]), "b")(undecorated)


def task_as_output() -> object:
    return merge("b", undecorated)(lambda_of("x"))


def not_a_function() -> object:
    return tags("a")(functools.partial(undecorated))


def wrong_suffix() -> object:
    return suffix(3)  # type: ignore[arg-type]  # that is the mistake


def wrong_timeout() -> object:
    return timeout(0)(undecorated)


def wrong_memory() -> object:
    return resources(memory="much")(undecorated)


def wrong_backoff() -> object:
    return retries(2, backoff=0.5)(undecorated)


def wrong_cores() -> object:
    return resources(cores=True)(undecorated)


def wrong_tag() -> object:
    return tags(3)(undecorated)  # type: ignore[arg-type]  # that is the mistake


def wrong_dir() -> object:
    return transform("{a}", "{a}.o", output_dir="x")


def no_names() -> object:
    return output_from()


def lambda_of(name: str) -> Callable[[], None]:
    def function() -> None: ...

    function.__name__ = name
    return function


@pytest.mark.parametrize(
    ("declare", "text"),
    [
        (unknown_keyword, "+1: transform has no argument 'outptu_dir'\n  nearest: output_dir, output"),
        (
            unknown_keyword_far,
            "+1: originate has no argument 'zzz'\n  known: cwd, depfile, env, extras, order_only, output, vars",
        ),
        (missing_output, "+1: merge has no 'output'\n  try: merge(input, output, *extras)"),
        (
            missing_filter,
            (
                "+1: transform has no filter\n"
                '  try: transform(input, filter, output, *extras), or an input such as "src/{name}.c"'
            ),
        ),
        (twice, "+1: task has 'input' twice: by position and by name\n  try: task(input, output, *extras)"),
        (wrong_filter, "+1: filter is '.c', not suffix(…) or regex(…) or formatter(…)"),
        (wrong_extras, "+1: extras is {'x': 1}, not a list\n  try: extras=[…], one member for each argument"),
        (generator, "+1: a generator can be read only once\n  try: make it a list: list(…)"),
        (task_as_output, "+1: 'undecorated' is no file name: an output names the files that are made"),
        (wrong_suffix, "+1: suffix(3) is not the end of a file name\n  try: transform(input, filter, output, *extras)"),
        (wrong_timeout, "+1: timeout is 0, not a number of seconds above 0"),
        (wrong_memory, "+1: memory is 'much', not an amount such as '2G' or a number of bytes"),
        (wrong_backoff, "+1: retry_backoff is 0.5, not a number from 1"),
        (wrong_cores, "+1: cores is True, not a number from 1"),
        (wrong_tag, "+1: 3 is not a tag"),
        (wrong_dir, "+1: output_dir goes with suffix(…) only\n  try: write the folder into the output"),
        (no_names, "+1: output_from() names no task"),
    ],
)
def test_refusals(declare: Callable[[], object], text: str) -> None:
    assert text_of(declare) == text


def test_something_without_a_name_is_refused() -> None:
    assert text_of(not_a_function).endswith("is no function")


def line_of(text: str) -> int:
    """The line of this file that ends with a text."""
    lines = HERE.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(text) and "line_of" not in line)


def test_two_kinds_for_one_function() -> None:
    with pytest.raises(BuildFileError) as caught:

        @merge("a", "b")  # second kind
        @task("a", "c")  # first kind
        def torn() -> None: ...

    assert str(caught.value) == (
        f"{HERE.name}:{line_of('# second kind')}: function torn is a task already, and cannot be a merge too\n"
        f"  the other: {HERE.name}:{line_of('# first kind')}\n"
        "  try: use the object form for one of them: main.merge(task_func=torn, name=…)"
    )


def test_two_functions_of_one_name() -> None:
    task([], "a")(lambda_of("same"))  # first name
    with pytest.raises(BuildFileError) as caught:
        task([], "b")(lambda_of("same"))  # second name
    assert str(caught.value) == (
        f"{HERE.name}:{line_of('# second name')}: two tasks are called 'same'\n"
        f"  the other: {HERE.name}:{line_of('# first name')}\n"
        "  try: give one of them another name"
    )


def test_a_condition_that_raises() -> None:
    def broken() -> bool:
        raise ValueError("no")

    active_if(broken)(task([], "a")(lambda_of("conditional")))
    with pytest.raises(BuildFileError, match="a condition of active_if of task conditional raised ValueError: no"):
        made()


def test_each_context_is_its_own() -> None:
    task([], "a")(lambda_of("outer"))
    with evaluating(ROOT):
        task([], "a")(lambda_of("inner"))
        assert list(made()) == ["inner"]
    assert list(made()) == ["outer"]


def endless() -> list[object]:
    found: list[object] = []
    found.append({"more": found})
    return found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((b"a", "b"), "b'a' is bytes, and a file name is a text\n  try: os.fsdecode(…) makes a text of it"),
        ((["a", b"a"], "b"), "b'a' is bytes, and a file name is a text\n  try: os.fsdecode(…) makes a text of it"),
        ((None, 3), "output is 3, which names no file\n  try: None stands for no output"),
        ((None, {"a": "b"}), "output is {'a': 'b'}, which names no file\n  try: None stands for no output"),
        ((None, [(1, {2})]), "output is [(1, {2})], which names no file\n  try: None stands for no output"),
        (("a\0", "b"), r"'a\x00' holds the character NUL"),
        ((["a", "c\0"], "b"), r"'ac\x00' holds the character NUL"),
        ((None, "\ud800"), r"'\ud800' holds half a character, '\ud800'"),
        ((None, "b", endless()), "extras holds itself, or is nested too deep\n  try: give the job plain values"),
    ],
)
def test_values_that_no_job_could_use(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        task(*arguments)(lambda: None)
    assert str(caught.value).partition(": ")[2] == said


@pytest.mark.parametrize("output", [None, [], "a", ["a", 1], [["a"]], ({"a"},), "\udc80", "é"])
def test_outputs_that_may_be(output: object) -> None:
    @task(None, output)
    def made(given: object, output: object) -> None: ...

    assert project(current(), ROOT).tasks[0].output == output


def test_a_folder_that_is_a_function() -> None:
    with pytest.raises(BuildFileError) as caught:
        mkdir(endless)
    assert str(caught.value).endswith(': mkdir names no folder\n  try: write it: mkdir("build")')
