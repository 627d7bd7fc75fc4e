"""Folders that tasks want: named, or named by a rule for each input; and those of groups."""

from __future__ import annotations

from dataclasses import replace

from pymake.model.ids import JobId, TaskId
from pymake.model.task import FolderRule, Formatter, Suffix, Task, TaskRef
from pymake.planner.folders import group_folders
from pymake.planner.select import select
from tests.unit.planner.sample import compiled, error_of, ref, task, transform


def group(name: str, folder: str, *follows: TaskRef) -> Task:
    return task(name, action=None, mkdir=(folder,), follows=follows)


def test_named_folders_come_first_then_those_of_rules() -> None:
    rules = (
        FolderRule(input="*.c", filter=Suffix(text=".c"), output=".dir"),
        FolderRule(input=ref("up"), filter=Formatter(), output=["out/{basename[0]}", "out/{ext[0]}"]),
        FolderRule(input="{n}.c", output="from/{n}"),
    )
    one = task("t", "a.c", "x", mkdir=("first", "./out/.o"), folder_rules=rules)
    plan = compiled([transform("up", "{n}.c", "{n}.o"), one], ["a.c", "b.c"]).plan
    assert plan.folders(TaskId(1)) == ("first", "out/.o", "a.dir", "b.dir", "out/a", "out/b", "from/a", "from/b")
    assert plan.folders(TaskId(0)) == ()
    assert list(plan.dirtying(JobId(2))) == [plan.file("a.c")]


def test_a_rule_that_takes_nothing() -> None:
    rule = FolderRule(input="a.c", filter=Suffix(text=".x"), output="d")
    assert error_of([task("t", "a.c", "x", folder_rules=(rule,))], ["a.c"]) == (
        "BuildFileError b.toml:10: task t: no input ends in .x\n"
        "  input: a.c\n"
        "  try: the suffix is the end of the input's name, with its dot"
    )


def test_groups_are_prepared_when_they_are_named_or_followed() -> None:
    tasks = [
        group("one", "1"),
        group("two", "2"),
        group("three", "3", ref("two")),
        replace(task("t", "a", "x", mkdir=("not a group",)), follows=(ref("three"),)),
    ]
    plan = compiled(tasks, ["a"]).plan

    def folders(*names: str) -> list[str]:
        return list(group_folders(plan, select(plan, names, "").wanted, names))

    assert folders() == ["1", "2", "3"]
    assert folders("one") == ["1"]
    assert folders("x") == folders("t") == ["2", "3"]
