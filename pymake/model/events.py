"""What the engine says while it builds; reporters show it. Clean jobs are counted, not announced."""

from __future__ import annotations

import enum

from pymake.dataclass import dataclass
from pymake.errors import JobError, PymakeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The end of a build in numbers.

    `ran` counts every job started, `failed` those of them that failed, `up_to_date` the jobs that did not have to
    run, `not_run` those that were not started because another one failed or the build was interrupted. `errors` has
    one error for each failed job, and for each that had to be refused. `stopped` says what kept the build from going
    on, such as a full disk.
    """

    ran: int = 0
    up_to_date: int = 0
    failed: int = 0
    not_run: int = 0
    seconds: float = 0.0
    errors: tuple[JobError, ...] = ()
    interrupted: int | None = None
    stopped: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether all that was wanted is up to date now.

        >>> Summary(ran=1).is_good, Summary(ran=1, failed=1).is_good
        (True, False)
        """
        return not (self.failed or self.not_run or self.stopped is not None) and self.interrupted is None

    def line(self) -> str:
        """The last line of a build, without the `pymake: ` in front.

        >>> Summary(ran=3, up_to_date=7, seconds=1.21).line()
        '3 ran, 7 up to date, 0 failed in 1.2 s'
        >>> Summary(up_to_date=1).line()
        'nothing to do (1 job up to date)'
        """
        if not self.ran and not self.not_run and self.interrupted is None and self.stopped is None:
            jobs = "1 job" if self.up_to_date == 1 else f"{self.up_to_date} jobs"
            return f"nothing to do ({jobs} up to date)"
        text = f"{self.ran} ran, {self.up_to_date} up to date, {self.failed} failed in {self.seconds:.1f} s"
        return f"{text} ({self.not_run} not run)" if self.not_run else text


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStarted:
    """The survey is done: `total` jobs are wanted, `suspects` of them may have to run, with `slots` at a time.

    `usual` is how many seconds all suspects took, together, when they last ran well; those that never did count as the
    mean of the others. None if none ever did.
    """

    total: int
    suspects: int
    slots: int
    usual: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """A job runs now. `usual` is the duration of its last good run in seconds, if there was one.

    An `interactive` one owns the terminal until the next event of the same job, or the end of the build.
    """

    job: int
    task: str
    label: str
    outputs: tuple[str, ...]
    command: str
    reason: str
    usual: float | None
    interactive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded:
    """A job that ran is settled. `done` of `expected` jobs that run in this build, as far as is known now.

    `printed` is what it printed, bounded; `left_out` how many bytes of it are only in the log. `error` is None when
    it ended well.
    """

    job: int
    task: str
    label: str
    outputs: tuple[str, ...]
    seconds: float
    done: int
    expected: int
    printed: str
    left_out: int
    error: JobError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts changed without a job ending: jobs were found clean after an upstream job ran."""

    done: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the user should know that stops nothing: a warning, or what pymake waits for."""

    text: str


class ServiceState(enum.Enum):
    """What a service does."""

    STARTED = "started"
    SAID = "said"
    """It printed a line."""
    WAITING = "waiting"
    """Another program has its port."""
    ENDED = "ended"
    """It was told to."""
    DIED = "died"
    """It ended by itself, and is started again after a pause."""
    REFUSED = "refused"
    """It cannot be started, and is not tried again before something changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """What happens to a service beside the builds of a watch, also between them. `text` is for people."""

    task: str
    state: ServiceState
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildEnded:
    """The last event of a build."""

    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStarted:
    """From now on changes are heard of: `files` of the plan, in `folders`. `polls` if they are only looked for."""

    files: int
    folders: int
    polls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFound:
    """What a build of a watch is about: the first paths of files that hold something else now, and how many more.

    None at all if it was asked for.
    """

    paths: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchBroken:
    """Nothing can be built until something changes: a broken build file, an input that is not there."""

    error: PymakeError


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEnded:
    """The last event of a watch: how many builds it ran, the first one too."""

    builds: int


WatchEvent = WatchStarted | ChangesFound | WatchBroken | WatchEnded
Event = BuildStarted | JobStarted | JobEnded | Progress | Note | ServiceEvent | BuildEnded | WatchEvent
