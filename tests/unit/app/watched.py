"""A whole watch in the process of a test: real files and jobs, a recorded terminal, turns that the test takes."""

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
from pymake.fs.clock import SystemClock
from pymake.model.events import BuildEnded, Note, WatchBroken
from pymake.model.heard import Heard
from pymake.testing import RecordingReporter
from pymake.watchers.choose import watcher_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.interfaces import Watcher
    from pymake.store.journal import Journal

INTERVAL = 0.02


class Watched:
    """The watch of the current folder. `told` is what it says."""

    def __init__(self, watcher: Watcher, keys: Keys, signals: SignalCatcher) -> None:
        self.told = RecordingReporter()
        witness = Witness(self.told)
        root, options, clock = os.getcwd(), BuildOptions(inline=True, jobs=1), SystemClock()
        self.project = WatchedProject(partial(evaluated, root, None, {}), root, options, "", witness)
        self._around = Around(
            project=self.project,
            hearing=Hearing(watcher=watcher, signals=signals, keys=keys, companions=(), clock=clock),
            keys=keys,
            witness=witness,
            aftermath=Aftermath(None, None, lambda _: None),
            companions=(),
            clock=clock,
            options=options,
        )
        self.turns = Turns(self._around)

    def run(self, once_idle: float) -> int:
        """The whole loop, until nothing happens."""
        rhythm = Rhythm(self._around.clock)
        return Watch(self._around, self.turns, rhythm, once_idle=once_idle, interval=INTERVAL).run()

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
        return self.project.held.session.memory


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
