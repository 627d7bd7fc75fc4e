"""Jobs that become suspects during a build, as the scheduler takes them in."""

from __future__ import annotations

from pymake.engine.scheduler import JobState, Scheduler
from pymake.engine.survey import Survey
from pymake.errors import Place
from pymake.model.ids import TaskId
from pymake.model.job import Command, JobSpec
from pymake.model.plan import Plan
from pymake.model.task import Task


def job(inputs: str = "", outputs: str = "", patterns: str = "") -> JobSpec:
    return JobSpec(
        inputs=tuple(inputs.split()),
        outputs=tuple(outputs.split()),
        patterns=tuple(patterns.split()),
        action=Command(commands=("true",)),
    )


def scheduler_of(plan: Plan) -> tuple[Scheduler, Survey]:
    expand_jobs = len(plan.expand_jobs())
    suspects = bytearray(b"\1") * plan.job_count
    survey = Survey(total=plan.job_count - expand_jobs, expand_jobs=expand_jobs, suspects=suspects)
    return Scheduler(plan=plan, survey=survey, slots=2, pools={}), survey


def split_and_use() -> Plan:
    plan = Plan()
    for line, name in enumerate(["split", "use"], start=1):
        plan.add_task(Task(name=name, place=Place(path="pymake.toml", line=line)))
    split = plan.add_job(TaskId(0), job("big", "", "parts/*"))
    plan.add_expand_job(TaskId(1), [split])
    return plan


def test_an_expand_job_is_open_and_is_no_job_that_may_run() -> None:
    scheduler, survey = scheduler_of(split_and_use())
    assert (scheduler.open, scheduler.may_run, survey.to_judge) == (2, 1, 1)


def test_jobs_of_an_expanded_task_are_launched() -> None:
    plan = split_and_use()
    scheduler, survey = scheduler_of(plan)
    split = scheduler.next_ready()
    assert split is not None
    scheduler.settle(split, JobState.CLEAN)
    expand = scheduler.next_ready()
    assert expand is not None
    part = plan.add_job(TaskId(1), job("parts/1", "1"))
    survey.suspects.append(1)
    assert scheduler.join([part], {}, {}) == []
    scheduler.settle(expand, JobState.EXPANDED)
    assert (scheduler.next_ready(), scheduler.may_run, scheduler.count(JobState.CLEAN)) == (part, 1, 1)


def test_a_job_that_joins_behind_a_failed_one_is_not_run() -> None:
    plan = split_and_use()
    plan.add_job(TaskId(1), job("x", "broken"))
    scheduler, survey = scheduler_of(plan)
    split, broken = scheduler.next_ready(), scheduler.next_ready()
    assert split is not None
    assert broken is not None
    scheduler.enqueue(broken)
    assert scheduler.next_launch() == broken
    scheduler.end(broken)
    scheduler.settle(broken, JobState.FAILED)
    scheduler.settle(split, JobState.CLEAN)
    part = plan.add_job(TaskId(1), job("broken", "1"))
    last = plan.add_job(TaskId(1), job("1", "2"))
    survey.suspects.extend(b"\1\1")
    assert scheduler.join([part, last], {}, {}) == [part, last]
    assert scheduler.state(last) is JobState.NOT_RUN
