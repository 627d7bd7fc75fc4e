"""What names, functions, pipelines and runtime parameters stand for, once all is declared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError
from pymake.frontends.context import current, evaluating
from pymake.frontends.decorators import (
    add_inputs,
    follows,
    formatter,
    inputs,
    merge,
    originate,
    output_from,
    product,
    runtime_parameter,
    suffix,
    transform,
)
from pymake.frontends.made import project
from pymake.frontends.pipeline import Pipeline, main
from pymake.model.task import AddInputs, InputSet, ReplaceInputs, Task, TaskRef

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    with evaluating(ROOT):
        yield


def made(**runtime_data: object) -> dict[str, Task]:
    return {task.name: task for task in project(current(), ROOT, runtime_data).tasks}


def told(**runtime_data: object) -> str:
    with pytest.raises(BuildFileError) as caught:
        made(**runtime_data)
    return str(caught.value).split(": ", 1)[1]


def first(*_arguments: object) -> None:
    """Stands for a function of a task."""


def second(*_arguments: object) -> None:
    """As above."""


def third(*_arguments: object) -> None:
    """As above."""


def ref(name: str) -> TaskRef:
    return TaskRef(name=name)


def test_a_function_may_become_a_task_later() -> None:
    merge(second, "end")(first)
    follows(third)(first)
    originate(["a"])(second)
    originate(["b"])(third)
    assert (made()["first"].input, made()["first"].follows) == (ref("second"), (ref("third"),))


def test_a_function_that_never_becomes_one() -> None:
    merge(second, "end")(first)
    assert told() == (
        "function second is no task\n  try: decorate it, or name a task of another build file: output_from(…)"
    )


def test_a_function_of_two_tasks() -> None:
    main.originate(second, ["a"], name="a")
    main.originate(second, ["b"], name="b")
    with pytest.raises(BuildFileError) as caught:
        merge(second, "end")(first)
    assert str(caught.value).split(": ", 1)[1] == (
        '2 tasks call function second\n  they are: a, b\n  try: say which one by its name: "a"'
    )


def test_names_are_looked_for_at_home_first_then_in_main_then_as_pipeline_then_everywhere() -> None:
    one, two = Pipeline("one"), Pipeline("two")
    one.originate(first, ["a"], name="x")
    two.originate(first, ["b"], name="x")
    two.set_tail_tasks([two.originate(first, ["c"], name="y")])
    main.originate(first, ["d"], name="z")
    names = ("x", "z", "two", "y", "two::x", "main::z", "elsewhere")
    one.merge(second, [output_from(name) for name in names], "end", name="end")
    found = ("one::x", "z", "two::y", "two::y", "two::x", "z", "elsewhere")
    assert made()["one::end"].input == [ref(name) for name in found]


def test_a_name_of_two_tasks() -> None:
    for name in ("one", "two"):
        Pipeline(name).originate(first, ["a"], name="x")
    merge(output_from("x"), "end")(second)
    assert told() == "2 tasks are called 'x'\n  they are: one::x, two::x"


def test_a_pipeline_stands_for_its_tail_tasks() -> None:
    one = Pipeline("one")
    ends = [one.originate(first, [name], name=name) for name in ("a", "b")]
    one.set_tail_tasks(ends)
    main.merge(second, one, "end", name="whole")
    main.merge(second, ["c", one], "end2", name="inside", follows=[one])
    both = (ref("one::a"), ref("one::b"))
    assert made()["whole"].input == list(both)
    assert (made()["inside"].input, made()["inside"].follows) == (["c", *both], both)


def test_a_pipeline_without_tail_tasks() -> None:
    main.merge(first, Pipeline("one"), "end", name="m")
    assert told() == "pipeline one has no tail tasks, which stand for it\n  try: one.set_tail_tasks([…])"


def test_references_in_added_inputs_and_in_the_sets_of_a_product() -> None:
    transform("*.c", suffix(".c"), add_inputs(second, "x"), ".o")(first)
    product("*.a", formatter(), second, formatter(), inputs(output_from("second")), "{basename[0][0]}")(third)
    originate(["s"])(second)
    assert made()["first"].input_change == AddInputs(inputs=(ref("second"), "x"))
    assert made()["third"].input_change == ReplaceInputs(input=ref("second"))
    assert made()["third"].sets == (InputSet(input=ref("second"), filter=formatter()),)


def test_a_runtime_parameter_is_its_value() -> None:
    merge(runtime_parameter("whole"), "a")(first)
    merge(["x", runtime_parameter("many"), (runtime_parameter("one"),)], "b")(second)
    found = made(whole=["p", Path("q")], many=["y", "z"], one="w")
    assert found["first"].input == ["p", "q"]
    assert found["second"].input == ["x", "y", "z", ("w",)]


def test_a_runtime_parameter_without_a_value() -> None:
    merge(runtime_parameter("file"), "a")(first)
    assert told(flie="x") == (
        "there is no value for runtime_parameter('file')\n"
        "  nearest: flie\n"
        "  try: pipeline_run(…, runtime_data={'file': …})"
    )
