"""Arguments that cannot travel to a worker."""

from __future__ import annotations

import threading

import pytest

from pymake.errors import BuildFileError, Place
from pymake.model.arguments import check_arguments
from pymake.model.task import Kind, Task


def a_task(kind: Kind) -> Task:
    return Task(name="count", kind=kind, place=Place(path="pymakefile.py", line=3))


class Refuses:
    def __reduce__(self) -> str:
        raise RuntimeError("not me")


def test_what_can_be_pickled_passes() -> None:
    check_arguments(("in", ["out"], 1, {"a": Place(path="x")}, threading.Thread), a_task(Kind.TRANSFORM))


def test_the_whole_text() -> None:
    with pytest.raises(BuildFileError) as caught:
        check_arguments(("in", "out", 1, [Refuses()]), a_task(Kind.TRANSFORM))
    assert str(caught.value) == (
        "pymakefile.py:3: an argument of task count cannot be sent to a worker process\n"
        "  parameter: extras[1][0]\n"
        f"  type: {__name__}.Refuses\n"
        "  pickle says: not me\n"
        "  try: give the job plain values (a file name, numbers, texts), and make the object inside the function"
    )


@pytest.mark.parametrize(
    ("kind", "position", "name"),
    [
        (Kind.TASK, 0, "input"),
        (Kind.MERGE, 1, "output"),
        (Kind.TRANSFORM, 2, "extras[0]"),
        (Kind.ORIGINATE, 0, "output"),
        (Kind.ORIGINATE, 1, "extras[0]"),
    ],
)
def test_the_parameter_is_named(kind: Kind, position: int, name: str) -> None:
    arguments: list[object] = ["a", "b", "c"]
    arguments[position] = threading.Lock()
    with pytest.raises(BuildFileError) as caught:
        check_arguments(tuple(arguments), a_task(kind))
    assert ("parameter", name) in caught.value.facts
