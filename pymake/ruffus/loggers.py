"""Where messages go: anything with `info`, `warning`, `error` and `debug` that take one text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import TextIO


class Logger(Protocol):
    """What a run asks of a logger."""

    def info(self, message: str) -> None:
        """Progress."""

    def warning(self, message: str) -> None:
        """Something that the user should look at."""

    def error(self, message: str) -> None:
        """Something failed."""

    def debug(self, message: str) -> None:
        """Something for whoever looks for a mistake."""


class t_black_hole_logger:
    """Drops everything."""

    def info(self, message: str) -> None:
        """Drop it."""

    warning = error = debug = info


class t_stream_logger:
    """Writes every message to a stream, a line each."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def info(self, message: str) -> None:
        """Write it."""
        self.stream.write(message + "\n")

    def warning(self, message: str) -> None:
        """Write it, with a heading."""
        self.stream.write("\n\nWARNING:\n    " + message + "\n\n")

    def error(self, message: str) -> None:
        """Write it, with a heading."""
        self.stream.write("\n\nERROR:\n    " + message + "\n\n")

    debug = info


class t_stderr_logger:
    """Writes every message to what `sys.stderr` is at that moment."""

    def __init__(self) -> None:
        self.unique_prefix = ""

    def add_unique_prefix(self) -> None:
        """Put a number before every message that no other logger has, to tell runs apart."""
        import random  # noqa: PLC0415  # rarely asked for

        self.unique_prefix = f"{random.randint(0, 0xFFFF):04x} "  # noqa: S311  # no secret

    def info(self, message: str) -> None:
        """Write it."""
        sys.stderr.write(self.unique_prefix + message + "\n")

    def warning(self, message: str) -> None:
        """Write it, with a heading."""
        sys.stderr.write("\n\n" + self.unique_prefix + "WARNING:\n    " + message + "\n\n")

    def error(self, message: str) -> None:
        """Write it, with a heading."""
        sys.stderr.write("\n\n" + self.unique_prefix + "ERROR:\n    " + message + "\n\n")

    debug = info


stderr_logger = t_stderr_logger()
black_hole_logger = t_black_hole_logger()
