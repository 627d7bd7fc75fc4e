"""What a watch says beside what its builds say, and what it remembers of them for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.events import BuildStarted, ChangesFound, JobEnded, JobStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pymake.interfaces import Reporter
    from pymake.model.events import Event

FEW = 5
"""So many paths are named; of more, the first ones and how many."""


def changes_found(paths: Sequence[str]) -> ChangesFound:
    """The first paths, and how many more."""
    return ChangesFound(paths=tuple(paths[:FEW]), more=max(len(paths) - FEW, 0))


class Witness:
    """A Reporter that passes events on to others, and remembers why the jobs of the last build ran."""

    def __init__(self, shown: Reporter) -> None:
        self._shown = shown
        self._guests: tuple[Reporter, ...] = ()
        self._reasons: dict[str, str] = {}

    def invite(self, guests: Iterable[Reporter]) -> None:
        """From now on just these others hear of events too."""
        self._guests = tuple(guests)

    def handle(self, event: Event) -> None:
        """Remember it, and pass it on."""
        if isinstance(event, BuildStarted):
            self._reasons = {}
        elif isinstance(event, JobStarted):
            self._reasons[event.label] = event.reason
        elif isinstance(event, JobEnded) and event.error is not None:
            self._reasons[event.label] = f"{self._reasons.get(event.label, '')}; failed"
        for reporter in (self._shown, *self._guests):
            reporter.handle(event)

    def follow(self, tail: Callable[[int], str]) -> None:
        """See `Reporter.follow`."""
        for reporter in (self._shown, *self._guests):
            reporter.follow(tail)

    def close(self) -> None:
        """See `Reporter.close`."""
        self._shown.close()

    def reasons(self) -> list[str]:
        """Why the jobs of the last build ran, a line for each."""
        return [f"{label}: {reason}" for label, reason in self._reasons.items()]
