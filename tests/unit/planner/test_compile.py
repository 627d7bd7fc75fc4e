"""From tasks to a plan: facts, implied inputs, groups, tasks that need each other, linear work."""

from __future__ import annotations

import pytest

from pymake.model.ids import JobId, TaskId
from pymake.model.job import Command
from pymake.model.task import CommandText, Kind, Task
from tests.unit.planner.sample import (
    FUNCTION,
    CountingDisk,
    Job,
    compiled,
    error_of,
    followed,
    jobs,
    merge,
    order_only,
    ref,
    suffix,
    task,
    transform,
)


def facts(one: Task, *, env: dict[str, str] | None = None, **others: object) -> tuple[tuple[str, str], ...]:
    disk = CountingDisk()
    disk.write("/usr/bin/cc", "a compiler")
    plan = compiled([one], disk=disk, env=env, environ={"HOME": "/h"}, variables={"v": "w"}).plan
    digest = disk.digest("/usr/bin/cc")
    assert digest is not None
    return tuple((name, "DIGEST" if value == digest.hex() else value) for name, value in plan.facts(JobId(0)))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (task("t", "a", "b"), ()),
        (task("t", "a", "b", env={"B": "{v}", "A": "2"}), (("env A", "2"), ("env B", "w"))),
        (task("t", "a", "b", uses_env=("HOME", "NO")), (("env HOME", "/h"), ("env NO", "(not set)"))),
        (task("t", "a", "b", env={"HOME": "x"}, uses_env=("HOME",)), (("env HOME", "x"),)),
        (task("t", "a", "b", tools=("gone", "cc")), (("tool cc", "DIGEST"), ("tool gone", "(not found)"))),
        (task("t", "a", "b", packages=("x", "numpy")), (("package numpy", "2.1"), ("package x", "(not found)"))),
    ],
)
def test_facts(one: Task, expected: tuple[tuple[str, str], ...]) -> None:
    assert facts(one) == expected


def test_a_tool_that_is_not_there_is_a_warning() -> None:
    found = compiled([task("t", "a", "b", tools=("gone",), env={"A": "(not found)"})], ["a"])
    assert found.warnings == ("b.toml:10: task t: no program gone on PATH, so what it is cannot decide",)


def test_a_package_that_is_not_installed_is_a_warning() -> None:
    found = compiled([task("t", "a", "b", packages=("gone", "numpy"))], ["a"])
    assert found.warnings == ("b.toml:10: task t: no package gone is installed, so what it is cannot decide",)


def test_the_environment_of_the_project_counts_for_every_task() -> None:
    found = facts(task("t", "a", "b", env={"A": "own"}), env={"A": "project", "B": "x{v}"})
    assert found == (("env A", "own"), ("env B", "xw"))


