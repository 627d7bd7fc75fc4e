"""What a script may name as a target, and where names are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake import Pipeline, main
from pymake.app.script import forced_of, names_of, scope_of
from pymake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def shared(output: str) -> None:
    """The function of tasks of several pipelines."""


def alone(output: str) -> None:
    """The function of one task, which has another name."""


@pytest.fixture(autouse=True)
def pipelines() -> Iterator[None]:
    Pipeline.clear_all()
    main.originate(shared, ["m"], name="both")
    for name in ("p", "q"):
        pipeline = Pipeline(name)
        pipeline.originate(shared, [name], name="made")
        pipeline.originate(shared, [name * 2], name="both")
    Pipeline.pipelines["q"].originate(alone, ["x"], name="other")
    yield
    Pipeline.clear_all()


@pytest.mark.parametrize(
    ("given", "scope", "names"),
    [
        (None, None, ()),
        ("both", None, ("both",)),
        ("main::both", None, ("both",)),
        ("both", "p", ("p::both",)),
        ("made", "q", ("q::made",)),
        ("q::made", "p", ("q::made",)),
        ("other", None, ("q::other",)),
        ("other", "p", ("q::other",)),
        ("alone", None, ("q::other",)),
        (f"{__name__}.alone", "p", ("q::other",)),
        (alone, "p", ("q::other",)),
        ("p", None, ("p::made", "p::both")),
        (["p", "main", "some/path"], None, ("p::made", "p::both", "both", "some/path")),
    ],
)
def test_names_are_looked_up_at_home_then_in_main_then_everywhere(
    given: object, scope: str | None, names: tuple[str, ...]
) -> None:
    assert names_of(given, scope_of(scope)) == names


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("made", "2 tasks are called 'made'\n  they are: p::made, q::made"),
        (shared, None),
        (3, "3 is no target\n  try: name a task, a function or a path"),
    ],
)
def test_what_may_be_several_is_an_error(given: object, text: str | None) -> None:
    if text is None:
        assert names_of(given, None) == ("both",)
        return
    with pytest.raises(UsageError) as caught:
        names_of(given, None)
    assert str(caught.value) == text


def test_a_function_of_several_tasks_at_home_is_an_error() -> None:
    with pytest.raises(UsageError) as caught:
        names_of(shared, scope_of("p"))
    assert str(caught.value) == (
        '2 tasks call function shared\n  they are: p::made, p::both\n  try: say which one by its name: "p::made"'
    )


def test_what_is_forced_is_a_task() -> None:
    assert forced_of(["other", "p"], None) == {"q::other", "p::made", "p::both"}
    with pytest.raises(UsageError) as caught:
        forced_of("bth", None)
    assert str(caught.value) == "forcedtorun_tasks: there is no task 'bth'\n  nearest: both, q::both, p::both"
