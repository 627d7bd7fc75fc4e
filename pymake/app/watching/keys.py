"""Keys of a terminal, read without a return. Whatever happens, the terminal is left as it was."""

from __future__ import annotations

import contextlib
import os
import termios
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence


class Keys:
    """The keys of a terminal, while this process is the one that it listens to; none if the stream is no terminal.

    Signals stay with their keys: Ctrl-C is one.
    """

    def __init__(self, stream: TextIO) -> None:
        self._fd: int | None = None
        self._before: list[int | list[bytes | int]] | None = None
        with contextlib.suppress(OSError, ValueError):
            if stream.isatty():
                self._fd = stream.fileno()

    @property
    def are_there(self) -> bool:
        """Whether there is a terminal to read keys from."""
        return self._fd is not None

    def open(self) -> None:
        """Have every key come at once and unseen; again after somebody else has had the terminal."""
        if self._fd is None or not self._is_ours():
            return
        with contextlib.suppress(termios.error, OSError):
            now = termios.tcgetattr(self._fd)
            if self._before is None:
                self._before = list(now)
            now[3] &= ~(termios.ICANON | termios.ECHO)
            termios.tcsetattr(self._fd, termios.TCSADRAIN, now)

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if self._fd is None or self._before is None or not self._is_ours():
            return
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)
        self._before = None

    def files(self) -> Sequence[int]:
        """What can be read when a key was pressed; not while another process has the terminal."""
        return (self._fd,) if self._fd is not None and self._before is not None and self._is_ours() else ()

    def pressed(self) -> str:
        """The keys since the last call; only if there are any, else it blocks."""
        if self._fd is None:
            return ""
        try:
            found = os.read(self._fd, 64)
        except OSError:
            found = b""
        if not found:  # the terminal is gone
            self._fd = None
        return found.decode("utf-8", "replace")

    def _is_ours(self) -> bool:
        """To touch a terminal from the background is to be stopped."""
        assert self._fd is not None
        try:
            return os.tcgetpgrp(self._fd) == os.getpgrp()
        except OSError:
            return False
