"""Messages between engine and worker."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from pymake.executors.endings import Complaint
from pymake.executors.wire import Line, Reply, Request, pack, reply_of, request_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    """A line, and the bare other end."""
    ours, theirs = socket.socketpair()
    line = Line(ours)
    yield line, theirs
    line.close()
    theirs.close()


def test_messages_come_as_they_were_sent() -> None:
    request = Request(task="t", arguments=("a", [1]), env=(("A", "b"),), cwd="x", log="/l", clear=("o",))
    assert request_of(pack(request)) == request
    reply = Reply(
        complaint=Complaint("CallFailed", "m", (("a", "b"),)), started=1.5, seconds=0.5, printed=True, spent=True
    )
    assert reply_of(pack(reply)) == reply


def test_a_message_in_parts_is_complete_with_the_last(ends: tuple[Line, socket.socket]) -> None:
    line, other = ends
    data = b"\x05\x00\x00\x00hello"
    for position in range(len(data)):
        other.sendall(data[position : position + 1])
        assert line.receive() == ([b"hello"] if position == len(data) - 1 else [])


def test_large_messages_travel(ends: tuple[Line, socket.socket]) -> None:
    line, other = ends
    reader = Line(other.dup())
    sender = threading.Thread(target=lambda: line.send(b"x" * 1_000_000))
    sender.start()
    messages: list[bytes] = []
    while not messages:
        received = reader.receive()
        assert received is not None
        messages = received
    sender.join()
    reader.close()
    assert messages == [b"x" * 1_000_000]


def test_the_end_of_the_stream_is_told_also_in_the_middle_of_a_message(ends: tuple[Line, socket.socket]) -> None:
    line, other = ends
    other.sendall(b"\x05\x00\x00\x00he")
    assert line.receive() == []
    other.close()
    assert line.receive() is None
    with pytest.raises(OSError, match="Broken pipe"):
        line.send(b"x")


def test_messages_that_come_together_are_taken_apart(ends: tuple[Line, socket.socket]) -> None:
    line, other = ends
    other.sendall(b"\x01\x00\x00\x00a\x00\x00\x00\x00\x02\x00\x00\x00b")
    assert line.receive() == [b"a", b""]
    other.sendall(b"c")
    assert line.receive() == [b"bc"]
