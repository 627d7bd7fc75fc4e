"""Process groups that run, in memory that the engine shares with its guard.

The guard must know which groups to end when the engine is gone. A pipe that carries each start and end would wake it
twice a job; a shared table costs the engine 0.1 µs, and the guard looks only once.

A process exists a moment before the engine knows its number: `posix_spawn` takes a ms, and a kill then would let the
job escape. So a place first says that a start is under way. The guard then looks for the process by what it writes to,
the log file of its slot. That takes a `/proc`; elsewhere (macOS) the gap stays.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTING = -1
"""In the place of a group: there will be one, whose number is not known yet."""

HALT = -1
"""Instead of the number of a signal: nothing further is to start, and what runs may end."""

_LOOK_EVERY = 0.02
"""Seconds between two looks whether a group is gone; nothing reports that."""
_DEATH = 1.0
"""Seconds after which a killed group is not waited for any longer: it may hang in the system, or nobody reaps it."""


class SharedNumbers:
    """Owns a row of numbers, 0 at first, that processes forked later see too, and may change."""

    def __init__(self, places: int) -> None:
        self._memory = mmap.mmap(-1, 8 * places)
        self._numbers = memoryview(self._memory).cast("q")

    def __getitem__(self, place: int) -> int:
        return self._numbers[place]

    def __setitem__(self, place: int, number: int) -> None:
        self._numbers[place] = number

    def close(self) -> None:
        """Free the memory, here."""
        self._numbers.release()
        self._memory.close()


class GroupTable(SharedNumbers):
    """Owns one number for each place: the process group that runs there, or 0."""

    def running(self) -> list[int]:
        """The groups of all places."""
        return [group for group in self._numbers if group > 0]

    def end_all(self, patience: float, logs: Sequence[str]) -> None:
        """Ask all groups to end, and kill after `patience` seconds what is left. For the guard, with no engine left.

        `logs` are the files that the first places write to.
        """
        left = self.running()
        unknown = [log for log, group in zip(logs, self._numbers, strict=False) if group == STARTING]
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, _DEATH)):
            for group in left:
                send(group, number)
            until = time.monotonic() + seconds
            while (left or unknown) and time.monotonic() < until:
                for log in list(unknown):
                    if found := writers(log):
                        unknown.remove(log)
                        left += [group for group in found if send(group, number)]
                time.sleep(_LOOK_EVERY)
                reap_own()
                left = [group for group in left if is_there(group)]
            unknown = []


def send(group: int, number: int) -> bool:
    """Send a signal to all members of a group; whether there was one to get it."""
    if group <= 0:
        return False  # to the system, 0 is the group of this process itself
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses where only dead members are left
        return False
    return True


def is_there(group: int) -> bool:
    """Whether the group has a member that has not ended.

    The system keeps the number of a member that has ended until its parent asks how. For one whose parent is gone that
    may take seconds, and in a container without an init for ever; so a `/proc`, where there is one, is asked as well.
    """
    return send(group, 0) and _has_live_member(group)


def reap_own() -> bool:
    """Take note of own children that have ended; whether any other is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def writers(path: str) -> set[int]:
    """The process groups, other than that of this process, that have this file as standard error or output."""
    found = set()
    with contextlib.suppress(OSError):  # no such file, no /proc
        file = os.stat(path)
        for name in os.listdir("/proc"):
            if name.isdigit() and any(_is_open(f"/proc/{name}/fd/{fd}", file) for fd in (2, 1)):
                with contextlib.suppress(OSError):  # it ended meanwhile
                    found.add(os.getpgid(int(name)))
    return found - {os.getpgrp()}


def _has_live_member(group: int) -> bool:
    try:
        numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return True
    return not numbers or any(_is_live_member(number, group) for number in numbers)


def _is_live_member(process: int, group: int) -> bool:
    try:
        if os.getpgid(process) != group:
            return False
        with open(f"/proc/{process}/stat", "rb") as file:
            state = file.read().rpartition(b")")[2].split()[0]
    except OSError:  # it ended meanwhile
        return False
    return state not in {b"Z", b"X"}


def _is_open(path: str, file: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), file)
    except OSError:  # the process ended meanwhile, or belongs to somebody else
        return False
