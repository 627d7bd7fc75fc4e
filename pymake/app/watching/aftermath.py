"""`--on-success CMD` and `--on-failure CMD`: what is run after a build, beside the watch."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from pymake.executors.minding import minded

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 3.0
"""Seconds between TERM and KILL."""
_DEATH = 5.0
"""Seconds beyond that after which an end is not waited for any longer."""


class Aftermath:
    """Owns the command that runs after a build, with all that came out of it: at most one.

    It goes on beside the watch, and is ended when the next one starts and at the end, however that comes: it has a
    minder. What it prints goes to stderr. `say` is told why one cannot be started.
    """

    def __init__(self, on_success: str | None, on_failure: str | None, say: Callable[[str], None]) -> None:
        self._commands = {True: on_success, False: on_failure}
        self._say = say
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def run(self, *, good: bool) -> None:
        """A build went like this."""
        command = self._commands[good]
        if command is None:
            return
        self.close()
        ours, theirs = socket.socketpair()
        words = minded(command, theirs, PATIENCE, end="last")
        try:
            running = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            self._running = running, ours
        except (OSError, ValueError) as error:
            ours.close()
            self._say(f"cannot run {command!r}: {error}")
        finally:
            theirs.close()

    def close(self) -> None:
        """End it if it still runs: TERM to all its processes, after a while KILL."""
        if self._running is None:
            return
        (minder, line), self._running = self._running, None
        with line:
            with contextlib.suppress(OSError):  # it has ended by itself
                line.sendall(b"end\n")
            with contextlib.suppress(subprocess.TimeoutExpired):
                minder.wait(PATIENCE + _DEATH)