@pytest.mark.parametrize("folder", ["out", "out/", "out/deep"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_folder_belongs_to_one_job(folder: str, swapped: bool) -> None:
    tasks = [task("a", None, folder), task("b", None, "out/deep/x")]
    made = folder.rstrip("/")
    error = error_of(list(reversed(tasks)) if swapped else tasks)
    first, second = ("b", "a") if swapped else ("a", "b")
    assert error == (
        f"PlanError b.toml:20: two jobs make out/deep/x: it lies in {made}, which is an output too\n"
        f"  {first}: b.toml:10\n"
        f"  {second}: b.toml:20\n"
        "  try: every file has one maker: write to another folder, or name the files instead of the folder"
    )


def test_folders_of_several_jobs_may_lie_side_by_side() -> None:
    found = compiled([task("a", None, "out/a/"), task("b", "out/a/x", "out/b/"), task("c", None, ("out/c", "out/c/x"))])
    assert found.plan.job_count == 3


def test_a_job_reads_nothing_in_the_folder_that_it_makes() -> None:
    assert error_of([task("a", "out/deep/x", "out/")]) == (
        "BuildFileError b.toml:10: task a: the input out/deep/x lies in out, an output of the same job\n"
        "  try: write to another folder"
    )


def test_a_tool_is_read_once_for_all_jobs() -> None:
    disk = CountingDisk([f"src/{n}.c" for n in range(5)])
    disk.write("/usr/bin/cc", "a compiler")
    tasks = [transform(name, "src/{n}.c", f"{name}/{{n}}.o", tools=("cc",)) for name in "ab"]
    plan = compiled(tasks, disk=disk).plan
    assert disk.hashed == ["/usr/bin/cc"]
    assert plan.facts(JobId(0)) is plan.facts(JobId(4))


def test_the_plan_holds_tasks_as_they_run() -> None:
    one = task("t", "a", "b", env={"A": "{v}"}, mkdir=("out/{v}/",), cwd="./{v}", pool="{v}")
    plan = compiled([one], env={"B": "b"}, variables={"v": "w"}, pools={"w": 1}).plan
    kept = plan.task(TaskId(0))
    assert (dict(kept.env), kept.mkdir, kept.cwd, kept.pool) == ({"B": "b", "A": "w"}, ("out/w",), "w", "w")


def test_files_that_a_command_starts_are_inputs() -> None:
    tasks = [
        task(
            "t",
            "a",
            "b",
            action=CommandText(commands=("python tools/plot.py {input} {output}", "build/check {output}")),
        ),
        task("u", "a", "c", action=CommandText(commands=("sh no/such.sh",))),
        merge("tool", ["tool.c"], "build/check"),
    ]
    plan = compiled(tasks, ["tools/plot.py"]).plan
    assert [job.inputs for job in jobs(plan)] == [["a", "tools/plot.py", "build/check"], ["a"], ["tool.c"]]


def test_a_program_that_the_job_makes_itself_is_no_input() -> None:
    one = task("t", "a.c", "app", action=CommandText(commands=("cc {input} -o {output}", "./app --version")))
    assert jobs(compiled([one], ["app"]).plan) == [Job("t", ["a.c"], ["app"])]


def test_files_made_in_a_folder_that_is_read_are_inputs() -> None:
    tasks = [
        task("pack", "dist/", "dist.tar"),
        task("one", "a", "dist/x/one"),
        task("two", "a", "dist/two", order_only="dist/x"),
    ]
    plan = compiled(tasks, ["a"]).plan
    assert jobs(plan)[0] == Job("pack", ["dist", "dist/two", "dist/x/one"], ["dist.tar"])
    assert order_only(plan, 2) == ["dist/x", "dist/x/one"]


def test_a_file_in_a_made_folder_depends_on_the_folder() -> None:
    tasks = [task("unpack", "a.tar", "out/"), task("read", "out/x/y", "z")]
    assert jobs(compiled(tasks, ["a.tar"]).plan)[1] == Job("read", ["out/x/y", "out"], ["z"])


def test_a_group_stands_for_its_inputs() -> None:
    tasks = [
        transform("cc", "src/{n}.c", "{n}.o"),
        task("group", [ref("cc"), "readme"], action=None),
        merge("all", ref("group"), "x"),
        task("after", "a", "y", follows=(ref("group"),)),
    ]
    plan = compiled(tasks, ["src/a.c"]).plan
    assert [plan.path(file) for file in plan.group_inputs(TaskId(1))] == ["a.o", "readme"]
    assert jobs(plan)[1] == Job("all", ["a.o", "readme"], ["x"])
    assert followed(plan, "after") == ["group", "cc"]


def test_an_inactive_task_has_nothing() -> None:
    tasks = [
        transform("off", "src/{n}.c", "{n}.o", active=False, pool="no such pool"),
        task("on", ["src/a.c", ref("off"), "*.o"], "x", follows=(ref("off"),)),
    ]
    found = compiled(tasks, ["src/a.c"])
    assert jobs(found.plan) == [Job("on", ["src/a.c"], ["x"])]
    assert followed(found.plan, "on") == ["off"]


def test_tasks_that_only_seem_to_need_each_other_are_expanded() -> None:
    tasks = [
        transform("up", "d/{n:[a-m]+}.t", "d/{n}1.t"),
        transform("down", "d/{n:[n-z]+}.t", "d/{n}2.t"),
    ]
    plan = compiled(tasks, ["d/a.t", "d/z.t"]).plan
    assert [job.outputs for job in jobs(plan)] == [["d/a1.t"], ["d/z2.t"]]


def test_tasks_that_feed_each_other_by_named_files_end() -> None:
    tasks = [merge("one", "d/*.a", "d/1.b"), merge("two", ["d/*.b", "src"], "d/2.c"), merge("three", "d/*.c", "x")]
    plan = compiled(tasks, ["d/0.a"]).plan
    assert jobs(plan)[2].inputs == ["d/2.c"]


@pytest.mark.parametrize(
    ("tasks", "text"),
    [
        (
            [task("one", "a", "x"), task("two", "b", "./x")],
            (
                "PlanError b.toml:20: two tasks make x\n"
                "  one: b.toml:10\n"
                "  two: b.toml:20\n"
                "  try: every file has one maker: rename one of the outputs"
            ),
        ),
        (
            [transform("up", "{n}.t", "{n}.up"), transform("down", "{n}.up", "{n}.x.t")],
            (
                "PlanError b.toml:10: these tasks feed each other without end\n"
                "  up: b.toml:10\n"
                "  down: b.toml:20\n"
                "  try: write to another folder, or make the patterns of the inputs narrower"
            ),
        ),
        (
            [transform("a", ref("b"), ".x", filter=suffix("")), transform("b", ref("a"), ".y", filter=suffix(""))],
            (
                "PlanError b.toml:10: a cycle of tasks: each has the next one as input\n"
                "  a: b.toml:10\n"
                "  b: b.toml:20\n"
                "  try: name files instead of a task in one of them"
            ),
        ),
        (
            [task("objects", "a", "x"), task("all", ref("object"), "y")],
            "BuildFileError b.toml:20: task all names the task 'object', which there is not\n  nearest: objects",
        ),
        (
            [task("all", "a", "y", follows=(ref("q"),))],
            (
                "BuildFileError b.toml:10: task all names the task 'q', which there is not\n"
                "  try: pymake list shows all tasks"
            ),
        ),
        (
            [task("all", ref("all"), "y")],
            "BuildFileError b.toml:10: task all has itself as input\n  try: name the files it reads",
        ),
    ],
)
def test_tasks_that_do_not_fit_together(tasks: list[Task], text: str) -> None:
    assert error_of(tasks, ["q.t"]) == text


def test_an_unknown_pool() -> None:
    assert error_of([task("t", "a", "b", pool="lnk")], pools={"link": 1}) == (
        "BuildFileError b.toml:10: task t names the pool 'lnk', which there is not\n"
        "  nearest: link\n"
        "  try: declare it with its limit: lnk = 1 in [pools]"
    )


def test_folders_are_scanned_once() -> None:
    disk = CountingDisk(["src/a.c", "src/b.h", "src/sub/c.c", "doc/x.c"])
    tasks = [transform(f"t{n}", f"src/{{n}}.{end}", f"o/{n}/{{n}}") for n, end in enumerate(["c", "h", "y", "c"])]
    compiled([*tasks, merge("m", ["o/0/*", "src/*.c"], "x")], disk=disk)
    assert sorted(disk.scanned) == ["o/0", "src"]


def work(count: int) -> int:
    """How often the disk is asked when planning `count` jobs of a transform, each read by a task of its own."""
    disk = CountingDisk([f"src/{n}.c" for n in range(count)])
    tasks = [
        transform("cc", "src/{n}.c", "o/{n}.o"),
        *(task(f"t{n}", f"o/{n}.*", f"x/{n}", action=FUNCTION) for n in range(count)),
    ]
    plan = compiled(tasks, disk=disk).plan
    assert plan.job_count == 2 * count
    return len(disk.scanned) + len(disk.stamped)


def test_the_disk_is_asked_no_more_often_for_more_jobs() -> None:
    assert work(200) == work(20)


@pytest.mark.parametrize("output", [".", "..", "/", "../..", ".pymake/x", "./.pymake"])
def test_an_output_that_holds_the_project(output: str) -> None:
    path = output.removeprefix("./")
    assert error_of([task("t", None, output)]) == (
        f"BuildFileError b.toml:10: task t: the output {path} holds the project or what pymake remembers of it\n"
        "  try: write to a folder of its own, such as build/"
    )


@pytest.mark.parametrize("output", ["../x", ".x", ".pymakes", "..x", "/x"])
def test_an_output_elsewhere(output: str) -> None:
    assert jobs(compiled([task("t", None, output)]).plan) == [Job("t", [], [output])]


def test_an_output_that_is_originated_twice() -> None:
    tasks = [task("t", None, ["a", "a"], kind=Kind.ORIGINATE)]
    assert error_of(tasks) == "PlanError b.toml:10: task t names the output a twice"


@pytest.mark.parametrize("folder", [".", "./", "sub/..", "{here}", "/r", "/r/"])
def test_the_root_as_the_folder_to_run_in(folder: str) -> None:
    plan = compiled([task("t", "a", "b", cwd=folder)], ["a"], variables={"here": "."}).plan
    assert plan.action(JobId(0)) == Command(commands=(("cp", "a", "b"),))
