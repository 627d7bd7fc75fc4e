"""One plain line for each job that ran: for pipes, files and simple terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.reporters.lines import Lines, Verbosity
from pymake.reporters.stream import QuietStream

if TYPE_CHECKING:
    from typing import TextIO

    from pymake.model.events import Event


class PlainReporter:
    """Writes the lines of each event at once, in one write; what a job printed stays in one piece.

    Once the stream is closed or broken it is silent.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        verbosity: Verbosity = Verbosity.NORMAL,
        explain: bool = False,
        color: bool = False,
    ) -> None:
        self._stream = QuietStream(stream)
        self._lines = Lines(verbosity=verbosity, explain=explain, color=color)

    def handle(self, event: Event) -> None:
        """Write the lines of the event, if it has any."""
        text = self._lines.of(event)
        if text:
            self._stream.write(text)

    def close(self) -> None:
        """Nothing to put in order; the stream stays open."""
