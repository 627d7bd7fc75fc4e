"""When to look, after something was heard: soon after a lone save, later while more is coming in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONE = 0.010
"""Seconds of quiet after a save. An editor is done by then: it writes beside and renames, all within 1 or 2 ms."""

LONGEST = 0.200
"""Seconds of quiet after a burst, such as another branch that is checked out."""

MOST = 2.0
"""Seconds after the first change at which somebody looks, even if it never gets quiet."""

_FEW_PATHS = 3
"""The file, the one beside it, and a copy of the old one: still a lone save."""
_FEW_TIMES = 4
"""A file that is heard of again and again is being written in pieces."""


class Debounce:
    """Owns since when something has been heard, and how much. Moments are those of one clock, in seconds.

    >>> debounce = Debounce()
    >>> debounce.due() is None
    True
    >>> debounce.heard(["a.c"], 5.0)
    >>> debounce.due()
    5.01
    """

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0
        self._paths: set[str] = set()
        self._times = 0

    def heard(self, paths: Collection[str], now: float) -> None:
        """Something was heard of these paths; none means that nobody knows of which."""
        if self._first is None:
            self._first = now
        self._last = now
        self._paths.update(paths)
        self._times += 1

    def due(self) -> float | None:
        """The moment to look at; None if nothing was heard since the last look."""
        if self._first is None:
            return None
        units = max(1, len(self._paths) - _FEW_PATHS + 1, self._times - _FEW_TIMES + 1)
        return min(self._last + min(LONE * units, LONGEST), self._first + MOST)

    def looked(self) -> None:
        """Somebody looks now."""
        self._first = None
        self._paths.clear()
        self._times = 0
