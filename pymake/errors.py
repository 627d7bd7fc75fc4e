"""The kinds of error, in one shape: what is wrong, where, the facts, what to try next, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a build file, as the user would write it: `pymake.toml:12`.

    >>> str(Place(path="pymake.toml", line=12))
    'pymake.toml:12'
    """

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class PymakeError(Exception):
    """Anything that pymake tells the user instead of a traceback.

    `str(error)` is the whole text: `place: message`, a line for each fact, and the hint.

    >>> print(PymakeError("no task 'ap'", facts=[("nearest", "app")], hint="pymake list shows all"))
    no task 'ap'
      nearest: app
      try: pymake list shows all
    """

    exit_code: int = 2

    def __init__(
        self,
        message: str,
        *,
        place: Place | None = None,
        facts: Iterable[tuple[str, object]] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.facts = tuple((name, str(value)) for name, value in facts)
        self.hint = hint

    def __str__(self) -> str:
        first = self.message if self.place is None else f"{self.place}: {self.message}"
        lines = [first, *(f"  {name}: {value}" for name, value in self.facts)]
        if self.hint is not None:
            lines.append(f"  try: {self.hint}")
        return "\n".join(lines)


class UsageError(PymakeError):
    """The command line, or a call from Python, asks for something that cannot be."""


class UnknownTarget(UsageError):
    """A target that is no task, no file of the plan, and a pattern of none: `target`, as the user wrote it."""

    def __init__(self, target: str, *, facts: Iterable[tuple[str, object]] = (), hint: str | None = None) -> None:
        super().__init__(f"no task and no file of the plan is called {target!r}", facts=facts, hint=hint)
        self.target = target


class BuildFileError(PymakeError):
    """A build file cannot be read, or says something that cannot be."""


class NoSuchTask(BuildFileError, KeyError):
    """A pipeline was asked for a task that it does not have."""


class PlanError(PymakeError):
    """The tasks make no plan: two makers of one output, a cycle, an input that nobody makes."""


class StateError(PymakeError):
    """The folder `.pymake` cannot be used: read-only, foreign, a full disk."""


class BusyError(PymakeError):
    """Another build holds the folder, and waiting was not wanted."""

    exit_code: int = 1


class InternalError(PymakeError):
    """A promise that pymake made to itself does not hold; always a bug of pymake."""

    exit_code: int = 2


class JobError(PymakeError):
    """Why one job failed. `task` and `outputs` say which.

    `exception` is what a Python function raised, as far as it can travel from the process that called it.
    """

    exit_code: int = 1

    def __init__(
        self,
        message: str,
        *,
        task: str = "",
        outputs: tuple[str, ...] = (),
        place: Place | None = None,
        facts: Iterable[tuple[str, object]] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message, place=place, facts=facts, hint=hint)
        self.task = task
        self.outputs = outputs
        self.exception: BaseException | None = None


class CommandFailed(JobError):
    """A command ended with a status other than 0, or could not be started."""


class CallFailed(JobError):
    """A Python function raised; `facts` hold the user's own part of the traceback."""


class TimedOut(JobError):
    """A job took longer than its timeout and was killed."""


class WorkerDied(JobError):
    """The worker process that ran the job died: a signal, `os._exit`, out of memory."""


class OutputMissing(JobError):
    """A job ended well but did not make every declared output."""


class OutputProtected(JobError):
    """A protected output was edited by hand: its job does not run until the user has decided."""


class InputKeepsChanging(JobError):
    """An input was edited during the run, again after each new attempt; or it was removed."""


class JobsFailed(PymakeError):
    """The build ended with failed jobs: `errors` holds one typed error for each."""

    exit_code: int = 1

    def __init__(self, errors: Sequence[JobError]) -> None:
        names = ", ".join(dict.fromkeys(error.task for error in errors))
        count = "1 job" if len(errors) == 1 else f"{len(errors)} jobs"
        super().__init__(f"{count} failed: {names}", facts=[("error", error) for error in errors])
        self.errors: tuple[JobError, ...] = tuple(errors)


class Interrupted(PymakeError):
    """A signal ended the build; the exit code is 128 + its number."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"interrupted by signal {signal_number}")
        self.signal_number = signal_number


def assert_never(value: NoReturn) -> NoReturn:
    """End of an exhaustive match: the type checker proves that it is never reached (`typing` has it from 3.11 on)."""
    raise InternalError(f"unexpected {value!r}")


def nearest(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names most like `name`, best first, for hints; none when nothing is near.

    >>> nearest("comand", ["command", "cwd", "output"])
    ['command']
    """
    import difflib  # noqa: PLC0415  # 4 ms that only a message needs

    return difflib.get_close_matches(name, list(names), n=most, cutoff=0.6)
