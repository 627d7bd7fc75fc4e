"""Digests of contents: xxh3-128. The only module that knows the hash function.

A small file is one open, two reads and a close: the second read proves the end, which a short first read does not on
every file system. A large one goes through one buffer of 1 MiB that is used again, so memory stays flat. Mapping it
into memory would be twice as fast from the page cache, and end pymake with SIGBUS when another program truncates it.

The digest of a folder goes over its sorted entries, each with kind, name and the digest of what it holds. Links count
as what they point at; a link that dangles, or leads back to a folder around it, counts as the text of its target.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from pymake.fs.refusal import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xxhash import xxh3_128

SMALL = 1 << 16
"""Files up to this size (bytes) are read at once."""

BLOCK = 1 << 20

_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""Not blocking, so that a named pipe among the inputs can't hold the build."""

_NOTHING = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def digest_bytes(data: bytes) -> bytes:
    """The digest of a content in memory, 16 bytes.

    >>> digest_bytes(b"").hex()
    '99aa06d3014798d86001c324468d497f'
    """
    return _hasher(data).digest()


class Digester:
    """Owns the buffer that large files are read through. One thread. `keep` gets digest and content of small files."""

    __slots__ = ("_buffer", "_hasher", "_keep")

    def __init__(self, keep: Callable[[bytes, bytes], None] | None = None) -> None:
        self._buffer: bytearray | None = None
        self._hasher: Callable[[bytes], xxh3_128] = self._first_hasher
        self._keep = keep

    def _first_hasher(self, data: bytes) -> xxh3_128:
        from xxhash import xxh3_128  # noqa: PLC0415  # on first use; later no import statement stands in the way

        self._hasher = xxh3_128
        return xxh3_128(data)

    def digest(self, real: str, shown: str) -> bytes | None:
        """The digest of what is at `real`, file or folder; None if there is nothing. Errors name `shown`.

        Raises:
            PymakeError: it is there and cannot be read.
        """
        try:
            return self._digest(real, ())
        except OSError as error:
            if error.errno in _NOTHING:
                return None
            raise refused("read", shown, error) from error

    def _digest(self, real: str, around: tuple[tuple[int, int], ...]) -> bytes:
        descriptor = os.open(real, _READ)
        try:
            try:
                data = os.read(descriptor, SMALL)
                rest = os.read(descriptor, SMALL) if data else b""
            except IsADirectoryError:
                return self._folder(real, around)
            if rest:
                return self._large(descriptor, data + rest)
            digest = self._hasher(data).digest()
            if self._keep is not None:
                self._keep(digest, data)
            return digest
        finally:
            os.close(descriptor)

    def _large(self, descriptor: int, start: bytes) -> bytes:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "neither a file nor a folder")
        if self._buffer is None:
            self._buffer = bytearray(BLOCK)
        state = _hasher(start)
        with memoryview(self._buffer) as view, open(descriptor, "rb", buffering=0, closefd=False) as file:
            while count := file.readinto(view):
                state.update(view[:count])
        return state.digest()

    def _folder(self, real: str, around: tuple[tuple[int, int], ...]) -> bytes:
        status = os.stat(real)
        inside = (*around, (status.st_dev, status.st_ino))
        state = _hasher(b"")
        for name in sorted(os.fsencode(name) for name in os.listdir(real)):
            for part in self._entry(os.path.join(real, os.fsdecode(name)), inside):
                state.update(b"%b%d:%b" % (part, len(name), name))
        return state.digest()

    def _entry(self, real: str, around: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
        """Kind and content of one entry of a folder; nothing if it went away just now."""
        try:
            target = os.readlink(real) if os.path.islink(real) else None
            if target is not None and _leads_nowhere(real, around):
                yield b"link" + digest_bytes(os.fsencode(target))
                return
            kind = b"folder" if os.path.isdir(real) else b"file"
            yield kind + self._digest(real, around)
        except FileNotFoundError:
            return


def _leads_nowhere(real: str, around: tuple[tuple[int, int], ...]) -> bool:
    try:
        status = os.stat(real)
    except OSError:
        return True
    return (status.st_dev, status.st_ino) in around


def _hasher(data: bytes) -> xxh3_128:
    from xxhash import xxh3_128  # noqa: PLC0415  # on first use; afterwards the statement costs 0.2 us

    return xxh3_128(data)
