"""Which readers of open tasks get jobs piece by piece."""

from __future__ import annotations

import pytest

from pymake.model.task import AddInputs, FolderRule, Kind, Regex, Task
from tests.unit.planner.sample import compiled, merge, ref, suffix, task, transform

DIVIDE = task("divide", "*.in", "parts/*/{n}", kind=Kind.SUBDIVIDE, input_change=None)
SPLIT = task("split", "big", "parts/*.txt", kind=Kind.SPLIT)
ANY = Regex(pattern="(.*)")


@pytest.mark.parametrize(
    ("reader", "is_early"),
    [
        (transform("t", ref("split"), ".up", filter=suffix(".txt")), True),
        (transform("t", [ref("split")], ".up", filter=suffix(".txt")), True),
        (transform("t", [ref("split"), "other.txt"], ".up", filter=suffix(".txt")), True),
        (task("t", ref("split"), [r"\1.a", r"\1.b"], filter=ANY, kind=Kind.SUBDIVIDE), True),
        (transform("t", ref("split"), ".up", filter=suffix(".txt"), input_change=AddInputs(inputs=("all.h",))), True),
        (transform("t", ref("split"), ".up", filter=suffix(".txt"), order_only="big"), True),
        # All of it has to be known for these.
        (merge("t", ref("split"), "all"), False),
        (task("t", ref("split"), r"\1.all", filter=ANY, kind=Kind.COLLATE), False),
        (task("t", ref("split"), action=None), False),
        (transform("t", "parts/*.txt", ".up", filter=suffix(".txt")), True),
        (transform("t", "parts/{n}.txt", "up/{n}"), True),
        (transform("t", [ref("split"), "parts/*.txt"], ".up", filter=suffix(".txt")), True),
        (transform("t", "parts/{n}.txt", "parts/{n}.up.txt"), False),
        (transform("t", [[ref("split"), "x.txt"]], ".up", filter=suffix(".txt")), False),
        (transform("t", [["parts/*.txt"]], ".up", filter=suffix(".txt")), False),
        (transform("t", [ref("split"), "parts/1.txt"], ".up", filter=suffix(".txt")), False),
        (transform("t", ref("split"), ".up", filter=suffix(".txt"), order_only=ref("split")), False),
        (transform("t", ref("split"), ".up", filter=suffix(".txt"), files=("parts/1.txt",)), False),
        (
            transform("t", ref("split"), ".up", filter=suffix(".txt"), input_change=AddInputs(inputs=(ref("split"),))),
            False,
        ),
        (
            transform("t", ref("split"), ".up", filter=suffix(".txt"), input_change=AddInputs(inputs=(r"\1.*",))),
            False,
        ),
        (
            transform(
                "t",
                ref("split"),
                ".up",
                filter=suffix(".txt"),
                folder_rules=(FolderRule(input=ref("split"), output=".d", filter=suffix(".txt")),),
            ),
            False,
        ),
    ],
)
def test_a_job_for_each_piece(reader: Task, is_early: bool) -> None:
    compiler = compiled([reader, SPLIT], ["big", "other.txt", "all.h"]).compiler
    assert dict(compiler.deferred) == {"t": ("split",)}
    assert compiler.early == ({"t"} if is_early else set())


def test_readers_of_early_tasks_are_early_and_those_of_others_are_not() -> None:
    tasks = [
        SPLIT,
        transform("up", ref("split"), ".up", filter=suffix(".txt")),
        transform("more", ref("up"), ".more", filter=suffix(".up")),
        task("pairs", ref("up"), r"\1.pair", filter=ANY, kind=Kind.COLLATE),
        transform("late", ref("pairs"), ".late", filter=suffix(".pair")),
        transform("both", [ref("up"), ref("pairs")], ".both", filter=suffix("")),
    ]
    assert compiled(tasks, ["big"]).compiler.early == {"up", "more"}
