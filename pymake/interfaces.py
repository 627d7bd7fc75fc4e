"""Every seam of pymake on one page. Adapters implement these; the engine knows nothing else of the world.

Rules for all: pull, never call back; shaped for bulk where it is hot; blocking calls take a timeout; one thread
owns the engine; adapters translate foreign exceptions into `PymakeError`s. Paths are relative to the root of the
project, with `/`, unless a file lies outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pymake.errors import PymakeError
    from pymake.model.built import Built
    from pymake.model.events import Event
    from pymake.model.growth import Grown
    from pymake.model.heard import Heard
    from pymake.model.ids import FileId, JobId, VersionId
    from pymake.model.job import Launch, Outcome
    from pymake.model.trace import Failure, Outline, Stamp, Start, Trace, Version
    from pymake.model.verdict import Reason, Verdict


class Disk(Protocol):
    """Files below (and around) one root."""

    def stamp(self, path: str) -> Stamp | None:
        """The stamp of a file or folder, links followed; None if there is nothing (or a dangling link)."""

    def stamps(self, paths: Iterable[str]) -> list[Stamp | None]:
        """`stamp` for many paths, in order."""

    def tree_stamp(self, path: str) -> Stamp | None:
        """The stamp of a folder with everything below: latest times, FOLDER_SIZE, and a hash of all names and stamps.

        Links are followed as `digest` follows them. None if there is no folder.
        """

    def changes(self, paths: Sequence[str], columns: Sequence[Sequence[int]]) -> list[int]:
        """Where the stamp of a path is not the one that the columns (mtime, ctime, size, inode) hold, folders too."""

    def digest(self, path: str) -> bytes | None:
        """xxh3-128 of the content; of a folder, of its tree (names and contents). None if there is nothing.

        Raises:
            PymakeError: it is there and cannot be read.
        """

    def read(self, path: str) -> bytes | None:
        """The content; None if there is no file."""

    def remove(self, path: str) -> None:
        """Remove a file or a whole folder; nothing if it is not there."""

    def protect(self, path: str) -> None:
        """Make a file read-only, or every file in a folder; nothing if it is not there."""

    def make_folder(self, path: str) -> None:
        """Make a folder with its parents; nothing if it is there."""

    def scan(self, folder: str) -> Sequence[tuple[str, bool]]:
        """Names in a folder, sorted, each with whether it is a folder; empty if there is no such folder."""

    def is_racy(self, stamp: Stamp, hashed_at: int) -> bool:
        """Whether a change made after the hashing began could leave the file with this same stamp.

        `hashed_at` comes from `now`.
        """

    def now(self) -> int:
        """The time of the file system's clock in ns, comparable with the times in stamps."""


class Clock(Protocol):
    """Time for people and for waiting, in seconds."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never jump."""


