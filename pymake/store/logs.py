"""What jobs printed: one file for each job, found by its key.

A job may print as much as it likes while it runs; what is kept of it has a limit, and its middle goes first: the
beginning says what was run, the end says how it ended.

The name is a digest of the key, since keys are paths of any length. The first two digits are a folder, so that no
folder gets more than a 256th of the logs.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from pymake.store.refusal import FOLDER, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

EXCERPT_HEAD = 50_000
EXCERPT_TAIL = 150_000
"""Bytes of a long log that are shown; the end says more than the beginning."""

KEPT_HEAD = 2_000_000
KEPT_TAIL = 8_000_000
"""Bytes of a job's output that are kept."""

_BLOCK = 1 << 16
_ATTEMPTS = ".attempts"
"""Follows the name of a log, for the file of the attempts before the present one."""


class FileLogs:
    """The Logs of real builds, below a root. Executors write the files.

    >>> FileLogs("/no/such/root").excerpt(".pymake/logs/00/0.log")
    ('', 0)
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def path(self, key: str) -> str:
        """See `Logs.path`. Nothing is made, also no folder."""
        from hashlib import blake2b  # noqa: PLC0415  # 3 ms that only builds with something to run need

        name = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        return f"{FOLDER}/logs/{name[:2]}/{name[2:]}.log"

    def excerpt(self, path: str) -> tuple[str, int]:
        """See `Logs.excerpt`; of a long log the first 50,000 and the last 150,000 bytes, a line between them.

        A log of more than 10,000,000 bytes is cut to that first.

        Raises:
            StateError: it is there and cannot be read.
        """
        try:
            with open(os.path.join(self._root, path), "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > KEPT_HEAD + KEPT_TAIL:
                    self._cut(path, file, size)
                if size <= EXCERPT_HEAD + EXCERPT_TAIL:
                    return _decoded(file.read()), 0
                head = file.read(EXCERPT_HEAD)
                file.seek(size - EXCERPT_TAIL)
                tail = file.read(EXCERPT_TAIL)
        except FileNotFoundError:
            return "", 0
        except OSError as error:
            raise refused("read", path, error) from error
        left_out = size - EXCERPT_HEAD - EXCERPT_TAIL
        return f"{_decoded(head)}\n[{left_out} bytes left out]\n{_decoded(tail)}", left_out

    def keep_attempt(self, path: str, heading: str, *, first: bool) -> None:
        """See `AttemptLogs.keep_attempt`.

        Raises:
            StateError: it cannot be written.
        """
        self.excerpt(path)  # no attempt takes more room than a log may
        self._add_attempt(path, heading, first=first)

    def join_attempts(self, path: str, heading: str) -> None:
        """See `AttemptLogs.join_attempts`.

        Raises:
            StateError: it cannot be written.
        """
        self._add_attempt(path, heading, first=False)
        real = os.path.join(self._root, path)
        try:
            os.replace(real + _ATTEMPTS, real)
        except OSError as error:
            raise refused("write", path, error) from error

    def drop_attempts(self, path: str) -> None:
        """See `AttemptLogs.drop_attempts`."""
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self._root, path) + _ATTEMPTS)

    def _add_attempt(self, path: str, heading: str, *, first: bool) -> None:
        real = os.path.join(self._root, path)
        try:
            os.makedirs(os.path.dirname(real), exist_ok=True)
            with open(real + _ATTEMPTS, "wb" if first else "ab") as kept:
                kept.write(f"[{heading}]\n".encode("utf-8", "backslashreplace"))
                with contextlib.suppress(FileNotFoundError), open(real, "rb") as log:
                    last = b"\n"
                    while data := log.read(_BLOCK):
                        kept.write(data)
                        last = data[-1:]
                    kept.write(b"" if last == b"\n" else b"\n")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(real)
        except OSError as error:
            raise refused("write", path, error) from error

    def _cut(self, path: str, file: BinaryIO, size: int) -> None:
        """Keep head and tail. A new file, moved into place: the old one may still be open in a process left behind."""
        kept = os.path.join(self._root, path)
        with open(f"{kept}.new", "wb") as new:
            for start, length in ((0, KEPT_HEAD), (size - KEPT_TAIL, KEPT_TAIL)):
                if start:
                    new.write(_cut_line(size - KEPT_HEAD - KEPT_TAIL))
                file.seek(start)
                left = length
                while left and (data := file.read(min(left, _BLOCK))):
                    new.write(data)
                    left -= len(data)
        os.replace(f"{kept}.new", kept)
        file.seek(0)

    def read(self, key: str) -> Iterator[bytes]:
        """The whole log of a job, in pieces; nothing if there is none.

        Raises:
            StateError: it is there and cannot be read.
        """
        path = self.path(key)
        try:
            with open(os.path.join(self._root, path), "rb") as file:
                while data := file.read(_BLOCK):
                    yield data
        except FileNotFoundError:
            return
        except OSError as error:
            raise refused("read", path, error) from error


def _cut_line(count: int) -> bytes:
    return f"\n[{count} bytes left out: of more than {KEPT_HEAD + KEPT_TAIL} the middle is not kept]\n".encode()


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")
