"""Waiting for processes, workers and signals at once, from any thread."""

from __future__ import annotations

import math
import os
import select
import sys
import time
from typing import NamedTuple, Protocol

from pymake.executors.endings import UNKNOWN, Death
from pymake.model.task import LONGEST_SECONDS


class Ready(NamedTuple):
    """Processes that ended, and files that can be read."""

    processes: list[int]
    files: list[int]


class Waits(Protocol):
    """What a thread waits for. Processes are watched until their `status` is taken."""

    def watch_process(self, process: int) -> None:
        """Wait for a child of this process."""

    def watch_file(self, fd: int) -> None:
        """Wait until the file can be read."""

    def forget_file(self, fd: int) -> None:
        """No longer wait for the file."""

    def wait(self, timeout: float | None) -> Ready:
        """What is ready; blocks until something is, or for `timeout` seconds."""

    def status(self, process: int) -> int:
        """The wait status of a process that `wait` reported. Its number is free from now on."""


class PidfdWaits:
    """Waits on file descriptors of processes (Linux 5.3): one poll for everything, no signal handler, no thread."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._process_of: dict[int, int] = {}
        self._fd_of: dict[int, int] = {}

    def watch_process(self, process: int) -> None:
        """Wait for a child of this process."""
        fd = os.pidfd_open(process)
        self._process_of[fd] = process
        self._fd_of[process] = fd
        self._poll.register(fd, select.POLLIN)

    def watch_file(self, fd: int) -> None:
        """Wait until the file can be read."""
        self._poll.register(fd, select.POLLIN)

    def forget_file(self, fd: int) -> None:
        """No longer wait for the file."""
        self._poll.unregister(fd)

    def wait(self, timeout: float | None) -> Ready:
        """What is ready; blocks until something is, or for `timeout` seconds."""
        ready = Ready([], [])
        for fd, _ in self._poll.poll(_milliseconds(timeout)):
            process = self._process_of.get(fd)
            if process is None:
                ready.files.append(fd)
            else:
                ready.processes.append(process)
        return ready

    def status(self, process: int) -> int:
        """The wait status of a process that `wait` reported."""
        fd = self._fd_of.pop(process)
        del self._process_of[fd]
        self._poll.unregister(fd)
        os.close(fd)
        return wait_status(process)


class AskingWaits:
    """Asks for each process in turn, with short pauses: where the system has no descriptors of processes.

    The pause starts at 0.5 ms and doubles to 10 ms while nothing ends: short jobs lose little, long ones cost nothing.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._processes: set[int] = set()
        self._statuses: dict[int, int] = {}

    def watch_process(self, process: int) -> None:
        """Wait for a child of this process."""
        self._processes.add(process)

    def watch_file(self, fd: int) -> None:
        """Wait until the file can be read."""
        self._poll.register(fd, select.POLLIN)

    def forget_file(self, fd: int) -> None:
        """No longer wait for the file."""
        self._poll.unregister(fd)

    def wait(self, timeout: float | None) -> Ready:
        """What is ready; blocks until something is, or for `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        pause = 0.0
        while True:
            left = None if until is None else max(until - time.monotonic(), 0.0)
            files = [fd for fd, _ in self._poll.poll(_milliseconds(self._pause(pause, left)))]
            ended = self._ended()
            if ended or files or left == 0.0:
                return Ready(ended, files)
            pause = min(max(2 * pause, 0.0005), 0.01)

    def status(self, process: int) -> int:
        """The wait status of a process that `wait` reported."""
        return self._statuses.pop(process)

    def _pause(self, pause: float, left: float | None) -> float | None:
        if not self._processes:
            return left
        return pause if left is None else min(pause, left)

    def _ended(self) -> list[int]:
        ended = []
        for process in self._processes:
            try:
                found, status = os.waitpid(process, os.WNOHANG)
            except ChildProcessError:
                found, status = process, UNKNOWN
            if found:
                self._statuses[process] = status
                ended.append(process)
        self._processes.difference_update(ended)
        return ended


def best_waits() -> Waits:
    """The better way that works here: a sandbox or an old kernel may refuse what Python offers."""
    if hasattr(os, "pidfd_open"):
        try:
            os.close(os.pidfd_open(os.getpid()))
        except OSError:
            return AskingWaits()
        return PidfdWaits()
    return AskingWaits()


def wait_status(process: int) -> int:
    """The wait status of a child that has ended, or ends now.

    `UNKNOWN` where a script that embeds pymake ignores SIGCHLD or waits for any child: then nobody can say how the
    job ended, and it must not count as done.
    """
    try:
        return os.waitpid(process, 0)[1]
    except ChildProcessError:
        return UNKNOWN


def death_of(process: int) -> Death:
    """How a child that has ended, or ends now, did so."""
    try:
        _, status, usage = os.wait4(process, 0)
    except ChildProcessError:
        return Death(UNKNOWN, 0)
    return Death(status, usage.ru_maxrss >> 10 if sys.platform == "darwin" else usage.ru_maxrss)


def _milliseconds(timeout: float | None) -> int | None:
    """Rounded up, else the last part of a millisecond would be waited for in a busy loop."""
    return None if timeout is None else math.ceil(min(timeout, LONGEST_SECONDS / 1000) * 1000)
