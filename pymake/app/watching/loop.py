"""The loop of a watch: build, wait until something is heard, look, build what that concerns.

What is heard is a reason to look; what is seen decides. After every burst, and now and then anyway, everything is
looked at, so what was not heard is found too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.app.watching.turn import Ending
from pymake.app.watching.visiting import Reception
from pymake.engine.debounce import Debounce
from pymake.engine.rounds import PAUSE
from pymake.model.events import Note, WatchEnded, WatchStarted
from pymake.model.heard import NOTHING_HEARD, Heard
from pymake.watchers.choose import is_prompt

if TYPE_CHECKING:
    from pymake.app.watching.rhythm import Rhythm
    from pymake.app.watching.turn import Around, Turns

_FEW = 3
"""Paths of a lone save; after more than that everything is looked at."""

_RETRY = 0.2
"""Seconds between two tries for the lock."""

_HINDERED = 10.0
"""Seconds between two tries where the system keeps pymake from building: a full disk does not say when it has room."""


class Watch:
    """Owns one watch from its first build to its end.

    `once_idle` seconds in which nothing happened end it. `interval` is how often everything is looked at where nothing
    is heard.
    """

    def __init__(
        self, around: Around, turns: Turns, rhythm: Rhythm, *, once_idle: float | None, interval: float
    ) -> None:
        self._around = around
        self._turns = turns
        self._reception = Reception(around, turns)
        self._rhythm = rhythm
        self._once_idle = once_idle
        self._interval = interval
        self._debounce = Debounce()
        self._pending = NOTHING_HEARD
        self._not_before = 0.0
        self._resume_at: float | None = None
        self._listening: object = None
        self._polls = False
        self._is_over = False
        self._active = around.clock.monotonic()

    def run(self) -> int:
        """Watch until somebody or something ends it; returns the exit code.

        Raises:
            PymakeError: there is nothing to watch: a broken build file, a wrong target.
        """
        hearing = self._around.hearing
        try:
            while self._turns.first(self._start) is Ending.BUSY and not hearing.is_interrupted():
                hearing.wait([self._now() + _RETRY])
            self._rest()
            while not self._is_over and not hearing.is_interrupted():
                hearing.wait(self._moments())
                self._attend()
        finally:
            self._turns.close()
        self._around.witness.handle(WatchEnded(builds=self._turns.builds))
        if received := hearing.signals.received():
            return 128 + received[0]
        return 0 if self._turns.is_good else 1

    def _start(self) -> None:
        self._listen(anew=True)
        held = self._around.project.held
        files = 0 if held is None else held.session.plan.file_count
        folders = len(self._around.project.folders())
        self._around.witness.handle(WatchStarted(files=files, folders=folders, polls=self._polls))

    def _now(self) -> float:
        return self._around.clock.monotonic()

    # Waiting

    def _moments(self) -> list[float | None]:
        return [self._look_at(), self._resume_at, self._rhythm.due(), self._idle_at()]

    def _look_at(self) -> float | None:
        due = self._debounce.due()
        return None if due is None else max(due, self._not_before)

    def _idle_at(self) -> float | None:
        return None if self._once_idle is None or self._pending else self._active + self._once_idle

    def _attend(self) -> None:
        """Do the one thing that comes first."""
        self._hear(self._around.hearing.take())
        now = self._now()
        if self._around.hearing.keys:
            self._press()
        elif self._around.hearing.visitors:
            self._receive()
        elif _is_there(self._look_at(), now):
            self._look()
        elif _is_there(self._resume_at, now):
            self._resume_at = None
            builds, active = self._turns.builds, self._active
            self._ended(self._turns.resume(), NOTHING_HEARD, builds)
            if self._turns.is_hindered:
                self._active = active  # nothing has happened, and a watch that is to end then does
        elif _is_there(self._idle_at(), now):
            self._end_idle()
        elif _is_there(self._rhythm.due(), now):
            found = self._rhythm.look(self._around.project)
            if not self._turns.is_hindered:  # else the next try looks at everything
                self._hear(found)

    def _hear(self, heard: Heard) -> None:
        """Wait for more before anybody looks. What no job reads is not heard at all."""
        paths = frozenset(path for path in heard.paths if self._around.project.concerns(path))
        if paths or heard.everything:
            self._pending = self._pending.and_also(Heard(paths=paths, everything=heard.everything))
            self._active = self._now()
            self._debounce.heard(paths, self._active)

    def _press(self) -> None:
        hearing, witness = self._around.hearing, self._around.witness
        keys, hearing.keys = hearing.keys, ""
        for key in dict.fromkeys(keys):
            match key:
                case "q":
                    self._is_over = True
                case "r":
                    self._turn(Heard(everything=True), asked=True)
                case "f":
                    self._turn(NOTHING_HEARD, asked=True)
                case "w":
                    for line in witness.reasons() or ["nothing has run in the last build"]:
                        witness.handle(Note(text=line))
                case _:
                    pass

    def _receive(self) -> None:
        """Serve whoever asked first. What was heard, before the question too, is looked at with that."""
        hearing = self._around.hearing
        hearing.visitors = [visitor for visitor in hearing.visitors if not visitor.is_gone]
        if not hearing.visitors:
            return
        visitor = hearing.visitors.pop(0)
        pending, self._pending = self._pending, NOTHING_HEARD
        self._debounce.looked()
        builds = self._turns.builds
        hears_all = is_prompt(hearing.watcher) and not self._polls
        ending = self._reception.serve(visitor, pending, hears_all=hears_all)
        self._ended(ending, pending, builds)
        self._active = self._now()
        heard, self._turns.heard = self._turns.heard, NOTHING_HEARD
        self._hear(heard)

    def _end_idle(self) -> None:
        """Nothing was heard for so long; if there really is nothing, that is the end."""
        before = self._turns.builds
        self._turn(Heard(everything=True), asked=False)
        self._is_over = self._turns.builds == before and not self._pending

    # Looking

    def _look(self) -> None:
        pending, self._pending = self._pending, NOTHING_HEARD
        self._debounce.looked()
        self._turn(pending, asked=False)

    def _turn(self, heard: Heard, *, asked: bool) -> None:
        builds = self._turns.builds
        self._ended(self._turns.take(heard, asked=asked), heard, builds)

    def _ended(self, ending: Ending, heard: Heard, builds: int) -> None:
        """A turn has ended; before it there were so many builds."""
        match ending:
            case Ending.DONE:
                self._listen(anew=heard.everything)
            case Ending.BUSY:
                self._not_before = self._now() + _RETRY
                self._pending = self._pending.and_also(heard)
                self._debounce.heard(heard.paths, self._now())
            case Ending.POSTPONED:
                self._resume_at = self._now() + PAUSE
        if self._turns.builds != builds:
            self._resume_at = None
            self._rest()
        if self._turns.is_hindered:
            self._resume_at = self._now() + _HINDERED
        if len(heard.paths) > _FEW:
            self._rhythm.soon()

    def _rest(self) -> None:
        """A build has ended."""
        heard, self._turns.heard = self._turns.heard, NOTHING_HEARD
        self._active = self._now()
        self._hear(heard)
        self._listen(anew=False)

    def _listen(self, *, anew: bool) -> None:
        """Listen where the present plan wants it; `anew` if folders may be others now."""
        project = self._around.project
        if project.listening == self._listening and not anew:
            return
        self._listening = project.listening
        silent = self._around.hearing.watcher.watch(project.folders())
        self._polls = bool(silent)
        self._rhythm.poll(self._interval if silent else None)
        self._rhythm.soon()


def _is_there(moment: float | None, now: float) -> bool:
    return moment is not None and moment <= now
