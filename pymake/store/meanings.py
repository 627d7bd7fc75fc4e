"""What code keys were made from, so that a later build can show which function changed, and how.

`.pymake/cache/meanings`, an append-only file, in the frame of the journal (see `format`):

    header   MAGIC, one byte MEANINGS_VERSION
    record   u32 length of the body, u32 crc32 of the body, body: one byte (1), the code key (32 hex digits), the
             meaning (see `model.code`) compressed with zlib

Nothing in it decides: without it only the difference cannot be shown. So what cannot be read is dropped, without a
note, and a file that grew beyond LARGEST bytes begins anew with the meanings of the present build.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from typing import TYPE_CHECKING

from pymake.model.code import bounded, decode_meaning, encode_meaning
from pymake.store.format import frame, frames
from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.model.code import Meaning
    from pymake.model.task import Function

MAGIC = b"pymake meanings\n"
MEANINGS_VERSION = 1
HEADER = MAGIC + bytes([MEANINGS_VERSION])
LARGEST = 8 << 20

_KEY = 32
_RECORD = 1


class Meanings:
    """The remembered meanings below a root, by code key. One process writes: the one that holds the build lock.

    >>> Meanings("/no/such/root").recall("0" * 32) is None
    True
    """

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, FOLDER, "cache", "meanings")
        self._records: dict[str, bytes] | None = None
        self._whole = 0

    def recall(self, key: str) -> Meaning | None:
        """The meaning of a code key, as far as it was kept; None if it was not."""
        data = self._read().get(key)
        try:
            return None if data is None else decode_meaning(zlib.decompress(data).decode("utf-8"))
        except (zlib.error, UnicodeDecodeError):
            return None

    def remember(self, functions: Iterable[Function]) -> None:
        """Keep the meanings of these functions, if they are not kept yet. What the system refuses is left out."""
        known = self._read()
        new: dict[str, bytes] = {}
        for function in functions:
            key = function.code_key
            if key not in known and key not in new and len(key) == _KEY:
                new[key] = zlib.compress(encode_meaning(bounded(function.meaning())).encode("utf-8"))
        if new:
            known.update(new)
            with contextlib.suppress(OSError):
                self._write(b"".join(_record(key, data) for key, data in new.items()))

    def _read(self) -> dict[str, bytes]:
        if self._records is not None:
            return self._records
        found = self._records = {}
        try:
            with open(self._path, "rb") as file:
                data = bytearray(file.read(LARGEST + 1))
        except OSError:
            return found
        if data.startswith(HEADER):
            self._whole = len(HEADER)
            for kind, begin, end in frames(data, len(HEADER)):
                self._whole = end
                if kind == _RECORD:
                    found[data[begin : begin + _KEY].decode("ascii", "replace")] = bytes(data[begin + _KEY : end])
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


def _record(key: str, data: bytes) -> bytes:
    return frame(_RECORD, key.encode("ascii") + data)