class Memory(Protocol):
    """What earlier builds remembered, and what this one adds. A record is on disk when the call returns."""

    def trace(self, key: str) -> Trace | None:
        """The trace of a job."""

    def outline(self, key: str) -> Outline | None:
        """The part of the trace of a job that decides."""

    def failure(self, key: str) -> Failure | None:
        """The last failure of a job, if its last run failed."""

    def start(self, key: str) -> Start | None:
        """The start of a job that did not end."""

    def version(self, version: VersionId) -> Version:
        """The path and digest behind a version number."""

    def sighting(self, path: str) -> tuple[Stamp, VersionId] | None:
        """The stamp that a path had when it was last hashed, and the version it then was. Never of a racy stamp."""

    def find_version(self, path: str, digest: bytes) -> VersionId | None:
        """The number of a content that the path had before, None if it is new."""

    def record_version(self, path: str, digest: bytes) -> VersionId:
        """The number of this content, a new one if it is new."""

    def record_sighting(self, path: str, stamp: Stamp, version: VersionId) -> None:
        """The path has this content as long as it has this stamp. The caller has made sure it is not racy."""

    def record_starts(self, starts: Sequence[Start]) -> None:
        """Jobs are about to be launched."""

    def record_traces(self, traces: Sequence[Trace]) -> None:
        """Jobs ended well; their starts and failures are forgotten."""

    def record_failure(self, failure: Failure) -> None:
        """A job failed; its start is forgotten, its trace stays."""

    def record_end(self, key: str) -> None:
        """A job was stopped and what it wrote was removed; its start is forgotten, all else stays."""

    def forget(self, key: str) -> None:
        """Drop the trace, the failure and the start of a job."""

    def keys(self) -> Iterable[str]:
        """The keys of all jobs with a trace."""

    def failed(self) -> Collection[str]:
        """The keys of all jobs whose last run failed."""

    def made(self, path: str) -> VersionId | None:
        """The version in which a job with a trace left the path; None if none made it."""

    def maker(self, path: str) -> tuple[str, int] | None:
        """The key and the origin of the job with a trace that made the path; None if none did."""

    def made_paths(self) -> Sequence[str]:
        """Every path that jobs with a trace made."""

    def starts(self) -> Sequence[Start]:
        """The starts of all jobs that did not end."""

    def disown(self, paths: Sequence[str]) -> None:
        """These paths are nobody's, until a job makes them again: what lies there is the user's."""

    def is_begun(self, path: str) -> bool:
        """Whether a job that started and did not end may have written the path."""


class Machine(Protocol):
    """How busy the machine is."""

    def load(self) -> float:
        """How many processes ran or wanted to, on average over the last minute."""

    def free_memory(self) -> float:
        """The share of the memory, 0 to 1, that is free or can be freed at once."""


class Rebuilder(Protocol):
    """Knows hashes and no order: is one job, whose inputs are settled, up to date?"""

    def judge(self, job: JobId) -> Verdict:
        """Clean, dirty with the first reason, or refused. Changes nothing."""

    def reasons(self, job: JobId) -> Iterable[Reason]:
        """Every reason why the job is dirty; none if it is clean."""

    def remembered(self, job: JobId) -> Sequence[str]:
        """What the output patterns of a job stood for when it last ran well, sorted."""

    def gone_inputs(self, job: JobId) -> Sequence[FileId]:
        """Temporary inputs of the job that are not there and were only assumed to be, since their maker is clean."""

    def makers(self, job: JobId) -> Sequence[JobId]:
        """The jobs that make the inputs of the job, but for inputs that are only assumed to be there."""

    def need(self, job: JobId) -> None:
        """The temporary outputs of this job have to be there: without them it is dirty."""

    def refusal(self, job: JobId) -> str | None:
        """The protected output that was edited by hand, so that the job must not run; None if there is none."""


class Growth(Protocol):
    """Makes the plan grow while it is carried out."""

    def expand(self, job: JobId) -> Grown:
        """Add the jobs of the task of an expand job to the plan and to the survey; what it waits for is settled.

        Raises:
            PymakeError: what is now known makes no plan, or does not hold a target.
        """

    def pending_maker(self, path: str) -> JobId | None:
        """An expand job whose task may make the path; None if none is left that may."""


