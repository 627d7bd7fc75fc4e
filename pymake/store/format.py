"""The frame of a journal: header, records, and how far a file that may be torn or damaged can be believed.

    header   MAGIC, one byte FORMAT_VERSION
    record   u32 length of the body, u32 crc32 of the body, body; the body is one byte kind, then the payload

Numbers are little-endian. A body has at least its kind, so a run of zeros, as some file systems leave behind after a
power cut, is never a record. Nothing here needs more than the built-in modules.
"""

from __future__ import annotations

import enum
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"pymake journal\n"
FORMAT_VERSION = 2
HEADER = MAGIC + bytes([FORMAT_VERSION])

LONGEST_TORN = 1 << 20
"""An incomplete record at the end is the trace of a kill if at most this many bytes (one write) are lost with it."""

FRAME = struct.Struct("<II")


class Kind(enum.IntEnum):
    """What a record holds; see `records`. The numbers are on disk."""

    VERSIONS = 1
    SIGHTINGS = 2
    TRACE = 3
    FAILURE = 4
    FORGET = 5
    START = 6
    END = 7
    DISOWN = 8


class Ending(enum.Enum):
    """What comes behind the last whole record."""

    CLEAN = enum.auto()
    """Nothing."""
    TORN = enum.auto()
    """The begin of a record whose writer was killed. To be cut."""
    DAMAGED = enum.auto()
    """Something that no writer leaves behind."""


def frame(kind: int, payload: bytes) -> bytes:
    """A whole record; `kind` is a `Kind`, or a byte of another file in this frame.

    >>> frame(Kind.FORGET, b"a").hex()
    '0200000074b71b060561'
    """
    body = bytes((kind,)) + payload
    return FRAME.pack(len(body), zlib.crc32(body)) + body


def frames(data: bytearray, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, and begin and end of the payload, of each record from `start` on; ends in front of the first bad one.

    `data` must not change its length meanwhile.
    """
    size, header, crc32, unpack = len(data), FRAME.size, zlib.crc32, FRAME.unpack_from
    with memoryview(data) as view:
        while start + header < size:
            length, crc = unpack(data, start)
            body = start + header
            start = body + length
            if not length or start > size or crc32(view[body:start]) != crc:
                return
            yield data[body], body + 1, start


def ending(data: bytearray, end: int) -> Ending:
    """How to take what follows the last whole record, which ends at `end`."""
    rest = len(data) - end
    if not rest:
        return Ending.CLEAN
    if rest > LONGEST_TORN:
        return Ending.DAMAGED
    if rest < FRAME.size or not data[end:].strip(b"\0"):
        return Ending.TORN
    length, _ = FRAME.unpack_from(data, end)
    return Ending.TORN if end + FRAME.size + length > len(data) else Ending.DAMAGED
