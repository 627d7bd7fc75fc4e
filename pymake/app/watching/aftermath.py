"""`--on-success CMD` and `--on-failure CMD`: what is run after a build, beside the watch."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 3.0
"""Seconds between TERM and KILL."""


class Aftermath:
    """Owns the command that runs after a build, with its whole process group: at most one.

    It goes on beside the watch, and is ended when the next one starts and at the end. What it prints goes to stderr.
    `say` is told why one cannot be started.
    """

    def __init__(self, on_success: str | None, on_failure: str | None, say: Callable[[str], None]) -> None:
        self._commands = {True: on_success, False: on_failure}
        self._say = say
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, *, good: bool) -> None:
        """A build went like this."""
        command = self._commands[good]
        if command is None:
            return
        self.close()
        try:
            self._running = subprocess.Popen(  # noqa: S602  # the user's own command, which may need the shell
                command, shell=True, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno(), start_new_session=True
            )
        except (OSError, ValueError) as error:
            self._say(f"cannot run {command!r}: {error}")

    def close(self) -> None:
        """End it if it still runs: TERM to its process group, after a while KILL."""
        running, self._running = self._running, None
        if running is None:
            return
        if running.poll() is None:
            _send(running.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(PATIENCE)
        _send(running.pid, signal.SIGKILL)  # what it has left behind goes too
        running.wait()


def _send(group: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)
