"""What is kept to explain or to be faster: compressed records by key, in an append-only file below `.pymake/cache`.

In the frame of the journal (see `format`):

    header   magic and one byte of version, of whoever keeps
    record   u32 length of the body, u32 crc32 of the body, body: one byte (1), the key (always of one length), the
             content compressed with zlib

Of several records with one key the last counts. What cannot be read is dropped, without a note, and what the system
refuses to write is left out. A file that would grow beyond its bound begins anew, with what this process asked for. One
process writes: the one that holds the build lock.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.store.format import frame, frames
from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECORD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One such file: its name, its header, bytes of a key, and how many bytes it may grow to."""

    name: str
    header: bytes
    key: int
    largest: int


class Kept:
    """Owns the file of one root, and what was read of it.

    >>> Kept("/no/such/root", Keeping(name="x", header=b"x", key=1, largest=9)).recall(b"k") is None
    True
    """

    def __init__(self, root: str, keeping: Keeping) -> None:
        self._path = os.path.join(root, FOLDER, "cache", keeping.name)
        self._keeping = keeping
        self._records: dict[bytes, bytes] | None = None
        self._asked: set[bytes] = set()
        self._whole = 0
        self._size = 0

    def recall(self, key: bytes) -> bytes | None:
        """The content with this key; None if it was not kept."""
        packed = self._read().get(key)
        self._asked.add(key)
        try:
            return None if packed is None else zlib.decompress(packed)
        except zlib.error:
            return None

    def knows(self, key: bytes) -> bool:
        """Whether there is a content with this key."""
        self._asked.add(key)
        return key in self._read()

    def add(self, contents: Mapping[bytes, bytes]) -> None:
        """Keep these contents; those with a key that is known stay as they are."""
        known = self._read()
        self.put({key: data for key, data in contents.items() if key not in known})

    def put(self, contents: Mapping[bytes, bytes]) -> None:
        """Keep these contents, in the place of those with their keys."""
        new = {key: zlib.compress(data, 1) for key, data in contents.items()}
        if new:
            self._read().update(new)
            with contextlib.suppress(OSError):
                self._write(new)

    def _read(self) -> dict[bytes, bytes]:
        if self._records is None:
            self._records = self._found()
        return self._records

    def _found(self) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        self._whole = self._size = 0
        header, length = self._keeping.header, self._keeping.key
        try:
            with open(self._path, "rb") as file:
                data = bytearray(file.read(2 * self._keeping.largest))
        except OSError:
            return found
        self._size = len(data)
        if data.startswith(header):
            self._whole = len(header)
            for kind, begin, end in frames(data, len(header)):
                self._whole = end
                if kind == _RECORD:
                    found[bytes(data[begin : begin + length])] = bytes(data[begin + length : end])
        return found

    def _write(self, new: Mapping[bytes, bytes]) -> None:
        """Put records behind the last whole one; begin anew if there is none, or no room."""
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        if os.path.exists(self._path) and os.path.getsize(self._path) != self._size:
            self._found()  # it was read before the build had its lock, and another build wrote
        records = _framed(new)
        if not self._whole or self._whole + len(records) > self._keeping.largest:
            self._whole = 0
            asked = {key: data for key, data in self._read().items() if key in self._asked and key not in new}
            before = _framed(asked)
            room = self._keeping.largest - len(self._keeping.header) - len(records)
            records = self._keeping.header + (before if len(before) <= room else b"") + records
        with open(self._path, "r+b" if self._whole else "wb") as file:
            file.truncate(self._whole)
            file.seek(self._whole)
            file.write(records)
        self._whole = self._size = self._whole + len(records)


def _framed(records: Mapping[bytes, bytes]) -> bytes:
    return b"".join([frame(_RECORD, key + data) for key, data in records.items()])
