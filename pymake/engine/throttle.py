"""When the machine is too busy for another job."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymake.interfaces import Clock, Machine

LEAST_FREE_MEMORY = 0.02
"""The share of memory that must be free for a further job to start beside others."""
LOOK_EVERY = 1.0
"""Seconds between two looks; the load average of the system changes only every five."""


class Throttle:
    """Owns the last look at the machine. A job that has nothing beside it always starts.

    The load average lags behind by a minute, so jobs that were started since the last look count in full.
    """

    def __init__(self, machine: Machine, clock: Clock, most_load: float | None) -> None:
        self._machine = machine
        self._clock = clock
        self._most_load = most_load
        self._looked_at: float | None = None
        self._load = 0.0
        self._started = 0
        self._is_short = False
        self.holds = False

    def started(self) -> None:
        """A job was started."""
        self._started += 1

    def admits(self, running: int) -> bool:
        """Whether another job may start beside so many; `holds` says the same until the next time."""
        self.holds = running > 0 and self._is_busy()
        return not self.holds

    def _is_busy(self) -> bool:
        now = self._clock.monotonic()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            self._looked_at, self._started = now, 0
            self._is_short = self._machine.free_memory() < LEAST_FREE_MEMORY
            self._load = 0.0 if self._most_load is None else self._machine.load()
        return self._is_short or (self._most_load is not None and self._load + self._started >= self._most_load)
