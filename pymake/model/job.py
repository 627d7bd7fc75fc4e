"""Jobs as values: what one application of a task runs, how it is launched and how it ended."""

from __future__ import annotations

from pymake.dataclass import dataclass
from pymake.errors import JobError
from pymake.model.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Programs to start, one after the other; all fields replaced.

    Each of `commands` is an argument list, started directly, or a text for `/bin/sh`. `cwd` is relative to the root,
    None for the root itself.
    """

    commands: tuple[str | tuple[str, ...], ...]
    cwd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the Python function of task `task` with `arguments`, file names in place."""

    task: str
    arguments: tuple[object, ...]
    cwd: str | None = None


Action = Command | Call


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """One job as the kinds make it: paths are normalised, relative to the root, and free of fields.

    `inputs` are the dirtying ones, declared and implied (a script that the command starts), without repetition.
    `patterns` are outputs that are known only after the run: whatever they match then. `facts` are further named
    texts that decide, such as `("env HOME", "/root")` or `("tool cc", "<digest>")`.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    order_only: tuple[str, ...] = ()
    depfile: str | None = None
    action: Action
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What an executor needs to run one job.

    `env` is laid over the environment of pymake. `log` is the file, relative to the root, that holds the job's output
    afterwards, if it printed anything. `timeout` is in seconds. An `interactive` job owns the terminal.
    `quick` says that such jobs were measured to take a few ms, so that one may wait behind another, or share a process
    with it; a `fresh` call gets a worker of its own; `clear` are files that are removed first.
    """

    job: JobId
    label: str
    action: Action
    env: tuple[tuple[str, str], ...]
    log: str
    timeout: float | None = None
    interactive: bool = False
    quick: bool = False
    fresh: bool = False
    clear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A job that was lined up behind another has begun. No end: one of the others follows."""

    job: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A job that was lined up behind another did not run, or must run again; nothing is wrong with it."""

    job: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """The action ended well; outputs are not yet checked. Times: seconds, `started` since the epoch."""

    job: JobId
    started: float
    seconds: float
    printed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The action failed; `error` says why, for the user."""

    job: JobId
    started: float
    seconds: float
    printed: bool
    error: JobError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The executor was told to stop the job, and it is gone with all its processes."""

    job: JobId


Outcome = Began | Returned | Succeeded | Failed | Cancelled
