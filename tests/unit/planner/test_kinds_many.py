"""`collate`, `product`, `permutations`, `combinations` and what `inputs` and `add_inputs` do, as Ruffus does it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pymake.model.ids import JobId
from pymake.model.job import Call, Command
from pymake.model.task import (
    AddInputs,
    CommandText,
    Formatter,
    InputSet,
    Kind,
    Regex,
    ReplaceInputs,
    Suffix,
    Task,
)
from tests.unit.planner.sample import FUNCTION, compiled, error_of, ref, task

if TYPE_CHECKING:
    from pymake.model.task import Parameter


def make(kind: Kind, input: Parameter, output: Parameter, **others: object) -> Task:
    return task("t", input, output, kind=kind, **{"action": FUNCTION, **others})


def calls(tasks: Task | list[Task], *files: str) -> list[tuple[object, ...]]:
    """The arguments of the calls of task t."""
    plan = compiled(tasks if isinstance(tasks, list) else [tasks], files).plan
    actions = [plan.action(job) for job in plan.jobs()]
    return [action.arguments for action in actions if isinstance(action, Call) and action.task == "t"]


def test_collate_by_regex_calls_with_a_tuple_of_all_that_lead_to_one_output() -> None:
    one = make(Kind.COLLATE, ["c.x", "b.c", "a.c"], r"\1.all", filter=Regex(pattern=r".*\.(.)"), extras=(r"<\1>", 3))
    assert calls(one, "a.c", "b.c", "c.x") == [
        (("a.c", "b.c"), "c.all", "<c>", 3),
        (("c.x",), "x.all", "<x>", 3),
    ]


def test_collate_by_formatter_and_by_template() -> None:
    by_formatter = make(Kind.COLLATE, "*.?", "{ext[0]}.all", filter=Formatter(), extras=(["{ext[0]}", "{path[0]}"],))
    assert calls(by_formatter, "a.c", "b.c", "a.d") == [
        (("a.c", "b.c"), ".c.all", [".c", "/r"]),
        (("a.d",), ".d.all", [".d", "/r"]),
    ]
    by_template = make(Kind.COLLATE, "{sample}-{n}.txt", "{sample}.all")
    assert calls(by_template, "a-1.txt", "b-1.txt", "a-2.txt") == [
        (("a-1.txt", "a-2.txt"), "a.all"),
        (("b-1.txt",), "b.all"),
    ]


def test_the_command_of_a_group_has_what_its_inputs_share() -> None:
    one = make(Kind.COLLATE, "{s}-{n}.txt", "{s}.all", action=CommandText(commands=(("x", "{s}", "{input}"),)))
    plan = compiled([one], ["a-1.txt", "a-2.txt"]).plan
    assert plan.action(JobId(0)) == Command(commands=(("x", "a", "a-1.txt", "a-2.txt"),))
    assert error_of([replace(one, action=CommandText(commands=("x {n}",)))], ["a-1.txt", "a-2.txt"]) == (
        "BuildFileError b.toml:10: task t: unknown field {n}\n"
        "  try: known here: {extras}, {input}, {output}, {s}; write {{ and }} for braces that are meant as they are"
    )


def test_collate_with_extras_that_differ_is_two_jobs_for_one_output() -> None:
    one = make(Kind.COLLATE, "*.c", "all", filter=Regex(pattern=r"^(.).*"), extras=(r"\1",))
    assert "two jobs of task t make all" in error_of([one], ["a.c", "b.c"])


def test_collate_of_nested_inputs_and_of_one_plain_path() -> None:
    nested = make(Kind.COLLATE, [["a.c", "b.c"], ["b.d", "a.d"]], "x.all", filter=Formatter())
    assert calls(nested, "a.c", "b.c", "b.d", "a.d") == [((["a.c", "b.c"], ["b.d", "a.d"]), "x.all")]
    assert calls(make(Kind.COLLATE, "abc", "x", filter=Formatter()), "abc") == [(("abc",), "x")]


def test_collate_does_not_read_what_it_made_before() -> None:
    one = make(Kind.COLLATE, "*.txt", r"all-\1.txt", filter=Regex(pattern=r"^(\w)\d?\.txt$"))
    assert calls(one, "a1.txt", "a2.txt", "all-a.txt") == [(("a1.txt", "a2.txt"), "all-a.txt")]
    wide = make(Kind.COLLATE, "*.txt", "all.txt", filter=Regex(pattern=r"^.*$"))
    assert calls(wide, "a.txt", "all.txt") == [(("a.txt",), "all.txt")]


@pytest.mark.parametrize(
    ("change", "inputs"),
    [
        (AddInputs(inputs=(r"\1.h", "x.h")), ("a.c", "a.h", "x.h")),
        (AddInputs(inputs=(["a.h", "x.h"],)), ("a.c", ["a.h", "x.h"])),
        (AddInputs(inputs=(r"\1.?",)), ("a.c", "a.c", "a.h")),
        (AddInputs(inputs=("*.h", ref("one"))), ("a.c", "a.h", "x.h", "made")),
        (ReplaceInputs(input=r"\1.h"), "a.h"),
        (ReplaceInputs(input=r"\1.*"), ["a.c", "a.h"]),
        (ReplaceInputs(input=[r"\1.h", ("x.h",)]), ["a.h", ("x.h",)]),
        (ReplaceInputs(input=ref("one")), "made"),
    ],
)
def test_inputs_and_add_inputs(change: AddInputs | ReplaceInputs, inputs: object) -> None:
    one = task("one", None, "made", kind=Kind.MERGE, action=FUNCTION)
    one = replace(one, kind=Kind.TASK)
    for chosen in (Regex(pattern=r"(.*)\.c"), Suffix(text=".c")):
        changed = make(Kind.TRANSFORM, ["a.c"], r"\1.o", filter=chosen, input_change=change)
        assert calls([one, changed], "a.c", "a.h", "x.h") == [(inputs, "a.o")]


def test_inputs_and_add_inputs_with_templates_and_formatters() -> None:
    by_template = make(Kind.TRANSFORM, "{n}.c", "{n}.o", input_change=AddInputs(inputs=("{n}.h",)))
    assert calls(by_template, "a.c", "a.h") == [(("a.c", "a.h"), "a.o")]
    change = ReplaceInputs(input=["{path[0]}/{basename[0]}.h", "{path[0]}/*.h"])
    by_formatter = make(Kind.TRANSFORM, "s/*.c", "{path[0]}/{basename[0]}.o", filter=Formatter(), input_change=change)
    assert calls(by_formatter, "s/a.c", "s/a.h") == [(["s/a.h", "s/a.h"], "s/a.o")]


def test_collate_with_changed_inputs() -> None:
    def collated(change: AddInputs | ReplaceInputs) -> list[tuple[object, ...]]:
        chosen = Regex(pattern=r".*\.(.)")
        one = make(Kind.COLLATE, ["a.c", "b.c", "c.x"], r"\1.all", filter=chosen, input_change=change)
        return calls(one, "a.c", "b.c", "c.x", "c", "x")

    assert collated(AddInputs(inputs=(r"\1",))) == [
        ((("a.c", "c"), ("b.c", "c")), "c.all"),
        ((("c.x", "x"),), "x.all"),
    ]
    assert collated(ReplaceInputs(input="a.c")) == [(("a.c",), "c.all"), (("a.c",), "x.all")]


def test_product_with_formatters() -> None:
    second = InputSet(input=["c.x", "d.x"], filter=Formatter(patterns=(r".*/(?P<q>.).x",)))
    one = make(
        Kind.PRODUCT,
        ["a.c", "b.c"],
        "{basename[0][0]}{basename[1][0]}{q[1][0]}.o",
        filter=Formatter(),
        sets=(second,),
        extras=("{path[1][0]}", ["{ext[0][0]}", 3]),
    )
    assert calls(one, "a.c", "b.c", "c.x", "d.x") == [
        (("a.c", "c.x"), "acc.o", "/r", [".c", 3]),
        (("a.c", "d.x"), "add.o", "/r", [".c", 3]),
        (("b.c", "c.x"), "bcc.o", "/r", [".c", 3]),
        (("b.c", "d.x"), "bdd.o", "/r", [".c", 3]),
    ]


def test_product_adds_inputs_behind_the_tuple_and_replaces_it() -> None:
    one = make(
        Kind.PRODUCT,
        ["a.c"],
        "{basename[0][0]}{basename[1][0]}.o",
        filter=Formatter(),
        sets=(InputSet(input="c.x"),),
        input_change=AddInputs(inputs=("{path[0][0]}/{basename[0][0]}.h", "d.x")),
    )
    assert calls(one, "a.c", "a.h", "c.x", "d.x") == [((("a.c", "c.x"), "a.h", "d.x"), "ac.o")]
    replaced = replace(one, input_change=ReplaceInputs(input="a.h"))
    assert calls(replaced, "a.c", "a.h", "c.x") == [("a.h", "ac.o")]


def test_product_of_templates_has_every_capture() -> None:
    one = make(Kind.PRODUCT, "{a}.x", "{a}-{b}.o", sets=(InputSet(input="{b}.y"),))
    assert calls(one, "1.x", "2.x", "3.y") == [(("1.x", "3.y"), "1-3.o"), (("2.x", "3.y"), "2-3.o")]
    same = make(Kind.PRODUCT, "{a}.x", "{a}.o", sets=(InputSet(input="{a}.y"),))
    assert error_of([same], ["1.x", "1.y"]) == (
        "BuildFileError b.toml:10: task t: two inputs of the product capture {a}\n"
        "  try: give every capture a name of its own"
    )


def test_product_with_an_empty_set_makes_no_job() -> None:
    one = make(Kind.PRODUCT, ["a.c"], "{basename[0][0]}.o", filter=Formatter(), sets=(InputSet(input=[]),))
    assert calls(one, "a.c") == []


@pytest.mark.parametrize(
    ("kind", "pairs"),
    [
        (Kind.PERMUTATIONS, ["ba", "bc", "ab", "ac", "cb", "ca"]),
        (Kind.COMBINATIONS, ["ba", "bc", "ac"]),
        (Kind.COMBINATIONS_WITH_REPLACEMENT, ["bb", "ba", "bc", "aa", "ac", "cc"]),
    ],
)
def test_choices_keep_the_given_order(kind: Kind, pairs: list[str]) -> None:
    names = ["b.c", "a.c", "c.c"]
    expected = [((f"{pair[0]}.c", f"{pair[1]}.c"), f"{pair}.o") for pair in pairs]
    by_formatter = make(kind, names, "{basename[0][0]}{basename[1][0]}.o", filter=Formatter(), tuple_size=2)
    assert calls(by_formatter, *names) == expected


def test_choices_of_a_template_index_their_captures() -> None:
    one = make(Kind.COMBINATIONS, "{n}.c", "{n[0]}-{n[1]}.o", tuple_size=2)
    assert calls(one, "a.c", "b.c", "c.c") == [
        (("a.c", "b.c"), "a-b.o"),
        (("a.c", "c.c"), "a-c.o"),
        (("b.c", "c.c"), "b-c.o"),
    ]


def test_choices_of_nested_inputs_index_member_and_file() -> None:
    one = make(
        Kind.COMBINATIONS,
        [["a.c", "a.d"], ["b.c", "b.d"], ["c.x", "c.d"]],
        "{basename[0][0]}{ext[1][1]}{subdir[0][1][0]}{1[1][0]}",
        filter=Formatter(patterns=(r"(.)\.c$", "d$")),
        tuple_size=2,
    )
    assert calls(one, "a.c", "a.d", "b.c", "b.d", "c.x", "c.d") == [((["a.c", "a.d"], ["b.c", "b.d"]), "a.drb")]


def test_a_filter_that_takes_nothing_is_an_error() -> None:
    one = make(Kind.TRANSFORM, ["a.c"], ".o", filter=Regex(pattern="x$"))
    assert error_of([one], ["a.c"]) == (
        "BuildFileError b.toml:10: task t: no input matches regex('x$')\n"
        "  input: a.c\n"
        "  try: the expression is searched in the name as it is given, relative to the root"
    )
    formatted = make(Kind.COLLATE, ["a.c"], ".o", filter=Formatter(patterns=("x$",)))
    assert "no input matches formatter('x$')\n  input: /r/a.c\n" in error_of([formatted], ["a.c"])


def test_a_formatter_without_the_field_is_an_error() -> None:
    misspelt = make(Kind.TRANSFORM, ["a.c"], "{basname[0]}.o", filter=Formatter(patterns=("(a)?",)))
    assert error_of([misspelt], ["a.c"]) == (
        "BuildFileError b.toml:10: task t: unknown field {basname[0]}\n  try: {basename}"
    )


def test_a_forgotten_raw_text() -> None:
    one = make(Kind.TRANSFORM, ["a.c"], "\1-\2.o", filter=Regex(pattern="(.).(.)"))
    assert error_of([one], ["a.c"]) == (
        "BuildFileError b.toml:10: task t: '\\x01-\\x02.o' holds a control character, where \\1 may be meant\n"
        '  try: write a raw text: r"\\1-\\2.o"'
    )
