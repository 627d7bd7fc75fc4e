"""The lines of a build for a logger: `info`, `warning` and `error` with one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pymake.model.events import JobEnded, Note
from pymake.reporters.lines import Lines, Verbosity

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.model.events import Event


class Speaks(Protocol):
    """A logger."""

    def info(self, text: str) -> object:
        """Progress."""

    def warning(self, text: str) -> object:
        """What the user should know."""

    def error(self, text: str) -> object:
        """A failed job."""


class LoggerReporter:
    """Gives the lines of each event to a logger, one call for each event that has some.

    A failed job is told by `error` if `log_exceptions`, else by `info`.
    """

    def __init__(self, logger: Speaks, *, verbosity: Verbosity, explain: bool, log_exceptions: bool) -> None:
        self._logger = logger
        self._lines = Lines(verbosity=verbosity, explain=explain, color=False)
        self._log_exceptions = log_exceptions

    def handle(self, event: Event) -> None:
        """Tell the logger."""
        text = self._lines.of(event).rstrip("\n")
        if not text:
            return
        if isinstance(event, Note):
            self._logger.warning(text)
        elif isinstance(event, JobEnded) and event.error is not None and self._log_exceptions:
            self._logger.error(text)
        else:
            self._logger.info(text)

    def follow(self, tail: Callable[[int], str]) -> None:
        """What a job printed is told when it has ended."""

    def close(self) -> None:
        """Nothing is held back."""
