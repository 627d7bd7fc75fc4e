"""Whether functions can be called the way jobs call them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError
from pymake.model.task import Kind
from pymake.planner.calls import check_call
from tests.unit.planner.sample import FUNCTION, task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from pymake.model.task import Task


def two(input: object, output: object) -> None:
    """Takes what a job without extras gives."""


def three(input: object, output: object, extra: object, *, width: int = 1) -> None:
    """Takes one extra."""


def named_only(input: object, output: object, *, width: int) -> None:
    """Needs what no job gives."""


def lazy(input: object, output: object) -> Iterator[int]:
    yield 1


async def later(input: object, output: object) -> None:
    """Runs only in a loop."""


async def lazy_later(input: object, output: object) -> AsyncIterator[int]:
    yield 1


class Tool:
    def method(self, input: object, output: object) -> None:
        """Bound to an object, which is its first argument."""

    @classmethod
    def of_class(cls, input: object, output: object) -> None:
        """Bound to the class."""

    def __call__(self, anything: object) -> None:
        """Believed: only its call tells."""


def calling(target: Callable[..., object], *extras: object, **others: object) -> Task:
    function = replace(FUNCTION, target=target)
    given = {"input": "a", "output": "b", **others}
    return task("t", action=function, extras=extras, **given)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    "fits",
    [
        calling(two),
        calling(three, 1),
        calling(lambda *everything: everything, 1, 2, 3),
        calling(lambda input, output, extra=1: extra),
        calling(Tool().method),
        calling(Tool.of_class),
        calling(Tool()),
        calling(print, 1, 2, 3),
        calling(partial(three, extra=1)),
        calling(lambda output: output, kind=Kind.ORIGINATE),
        calling(lambda: None, input=None, output=None),
        calling(two, input=None),
        task("t", "a", "b"),
        task("t", action=None),
    ],
)
def test_what_fits(fits: Task) -> None:
    check_call(fits)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (calling(two, 1), "two cannot be called with 3 arguments\n  a job calls: two(input, output, extras[0])"),
        (calling(three), "three cannot be called with 2 arguments\n  a job calls: three(input, output)"),
        (calling(named_only), "named_only cannot be called with 2 arguments\n  a job calls: named_only(input, output)"),
        (calling(Tool().method, 1), "method cannot be called with 3 arguments\n  a job calls: method(input, output, "),
        (calling(two, kind=Kind.ORIGINATE), "two cannot be called with 1 argument\n  a job calls: two(output)"),
    ],
)
def test_another_number_of_arguments(wrong: Task, said: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        check_call(wrong)
    assert str(caught.value).startswith(f"b.toml:1: task t: {said}")
    assert str(caught.value).endswith("\n  try: give the function a parameter for each, or change the extras")


@pytest.mark.parametrize(
    ("target", "what"), [(lazy, "a generator"), (later, "asynchronous"), (lazy_later, "an asynchronous generator")]
)
def test_a_call_that_would_run_nothing(target: Callable[..., object], what: str) -> None:
    with pytest.raises(BuildFileError) as caught:
        check_call(calling(target))
    assert str(caught.value) == (
        f"b.toml:1: task t: {target.__name__} is {what}, so a call would run nothing of it\n"
        "  try: make it a plain function: without yield, async and await"
    )
