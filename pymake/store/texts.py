"""Small texts that files held, so that a later build can show which lines changed.

`.pymake/cache/texts`, an append-only file, in the frame of the journal (see `format`):

    header   MAGIC, one byte TEXTS_VERSION
    record   u32 length of the body, u32 crc32 of the body, body: one byte (1), the digest of the content (16 bytes),
             the content compressed with zlib

Kept is what was hashed anyway, as long as it is small (LONGEST bytes) and no more than MOST files or ROOM bytes in one
build. Nothing in it decides: without it only the difference cannot be shown. So what cannot be read is dropped, without
a note, and a file that grew beyond LARGEST bytes begins anew with the texts of the present build.
"""

from __future__ import annotations

import contextlib
import os
import zlib

from pymake.model.trace import DIGEST_BYTES
from pymake.store.format import frame, frames
from pymake.store.refusal import FOLDER

MAGIC = b"pymake texts\n"
TEXTS_VERSION = 1
HEADER = MAGIC + bytes([TEXTS_VERSION])
LARGEST = 4 << 20
LONGEST = 16 << 10
MOST = 2_000
ROOM = 2 << 20

_RECORD = 1


class Texts:
    r"""The remembered texts below a root, by digest. One process writes: the one that holds the build lock.

    >>> texts = Texts("/no/such/root")
    >>> texts.keep(bytes(16), b"a line\n")
    >>> texts.recall(bytes(16)), texts.recall(b"1" * 16)
    ('a line\n', None)
    """

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, FOLDER, "cache", "texts")
        self._new: dict[bytes, bytes] = {}
        self._room = ROOM
        self._records: dict[bytes, bytes] | None = None
        self._whole = 0

    def keep(self, digest: bytes, data: bytes) -> None:
        """This content was hashed; it is kept if it is small enough, by the next `save`."""
        if len(data) <= min(LONGEST, self._room) and len(self._new) < MOST and digest not in self._new:
            self._new[digest] = data
            self._room -= len(data)

    def recall(self, digest: bytes) -> str | None:
        """The text with this digest; None if it was not kept, or is none."""
        data = self._new.get(digest)
        if data is None:
            packed = self._read().get(digest)
            try:
                data = None if packed is None else zlib.decompress(packed)
            except zlib.error:
                return None
        return None if data is None else text_of(data)

    def save(self) -> None:
        """Write what is new. What the system refuses is left out."""
        known = self._read() if self._new else {}
        new = {key: zlib.compress(data, 1) for key, data in self._new.items() if key not in known and b"\0" not in data}
        self._new.clear()
        if new:
            known.update(new)
            with contextlib.suppress(OSError):
                self._write(b"".join(frame(_RECORD, key + data) for key, data in new.items()))

    def _read(self) -> dict[bytes, bytes]:
        if self._records is not None:
            return self._records
        found = self._records = {}
        try:
            with open(self._path, "rb") as file:
                data = bytearray(file.read(LARGEST + ROOM))
        except OSError:
            return found
        if data.startswith(HEADER):
            self._whole = len(HEADER)
            for kind, begin, end in frames(data, len(HEADER)):
                self._whole = end
                if kind == _RECORD:
                    found[bytes(data[begin : begin + DIGEST_BYTES])] = bytes(data[begin + DIGEST_BYTES : end])
        return found

    def _write(self, records: bytes) -> None:
        """Put records behind the last whole one; begin anew if there is none, or no room."""
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        if not self._whole or self._whole + len(records) > LARGEST:
            self._whole = 0
            records = HEADER + records
        with open(self._path, "r+b" if self._whole else "wb") as file:
            file.truncate(self._whole)
            file.seek(self._whole)
            file.write(records)
        self._whole += len(records)


def text_of(data: bytes) -> str | None:
    """The content as text; None if it is none, or too long to be shown."""
    if len(data) > LONGEST or b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
