"""Who has the terminal: handing it to a job, and taking it back, as a shell does."""

from __future__ import annotations

import contextlib
import os
import signal
import termios
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Foreground:
    """The terminal of this process, if it has one and is in its foreground. Owns its settings until `take_back`.

    Without one nothing is done: a job in a pipeline or under cron has just the files of this process.
    """

    def __init__(self) -> None:
        self._fd = _terminal()
        self._settings = None if self._fd is None else termios.tcgetattr(self._fd)

    def give_to(self, group: int) -> None:
        """Let this process group read from the terminal, and get its Ctrl-C and Ctrl-Z."""
        if self._fd is not None:
            with contextlib.suppress(OSError):  # it has ended already
                os.tcsetpgrp(self._fd, group)

    def take_back(self) -> None:
        """Be in the foreground again, with the settings as they were: a job that was killed may have left it raw."""
        if self._fd is None:
            return
        with _without_stopping(), contextlib.suppress(OSError, termios.error):  # the terminal is gone
            os.tcsetpgrp(self._fd, os.getpgrp())
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._settings or [])


def _terminal() -> int | None:
    for fd in (0, 2, 1):
        with contextlib.suppress(OSError):
            if os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp():
                return fd
    return None


@contextlib.contextmanager
def _without_stopping() -> Iterator[None]:
    """Who is not in the foreground is stopped when it sets anything, unless it does not listen."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