class Executor(Protocol):
    """Runs jobs, some at a time."""

    def room(self) -> int:
        """How many more jobs may be started now."""

    def start(self, launch: Launch) -> None:
        """Start one job; there must be room. How it ends, even if it cannot start, comes from `wait`."""

    def line_up_room(self) -> int:
        """How many more quick jobs may be lined up now behind running ones."""

    def line_up(self, launches: Sequence[Launch]) -> None:
        """Start quick jobs when running ones have ended. `wait` says `Began`, or `Returned` if one does not start."""

    def halt(self) -> None:
        """What is lined up and has not begun is not started any more: `wait` says `Returned` of each."""

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended; blocks until there is one, the timeout (seconds) is over, or a signal woke it."""

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """End these jobs with all their processes: TERM, 3 s later KILL (at once: KILL); `wait` tells of each."""

    def close(self) -> None:
        """End everything that is left, and every worker."""


class Logs(Protocol):
    """What jobs printed, a file for each job."""

    def path(self, key: str) -> str:
        """The log file of the job with this key, relative to the root."""

    def excerpt(self, path: str) -> tuple[str, int]:
        """The text of a log, undecodable bytes replaced, and how many bytes in its middle were left out.

        For the log of a job that has just ended: what there is too much of is cut out of the log itself.
        """


class Analyses(Protocol):
    """What was found out about the texts of modules, by a digest of all that it depends on."""

    def recall(self, key: bytes) -> bytes | None:
        """What was remembered last under this key (16 bytes)."""

    def remember(self, key: bytes, data: bytes) -> None:
        """Keep this under a key, in the place of what there was."""

    def __hash__(self) -> int:
        """By identity."""


class Interrupts(Protocol):
    """Signals that ask the build to end."""

    def received(self) -> Sequence[int]:
        """The numbers of the signals so far, in order; two mean: at once."""


class Reporter(Protocol):
    """Shows events."""

    def handle(self, event: Event) -> None:
        """Show one event. Must not raise for a closed or broken stream."""

    def follow(self, tail: Callable[[int], str]) -> None:
        """From now on `tail(job)` is what a running job printed last, a few lines at most; from any thread."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Watcher(Protocol):
    """Hears of changes in folders. Whatever it says, or fails to say, the survey decides."""

    def watch(self, folders: Collection[str]) -> Collection[str]:
        """From now on hear of what happens right in these folders (not below), and in no others.

        Returns those of which nothing can be heard: they have to be looked at now and then.
        """

    def files(self) -> Sequence[int]:
        """Descriptors that can be read when something was heard."""

    def due(self) -> float | None:
        """The moment (`Clock.monotonic`) at which to ask even if no descriptor can be read; None for never."""

    def heard(self) -> Heard:
        """What was heard since the last call: all that happened before this one. Never blocks."""

    def close(self) -> None:
        """Let go of everything."""


class News(Protocol):
    """What happens around a build while it runs; asked again and again."""

    def attend(self) -> None:
        """See to what has happened meanwhile, without blocking."""

    def over(self) -> None:
        """The last job has ended; whatever happens from now on was not done by one."""

    def edited(self) -> Collection[FileId]:
        """Sources that do not hold any more what jobs were started with; each is told of once."""

    def ends(self) -> bool:
        """Whether the build is to end, since it is asked for what it was not made for: what runs is ended."""

    def starts_nothing(self) -> bool:
        """Whether nothing new is to be started, since the plan is no longer the right one."""


class Visitor(Reporter, Protocol):
    """Somebody outside who asked a watch for a build. Hears the events of it, then is closed."""

    @property
    def targets(self) -> tuple[str, ...]:
        """As on the command line; none means the default."""

    @property
    def where(self) -> str:
        """The folder that the targets are relative to, relative to the root."""

    @property
    def is_gone(self) -> bool:
        """Whether it does not listen any more: a build that only it asked for may end."""

    def refuse(self, error: PymakeError) -> None:
        """There is no such build; `close` follows."""


class Companion(Protocol):
    """What lives as long as a watch and beside its builds: services, the resident.

    All calls come from the thread of the watch, also while a build runs, and must neither block nor raise.
    """

    def files(self) -> Sequence[int]:
        """Descriptors that can be read when there is something to attend to. Asked before each wait."""

    def due(self) -> float | None:
        """The moment (`Clock.monotonic`) at which to attend even if no descriptor can be read; None for never."""

    def attend(self) -> Sequence[Visitor]:
        """See to what has happened. Returns those who ask for a build: each is served when no build runs."""

    def built(self, built: Built) -> None:
        """A build has ended, the first one too: its inputs are settled, and may have changed."""

    def close(self) -> None:
        """The watch ends: leave nothing behind. May take as long as an orderly end takes."""
