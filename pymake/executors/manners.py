"""Ways of running jobs that scripts in the words of Ruffus ask for: only touch outputs; pause before each task."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pymake.errors import InternalError, JobError
from pymake.model.job import Failed, Succeeded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pymake.interfaces import Clock, Executor
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome

PAUSE = 1.01
"""Seconds: longer than the ticks of the coarsest clocks of file systems that are left."""


class TouchingExecutor:
    """Runs nothing: makes the outputs of each job, empty, or gives those that are there the present time.

    `outputs` tells which; paths are relative to `root`. One that ends in `/` or is a folder stays a folder.
    """

    def __init__(self, *, root: str, outputs: Callable[[JobId], Sequence[str]], clock: Clock) -> None:
        self._root = root
        self._outputs = outputs
        self._clock = clock
        self._ended: list[Outcome] = []

    def room(self) -> int:
        """1 if nothing waits to be told."""
        return 0 if self._ended else 1

    def start(self, launch: Launch) -> None:
        """Touch the outputs of one job."""
        started = self._clock.now()
        try:
            for path in self._outputs(launch.job):
                self._touch(os.path.join(self._root, path))
        except OSError as error:
            failed = JobError(f"cannot touch {error.filename}: {error.strerror}")
            self._ended.append(Failed(job=launch.job, started=started, seconds=0.0, printed=False, error=failed))
            return
        self._ended.append(Succeeded(job=launch.job, started=started, seconds=0.0, printed=False))

    def line_up_room(self) -> int:
        """None."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""
        raise InternalError(f"{launches[0].label} was lined up where nothing can be")

    def halt(self) -> None:
        """Nothing is lined up."""

    def wait(self, timeout: float | None) -> Sequence[Outcome]:  # noqa: ARG002  # nothing is ever waited for
        """The job that was touched last."""
        ended, self._ended = self._ended, []
        return ended

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """Whatever was started has ended."""

    def close(self) -> None:
        """Nothing is left."""

    def _touch(self, path: str) -> None:
        if not os.path.isdir(path):
            with open(path, "ab"):
                pass
        os.utime(path)


class PausingExecutor:
    """Waits a second before the first job of each task, `originate` aside; all else is for `inner`.

    `task_of` names the task of a job, None for one that needs no pause.
    """

    def __init__(
        self, inner: Executor, task_of: Callable[[JobId], str | None], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._inner = inner
        self._task_of = task_of
        self._sleep = sleep
        self._seen: set[str | None] = {None}

    def room(self) -> int:
        """See `Executor.room`."""
        return self._inner.room()

    def start(self, launch: Launch) -> None:
        """Pause if the task is new, then start the job."""
        task = self._task_of(launch.job)
        if task not in self._seen:
            self._seen.add(task)
            self._sleep(PAUSE)
        self._inner.start(launch)

    def line_up_room(self) -> int:
        """None: what is lined up begins when it likes."""
        return 0

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Never: there is no room."""
        raise InternalError(f"{launches[0].label} was lined up where nothing can be")

    def halt(self) -> None:
        """See `Executor.halt`."""
        self._inner.halt()

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """See `Executor.wait`."""
        return self._inner.wait(timeout)

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """See `Executor.cancel`."""
        self._inner.cancel(jobs, at_once=at_once)

    def close(self) -> None:
        """See `Executor.close`."""
        self._inner.close()
