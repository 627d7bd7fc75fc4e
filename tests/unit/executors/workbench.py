"""An executor in a folder of its own, and what tests say to it."""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING

from pymake.model.ids import JobId
from pymake.model.job import Call, Command, Failed, Launch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pymake.errors import JobError
    from pymake.interfaces import Executor
    from pymake.model.job import Action, Outcome

DEADLINE = 20.0
"""Seconds after which a test that waits gives up; nothing takes nearly as long."""

_BREATH = threading.Event()

Functions = dict[str, "Callable[..., object]"]


class Workbench:
    """Gives jobs to an executor, one number after the other, and collects how they end."""

    def __init__(self, executor: Executor, root: Path) -> None:
        self.executor = executor
        self.root = root
        self._count = 0

    def start(
        self,
        action: Action,
        *,
        env: tuple[tuple[str, str], ...] = (),
        timeout: float | None = None,
    ) -> JobId:
        """Start a job; its log is `logs/NUMBER`."""
        job = JobId(self._count)
        self._count += 1
        self.executor.start(
            Launch(job=job, label=f"job {job}", action=action, env=env, log=f"logs/{job}", timeout=timeout)
        )
        return job

    def outcomes(self, count: int = 1) -> list[Outcome]:
        """The next outcomes, as many as are wanted."""
        found: list[Outcome] = []
        until = time.monotonic() + DEADLINE
        while len(found) < count:
            assert time.monotonic() < until, f"only {found} ended"
            found += self.executor.wait(0.5)
        return found

    def run(self, action: Action, *, env: tuple[tuple[str, str], ...] = (), timeout: float | None = None) -> Outcome:
        """How one job ends."""
        self.start(action, env=env, timeout=timeout)
        (outcome,) = self.outcomes()
        return outcome

    def error(self, action: Action, *, timeout: float | None = None) -> JobError:
        """The error of a job that fails."""
        outcome = self.run(action, timeout=timeout)
        assert isinstance(outcome, Failed), outcome
        return outcome.error

    def log(self, job: int = 0) -> str | None:
        """What a job printed; None if it has no log."""
        path = self.root / f"logs/{job}"
        return path.read_text() if path.exists() else None


def command(*commands: str | tuple[str, ...], cwd: str | None = None) -> Command:
    return Command(commands=commands, cwd=cwd)


def call(task: str, *arguments: object, cwd: str | None = None) -> Call:
    return Call(task=task, arguments=arguments, cwd=cwd)


class Tether:
    """A named pipe that jobs open for writing: it tells when one is there, and when the last one is gone.

    No process number is looked at, so nothing depends on who reaps what.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        os.mkfifo(path)
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(self._fd, select.POLLIN)

    def line(self) -> str:
        """What a job has written, when it has."""
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            for _, event in self._poll.poll(1000):
                if event & select.POLLIN:
                    return os.read(self._fd, 1000).decode()
                _BREATH.wait(0.002)  # between two writers the pipe has none, and that is reported all the time
        raise AssertionError("no job wrote")

    def assert_all_gone(self) -> None:
        """Wait until no process holds the pipe any more."""
        until = time.monotonic() + DEADLINE
        while True:
            assert self._poll.poll(max(until - time.monotonic(), 0) * 1000), "a process is left"
            if not os.read(self._fd, 1000):
                return

    def close(self) -> None:
        os.close(self._fd)
