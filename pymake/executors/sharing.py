"""An executor whose jobs, beside the first, each need a token of a jobserver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pymake.interfaces import Executor
from pymake.model.job import Began

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pymake.executors.jobserver import Share
    from pymake.executors.tokens import Tokens
    from pymake.model.ids import JobId
    from pymake.model.job import Launch, Outcome


class Heeding(Executor, Protocol):
    """An executor whose `wait` can be ended by a file."""

    def heed(self, fd: int | None) -> None:
        """From now on `wait` also returns when this file can be read; None: no longer."""


class SharingExecutor:
    """An executor that has room only where there is a token too.

    Invariant: between `wait` and the next call no more tokens are held than jobs run beside the first; what `room`
    took for a job that was not started is returned when the engine waits.
    """

    def __init__(self, inner: Heeding, tokens: Tokens, served: int | None) -> None:
        self._inner = inner
        self._tokens = tokens
        self._served = served
        self._running: set[JobId] = set()
        self._starved = False

    def room(self) -> int:
        """1 if there is a slot, and a token for it; taken now, so that it is there when the job starts."""
        if not self._inner.room():
            return 0
        if not self._running and self._served is not None and not self._tokens.held:
            self._tokens.restock(self._served)
        self._starved = not (self._tokens.held >= len(self._running) or self._tokens.take())
        return 0 if self._starved else 1

    def start(self, launch: Launch) -> None:
        """Start one job, after `room` said that there is some."""
        self._running.add(launch.job)
        self._inner.start(launch)

    def line_up_room(self) -> int:
        """See `Executor.line_up_room`."""
        return self._inner.line_up_room()

    def line_up(self, launches: Sequence[Launch]) -> None:
        """See `Executor.line_up`: they need no token until they begin."""
        self._inner.line_up(launches)

    def halt(self) -> None:
        """See `Executor.halt`."""
        self._inner.halt()

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """Jobs that ended; also returns when there may be a token for one that found no room."""
        self._tokens.keep(len(self._running) - 1)
        if self._starved:
            self._inner.heed(self._tokens.fd)
        try:
            ended = self._inner.wait(timeout)
        finally:
            if self._starved:
                self._inner.heed(None)
        for outcome in ended:
            # What was lined up takes over the token of the job before it.
            if isinstance(outcome, Began):
                self._running.add(outcome.job)
            else:
                self._running.discard(outcome.job)
        self._tokens.keep(len(self._running) - 1)
        return ended

    def cancel(self, jobs: Collection[JobId], *, at_once: bool = False) -> None:
        """See `Executor.cancel`."""
        self._inner.cancel(jobs, at_once=at_once)

    def close(self) -> None:
        """End everything that is left; the tokens are the share's to return."""
        self._inner.close()


def sharing(inner: Heeding, share: Share) -> Executor:
    """The executor with the tokens of a share, if it has any."""
    return inner if share.tokens is None else SharingExecutor(inner, share.tokens, share.served)
