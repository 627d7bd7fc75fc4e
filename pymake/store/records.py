"""The payloads of a journal's records.

    VERSIONS   u32 n, n digests of 16 bytes, the n paths joined by a null byte; numbered on from the versions before
    SIGHTINGS  u32 n, n x u32 number of a version, n x 4 x i64 stamp (mtime, ctime, size, inode)
    TRACE      key; f64 started, f64 seconds, u8 printed, u32 origin; u32 length of action, of inputs, of discovered,
               of outputs; action; u32 version numbers of inputs, discovered, outputs; texts: task, reason,
               accepted, number of causes, kind, name, before and after of each cause, name and value of each facet
    FAILURE    key; f64 started, f64 seconds; texts: task, reason, error
    FORGET     key
    START      key; texts: the outputs, but for one that is the key; output patterns, each with //* before it; files
               that these match and that are not pymake's, each with //! before it
    END        key
    DISOWN     texts: paths

    key        u32 length in bytes, text
    texts      u32 n, n x u32 length in characters, all texts as one

Texts are UTF-8 with lone surrogates kept: file names that are no UTF-8 hold such, and other texts hold what they like.
All texts of a record are decoded in one go and then cut, which takes a third of the time of decoding each.
"""

from __future__ import annotations

import struct
import sys
from array import array
from typing import TYPE_CHECKING

