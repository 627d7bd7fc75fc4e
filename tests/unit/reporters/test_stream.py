"""Streams that close, break, or lack characters."""

from __future__ import annotations

import errno
import io
import os

import pytest

from pymake.reporters.stream import QuietStream


class Recording(io.StringIO):
    """Remembers each call; raises `error` from then on, if there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.error: Exception | None = None

    def write(self, text: str) -> int:
        self.calls.append(text)
        if self.error is not None:
            raise self.error
        return super().write(text)

    def flush(self) -> None:
        self.calls.append("flush")


def test_one_write_and_one_flush_for_each_text() -> None:
    stream = Recording()
    QuietStream(stream).write("one\ntwo\n")
    assert stream.calls == ["one\ntwo\n", "flush"]


@pytest.mark.parametrize(
    "error", [BrokenPipeError(), OSError(errno.EIO, "gone"), ValueError("I/O operation on closed file")]
)
def test_a_broken_stream_is_left_alone(error: Exception) -> None:
    stream = Recording()
    quiet = QuietStream(stream)
    stream.error = error
    quiet.write("lost\n")
    stream.error = None
    quiet.write("also lost\n")
    assert stream.calls == ["lost\n"]
    assert not quiet.isatty()


def test_other_errors_are_bugs_and_come_through() -> None:
    stream = Recording()
    stream.error = RuntimeError("bug")
    with pytest.raises(RuntimeError, match="bug"):
        QuietStream(stream).write("x")


def test_a_closed_stream() -> None:
    stream = io.StringIO()
    stream.close()
    quiet = QuietStream(stream)
    assert not quiet.isatty()
    assert quiet.size() is None
    assert quiet.write("lost") == 4


def test_the_size_of_what_is_no_terminal() -> None:
    assert QuietStream(io.StringIO()).size() is None


def test_a_pipe_without_a_reader() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    QuietStream(stream).write("lost\n")
    # What the buffer holds cannot be written when it closes either.
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_what_the_encoding_lacks_becomes_escapes() -> None:
    raw = io.BytesIO()
    quiet = QuietStream(io.TextIOWrapper(raw, encoding="ascii"))
    quiet.write("ü … \udcff\n")
    quiet.write("next\n")
    assert raw.getvalue() == b"\\xfc \\u2026 \\udcff\nnext\n"
