"""How long the jobs of a task take, as measured in this build and in earlier ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.model.job import Call
from pymake.model.task import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.model.ids import JobId
    from pymake.model.plan import Plan

QUICK_SECONDS = 0.05
"""A job that takes less may wait in line behind others of its kind."""
_ENOUGH = 4
"""Jobs that must have ended before a further one of their kin is taken to be like them."""
_WEIGHT = 0.2
"""Of the newest job in the mean of its task."""

_RUNS_ANYTHING = re.compile(
    r"((ba|da|z)?sh|java|g?make|cmake|ninja|cargo|env|nice|time|timeout|exec|cd|sleep)$|python|perl|ruby|node|Rscript|lua"
)
"""Of what these run their name says nothing: one job may take a ms, and the next one an hour."""


class Tempo:
    """Owns the mean seconds of each task's jobs, and of all that run the same program or function; newer count more.

    The second, since a build file may declare thousands of jobs in a loop, each as a task of its own.
    """

    def __init__(self, plan: Plan, usual: Mapping[JobId, float]) -> None:
        self._plan = plan
        self._usual = usual
        self._means: dict[int | str, float] = {}
        self._counts: dict[int | str, int] = {}

    def ended(self, job: JobId, seconds: float) -> None:
        """A job took this long."""
        for kin in (self._plan.task_of(job), self._program(job)):
            mean = self._means.get(kin)
            self._means[kin] = seconds if mean is None else mean + _WEIGHT * (seconds - mean)
            self._counts[kin] = self._counts.get(kin, 0) + 1

    def is_quick(self, job: JobId) -> bool:
        """Whether the job is likely to take a few ms: its kin did in this build, or it did in the last."""
        usual = self._usual.get(job)
        if usual is not None and usual > QUICK_SECONDS:
            return False
        task = self._plan.task_of(job)
        if self._counts.get(task, 0) >= _ENOUGH:
            return self._means[task] < QUICK_SECONDS
        if usual is not None:
            return True
        program = self._program(job)
        if _RUNS_ANYTHING.match(program):
            return False
        return self._counts.get(program, 0) >= _ENOUGH and self._means[program] < QUICK_SECONDS

    def _program(self, job: JobId) -> str:
        """What the job runs, without arguments."""
        action = self._plan.action(job)
        if isinstance(action, Call):
            function = self._plan.task(self._plan.task_of(job)).action
            return f"{function.name}()" if isinstance(function, Function) else action.task
        first = action.commands[0] if action.commands else ""
        words = first.split(None, 1) if isinstance(first, str) else first
        return words[0].rpartition("/")[2] if words else ""
