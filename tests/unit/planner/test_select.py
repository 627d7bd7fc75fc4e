"""From targets to wanted jobs."""

from __future__ import annotations

import pytest

from pymake.errors import UsageError
from pymake.model.upstream import Upstream
from pymake.planner.select import select
from tests.unit.planner.sample import compiled, merge, ref, task, transform

TASKS = [
    task("before", "z", "stamp/before"),
    transform("cc", "src/{n}.c", "build/{n}.o", order_only="gen/config.h"),
    task("config", "config.in", "gen/config.h"),
    merge("app", ref("cc"), "build/app", follows=(ref("setup"),)),
    task("setup", action=None, follows=(ref("before"),)),
    task("all", ["build/app", "src/a.c"], action=None),
    task("lib::doc", "readme", "doc/[[]1]/index.html"),
    task("build", "x", "y"),
    task("late", "y", "w", follows=(ref("all"),)),
]
PLAN = compiled(TASKS, ["src/a.c", "src/b.c"]).plan
ALL = [PLAN.label(job) for job in PLAN.jobs()]
A, B = "cc build/a.o", "cc build/b.o"
APP, BEFORE, CONFIG = "app build/app", "before stamp/before", "config gen/config.h"
DOC, BUILD = "lib::doc doc/[1]/index.html", "build y"


@pytest.mark.parametrize(
    ("targets", "where", "goals", "upstream"),
    [
        ([], "", ALL, []),
        (["cc"], "", [A, B], [CONFIG]),
        (["cc"], "src", [A, B], [CONFIG]),
        (["app"], "", [APP], [A, B, CONFIG, BEFORE]),
        (["build/a.o"], "", [A], [CONFIG]),
        (["a.o"], "build", [A], [CONFIG]),
        (["./a.o", "b.o", "a.o"], "build", [A, B], [CONFIG]),
        (["../build/a.o"], "src", [A], [CONFIG]),
        (["all"], "", [APP], [A, B, CONFIG, BEFORE]),
        (["setup"], "", [], [BEFORE]),
        (["late"], "", ["late w"], [BUILD, APP, A, B, CONFIG, BEFORE]),
        (["lib::doc"], "", [DOC], []),
        (["doc/[1]/index.html"], "", [DOC], []),
        (["build"], "", [BUILD], []),
        (["build/"], "", [A, B, APP], [CONFIG, BEFORE]),
        (["stamp"], "", [BEFORE], []),
        (["."], "gen", [CONFIG], []),
        (["build/*.o"], "", [A, B], [CONFIG]),
        (["*.o"], "build", [A, B], [CONFIG]),
        (["**/a.*"], "", [A], [CONFIG]),
        (["*.html"], "doc/[1]", [DOC], []),
        (["src/a.c"], "", [], []),
    ],
)
def test_targets(targets: list[str], where: str, goals: list[str], upstream: list[str]) -> None:
    found = select(PLAN, targets, where)
    assert [PLAN.label(job) for job in found.goals] == goals
    assert {PLAN.label(job) for job in PLAN.jobs() if found.wanted[job]} == {*goals, *upstream}


@pytest.mark.parametrize(
    ("target", "where", "text"),
    [
        (
            "ap",
            "",
            "no task and no file of the plan is called 'ap'\n  nearest: app\n  try: pymake list shows all tasks",
        ),
        (
            "ap.o",
            "build",
            (
                "no task and no file of the plan is called 'ap.o'\n"
                "  nearest: a.o, b.o, app\n"
                "  looked for: build/ap.o\n"
                "  try: pymake list shows all tasks"
            ),
        ),
        ("*.zip", "", "no task and no file of the plan is called '*.zip'\n  try: pymake list shows all tasks"),
        ("{x}", "", "no task and no file of the plan is called '{x}'\n  try: pymake list shows all tasks"),
    ],
)
def test_unknown_targets(target: str, where: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        select(PLAN, [target], where)
    assert str(caught.value) == text


def test_a_long_chain_needs_no_recursion() -> None:
    count = 3_000
    plan = compiled([task(f"t{n}", f"f{n}", f"f{n + 1}") for n in range(count)]).plan
    found = select(plan, [f"t{count - 1}"], "")
    assert sum(found.wanted) == count
    assert Upstream(plan, found.wanted, {}).order == list(range(count))
