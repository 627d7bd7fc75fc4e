"""A whole watch in the process of a test: real files and jobs, a recorded terminal, and time that passes at once."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pymake.app.cli.opening import evaluated
from pymake.app.options import BuildOptions
from pymake.app.signals import SignalCatcher
from pymake.app.watching.aftermath import Aftermath
from pymake.app.watching.hearing import Hearing
from pymake.app.watching.keys import Keys
from pymake.app.watching.loop import Watch
from pymake.app.watching.project import WatchedProject
from pymake.app.watching.rhythm import Rhythm
from pymake.app.watching.telling import Witness
from pymake.app.watching.turn import Around, Ending, Turns
from pymake.model.events import BuildEnded, Note, WatchBroken
from pymake.model.heard import Heard
from pymake.store.journal import Journal
from pymake.testing import LogicalClock, RecordingReporter
from pymake.watchers.choose import watcher_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pymake.interfaces import Watcher

INTERVAL = 1.0
"""Seconds between two looks where nothing is heard."""
IDLE = 100.0
"""Seconds without any change that end a watch."""

Acts = dict[float, "Callable[[], object]"]
"""What happens to the project at which second."""


class QuickHearing(Hearing):
    """Does not wait: time passes at once, up to the next moment or to the next of `acts`."""

    def __init__(self, watcher: Watcher, signals: SignalCatcher, keys: Keys, clock: LogicalClock) -> None:
        super().__init__(watcher=watcher, signals=signals, keys=keys, companions=(), clock=clock)
        self._time = clock
        self._began = clock.monotonic()
        self.acts: Acts = {}

    def wait(self, due: Iterable[float | None]) -> None:
        """See `Hearing.wait`."""
        moment = min(found - self._began for found in due if found is not None)
        act = min(self.acts, default=None)
        until = moment if act is None else min(act, moment)
        self._time.advance(max(until - (self._time.monotonic() - self._began), 0.0))
        if act is not None and act <= moment:
            self.acts.pop(act)()


class Watched:
    """The watch of the current folder. `told` is what it says."""

    def __init__(self, watcher: Watcher, keys: Keys, signals: SignalCatcher) -> None:
        self.told = RecordingReporter()
        witness = Witness(self.told)
        root, options, self._clock = os.getcwd(), BuildOptions(inline=True, jobs=1), LogicalClock()
        self.hearing = QuickHearing(watcher, signals, keys, self._clock)
        self.project = WatchedProject(partial(evaluated, root, None, {}), root, options, "", witness)
        self._around = Around(
            project=self.project,
            hearing=self.hearing,
            keys=keys,
            witness=witness,
            aftermath=Aftermath(None, None, lambda _: None),
            companions=(),
            clock=self._clock,
            options=options,
        )
        self.turns = Turns(self._around)

    def run(self, acts: Mapping[float, Callable[[], object]]) -> int:
        """The whole loop, until nothing has happened for long."""
        self.hearing.acts = dict(acts)
        return Watch(self._around, self.turns, Rhythm(self._clock), once_idle=IDLE, interval=INTERVAL).run()

    def press(self, key: str) -> None:
        """A key is pressed."""
        self.hearing.keys += key

    def first(self) -> None:
        """The first build."""
        assert self.turns.first(lambda: None) is Ending.DONE

    def saved(self, *paths: str) -> None:
        """A turn, since something was heard of these paths."""
        assert self.turns.take(Heard(paths=frozenset(paths)), asked=False) is Ending.DONE

    @property
    def ran(self) -> list[int]:
        """How many jobs each build ran."""
        return [ended.summary.ran for ended in self.told.of(BuildEnded)]

    @property
    def said(self) -> list[str]:
        """All notes and errors."""
        return [
            event.text if isinstance(event, Note) else str(event.error)
            for event in self.told.events
            if isinstance(event, Note | WatchBroken)
        ]

    @property
    def memory(self) -> Journal:
        """The memory of the present plan."""
        assert self.project.held is not None
        found = self.project.held.session.memory
        assert isinstance(found, Journal)
        return found


@contextmanager
def watched(watcher: Watcher | None = None) -> Iterator[Watched]:
    """A watch of the current folder, ended at the latest when the block is."""
    watcher = watcher or watcher_for(os.getcwd())
    with SignalCatcher() as signals, Path(os.devnull).open(encoding="utf-8") as stream:
        found = Watched(watcher, Keys(stream), signals)
        try:
            yield found
        finally:
            found.turns.close()
            watcher.close()
