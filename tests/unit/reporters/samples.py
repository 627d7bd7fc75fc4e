"""Events as builds make them, with the fields that a test does not speak about filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import CommandFailed, Place
from pymake.model.events import JobEnded, JobStarted

if TYPE_CHECKING:
    from pymake.errors import JobError

FAILURE = CommandFailed(
    "exit status 1",
    task="objects",
    outputs=("build/a.o",),
    place=Place(path="pymake.toml", line=12),
    facts=[("command", "cc -c a.c -o build/a.o")],
)


def started(
    job: int = 0,
    output: str = "build/a.o",
    *,
    command: str = "cc -c a.c -o build/a.o",
    reason: str = "input a.c changed",
    usual: float | None = None,
) -> JobStarted:
    return JobStarted(
        job=job,
        task="objects",
        label=f"objects {output}",
        outputs=(output,),
        command=command,
        reason=reason,
        usual=usual,
    )


def ended(
    job: int = 0,
    output: str = "build/a.o",
    *,
    seconds: float = 0.41,
    done: int = 3,
    expected: int = 10,
    printed: str = "",
    left_out: int = 0,
    error: JobError | None = None,
) -> JobEnded:
    return JobEnded(
        job=job,
        task="objects",
        label=f"objects {output}",
        outputs=(output,),
        seconds=seconds,
        done=done,
        expected=expected,
        printed=printed,
        left_out=left_out,
        error=error,
    )


class HandClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time
