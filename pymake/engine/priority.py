"""Which ready job goes first: the one with the most work behind it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pymake.model.ids import JobId
    from pymake.model.plan import Plan

UNKNOWN_SECONDS = 1.0
"""Assumed for a job when neither it nor another job of its task has run before."""


def critical_seconds(
    plan: Plan,
    order: Sequence[JobId],
    usual: Mapping[JobId, float],
    downstream: Callable[[JobId], Iterable[JobId]],
) -> array[float]:
    """For each job the seconds from its start to the end of the longest chain behind it; 0.0 for jobs not in `order`.

    `order` is topological. A job that never ran is taken to last as long as the mean of its task.
    """
    means = _task_means(plan, usual)
    seconds = array("d", bytes(8 * plan.job_count))
    for job in reversed(order):
        own = usual.get(job)
        if own is None:
            own = means.get(plan.task_of(job), UNKNOWN_SECONDS)
        seconds[job] = own + max((seconds[reader] for reader in downstream(job)), default=0.0)
    return seconds


def _task_means(plan: Plan, usual: Mapping[JobId, float]) -> dict[int, float]:
    sums: dict[int, tuple[float, int]] = {}
    for job, seconds in usual.items():
        total, count = sums.get(plan.task_of(job), (0.0, 0))
        sums[plan.task_of(job)] = (total + seconds, count + 1)
    return {task: total / count for task, (total, count) in sums.items()}
