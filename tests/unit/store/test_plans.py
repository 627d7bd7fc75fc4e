"""A plan that is kept and restored is the same plan; what cannot be kept is not, and nothing is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pymake.errors import Place
from pymake.model.ids import JobId, TaskId
from pymake.model.job import Call, Command, JobSpec
from pymake.model.plan import Plan
from pymake.model.task import CommandText, Function, JobsLimit, Kind, Project, Task, TouchFile
from pymake.store import plans, values
from pymake.store.plans import plan_sections, restored_plan
from pymake.store.values import About, NotKept, Variant

PLACE = Place(path="pymake.toml", line=3)
COMMAND = CommandText(commands=("cp {input} {output}", ("a", "b")))


def nothing() -> None:
    """A function for tasks."""


def restored(plan: Plan) -> Plan:
    sections = plan_sections(plan)
    return restored_plan(list(plan.paths()), sections.__getitem__)


def sample(jobs: int = 3) -> Plan:
    plan = Plan()
    first = plan.add_task(Task(name="first", kind=Kind.TRANSFORM, place=PLACE, action=COMMAND, env={"A": "b"}, cores=2))
    plan.add_task(Task(name="empty", place=PLACE))
    function = Function(name="m:f", target=nothing, code_key="00")
    last = plan.add_task(Task(name="last", place=PLACE, action=function, jobs_limit=JobsLimit(count=2, name="x")))
    for number in range(jobs):
        command = Command(commands=(("cp", f"in{number}", f"out{number}"), "true"), cwd="sub")
        spec = JobSpec(
            inputs=(f"in{number}", "shared"), outputs=(f"out{number}",), action=command, depfile=f"d{number}"
        )
        plan.add_job(first, spec)
    outputs = tuple(f"out{number}" for number in range(jobs))
    call = Call(task="last", arguments=(list(outputs), "all", {"n": 1.5, "s": {1}}))
    plan.add_job(
        last, JobSpec(inputs=outputs, outputs=("all",), order_only=("first",), action=call, facts=(("a", "b"),))
    )
    plan.set_followed(last, [first])
    return plan


@pytest.mark.parametrize("jobs", [0, 1, 3, plans.BLOCK, 3 * plans.BLOCK + 1])
def test_a_restored_plan_answers_like_the_one_that_was_kept(jobs: int) -> None:
    plan = sample(jobs)
    again = restored(plan)
    assert (again.job_count, again.file_count, again.task_count) == (plan.job_count, plan.file_count, plan.task_count)
    for job in plan.jobs():
        for ask in ("dirtying", "order_only", "outputs", "action", "depfile", "facts", "label", "place", "task_of"):
            assert getattr(again, ask)(job) == getattr(plan, ask)(job), ask
    for path in plan.paths():
        file, same = plan.file(path), again.file(path)
        assert file is not None
        assert file == same
        assert again.producer(file) == plan.producer(file)
        assert list(again.consumers(file)) == list(plan.consumers(file))
        assert list(again.waiting(file)) == list(plan.waiting(file))
    for task in map(TaskId, range(plan.task_count)):
        assert list(again.task_jobs(task)) == list(plan.task_jobs(task))
        assert tuple(again.followed(task)) == tuple(plan.followed(task))
        assert again.task(task).name == plan.task(task).name
        assert again.task(task).env == plan.task(task).env


def test_a_restored_plan_grows_like_any_other() -> None:
    again = restored(sample())
    assert again.add_file("found.h") == again.file_count - 1
    assert again.producer(again.add_file("found.h")) is None
    assert again.consumers(again.add_file("found.h")) == ()


def test_every_field_of_a_task_is_accounted_for() -> None:
    """A new field is kept, or only the planner reads it, or it keeps the plan from being kept: say so in `values`."""
    known = [*values.PLAIN, *values.CODED, *values.PLANNED, *values.UNKEPT]
    assert sorted(known) == sorted(Task.__slots__)


def test_every_field_of_a_project_is_accounted_for() -> None:
    assert sorted([*values.PROJECT, "root", "tasks", "default_place"]) == sorted(Project.__slots__)


def test_every_column_of_a_plan_is_accounted_for() -> None:
    assert sorted([*plans.KEPT, *plans.UNKEPT]) == sorted(Plan.__slots__)


FULL = Task(
    name="a",
    kind=Kind.MERGE,
    place=PLACE,
    action=COMMAND,
    output_dir="o",
    depfile="d",
    mkdir=("m",),
    variables={"v": ("1", "2")},
    env={"E": "1"},
    uses_env=("U",),
    tools=("t",),
    files=("f",),
    cwd="c",
    pool="p",
    cores=3,
    timeout=1.5,
    retries=2,
    retry_delay=0.5,
    protected=True,
    always=True,
    active=False,
    jobs_limit=JobsLimit(count=1),
    graphviz={"g": "1"},
    tags=("x",),
    doc="Doc.",
)


def test_a_task_comes_back_with_all_that_is_kept() -> None:
    assert values.task_of(values.plain_task(FULL)) == FULL


@pytest.mark.parametrize(
    "task",
    [
        replace(FULL, posttask=(TouchFile(names=("a",)),)),
        replace(FULL, check_if_uptodate=nothing),
        replace(FULL, temporary=True),
        replace(FULL, variables={"v": object()}),  # type: ignore[dict-item]  # what no build file can say
    ],
)
def test_what_cannot_be_kept_is_said(task: Task) -> None:
    with pytest.raises(NotKept):
        values.plain_task(task)


def test_arguments_that_are_no_plain_values_are_not_kept() -> None:
    plan = Plan()
    task = plan.add_task(Task(name="a", place=PLACE))
    plan.add_job(task, JobSpec(inputs=(), outputs=("a",), action=Call(task="a", arguments=(nothing,))))
    with pytest.raises(NotKept):
        plan_sections(plan)


def test_output_patterns_are_not_kept() -> None:
    plan = sample()
    plan.add_expand_job(TaskId(0), [JobId(0)])
    with pytest.raises(NotKept):
        plan_sections(plan)


def test_what_a_project_says_comes_back() -> None:
    project = Project(
        root="/r",
        files=("a.toml",),
        default=("x",),
        default_place=PLACE,
        variables={"v": "1"},
        env={"E": "2"},
        pools={"p": 1},
    )
    about = About(variant=Variant(files=("f",), overrides=(("v", "2"),)), warnings=("careful",), project=project)
    assert About.of(about.encoded(), "/r") == about
