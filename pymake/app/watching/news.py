"""What the build of a watch is told while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import PymakeError
from pymake.model.heard import NOTHING_HEARD, Heard

if TYPE_CHECKING:
    from collections.abc import Collection

    from pymake.app.watching.hearing import Hearing
    from pymake.app.watching.project import WatchedProject
    from pymake.interfaces import Clock, Visitor
    from pymake.model.ids import FileId

EVERY = 0.01
"""Seconds between two looks at what has come in: a build asks after each job."""

ENDING_KEYS = frozenset("rfq")
"""Keys that ask for something else than the build that runs."""


class WatchNews:
    """The News of one build. What it hears is kept for the look that comes after the build.

    With `cancels`, jobs that read what has changed are to start again at once. A build for a `guest` ends when that is
    gone.
    """

    def __init__(
        self,
        hearing: Hearing,
        project: WatchedProject,
        clock: Clock,
        *,
        cancels: bool,
        guest: Visitor | None = None,
    ) -> None:
        self._guest = guest
        self._hearing = hearing
        self._project = project
        self._clock = clock
        self._cancels = cancels
        self._next = 0.0
        self._edited: list[FileId] = []
        self._is_other = False
        self.heard: Heard = NOTHING_HEARD

    def attend(self) -> None:
        """See `News.attend`."""
        now = self._clock.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        self._take()

    def over(self) -> None:
        """See `News.over`."""
        self._take()

    def _take(self) -> None:
        heard = self._hearing.take()
        if not heard:
            return
        self.heard = self.heard.and_also(heard)
        try:
            self._is_other = self._is_other or self._project.is_other_project(heard.paths)
            if self._cancels and self._project.held is not None:
                self._edited += self._project.held.edited(heard.paths)
        except PymakeError:
            pass  # the look after the build says what it is

    def edited(self) -> Collection[FileId]:
        """See `News.edited`."""
        found, self._edited = self._edited, []
        return dict.fromkeys(found)

    def ends(self) -> bool:
        """See `News.ends`."""
        is_left = self._guest is not None and self._guest.is_gone
        return is_left or not ENDING_KEYS.isdisjoint(self._hearing.keys)

    def starts_nothing(self) -> bool:
        """See `News.starts_nothing`."""
        return self._is_other
