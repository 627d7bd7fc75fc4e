"""What one build is composed of, and how it is to behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from pymake.engine.attempts import AttemptLogs
    from pymake.engine.recorder import Commit, Run
    from pymake.engine.scheduler import JobState, Scheduler
    from pymake.engine.survey import Survey
    from pymake.errors import JobError
    from pymake.interfaces import Clock, Executor, Growth, Interrupts, Logs, Machine, News, Rebuilder, Reporter
    from pymake.model.ids import JobId
    from pymake.model.job import Action, Failed, Succeeded
    from pymake.model.plan import Plan
    from pymake.model.verdict import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a build behaves when something goes wrong. With `terminate`, running jobs are ended after a failure."""

    slots: int
    keep_going: bool = False
    keep_failed: bool = False
    timeout: float | None = None
    retries: int = 0
    terminate: bool = False
    most_load: float | None = None


class Recording(Protocol):
    """What becomes of a job between its launch and what is remembered of it (see `Recorder`)."""

    def prepare(self, job: JobId) -> Action:
        """Before a launch. Returns what to run."""

    def prepare_ahead(self, jobs: Sequence[JobId]) -> list[tuple[str, ...]]:
        """The same for jobs that are lined up. Returns the old outputs of each, to be removed when it begins."""

    def take_back(self, job: JobId) -> None:
        """A job that was lined up did not begin."""

    def commit(self, runs: Sequence[Run], can_wait_for: Callable[[JobId, JobId], bool]) -> list[Commit]:
        """Jobs ended well: is what each of them left to be believed?"""

    def discard(self, job: JobId) -> None:
        """A job did not end well: nothing that it left is to be believed."""

    def record_failure(self, job: JobId, outcome: Failed | Succeeded, reason: Reason, error: JobError) -> None:
        """Remember that a job failed, and how."""


class Ends(Protocol):
    """What is to happen when a task is done (see `PostTasks`)."""

    def join(self, jobs: Iterable[JobId]) -> None:
        """These jobs, or expand jobs, have to be settled too."""

    def lose(self, jobs: Iterable[JobId]) -> None:
        """These jobs failed or will not run: their tasks are never done."""

    def settle(self, job: JobId, started: Container[JobId]) -> JobError | None:
        """A job is about to be settled, and well. Returns what went wrong when its task was done."""


class Passing(Protocol):
    """Files that go when nobody needs them any more (see `Temporaries`)."""

    def settled(self, reader: JobId, state: Callable[[JobId], JobState]) -> None:
        """A suspect is settled well."""

    def sweep(self, state: Callable[[JobId], JobState]) -> None:
        """The build is over."""


class Keys(Protocol):
    """What jobs are called in memory and logs (see `Manifests`)."""

    def key(self, job: JobId) -> str:
        """The key of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one build is composed of. Without `attempt_logs`, of a job that is tried again only the last log stays."""

    plan: Plan
    survey: Survey
    scheduler: Scheduler
    rebuilder: Rebuilder
    recorder: Recording
    temporaries: Passing
    manifests: Keys
    executor: Executor
    reporter: Reporter
    interrupts: Interrupts
    logs: Logs
    clock: Clock
    machine: Machine
    env_of: Callable[[JobId], tuple[tuple[str, str], ...]]
    growth: Growth
    posttasks: Ends
    news: News | None = None
    attempt_logs: AttemptLogs | None = None
