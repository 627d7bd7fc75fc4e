"""One turn of a watch: a look at what was heard of, and the build of what that concerns.

A turn holds the lock of the folder, as every build does, and makes sure that nobody else has written the memory since.
"""

from __future__ import annotations

import enum
from functools import partial
from typing import TYPE_CHECKING

from pymake.app.attendance import Attendance
from pymake.app.building import settled
from pymake.app.watching.news import WatchNews
from pymake.app.watching.project import Need
from pymake.app.watching.telling import FEW, changes_found
from pymake.dataclass import dataclass
from pymake.engine.rounds import Rounds, Verdict
from pymake.errors import BuildFileError, BusyError, PlanError, PymakeError, UsageError
from pymake.model.built import Built
from pymake.model.events import Note, Summary, WatchBroken
from pymake.model.heard import NOTHING_HEARD, Heard
from pymake.store.lock import BuildLock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.app.options import BuildOptions
    from pymake.app.watching.aftermath import Aftermath
    from pymake.app.watching.hearing import Hearing
    from pymake.app.watching.held import Held
    from pymake.app.watching.keys import Keys
    from pymake.app.watching.project import WatchedProject
    from pymake.app.watching.telling import Witness
    from pymake.interfaces import Clock, Companion


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What turns are taken with. `clear` empties the terminal; `cancels` ends jobs whose input has changed."""

    project: WatchedProject
    hearing: Hearing
    keys: Keys
    witness: Witness
    aftermath: Aftermath
    companions: Sequence[Companion]
    clock: Clock
    options: BuildOptions
    cancels: bool = True
    clear: Callable[[], None] = lambda: None


class Ending(enum.Enum):
    """How a turn ended."""

    DONE = "done"
    """Looked, and built what had to be built, or found that nothing can be built."""
    BUSY = "busy"
    """Somebody else builds in this folder: nothing was looked at."""
    POSTPONED = "postponed"
    """The jobs seem to start themselves: to be taken up again after a pause."""


class Turns:
    """Owns what one turn leaves to the next.

    `heard` is what was heard during builds, and nobody has looked at; `trouble` is why nothing can be built, if so.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._lock = BuildLock(around.project.root)
        self._rounds = Rounds()
        self._during: frozenset[str] = frozenset()
        self._is_waiting = self._is_resuming = False
        self.trouble: PymakeError | None = None
        self.heard = NOTHING_HEARD
        self.builds = 0

    @property
    def is_good(self) -> bool:
        """Whether all that is wanted is up to date, as far as is known."""
        held = self._around.project.held
        return self.trouble is None and held is not None and held.is_good

    @property
    def is_hindered(self) -> bool:
        """Whether the system keeps pymake from building: a full disk, a folder that cannot be written.

        No event tells of the end of that.
        """
        return self.trouble is not None and not isinstance(self.trouble, BuildFileError | PlanError | UsageError)

    def first(self, listen: Callable[[], None]) -> Ending:
        """Read the build files, `listen` for changes, and build for the first time.

        Raises:
            PymakeError: there is nothing to watch: a broken build file, a wrong target.
        """
        if not self._locked():
            return Ending.BUSY
        try:
            self._around.clear()
            self._around.project.remember()
            held = self._around.project.renew(Need.PROJECT)
            listen()
            self._build(held)
        finally:
            self._let_go()
        return Ending.DONE

    def take(self, heard: Heard, *, asked: bool) -> Ending:
        """Look at what was heard of, and build; if it was `asked` for, also what failed before, and never silently."""
        try:
            if not self._locked():
                return Ending.BUSY
            try:
                ending = self._taken(heard, asked=asked)
            finally:
                self._let_go()
        except PymakeError as error:
            self._tell(error)
            return Ending.DONE
        self.trouble = None
        return ending

    def resume(self) -> Ending:
        """Take up what was postponed; if that starts itself once more, it is not built again."""
        self._is_resuming = True
        try:
            return self.take(NOTHING_HEARD, asked=True)
        finally:
            self._is_resuming = False

    def build_aside(self, options: BuildOptions, where: str, attendance: Attendance) -> None:
        """Build other targets, with a plan that is gone afterwards.

        Raises:
            PymakeError: there are no such targets, or somebody else builds in this folder.
        """
        self._lock.acquire(wait=False, on_wait=lambda _: None)
        try:
            session = self._around.project.session_for(options, where)
            self._around.witness.handle(changes_found([]))
            settled(session, options, self._around.witness, attendance)
            session.files.confirm()
            session.texts.save()
        finally:
            self._let_go()

    def close(self) -> None:
        """Write what waits in the memory, if nobody else builds and the system lets us."""
        try:
            locked = self._locked(tell=False)
        except PymakeError:
            locked = False
        self._around.project.close(writing=locked)
        self._lock.release()

    def _locked(self, *, tell: bool = True) -> bool:
        try:
            self._lock.acquire(wait=False, on_wait=lambda _: None)
        except BusyError as error:
            if tell and not self._is_waiting:
                self._around.witness.handle(Note(text=f"{error.message}; waiting for it to end"))
            self._is_waiting = True
            return False
        self._is_waiting = False
        return True

    def _let_go(self) -> None:
        try:
            self._around.project.flush()
        finally:
            self._lock.release()

    def _tell(self, error: PymakeError) -> None:
        """Say what is wrong, once: nothing is gained by saying it after each save."""
        if str(error) != str(self.trouble):
            self._around.witness.handle(WatchBroken(error=error))
        self.trouble = error

    def _taken(self, heard: Heard, *, asked: bool) -> Ending:
        project = self._around.project
        # What was heard in a turn that came to nothing is not known any more.
        paths = None if heard.everything or self.trouble is not None else heard.paths
        project.remember()
        need, held = project.need(paths), project.held
        if held is None or need is not Need.NOTHING:
            held = project.renew(need)
            names = sorted(path for path in heard.paths if not held.session.plan.is_made(path))
            has_work = any(held.session.survey.suspects)
        else:
            changed = held.look(paths)
            names = [held.session.plan.path(file) for file in changed]
            if held.is_steady:
                has_work = held.again(changed, retry=asked)
            elif names or asked:
                held = project.renew(Need.PLAN)
                has_work = any(held.session.survey.suspects)
            else:
                has_work = False
        if not has_work and not asked and self.trouble is None:
            self._tell_companions(held, Summary())  # a service may read what no job reads
            return Ending.DONE
        return self._judged(held, names, self._verdict(heard, asked=asked) if has_work else Verdict.BUILD)

    def _verdict(self, heard: Heard, *, asked: bool) -> Verdict:
        """Whether to build what was heard of. Where nobody knows what it was, that says nothing of the jobs."""
        if self._is_resuming or not (heard.paths or asked):
            return Verdict.BUILD
        during, self._during = self._during, frozenset()  # what is heard later was not done by a job
        return self._rounds.judge(during=not asked and heard.paths <= during)

    def _judged(self, held: Held, names: Sequence[str], verdict: Verdict) -> Ending:
        match verdict:
            case Verdict.BUILD:
                self._around.clear()
                self._around.witness.handle(changes_found(names))
                self._build(held)
                return Ending.DONE
            case Verdict.WAIT:
                return Ending.POSTPONED
            case Verdict.REFUSE:
                self._around.witness.handle(Note(text=_own_work(names)))
                return Ending.DONE

    def _build(self, held: Held) -> None:
        around = self._around
        news = WatchNews(around.hearing, around.project, around.clock, cancels=around.cancels)
        attendance = partial(Attendance, around.hearing.signals, news)
        if any(task.interactive for task in held.session.project.tasks):
            around.keys.close()
        self.builds += 1
        try:
            summary = held.build(around.options, around.witness, attendance)
        finally:
            around.keys.open()
            self._during = news.heard.paths
            self.heard = self.heard.and_also(news.heard)
        self._after(held, summary)

    def _after(self, held: Held, summary: Summary) -> None:
        around = self._around
        if left := held.still_failing():
            around.witness.handle(Note(text=_still(left)))
        if summary.interrupted is None:
            if summary.ran or self.builds == 1:
                around.aftermath.run(good=held.is_good)
            self._tell_companions(held, summary)

    def _tell_companions(self, held: Held, summary: Summary) -> None:
        built = Built(
            project=held.session.project,
            plan=held.session.plan,
            summary=summary,
            is_ready=held.is_ready,
            digest=held.digest,
        )
        for companion in self._around.companions:
            companion.built(built)


def _still(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - FEW} more" if len(labels) > FEW else ""
    verb = "still fails" if len(labels) == 1 else "still fail"
    return f"{', '.join(labels[:FEW])}{more} {verb}"


def _own_work(names: Sequence[str]) -> str:
    found = changes_found(names)
    more = f" and {found.more} more" if found.more else ""
    return (
        f"{', '.join(found.paths)}{more} changed while the jobs ran that this starts again, several times in a row: "
        "they seem to start themselves, and are not started again until something else changes"
    )
