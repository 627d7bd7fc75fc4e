"""What one build is composed of, and how it is to behave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.engine.manifest import Manifests
    from pymake.engine.posttasks import PostTasks
    from pymake.engine.recorder import Recorder
    from pymake.engine.scheduler import Scheduler
    from pymake.engine.survey import Survey
    from pymake.engine.temporaries import Temporaries
    from pymake.interfaces import Clock, Executor, Growth, Interrupts, Logs, Machine, News, Rebuilder, Reporter
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one build is composed of."""

    plan: Plan
    survey: Survey
    scheduler: Scheduler
    rebuilder: Rebuilder
    recorder: Recorder
    temporaries: Temporaries
    manifests: Manifests
    executor: Executor
    reporter: Reporter
    interrupts: Interrupts
    logs: Logs
    clock: Clock
    machine: Machine
    env_of: Callable[[JobId], tuple[tuple[str, str], ...]]
    growth: Growth
    posttasks: PostTasks
    news: News | None = None
