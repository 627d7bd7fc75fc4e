"""What the engine and a worker say to each other.

A message is its length (4 bytes, little endian) and a pickled tuple, over a socket pair that only the two hold. Each
request is answered by one reply, in the order of the requests. The engine sends further requests while one is being
served, so that a worker with short jobs never waits; each end therefore takes apart what came in one piece. Nothing
of it is ever stored, and both ends are the same program.
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
    """Call the function of a task, or run commands if `task` is None.

    `cwd` is the job's own folder, relative to the root; `log` the absolute path for what it prints; `clear` holds the
    files, relative to the root, that are removed first. `lined_up` says that the engine does not take it as
    begun, `last` that the worker is not to be used again.
    """

    task: str | None
    arguments: tuple[object, ...]
    env: tuple[tuple[str, str], ...]
    cwd: str | None
    log: str
    clear: tuple[str, ...] = ()
    lined_up: bool = False
    last: bool = False


class Reply(NamedTuple):
    """How the job ended. `started` is since the epoch, in seconds.

    `spent`: the call left processes or damage behind; the worker must not be used again. `returned`: the request was
    not served at all, since the engine asked to stop.
    """

    complaint: Complaint | None
    started: float
    seconds: float
    printed: bool
    spent: bool = False
    returned: bool = False


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

    def send(self, *messages: bytes) -> None:
        """Send whole messages.

        Raises:
            OSError: the other end is gone.
        """
        self._socket.sendall(b"".join([part for message in messages for part in (_LENGTH.pack(len(message)), message)]))

    def receive(self) -> list[bytes] | None:
        """The messages that are complete by now, perhaps none; None at the end of the stream. Blocks for a part."""
        try:
            data = self._socket.recv(_CHUNK)
        except OSError:
            return None
        if not data:
            return None
        held = self._held + data if self._held else data
        found, at = [], 0
        while len(held) - at >= _LENGTH.size:
            end = at + _LENGTH.size + _LENGTH.unpack_from(held, at)[0]
            if end > len(held):
                break
            found.append(held[at + _LENGTH.size : end])
            at = end
        self._held = held[at:]
        return found


def pack(message: Request | Reply) -> bytes:
    """A message as bytes. A named tuple would travel with its class; a plain one is half the size and cost."""
    return pickle.dumps(tuple(message), protocol=pickle.HIGHEST_PROTOCOL)


def request_of(data: bytes) -> Request:
    """The request in a message."""
    return Request(*pickle.loads(data))  # noqa: S301  # from the other half of this program


def reply_of(data: bytes) -> Reply:
    """The reply in a message."""
    return Reply(*pickle.loads(data))  # noqa: S301  # from the other half of this program
