"""Writing to a stream that may go away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class QuietStream:
    """A text stream that never raises: once it is closed or broken, everything written to it is dropped.

    A build goes on when the pager or terminal that watched it is gone. Characters that the stream cannot encode are
    written as escapes. Has as much of `TextIO` as `rich` asks for.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._broken = False
        self.encoding = getattr(stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write and flush at once, in one piece."""
        if not self._broken:
            try:
                self._write(text)
                self._stream.flush()
            except (OSError, ValueError):
                self._broken = True
        return len(text)

    def flush(self) -> None:
        """Nothing is ever held back."""

    def isatty(self) -> bool:
        """Whether it is a terminal, and still there."""
        try:
            return not self._broken and self._stream.isatty()
        except ValueError:
            return False

    def size(self) -> tuple[int, int] | None:
        """Columns and rows of the terminal now; None if it is none, or does not know."""
        try:
            columns, rows = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            return None
        return (columns, rows) if columns and rows else None

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            self._stream.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
