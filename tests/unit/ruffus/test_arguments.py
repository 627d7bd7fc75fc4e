"""Arguments by position and by name, in one order; and the errors for what does not fit."""

from __future__ import annotations

import pytest

from pymake.ruffus.arguments import ADD, KEEP, REPLACE, parse_task_arguments
from pymake.ruffus.indicators import Indicator, add_inputs, formatter, inputs, suffix
from pymake.ruffus.ruffus_exceptions import (
    error_extras_wrong_type,
    error_inputs_multiple_args,
    error_missing_args,
    error_too_many_args,
)

NAMED = ("input", "filter", "output_dir", "modify_inputs", "output", "extras")
TXT = suffix(".txt")


def read(*unnamed: object, expects: tuple[str, ...] = NAMED, **named: object) -> dict[str, object]:
    return parse_task_arguments(unnamed, named, expects, "@transform(%s)")


def test_position_fills_what_the_kind_has_and_the_rest_is_extras() -> None:
    found = read("*.txt", TXT, ".out", 1, 2)
    assert found["input"] == "*.txt"
    assert found["filter"] is TXT
    assert found["output"] == ".out"
    assert found["extras"] == [1, 2]
    assert found["modify_inputs_mode"] == KEEP


def test_names_say_the_same() -> None:
    named = read(input="*.txt", filter=TXT, output=".out", extras=[1, 2])
    assert named == read("*.txt", TXT, ".out", 1, 2)


def test_an_input_that_is_missing_is_an_empty_list() -> None:
    assert read(filter=TXT, output=".out")["input"] == []


@pytest.mark.parametrize(
    ("mode", "value", "found"),
    [
        (ADD, ("a", "b"), read("*", TXT, add_inputs("a", "b"), ".o")),
        (ADD, ("a", "b"), read("*", TXT, ".o", add_inputs=("a", "b"))),
        (ADD, ("a", "b"), read("*", TXT, ".o", add_inputs=add_inputs("a", "b"))),
        (REPLACE, "a", read("*", TXT, inputs("a"), ".o")),
        (REPLACE, "a", read("*", TXT, ".o", replace_inputs="a")),
        (REPLACE, ("a", "b"), read("*", TXT, ".o", replace_inputs=inputs(("a", "b")))),
    ],
)
def test_inputs_are_added_or_replaced(mode: int, value: object, found: dict[str, object]) -> None:
    assert (found["modify_inputs_mode"], found["modify_inputs"]) == (mode, value)


def test_sets_of_a_product_come_in_pairs_and_go_on_by_name() -> None:
    first, second, third = formatter("1"), formatter("2"), formatter("3")
    expects = ("input", "filter", "inputN", "modify_inputs", "output", "extras")
    found = read("a", first, "b", second, "o", "e", expects=expects, input3="c", filter3=third)
    assert found["input"] == ["a", "b", "c"]
    assert found["filter"] == [first, second, third]
    assert found["output"] == "o"
    assert found["extras"] == ["e"]


def test_a_dictionary_of_extras_is_taken_and_not_used() -> None:
    found = read("*", TXT, ".o", extras={"a": 1})
    assert found["extras"] == []
    assert found["named_extras"] == {"a": 1}


SEEN = "@transform(input='*', filter=suffix('.txt'), "
WRONG = "Duplicate, conflicting or unrecognised arguments:\n    \n    "
ARROW = "...\n                  ===> "


@pytest.mark.parametrize(
    ("error", "text", "unnamed", "named"),
    [
        (error_missing_args, f"Missing 'output' argument:\n    \n    {SEEN}{ARROW}output = ???)", ("*", TXT), {}),
        (error_too_many_args, f"{WRONG}{SEEN}output='o', {ARROW}output='p')", ("*", TXT, "o"), {"output": "p"}),
        (error_too_many_args, f"{WRONG}{SEEN}output='o', {ARROW}wat=1)", ("*", TXT, "o"), {"wat": 1}),
    ],
)
def test_the_error_shows_the_call_and_points_at_what_is_wrong(
    error: type[Exception], text: str, unnamed: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(error) as raised:
        parse_task_arguments(unnamed, named, NAMED, "@transform(%s)")
    assert str(raised.value) == "    \n    \n    \n    " + text


@pytest.mark.parametrize(
    ("error", "unnamed", "named"),
    [
        (TypeError, ("*", "no filter", "o"), {}),
        (error_inputs_multiple_args, ("*", TXT, inputs("a", "b"), "o"), {}),
        (error_inputs_multiple_args, ("*", TXT, "o"), {"replace_inputs": inputs()}),
        (error_extras_wrong_type, ("*", TXT, "o"), {"extras": "text"}),
        (error_too_many_args, ("*", TXT, "o", 1), {"extras": [2]}),
        (error_too_many_args, ("*", formatter(), "o"), {"output_dir": "d"}),
        (error_too_many_args, ("*", TXT, "o"), {"add_inputs": ("a",), "replace_inputs": "b"}),
    ],
)
def test_what_does_not_fit_is_an_error(
    error: type[Exception], unnamed: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(error):
        parse_task_arguments(unnamed, named, NAMED, "@transform(%s)")


def test_a_tuple_size_is_a_number() -> None:
    expects = ("input", "filter", "tuple_size", "output", "extras")
    assert read("a", formatter(), 2, "o", expects=expects)["tuple_size"] == 2
    with pytest.raises(TypeError, match="tuple_size"):
        read("a", formatter(), "2", "o", expects=expects)


def test_words_show_themselves() -> None:
    assert repr(Indicator("a", 1)) == "Indicator('a', 1)"
