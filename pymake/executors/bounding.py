"""The log of a running job within bounds: the middle of what it printed is given back to the disk.

A job writes into its log itself, through no pipe, so nobody can hold it up or take away a part before it is written.
But a part of a file can be made a hole: its size and all that stands behind it stay as they are, and it takes no room.
What is kept in the end is less still, and is cut when the job has ended (`Logs.excerpt`).

Where the system or the file system knows no holes (macOS, some network file systems) a log is cut at the end only.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.executors.slot import Slot
    from pymake.interfaces import Clock

LOOK_EVERY = 0.2
"""Seconds between two looks; what a job prints in that time comes on top of the bounds."""
HEAD = 4_000_000
TAIL = 16_000_000
"""Bytes at the beginning and at the end of a log that stay."""
_BLOCK = 512
_GRAIN = 1 << 16
"""Holes begin and end at multiples of this: file systems free whole blocks only."""
_KEEP_SIZE, _PUNCH_HOLE = 1, 2


class LogBounds:
    """Owns when the logs of running jobs are looked at next: `due`, by the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.due = 0.0

    def look(self, slots: Iterable[Slot]) -> None:
        """If it is time: free the middle of each log that takes more room than head and tail."""
        if self._clock.monotonic() < self.due:
            return
        for slot in slots:
            if slot.run is not None:
                bound(slot.log_of(slot.run))
        self.due = self._clock.monotonic() + LOOK_EVERY


def bound(log: str) -> None:
    """Free the middle of a log if it takes more room than head and tail."""
    with contextlib.suppress(OSError):  # it has just got another name, or cannot have holes
        status = os.stat(log)
        if status.st_blocks * _BLOCK > HEAD + TAIL + _GRAIN:
            _free(log, status.st_size)


def _free(log: str, size: int) -> None:
    start, end = -(-HEAD // _GRAIN) * _GRAIN, (size - TAIL) // _GRAIN * _GRAIN
    punch = _puncher()
    if punch is None or end <= start:
        return
    file = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    try:
        punch(file, start, end - start)
    finally:
        os.close(file)


def _puncher() -> Callable[[int, int, int], int] | None:
    """What makes a hole in an open file: start and length in bytes. 0 if it could."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes  # noqa: PLC0415  # 3 ms that nearly no build needs
    except ImportError:
        return None
    fallocate = ctypes.CDLL(None).fallocate
    fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return lambda file, start, length: int(fallocate(file, _KEEP_SIZE | _PUNCH_HOLE, start, length))