from pymake.model.trace import (
    DIGEST_BYTES,
    LONGEST_FACET,
    NAMELESS,
    USUAL,
    Cause,
    Facet,
    Failure,
    Outline,
    Stamp,
    Start,
    Trace,
    shortened,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNT = struct.Struct("<I")
_TRACE = struct.Struct("<ddBIIIII")
_FAILURE = struct.Struct("<dd")
_PATTERN = NAMELESS + "*"
_FOREIGN = NAMELESS + "!"
_ORIGIN = NAMELESS + "="

STAMP_NUMBERS = len(Stamp._fields)


def encode_versions(paths: Sequence[str], digests: bytearray) -> bytes:
    """Payload of VERSIONS, from the same columns that `decode_versions` gives."""
    return b"".join([COUNT.pack(len(paths)), digests, _bytes("\0".join(paths))])


def decode_versions(data: bytearray, start: int, end: int) -> tuple[list[str], bytearray]:
    """Paths, and all digests one after the other."""
    (count,) = COUNT.unpack_from(data, start)
    digests = start + COUNT.size
    names = digests + count * DIGEST_BYTES
    paths = _text(data, names, end).split("\0")
    if len(paths) != count:
        raise ValueError(f"{len(paths)} paths for {count} versions")
    return paths, data[digests:names]


def encode_sightings(numbers: Sequence[int], stamps: Sequence[int]) -> bytes:
    """Payload of SIGHTINGS; `stamps` are the numbers of all stamps in a row."""
    return b"".join([COUNT.pack(len(numbers)), _packed("I", numbers), _packed("q", stamps)])


def decode_sightings(data: bytearray, start: int, end: int) -> tuple[array[int], array[int]]:
    """Version numbers, and the numbers of all stamps in a row."""
    (count,) = COUNT.unpack_from(data, start)
    numbers = start + COUNT.size
    stamps = numbers + 4 * count
    if end - stamps != 8 * STAMP_NUMBERS * count:
        raise ValueError(f"{end - stamps} bytes of stamps for {count} sightings")
    return _unpacked("I", data[numbers:stamps]), _unpacked("q", data[stamps:end])


def encode_trace(trace: Trace) -> bytes:
    """Payload of TRACE; long facet values are shortened."""
    texts = [trace.task, trace.reason, trace.accepted, str(len(trace.causes))]
    for cause in trace.causes:
        texts += map(shortened, cause)
    for name, value in trace.facets:
        texts += (name, value if len(value) <= LONGEST_FACET else shortened(value))
    inputs, discovered, outputs = trace.inputs, trace.discovered, trace.outputs
    lengths = len(trace.action), len(inputs), len(discovered), len(outputs)
    numbers = _TRACE.pack(trace.started, trace.seconds, trace.printed, trace.origin, *lengths)
    rows = _packed("I", inputs + discovered + outputs)
    return b"".join((encode_key(trace.key), numbers, trace.action, rows, _texts(texts)))


def decode_outline(data: bytearray, start: int) -> Outline:
    """The part of the trace whose payload lies there that decides."""
    (length,) = COUNT.unpack_from(data, start)
    return _outline(data, start + COUNT.size + length)[0]


def trace_origin(data: bytearray, start: int) -> int:
    """The origin of the trace whose payload lies there."""
    (length,) = COUNT.unpack_from(data, start)
    return int(_TRACE.unpack_from(data, start + COUNT.size + length)[3])


def count_outputs(data: bytearray, start: int) -> int:
    """How many outputs the trace has whose payload lies there."""
    (length,) = COUNT.unpack_from(data, start)
    return int(_TRACE.unpack_from(data, start + COUNT.size + length)[-1])


def _outline(data: bytearray, at: int) -> tuple[Outline, int]:
    """The outline behind a key, and where the texts begin."""
    _, seconds, _, _, action, inputs, discovered, outputs = _TRACE.unpack_from(data, at)
    at += _TRACE.size + action
    behind = at + 4 * (inputs + discovered + outputs)
    numbers = _unpacked("I", data[at:behind])
    outline = Outline(
        bytes(data[at - action : at]),
        numbers[:inputs],
        numbers[inputs : inputs + discovered],
        numbers[inputs + discovered :],
        seconds,
    )
    return outline, behind


def decode_trace(data: bytearray, start: int, end: int) -> Trace:
    """The trace whose payload lies there."""
    key, at = decode_key(data, start)
    outline, behind = _outline(data, at)
    started, _, printed, origin, *_ = _TRACE.unpack_from(data, at)
    task, reason, accepted, count, *texts = _cut_texts(data, behind, end)
    causes, facets = texts[: 4 * int(count)], texts[4 * int(count) :]
    return Trace(
        key=key,
        action=outline.action,
        inputs=outline.inputs,
        discovered=outline.discovered,
        outputs=outline.outputs,
        facets=tuple(map(Facet, facets[::2], facets[1::2])),
        task=task,
        started=started,
        seconds=outline.seconds,
        reason=reason,
        printed=bool(printed),
        origin=origin,
        accepted=accepted,
        causes=tuple(map(Cause, causes[::4], causes[1::4], causes[2::4], causes[3::4])),
    )


def trace_numbers(data: bytearray, start: int) -> tuple[array[int], int]:
    """The version numbers of a trace, all rows together, and where they lie."""
    (length,) = COUNT.unpack_from(data, start)
    at = start + COUNT.size + length
    _, _, _, _, action, *counts = _TRACE.unpack_from(data, at)
    at += _TRACE.size + action
    return _unpacked("I", data[at : at + 4 * sum(counts)]), at


def renumbered_trace(data: bytearray, start: int, end: int, numbers: Sequence[int]) -> bytes:
    """The payload of the same trace with `numbers[old]` for each version number. They must grow with the old ones."""
    old, at = trace_numbers(data, start)
    new = _packed("I", [numbers[number] for number in old])
    return bytes(data[start:at]) + new + bytes(data[at + len(new) : end])


def encode_failure(failure: Failure) -> bytes:
    """Payload of FAILURE."""
    times = _FAILURE.pack(failure.started, failure.seconds)
    return encode_key(failure.key) + times + _texts([failure.task, failure.reason, failure.error])


def decode_failure(data: bytearray, start: int, end: int) -> Failure:
    """The failure whose payload lies there."""
    key, at = decode_key(data, start)
    started, seconds = _FAILURE.unpack_from(data, at)
    task, reason, error = _cut_texts(data, at + _FAILURE.size, end)
    return Failure(key=key, task=task, started=started, seconds=seconds, reason=reason, error=error)


def encode_start(start: Start) -> bytes:
    """Payload of START."""
    named = [path for path in start.outputs if path != start.key]
    patterns = [_PATTERN + pattern for pattern in start.patterns]
    origin = [f"{_ORIGIN}{start.origin}"] if start.origin != USUAL else []
    foreign = (_FOREIGN + path for path in start.foreign)
    return encode_key(start.key) + _texts([*named, *patterns, *foreign, *origin])


def decode_start(data: bytearray, start: int, end: int) -> Start:
    """The start whose payload lies there, outputs in no order."""
    key, at = decode_key(data, start)
    texts = _cut_texts(data, at, end)
    others = tuple(text for text in texts if not text.startswith(NAMELESS))
    return Start(
        key=key,
        outputs=others if key.startswith(NAMELESS) else (key, *others),
        patterns=tuple(text.removeprefix(_PATTERN) for text in texts if text.startswith(_PATTERN)),
        foreign=tuple(text.removeprefix(_FOREIGN) for text in texts if text.startswith(_FOREIGN)),
        origin=next((int(text.removeprefix(_ORIGIN)) for text in texts if text.startswith(_ORIGIN)), USUAL),
    )


def encode_disown(paths: Sequence[str]) -> bytes:
    """Payload of DISOWN."""
    return _texts(paths)


def decode_disown(data: bytearray, start: int, end: int) -> list[str]:
    """The paths of the DISOWN whose payload lies there."""
    return _cut_texts(data, start, end)


def encode_key(key: str) -> bytes:
    """A key, at the start of a payload; all of FORGET and of END."""
    data = _bytes(key)
    return COUNT.pack(len(data)) + data


def decode_key(data: bytearray, start: int) -> tuple[str, int]:
    """The key at the start of a payload, and where the rest begins."""
    (length,) = COUNT.unpack_from(data, start)
    begin = start + COUNT.size
    return _text(data, begin, begin + length), begin + length


def _texts(texts: Sequence[str]) -> bytes:
    return COUNT.pack(len(texts)) + _packed("I", list(map(len, texts))) + _bytes("".join(texts))


def _cut_texts(data: bytearray, start: int, end: int) -> list[str]:
    (count,) = COUNT.unpack_from(data, start)
    begin = start + COUNT.size + 4 * count
    lengths = _unpacked("I", data[start + COUNT.size : begin])
    whole = _text(data, begin, end)
    texts, at = [], 0
    for length in lengths:
        texts.append(whole[at : at + length])
        at += length
    if at != len(whole):
        raise ValueError(f"texts of {at} characters in {len(whole)}")
    return texts


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytearray, start: int, end: int) -> str:
    return data[start:end].decode("utf-8", "surrogatepass")


def _packed(code: str, numbers: Sequence[int]) -> bytes:
    row = array(code, numbers)
    if sys.byteorder == "big":
        row.byteswap()
    return row.tobytes()


def _unpacked(code: str, data: bytearray) -> array[int]:
    row = array(code)
    row.frombytes(data)
    if sys.byteorder == "big":
        row.byteswap()
    return row
