"""The watch's side of one service: its minder, what it prints, and the log of that."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pymake.executors.starting import Starter
    from pymake.model.job import Command

MINDER = str(Path(__file__).with_name("minder.py"))

_AT_ONCE = 1 << 16
_LONGEST_LINE = 1 << 13
MOST_LOGGED = 10_000_000
"""Bytes after which the log of a service begins anew: it may run for weeks."""


def minded(command: str | tuple[str, ...], line: socket.socket, patience: float, *, end: str) -> tuple[str, ...]:
    """The words that start a minder with a command; `line` is its end of a socket pair. See `minder` for the rest."""
    words = ("/bin/sh", "-c", command) if isinstance(command, str) else command
    return sys.executable, "-I", "-S", MINDER, str(line.fileno()), str(os.getpid()), str(patience), end, *words


class Told(NamedTuple):
    """What the minder said: `began`, `refused` or `ended`, and the process, the reason, or the wait status."""

    what: str
    text: str


class Minded:
    """Owns one started service: the line to its minder, the pipe that it prints to, its log.

    Raises:
        CommandFailed: the system allows no further process.
        OSError: the same, or the log cannot be written.
    """

    def __init__(
        self, starter: Starter, command: Command, env: tuple[tuple[str, str], ...], log: str, patience: float
    ) -> None:
        os.makedirs(os.path.dirname(log), exist_ok=True)
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o666)
        self._line, theirs = socket.socketpair()
        self._pipe, printing = os.pipe()
        theirs.set_inheritable(True)
        minder = minded(command.commands[0], theirs, patience, end="first")
        try:
            self.minder = starter.start(minder, cwd=command.cwd, env=env, log=printing)
        except BaseException:
            self._close()
            raise
        finally:
            theirs.close()
            os.close(printing)
        self.process = 0
        self._line.setblocking(False)
        os.set_blocking(self._pipe, False)
        self._text = b""
        self._said = b""
        self._logged = 0
        self._is_open = True

    def files(self) -> tuple[int, ...]:
        """What can be read when there is something to hear."""
        return (self._line.fileno(), self._pipe) if self._is_open else (self._line.fileno(),)

    def printed(self, *, is_over: bool = False) -> list[str]:
        """The lines that were printed since the last call, an unfinished one too if it `is_over`. The log has them."""
        for _ in range(16):  # a service that floods must not keep the watch from its work
            data = self._read()
            if not data:
                break
            self._keep(data)
            self._text += data
        *lines, rest = self._text.split(b"\n")
        if rest and (is_over or len(rest) > _LONGEST_LINE):
            lines, rest = [*lines, rest], b""
        self._text = rest
        return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]

    def told(self) -> list[Told]:
        """What the minder said since the last call. If it is gone without a word, the service is."""
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while data := self._line.recv(_AT_ONCE):
                self._said += data
            if b"ended " not in self._said and b"refused " not in self._said:
                self._said += b"ended -1\n"
        *lines, self._said = self._said.split(b"\n")
        found = [Told(*line.decode("utf-8", "replace").partition(" ")[::2]) for line in lines]
        for one in found:
            if one.what == "began":
                self.process = int(one.text)
        return found

    def end(self) -> None:
        """Have the service ended, with all that came out of it; `told` tells when that is done."""
        with contextlib.suppress(OSError):
            self._line.sendall(b"end\n")

    def close(self) -> None:
        """It is over: let go of everything, and take note of the end of the minder."""
        self._close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.minder, 0)

    def _close(self) -> None:
        self._line.close()
        os.close(self._pipe)
        os.close(self._log)

    def _read(self) -> bytes:
        if not self._is_open:
            return b""
        try:
            data = os.read(self._pipe, _AT_ONCE)
        except BlockingIOError:
            return b""
        self._is_open = bool(data)
        return data

    def _keep(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk ends no service
            if self._logged > MOST_LOGGED:
                os.ftruncate(self._log, 0)
                self._logged = 0
            self._logged += os.write(self._log, data)
