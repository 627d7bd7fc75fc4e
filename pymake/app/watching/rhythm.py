"""When to look at everything although nothing was heard, so that what was missed is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.heard import NOTHING_HEARD, Heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.app.watching.project import WatchedProject
    from pymake.interfaces import Clock

REST = 30.0
"""Seconds from one such look to the next where changes are heard of."""

SOON = 0.5
"""Seconds from a burst, or from new folders to listen to, to the next one."""

_SHARE = 500
"""A look costs at most this part of the time: 1 ms in half a second."""

_POLLED_SHARE = 20
"""The same where changes are found in no other way."""


class Rhythm:
    """Owns when everything is looked at next, and how far the present look is.

    It goes in pieces, so that what is heard meanwhile need not wait for its end.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pieces: list[Callable[[], Heard]] = []
        self._next = clock.monotonic() + SOON
        self._spent = 0.0
        self._interval: float | None = None

    def poll(self, interval: float | None) -> None:
        """Changes are found in no other way, so look every so many seconds; None: they are heard of."""
        self._interval = interval
        if interval is not None:
            self._next = min(self._next, self._clock.monotonic() + interval)

    def soon(self) -> None:
        """A look is due soon, and begins afresh."""
        self._pieces = []
        self._next = min(self._next, self._clock.monotonic() + SOON)

    def due(self) -> float:
        """The moment of the next piece; one that has passed while a look is under way."""
        return 0.0 if self._pieces else self._next

    def look(self, project: WatchedProject) -> Heard:
        """Look at the next piece, and say what is not as it was."""
        began = self._clock.monotonic()
        if not self._pieces:
            self._pieces = list(project.pieces())
        found = self._pieces.pop(0)() if self._pieces else NOTHING_HEARD
        self._spent += self._clock.monotonic() - began
        if not self._pieces:
            self._rest()
        return found

    def _rest(self) -> None:
        least = self._spent * _SHARE if self._interval is None else self._spent * _POLLED_SHARE
        self._next = self._clock.monotonic() + max(REST if self._interval is None else self._interval, least)
        self._spent = 0.0
