"""`split` and `subdivide` with outputs that are named in full."""

from __future__ import annotations

from dataclasses import replace

from pymake.model.ids import JobId
from pymake.model.job import Call
from pymake.model.task import Kind, Task
from tests.unit.planner.sample import FUNCTION, Job, compiled, error_of, jobs, ref, suffix, task, transform


def split(name: str, given: object, made: object) -> Task:
    return task(name, given, made, kind=Kind.SPLIT, action=FUNCTION)


def subdivide(name: str, given: object, made: object, filter_text: str | None = None) -> Task:
    return replace(
        transform(name, given, made), kind=Kind.SUBDIVIDE, filter=None if filter_text is None else suffix(filter_text)
    )


def test_split_is_one_job_of_which_readers_see_every_output() -> None:
    parts = split("parts", "all.txt", ["1.part", "2.part"])
    plan = compiled([parts, transform("t", ref("parts"), ".out", filter=suffix(".part"))], ["all.txt"]).plan
    assert jobs(plan) == [
        Job("parts", ["all.txt"], ["1.part", "2.part"]),
        Job("t", ["1.part"], ["1.out"]),
        Job("t", ["2.part"], ["2.out"]),
    ]
    assert plan.action(JobId(0)) == Call(task="parts", arguments=("all.txt", ["1.part", "2.part"]))


def test_split_needs_no_input_and_takes_one_output() -> None:
    readers = task("readers", ref("one"), "end", action=FUNCTION)
    plan = compiled([split("one", None, "x.part"), readers]).plan
    assert jobs(plan) == [Job("one", [], ["x.part"]), Job("readers", ["x.part"], ["end"])]
    assert plan.action(JobId(1)) == Call(task="readers", arguments=(["x.part"], "end"))


def test_split_of_a_pattern_without_matches_makes_no_job() -> None:
    found = compiled([split("s", "*.txt", ["a", "b"])])
    assert jobs(found.plan) == []
    assert list(found.warnings) == [
        "b.toml:10: task s: nothing matches *.txt",
        "b.toml:10: task s: no input, so no job",
    ]


def test_subdivide_is_a_job_for_each_input_of_which_readers_see_every_output() -> None:
    cut = subdivide("cut", "*.txt", [".1", ".2"], ".txt")
    plan = compiled([cut, task("end", ref("cut"), "end", action=FUNCTION)], ["a.txt", "b.txt"]).plan
    assert jobs(plan) == [
        Job("cut", ["a.txt"], ["a.1", "a.2"]),
        Job("cut", ["b.txt"], ["b.1", "b.2"]),
        Job("end", ["a.1", "a.2", "b.1", "b.2"], ["end"]),
    ]
    assert plan.action(JobId(2)) == Call(task="end", arguments=(["a.1", "a.2", "b.1", "b.2"], "end"))


def test_subdivide_takes_a_template() -> None:
    plan = compiled([subdivide("cut", "{n}.txt", ["{n}/1", "{n}/2"])], ["a.txt"]).plan
    assert jobs(plan) == [Job("cut", ["a.txt"], ["a/1", "a/2"])]


def test_subdivide_of_nothing_that_ends_so_is_an_error() -> None:
    assert error_of([subdivide("cut", "*.txt", [".1"], ".csv")], ["a.txt"]) == (
        "BuildFileError b.toml:10: task cut: no input ends in .csv\n"
        "  input: a.txt\n"
        "  try: the suffix is the end of the input's name, with its dot"
    )
