"""The bell: before a command looks for itself, it rings at the watch of its project, if there is one.

The watch answers that there is nothing to do, or builds and lets hear of it. Whatever is odd here is None, and the
command goes its own way: nobody listens, the watch belongs to somebody else, is busy or another pymake, or was started
in another environment.

What goes over the socket are frames: a letter, the length of the rest as four bytes (high ones first), the rest.

    R  the question: a marshalled `Question`; the only one from the command, and sent once
    T  taken: the watch knows of it; again every second, so that a watch that hangs is noticed
    O  text for stdout          E  text for stderr
    X  the exit code, one byte: the end
    N  go your own way: the end

Like the fast door it imports built-in modules only, and the one that knows sockets.
"""

from __future__ import annotations

import marshal
import posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class Line(Protocol):
        """What is needed of a socket."""

        def recv(self, size: int) -> bytes:
            """Some bytes; none at the end."""

        def settimeout(self, seconds: float) -> None:
            """How long to wait."""


QUESTION, TAKEN, OUT, ERR, CODE, NO = b"R", b"T", b"O", b"E", b"X", b"N"

FIRST_WAIT = 1.0
"""Seconds until the watch has to take the question: it is stopped, or the machine too busy for it to be of use."""
FURTHER_WAIT = 4.0
"""Seconds between two frames; there is one every second."""

Question = tuple[str, str, tuple[str, ...], bool, dict[bytes, bytes]]
"""Identity, current folder, words, whether stderr is a terminal, environment."""


def ring(path: str, who: str, here: str, words: Sequence[str]) -> int | None:
    """Ask the watch that listens at a path; the exit code, after the text was written. None: go your own way.

    `who` is the identity of this pymake, `here` the folder in which the command was given.
    """
    if not is_ours(path):
        return None
    import _socket  # noqa: PLC0415  # only where a watch seems to run: 0.7 ms

    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        line.settimeout(FIRST_WAIT)
        line.connect(path)
        question: Question = (who, here, tuple(words), posix.isatty(2), posix.environ)
        line.sendall(frame(QUESTION, marshal.dumps(question)))
        return _heard(line)
    except KeyboardInterrupt:
        return 130
    except OSError:
        return None
    finally:
        line.close()


def is_ours(path: str) -> bool:
    """Whether there is a socket, and nobody else made it."""
    try:
        found = posix.stat(path)
    except OSError:
        return False
    return found.st_mode & 0o170000 == 0o140000 and found.st_uid == posix.geteuid()


def frame(kind: bytes, rest: bytes = b"") -> bytes:
    r"""One frame.

    >>> frame(CODE, b"\0")
    b'X\x00\x00\x00\x01\x00'
    """
    return kind + len(rest).to_bytes(4, "big") + rest


def frames(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    r"""The whole frames in some bytes, and what is left.

    >>> frames(b"T\0\0\0\0E\0\0\0\2hiX\0")
    ([(b'T', b''), (b'E', b'hi')], b'X\x00')
    """
    found = []
    while len(data) >= 5 and len(data) >= (end := 5 + int.from_bytes(data[1:5], "big")):
        found.append((data[:1], data[5:end]))
        data = data[end:]
    return found, data


def _heard(line: Line) -> int | None:
    data = b""
    while True:
        more = line.recv(1 << 16)
        if not more:
            return None
        line.settimeout(FURTHER_WAIT)
        found, data = frames(data + more)
        for kind, rest in found:
            if kind == CODE:
                return rest[0]
            if kind == NO:
                return None
            if kind in (OUT, ERR):
                _write(1 if kind == OUT else 2, rest)


def _write(file: int, text: bytes) -> None:
    try:
        while text:
            text = text[posix.write(file, text) :]
    except OSError:
        pass  # nobody listens
