"""Every payload comes back as it was, whatever it holds."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pymake.model.trace import Facet, Failure, Trace
from pymake.store.format import FRAME, Kind, frame, frames
from pymake.store.records import (
    decode_failure,
    decode_key,
    decode_sightings,
    decode_trace,
    decode_versions,
    encode_failure,
    encode_key,
    encode_sightings,
    encode_trace,
    encode_versions,
    renumbered_trace,
)

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
NUMBERS = st.lists(st.integers(0, 2**32 - 1), max_size=5).map(lambda row: array("I", sorted(row)))
SECONDS = st.floats(allow_nan=False)

TRACES = st.builds(
    Trace,
    key=TEXTS,
    action=st.binary(max_size=16),
    inputs=NUMBERS,
    discovered=NUMBERS,
    outputs=NUMBERS,
    facets=st.lists(st.builds(Facet, TEXTS, TEXTS), max_size=3).map(tuple),
    task=TEXTS,
    started=SECONDS,
    seconds=SECONDS,
    reason=TEXTS,
    printed=st.booleans(),
)
FAILURES = st.builds(Failure, key=TEXTS, task=TEXTS, started=SECONDS, seconds=SECONDS, reason=TEXTS, error=TEXTS)

BEFORE = b"what lies before"


def placed(payload: bytes) -> tuple[bytearray, int, int]:
    """A payload amid other bytes, as it lies in a journal."""
    return bytearray(BEFORE + payload + b"behind"), len(BEFORE), len(BEFORE) + len(payload)


@given(TRACES)
def test_any_trace_comes_back(trace: Trace) -> None:
    data, start, end = placed(encode_trace(trace))
    assert decode_trace(data, start, end) == trace
    assert decode_key(data, start)[0] == trace.key


@given(FAILURES)
def test_any_failure_comes_back(failure: Failure) -> None:
    assert decode_failure(*placed(encode_failure(failure))) == failure


@given(TEXTS)
def test_any_key_comes_back(key: str) -> None:
    data, start, end = placed(encode_key(key))
    assert decode_key(data, start) == (key, end)


@given(TRACES)
def test_a_renumbered_trace_differs_in_its_numbers_only(trace: Trace) -> None:
    class Shifted:
        def __getitem__(self, number: int) -> int:
            return number // 2

    data, start, end = placed(encode_trace(trace))
    new = decode_trace(*placed(renumbered_trace(data, start, end, Shifted())))  # type: ignore[arg-type]  # endless
    rows = (trace.inputs, trace.discovered, trace.outputs)
    assert [list(row) for row in (new.inputs, new.discovered, new.outputs)] == [[n // 2 for n in row] for row in rows]
    assert (new.key, new.facets, new.task, new.reason) == (trace.key, trace.facets, trace.task, trace.reason)


def test_columns_come_back() -> None:
    paths, digests = ["a", "", "b\udcff/\u00fc"], bytearray(range(48))
    assert decode_versions(*placed(encode_versions(paths, digests))) == (paths, digests)
    numbers, stamps = [7, 2**32 - 1], [1, -2, 3, 4, 2**63 - 1, -(2**63), 7, 8]
    found = decode_sightings(*placed(encode_sightings(numbers, stamps)))
    assert [list(row) for row in found] == [numbers, stamps]


def test_columns_of_different_lengths_are_refused() -> None:
    data, start, end = placed(encode_sightings([1], [1, 2, 3]))
    with pytest.raises(ValueError) as caught:
        decode_sightings(data, start, end)
    assert str(caught.value) == "24 bytes of stamps for 1 sightings"
    data, start, end = placed(encode_versions(["a", "b"], bytearray(16)))
    with pytest.raises(ValueError):
        decode_versions(data, start, end)


@given(st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=50)), max_size=5), st.binary(max_size=12))
def test_frames_give_back_what_was_framed_and_stop_at_garbage(
    records: list[tuple[Kind, bytes]], garbage: bytes
) -> None:
    data = bytearray(b"".join(frame(kind, payload) for kind, payload in records) + garbage)
    found = [(kind, bytes(data[start:end])) for kind, start, end in frames(data, 0)]
    assert found[: len(records)] == records
    assert len(found) == len(records) or len(garbage) > FRAME.size
