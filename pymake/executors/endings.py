"""How a process or a call ended, as texts for the user."""

from __future__ import annotations

import os
import shlex
import signal
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import CallFailed, CommandFailed, JobError, OutputMissing, TimedOut, WorkerDied

if TYPE_CHECKING:
    from pymake.model.job import Action

_KINDS: dict[str, type[JobError]] = {
    kind.__name__: kind for kind in (CallFailed, CommandFailed, OutputMissing, TimedOut, WorkerDied)
}

UNKNOWN = -1
"""The wait status of a process that somebody else waited for."""


class Complaint(NamedTuple):
    """A `JobError` as plain texts, so that it can always travel; an exception may refuse to be pickled."""

    kind: str
    message: str
    facts: tuple[tuple[str, str], ...] = ()
    hint: str | None = None

    def error(self) -> JobError:
        """The error that these texts describe."""
        return _KINDS.get(self.kind, CallFailed)(self.message, facts=self.facts, hint=self.hint)


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


def worker_died(status: int) -> WorkerDied:
    """The error of a call whose worker is gone."""
    if status == UNKNOWN:
        return WorkerDied("worker is gone, and nobody saw how it ended")
    if not os.WIFSIGNALED(status):
        return WorkerDied(f"worker exited with status {os.WEXITSTATUS(status)} (os._exit or a crash)")
    number = os.WTERMSIG(status)
    hint = "more memory, or fewer jobs at a time, if the machine ran out of it" if number == signal.SIGKILL else None
    return WorkerDied(f"worker was killed by {_signal_name(number)}", hint=hint)


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
