"""How long the jobs of a task take, as measured in this build and in earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.model.ids import JobId
    from pymake.model.plan import Plan

QUICK_SECONDS = 0.02
"""A job that takes less may wait in line behind others of its kind."""
_ENOUGH = 4
"""Jobs of a task that must have ended before a further one is taken to be like them."""
_WEIGHT = 0.2
"""Of the newest job in the mean of its task."""


class Tempo:
    """Owns the mean seconds of each task's jobs, newer ones counting more."""

    def __init__(self, plan: Plan, usual: Mapping[JobId, float]) -> None:
        self._plan = plan
        self._usual = usual
        self._means: dict[int, float] = {}
        self._counts: dict[int, int] = {}

    def ended(self, job: JobId, seconds: float) -> None:
        """A job took this long."""
        task = self._plan.task_of(job)
        mean = self._means.get(task)
        self._means[task] = seconds if mean is None else mean + _WEIGHT * (seconds - mean)
        self._counts[task] = self._counts.get(task, 0) + 1

    def is_quick(self, job: JobId) -> bool:
        """Whether the job is likely to take a few ms: others of its task did in this build, or it did in the last."""
        usual = self._usual.get(job)
        if usual is not None and usual > QUICK_SECONDS:
            return False
        task = self._plan.task_of(job)
        if self._counts.get(task, 0) < _ENOUGH:
            return usual is not None
        return self._means[task] < QUICK_SECONDS
