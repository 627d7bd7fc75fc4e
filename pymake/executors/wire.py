"""What the engine and a worker say to each other.

A message is its length (4 bytes, little endian) and a pickled tuple, over a socket pair that only the two hold. One
request is answered by one reply; so at most one message is under way in each direction. Nothing of it is ever stored,
and both ends are the same program.
"""

from __future__ import annotations

import pickle
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket

    from pymake.executors.endings import Complaint

_LENGTH = struct.Struct("<I")
_CHUNK = 1 << 16


class Request(NamedTuple):
    """Call the function of a task. `cwd` is absolute; `log` is the slot's new log file, None if it is the old one."""

    task: str
    arguments: tuple[object, ...]
    env: tuple[tuple[str, str], ...]
    cwd: str | None
    log: str | None


class Reply(NamedTuple):
    """How the call ended. `spent`: it left processes behind, or damage; the worker must not be used again."""

    complaint: Complaint | None
    seconds: float
    spent: bool


class Line:
    """One end of a connection. Owns the socket and the part of a message that has come so far."""

    __slots__ = ("_held", "_socket")

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._held = b""

    def fileno(self) -> int:
        """The file descriptor, to wait for."""
        return self._socket.fileno()

    def close(self) -> None:
        """The other end sees the end of the stream."""
        self._socket.close()

    def send(self, message: bytes) -> None:
        """Send a whole message.

        Raises:
            OSError: the other end is gone.
        """
        self._socket.sendall(_LENGTH.pack(len(message)) + message)

    def receive(self) -> bytes | None:
        """The next message, or b"" if only a part of it has come; None at the end of the stream. Blocks for a part."""
        try:
            data = self._socket.recv(_CHUNK)
        except OSError:
            return None
        if not data:
            return None
        held = self._held + data if self._held else data
        if len(held) >= 4 and len(held) >= 4 + _LENGTH.unpack_from(held)[0]:
            self._held = b""
            return held[4:]
        self._held = held
        return b""


def pack(message: Request | Reply) -> bytes:
    """A message as bytes. A named tuple would travel with its class; a plain one is half the size and cost."""
    return pickle.dumps(tuple(message), protocol=pickle.HIGHEST_PROTOCOL)


def request_of(data: bytes) -> Request:
    """The request in a message."""
    return Request(*pickle.loads(data))  # noqa: S301  # from the other half of this program


def reply_of(data: bytes) -> Reply:
    """The reply in a message."""
    return Reply(*pickle.loads(data))  # noqa: S301  # from the other half of this program
