"""One plain line for each job that ran: for pipes, files and simple terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.events import BuildEnded, JobEnded, JobStarted
from pymake.reporters.lines import Lines, Verbosity
from pymake.reporters.stream import QuietStream

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from pymake.model.events import Event


class PlainReporter:
    """Writes the lines of each event at once, in one write; what a job printed stays in one piece.

    Once the stream is closed or broken it is silent. On a terminal it says nothing while an interactive job owns that.
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
        self._owner: int | None = None
        self._held = ""

    def handle(self, event: Event) -> None:
        """Write the lines of the event, if it has any."""
        if isinstance(event, BuildEnded) or (isinstance(event, JobEnded) and event.job == self._owner):
            self._owner = None
        self._held += self._lines.of(event)
        if self._held and self._owner is None:
            self._stream.write(self._held)
            self._held = ""
        if isinstance(event, JobStarted) and event.interactive and self._stream.isatty():
            self._owner = event.job

    def follow(self, tail: Callable[[int], str]) -> None:
        """What a job printed is shown when it has ended."""

    def close(self) -> None:
        """Write what was held back; the stream stays open."""
        self._stream.write(self._held)
        self._held = ""
