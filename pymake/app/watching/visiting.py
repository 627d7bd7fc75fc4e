"""Serving those who ask a watch for a build.

What was heard before the question is looked at before there is an answer. So an answer at once, without a build, is
given only if nothing is left to look at, in a world in which everything is heard of.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pymake.app.attendance import Attendance
from pymake.app.watching.news import WatchNews
from pymake.app.watching.turn import Ending
from pymake.dataclass import replace
from pymake.errors import PymakeError
from pymake.model.events import BuildEnded, Note, Summary
from pymake.model.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.app.watching.turn import Around, Turns
    from pymake.engine.scheduler import JobState
    from pymake.interfaces import Visitor
    from pymake.model.ids import JobId


class Reception:
    """Serves visitors, one at a time, with the turns of the watch."""

    def __init__(self, around: Around, turns: Turns) -> None:
        self._around = around
        self._turns = turns

    def serve(self, visitor: Visitor, heard: Heard, *, hears_all: bool) -> Ending:
        """Look at what was heard, then answer, or build. Unless the watch `hears_all`, everything is looked at.

        A visitor that cannot be served goes its own way.
        """
        if hears_all and not heard and self._answers(visitor):
            return Ending.DONE
        look = heard if hears_all and heard and not self._is_doubtful() else Heard(everything=True)
        try:
            if not self._is_own(visitor):
                ending = self._turns.take(look, asked=False)
                if ending is not Ending.BUSY:
                    self._build_for(visitor)
                return ending
            self._around.witness.invite([visitor])
            ending = self._turns.take(look, asked=True)
            if ending is not Ending.BUSY and self._turns.trouble is not None:
                visitor.refuse(self._turns.trouble)
            return ending
        finally:
            self._around.witness.invite(())
            visitor.close()

    def _is_doubtful(self) -> bool:
        """Whether something may have changed that was not heard."""
        held = self._around.project.held
        return held is None or held.has_changed_elsewhere()

    def _is_own(self, visitor: Visitor) -> bool:
        """Whether it wants just what the watch itself wants."""
        around = self._around
        same_place = not visitor.targets or visitor.where == around.project.where
        return visitor.targets == around.options.targets and same_place

    def _answers(self, visitor: Visitor) -> bool:
        """Say that there is nothing to do, if all that is wanted is known to be up to date."""
        project = self._around.project
        try:
            count = project.up_to_date(None if self._is_own(visitor) else visitor.targets, visitor.where)
        except PymakeError:
            return False
        if count is None:
            return False
        assert project.held is not None, "something of it is up to date"
        for text in project.held.session.warnings:
            visitor.handle(Note(text=text))
        visitor.handle(BuildEnded(summary=Summary(up_to_date=count)))
        visitor.close()
        return True

    def _build_for(self, visitor: Visitor) -> None:
        """Build other targets than those of the watch; what that changes on the disk is heard of like anything else."""
        around = self._around
        if self._turns.trouble is not None:
            visitor.refuse(self._turns.trouble)
            return
        news = WatchNews(around.hearing, around.project, around.clock, cancels=False, guest=visitor)

        def ended(_: Callable[[JobId], JobState]) -> None:
            pass  # how the jobs of the watch stand is seen when it looks

        around.witness.invite([visitor])
        options = replace(around.options, targets=visitor.targets)
        attendance = partial(Attendance, around.hearing.signals, news)
        try:
            self._turns.build_aside(options, visitor.where, attendance(ended))
        except PymakeError as error:
            visitor.refuse(error)
        finally:
            self._turns.heard = self._turns.heard.and_also(news.heard)
