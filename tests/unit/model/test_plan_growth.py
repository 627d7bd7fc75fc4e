"""A plan that grows during a build, and who then waits for whom."""

from __future__ import annotations

import pytest

from pymake.errors import InternalError, Place
from pymake.model.ids import JobId, TaskId
from pymake.model.job import Command, JobSpec
from pymake.model.plan import Plan
from pymake.model.task import Task
from pymake.model.upstream import Upstream


def plan_of(*names: str) -> Plan:
    plan = Plan()
    for line, name in enumerate(names, start=1):
        plan.add_task(Task(name=name, place=Place(path="pymake.toml", line=line)))
    return plan


def job(inputs: str = "", outputs: str = "", patterns: str = "") -> JobSpec:
    return JobSpec(
        inputs=tuple(inputs.split()),
        outputs=tuple(outputs.split()),
        patterns=tuple(patterns.split()),
        action=Command(commands=("true",)),
    )


def split_and_use() -> tuple[Plan, JobId, JobId]:
    """A split and the expand job of its reader."""
    plan = plan_of("split", "use", "after")
    split = plan.add_job(TaskId(0), job("big", patterns="parts/*"))
    return plan, split, plan.add_expand_job(TaskId(1), [split])


def test_found_outputs_join_the_declared_ones() -> None:
    plan = plan_of("split")
    split = plan.add_job(TaskId(0), job("big", "log", "parts/*"))
    assert (plan.output_paths(split), plan.is_found(split), plan.open_jobs()) == (("log",), False, (split,))
    plan.add_found(split, ["parts/1", "parts/2"])
    assert plan.output_paths(split) == ("log", "parts/1", "parts/2")
    file = plan.file("parts/2")
    assert file is not None
    assert (plan.producer(file), plan.is_found(split), plan.label(split)) == (split, True, "split log")


def test_an_expand_job_is_no_job_that_runs() -> None:
    plan, split, expand = split_and_use()
    assert (list(plan.jobs()), plan.job_count, plan.expand_jobs()) == ([split], 2, (expand,))
    assert (plan.awaited(expand), plan.expand_jobs_behind(split)) == ([split], [expand])
    assert (plan.task_jobs(TaskId(1)), plan.task_rows(TaskId(1))) == ([], [expand])
    assert plan.label(split) == "split parts/*"
    with pytest.raises(InternalError, match="is an expand job and runs nothing"):
        plan.action(expand)


def test_readers_that_join_later_are_found() -> None:
    plan = plan_of("a", "b")
    plan.add_job(TaskId(0), job("s", "m"))
    middle, source = plan.file("m"), plan.file("s")
    assert middle is not None
    assert source is not None
    assert list(plan.consumers(middle)) == []
    late = plan.add_job(TaskId(1), job("m s new", "out"))
    new = plan.file("new")
    assert new is not None
    assert [list(plan.consumers(file)) for file in (middle, source, new)] == [[late], [JobId(0), late], [late]]


def test_jobs_that_join_wait_for_what_is_not_settled() -> None:
    plan, split, expand = split_and_use()
    slow = plan.add_job(TaskId(2), job("x", "slow"))
    suspects = bytearray(b"\1\1\1")
    upstream = Upstream(plan, suspects, {})
    assert upstream.ready() == [split, slow]
    plan.add_found(split, ["parts/1"])
    assert upstream.settle(split) == [expand]
    first, second = plan.add_job(TaskId(1), job("parts/1", "1")), plan.add_job(TaskId(1), job("parts/1 slow", "2"))
    suspects.extend(b"\1\1")
    assert upstream.join([first, second], {}) == [first]
    assert upstream.settle(expand) == []
    assert upstream.settle(slow) == [second]


def test_what_follows_a_task_waits_for_the_jobs_it_is_expanded_to() -> None:
    plan, split, expand = split_and_use()
    after = plan.add_job(TaskId(2), job("", "after"))
    plan.set_followed(TaskId(2), [TaskId(1)])
    suspects = bytearray(b"\1\1\1")
    upstream = Upstream(plan, suspects, {})
    plan.add_found(split, ["parts/1"])
    assert upstream.settle(split) == [expand]
    part = plan.add_job(TaskId(1), job("parts/1", "1"))
    suspects.extend(b"\1")
    assert upstream.join([part], {}) == [part]
    assert upstream.settle(expand) == []
    assert upstream.settle(part) == [after]


def test_an_unsettled_job_waits_for_a_new_one_that_it_was_found_to_read() -> None:
    plan, split, expand = split_and_use()
    reader = plan.add_job(TaskId(2), job("x", "late"))
    suspects = bytearray(b"\1\1\1")
    upstream = Upstream(plan, suspects, {expand: [reader]})
    assert upstream.ready() == [split]
    assert upstream.settle(split) == [expand]
    part = plan.add_job(TaskId(1), job("parts/1", "1"))
    suspects.extend(b"\1")
    upstream.join([part], {part: [reader]})
    assert upstream.settle(expand) == []
    assert upstream.settle(part) == [reader]
