"""`--profile FILE`: where the time of a build went, as a trace that `chrome://tracing` and Perfetto show.

One row for pymake's own phases, and one for each slot that a job took. The format is the "JSON object" one of Chrome:
complete events with a begin and a duration in microseconds.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymake.errors import PymakeError
from pymake.model.events import JobEnded, JobStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pymake.interfaces import Clock, Reporter
    from pymake.model.events import Event

_OWN = 0
"""The row of pymake itself; jobs take those from 1 on."""


class Profile:
    """Owns what is known of the time of one build. Does nothing but collect until `write`."""

    def __init__(self, clock: Clock, path: str) -> None:
        self._path = path
        self._clock = clock
        self._began = clock.monotonic()
        self._events: list[dict[str, object]] = []
        self._running: dict[int, tuple[int, float, JobStarted]] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A phase of pymake's own."""
        begin = self._clock.monotonic()
        try:
            yield
        finally:
            self._add(name, "pymake", _OWN, begin, {})

    def begin(self, event: JobStarted) -> None:
        """A job starts, in the first row that is free."""
        taken = {row for row, _, _ in self._running.values()}
        row = next(row for row in range(1, len(taken) + 2) if row not in taken)
        self._running[event.job] = row, self._clock.monotonic(), event

    def end(self, event: JobEnded) -> None:
        """A job that had started is settled."""
        found = self._running.pop(event.job, None)
        if found is None:
            return
        row, begin, started = found
        facts = {"command": started.command, "reason": started.reason, "seconds": event.seconds}
        if event.error is not None:
            facts["error"] = event.error.message
        self._add(event.label, event.task, row, begin, facts)

    def write(self) -> None:
        """Write the trace, of what has ended so far, to the path.

        Raises:
            PymakeError: the system does not take it.
        """
        names = {_OWN: "pymake", **{row: f"slot {row}" for row in self._rows()}}
        rows = [
            {"ph": "M", "name": "thread_name", "pid": 1, "tid": row, "args": {"name": name}}
            for row, name in names.items()
        ]
        try:
            with open(self._path, "w", encoding="utf-8") as file:
                json.dump({"displayTimeUnit": "ms", "traceEvents": [*rows, *self._events]}, file)
        except OSError as error:
            raise PymakeError(f"cannot write the profile {self._path}", facts=[("reason", error.strerror)]) from error

    def _rows(self) -> list[int]:
        return sorted({row for event in self._events if isinstance(row := event["tid"], int) and row != _OWN})

    def _add(self, name: str, category: str, row: int, begin: float, facts: dict[str, object]) -> None:
        now = self._clock.monotonic()
        self._events.append(
            {
                "ph": "X",
                "name": name,
                "cat": category,
                "pid": 1,
                "tid": row,
                "ts": round((begin - self._began) * 1e6),
                "dur": round((now - begin) * 1e6),
                "args": facts,
            }
        )


class ProfilingReporter:
    """Lets a profile hear of every event, then the reporter that shows it."""

    def __init__(self, profile: Profile, inner: Reporter) -> None:
        self._profile = profile
        self._inner = inner

    def handle(self, event: Event) -> None:
        """Note the begin and end of jobs, and pass the event on."""
        if isinstance(event, JobStarted):
            self._profile.begin(event)
        elif isinstance(event, JobEnded):
            self._profile.end(event)
        self._inner.handle(event)

    def follow(self, tail: Callable[[int], str]) -> None:
        """What running jobs print is only shown."""
        self._inner.follow(tail)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._inner.close()
