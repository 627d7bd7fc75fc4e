"""For terminals: plain until a job runs, then live. A build with nothing to do does not pay for `rich` (25 ms)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.events import BuildStarted, JobStarted, Progress
from pymake.reporters.lines import Verbosity
from pymake.reporters.plain import PlainReporter

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from pymake.interfaces import Clock, Reporter
    from pymake.model.events import Event


class TerminalReporter:
    """A `LiveReporter` from the first job on, before that a `PlainReporter`; when silent never live."""

    def __init__(
        self,
        stream: TextIO,
        *,
        clock: Clock,
        verbosity: Verbosity = Verbosity.NORMAL,
        explain: bool = False,
        color: bool = False,
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._verbosity = verbosity
        self._explain = explain
        self._color = color
        self._before: list[Event] = []
        self._tail: Callable[[int], str] | None = None
        self._shown: Reporter = PlainReporter(stream, verbosity=verbosity, explain=explain, color=color)

    def handle(self, event: Event) -> None:
        """Show the event. The first job that starts in a build opens the live view."""
        if isinstance(event, BuildStarted):
            self._before = [event]
        elif isinstance(event, Progress) and self._before:
            self._before[1:] = [event]
        elif isinstance(event, JobStarted) and self._before and self._verbosity is not Verbosity.SILENT:
            self._go_live()
            self._shown.handle(event)
        else:
            self._shown.handle(event)

    def follow(self, tail: Callable[[int], str]) -> None:
        """See `LiveReporter.follow`."""
        self._tail = tail
        self._shown.follow(tail)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._shown.close()

    def _go_live(self) -> None:
        from pymake.reporters.live import LiveReporter  # noqa: PLC0415  # its price, see above

        self._shown.close()
        self._shown = LiveReporter(
            self._stream, clock=self._clock, verbosity=self._verbosity, explain=self._explain, color=self._color
        )
        if self._tail is not None:
            self._shown.follow(self._tail)
        for event in self._before:
            self._shown.handle(event)
        self._before = []
