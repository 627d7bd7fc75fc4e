"""The minimal mode of scripts: nothing is looked at above a task that is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.verdict import Clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.engine.wish import Wish
    from pymake.model.ids import JobId, TaskId
    from pymake.model.plan import Plan


def narrowed(
    plan: Plan, wanted: bytearray, goals: Iterable[JobId], rebuilder: VerifyingTraces, wish: Wish
) -> bytearray:
    """Of the wanted jobs those that are looked at: upwards from the goals to the first tasks that are up to date.

    A task is up to date if all its wanted jobs are, judged by what is on disk now. Jobs of forced tasks, and all behind
    them, count too.
    """
    found = bytearray(len(wanted))
    seen: set[TaskId] = set()
    stack = [plan.task_of(job) for job in goals]
    while stack:
        task = stack.pop()
        if task in seen:
            continue
        seen.add(task)
        jobs = [job for job in plan.task_jobs(task) if wanted[job]]
        for job in jobs:
            found[job] = 1
        if not all(isinstance(rebuilder.judge(job), Clean) for job in jobs):
            stack.extend(_upstream(plan, jobs))
            stack.extend(plan.followed(task))
    _add_forced(plan, wanted, found, wish)
    return found


def _upstream(plan: Plan, jobs: Iterable[JobId]) -> set[TaskId]:
    files = (file for job in jobs for file in (*plan.dirtying(job), *plan.order_only(job)))
    return {plan.task_of(producer) for producer in map(plan.producer, files) if producer is not None}


def _add_forced(plan: Plan, wanted: bytearray, found: bytearray, wish: Wish) -> None:
    stack = [job for job in plan.jobs() if wanted[job] and wish.forces(plan.task(plan.task_of(job)).name)]
    seen = set(stack)
    while stack:
        job = stack.pop()
        found[job] = 1
        behind = {reader for file in plan.outputs(job) for reader in plan.consumers(file)}
        fresh = [reader for reader in behind if wanted[reader] and reader not in seen]
        seen.update(fresh)
        stack.extend(fresh)
