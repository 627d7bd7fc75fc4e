"""How a process or a call ended, as texts for the user."""

from __future__ import annotations

import os
import pickle
import shlex
import signal
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import CallFailed, CommandFailed, JobError, OutputMissing, TimedOut, WorkerDied

if TYPE_CHECKING:
    from pymake.model.job import Action

_KINDS: dict[str, type[JobError]] = {
    kind.__name__: kind for kind in (CallFailed, CommandFailed, OutputMissing, TimedOut, WorkerDied)
}

_LAST_LINES = 5
_MOST_TAIL = 2000
"""Lines and bytes of its output that an error of a dead worker shows."""

UNKNOWN = -1
"""The wait status of a process that somebody else waited for."""


class Death(NamedTuple):
    """How a process ended: its wait status, and the most memory (KiB) that it had, 0 if nobody knows."""

    status: int
    peak: int


class Complaint(NamedTuple):
    """A `JobError` as plain texts, so that it can always travel; an exception may refuse to be pickled.

    `pickled` is the exception itself, empty if it does refuse.
    """

    kind: str
    message: str
    facts: tuple[tuple[str, str], ...] = ()
    hint: str | None = None
    pickled: bytes = b""

    def error(self) -> JobError:
        """The error that these texts describe."""
        error = _KINDS.get(self.kind, CallFailed)(self.message, facts=self.facts, hint=self.hint)
        error.exception = self._exception()
        return error

    def _exception(self) -> BaseException | None:
        """The exception, if it can be made here too: its class may be known to the worker alone."""
        try:
            found = pickle.loads(self.pickled) if self.pickled else None  # noqa: S301  # from our own worker
        except Exception:  # noqa: BLE001  # code of the user's own class may do anything
            return None
        return found if isinstance(found, BaseException) else None


def describe_status(status: int) -> str:
    """What a wait status says, for people.

    >>> describe_status(3 << 8), describe_status(11)
    ('exit status 3', 'killed by SIGSEGV')
    """
    if status == UNKNOWN:
        return "its exit status is lost: this process ignores SIGCHLD, or waits for any child"
    if os.WIFSIGNALED(status):
        return f"killed by {_signal_name(os.WTERMSIG(status))}"
    return f"exit status {os.WEXITSTATUS(status)}"


def command_failed(command: str | tuple[str, ...], status: int) -> CommandFailed:
    """The error of a command that ended with a status other than 0."""
    return CommandFailed(describe_status(status), facts=[("command", command_text(command))])


def worker_died(death: Death, last_lines: str = "") -> WorkerDied:
    """The error of a call whose worker is gone. `last_lines` is the end of what it printed."""
    if death.status == UNKNOWN:
        return WorkerDied("worker is gone, and nobody saw how it ended")
    facts = [("peak memory", f"{death.peak / 1024:.0f} MiB")] if death.peak else []
    facts += [("last lines", last_lines)] if last_lines else []
    if not os.WIFSIGNALED(death.status):
        status = os.WEXITSTATUS(death.status)
        return WorkerDied(f"worker exited with status {status} (os._exit or a crash)", facts=facts)
    number = os.WTERMSIG(death.status)
    hint = "more memory, or fewer jobs at a time, if the machine ran out of it" if number == signal.SIGKILL else None
    return WorkerDied(f"worker was killed by {_signal_name(number)}", facts=facts, hint=hint)


def complaint_of(error: JobError) -> Complaint:
    """An error as plain texts."""
    facts = tuple((str(name), str(value)) for name, value in error.facts)
    return Complaint(type(error).__name__, str(error.message), facts, error.hint)


def last_lines(log: str) -> str:
    """The last few lines of a log file, each below the other, for a fact."""
    with open(log, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _MOST_TAIL, 0))
        lines = file.read().decode("utf-8", "replace").splitlines()[-_LAST_LINES:]
    return "\n    ".join(lines)


def timed_out(action: Action, seconds: float) -> TimedOut:
    """The error of a job that took longer than its timeout."""
    commands = getattr(action, "commands", ())
    return TimedOut(
        f"timed out after {seconds:g} s", facts=[("command", command_text(command)) for command in commands]
    )


def command_text(command: str | tuple[str, ...]) -> str:
    """The command as one would type it."""
    return command if isinstance(command, str) else shlex.join(command)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # a real-time signal has no name
