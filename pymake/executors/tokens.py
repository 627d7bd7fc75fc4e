"""Tokens of a GNU jobserver: the right to run one more job, in a pipe that a whole tree of builds shares.

A client may run one job without asking, and takes a byte out of the pipe for each other one that runs; when a job is
over it writes that same byte back. Nobody may be blocked while it holds a token that it does not use: what cannot be
used at once is returned before the engine waits.

Others read the same pipe. One whose description is non-blocking would surprise them all, since that is a property of
what they share; so it is opened again under `/proc/self/fd`, where that makes a new one (Linux), and by its name if it
is a fifo. Elsewhere a read may block when somebody was faster, until the next job of anyone in the tree ends.

The tokens held stand in memory that is shared with the guard, which returns them when the engine was killed. Between
the read and the note of it lies a microsecond in which a kill loses one token.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import select
import struct
import termios

_ONE = b"+"


class Tokens:
    """Owns the tokens that this build holds, at most `most`, and its own descriptor for reading.

    `reading` and `writing` stay open for the children; who opened them closes them.
    """

    def __init__(self, reading: int, writing: int, most: int) -> None:
        self._writing = writing
        self._reading, self._blocks = _own(reading)
        self._held = 0
        self._most = most
        self._table = mmap.mmap(-1, max(2 * most, 1))

    @property
    def fd(self) -> int:
        """Can be read when there may be a token."""
        return self._reading

    @property
    def held(self) -> int:
        """How many tokens this build holds."""
        return self._held

    def take(self) -> bool:
        """Take one, if there is one now."""
        if self._held >= self._most:
            return False
        if self._blocks and not select.select([self._reading], [], [], 0)[0]:
            return False
        try:
            token = os.read(self._reading, 1)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            token = b""
        if not token:
            return False  # the server is gone: one job at a time is always right
        self._table[2 * self._held : 2 * self._held + 2] = b"\1" + token
        self._held += 1
        return True

    def keep(self, count: int) -> None:
        """Return all but so many."""
        while self._held > max(count, 0):
            self._held -= 1
            token = self._table[2 * self._held + 1 : 2 * self._held + 2]
            self._table[2 * self._held] = 0
            self._write(token)

    def return_all(self) -> None:
        """For the guard, which shares only the table: return what a killed engine held."""
        for at in range(0, 2 * self._most, 2):
            if self._table[at]:
                self._table[at] = 0
                self._write(self._table[at + 1 : at + 2])

    def restock(self, total: int) -> None:
        """For a server none of whose jobs runs: make it exactly so many tokens, whatever killed jobs took along."""
        self.keep(0)
        there = _waiting_bytes(self._reading)
        if there < total:
            self._write(_ONE * (total - there))
        elif there > total:
            with contextlib.suppress(OSError):
                os.read(self._reading, there - total)

    def close(self) -> None:
        """Return all, and close what is our own."""
        self.keep(0)
        os.close(self._reading)
        self._table.close()

    def _write(self, tokens: bytes) -> None:
        with contextlib.suppress(OSError):  # the server is gone, and needs none
            os.write(self._writing, tokens)


def _own(reading: int) -> tuple[int, bool]:
    """A descriptor for this build alone, and whether reading from it may block."""
    with contextlib.suppress(OSError):
        return os.open(f"/proc/self/fd/{reading}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), False
    return os.dup(reading), True


def _waiting_bytes(fd: int) -> int:
    count: int = struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"))[0]
    return count
