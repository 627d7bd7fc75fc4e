"""The project of a watch: read, planned, and made anew as far as what it was made from has changed."""

from __future__ import annotations

import enum
from functools import partial
from typing import TYPE_CHECKING

from pymake.app.building import aim_of, session_of
from pymake.app.collecting import collect_what_was_left
from pymake.app.session import Basis, open_session, selection_of
from pymake.app.watching.evaluated import Evaluated
from pymake.app.watching.held import Held
from pymake.dataclass import replace
from pymake.errors import PymakeError
from pymake.fs.disk import RealDisk
from pymake.model.events import Note
from pymake.model.heard import Heard
from pymake.model.observed import Observed
from pymake.store.folder import open_state

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from pymake.app.options import BuildOptions
    from pymake.app.session import Aim, Session
    from pymake.interfaces import Reporter
    from pymake.model.ids import FileId
    from pymake.model.task import Project
    from pymake.store.folder import StateFolder


class Need(enum.Enum):
    """What is out of date; each includes what stands below it."""

    NOTHING = 0
    """Project and plan are as they were; files may have changed."""
    PLAN = 1
    """A glob may find other files, or the plan serves for one build only."""
    PROJECT = 2
    """A build file changed, or a module that it imports."""


class WatchedProject:
    """Owns project, plan and memory of a watch. All but `need` wants the lock of the folder.

    `read` reads the build files, noting what it looks at. `session` of `held` is what to build from; there is none
    while the project is broken.
    """

    def __init__(
        self,
        read: Callable[[Observed], tuple[Project, Basis]],
        root: str,
        options: BuildOptions,
        where: str,
        reporter: Reporter,
    ) -> None:
        self._read = read
        self.root = root
        self._options = options
        self.where = where
        self._reporter = reporter
        self._project: Project | None = None
        self._basis = Basis(observed=Observed())
        self._reading: Evaluated | None = None
        self._planning: Evaluated | None = None
        self._state: StateFolder | None = None
        self.held: Held | None = None
        """The plan, if there is a good one."""
        self._ground: Held | None = None
        self._told: frozenset[str] = frozenset()
        self._plans = 0

    @property
    def is_broken(self) -> bool:
        """Whether there is nothing to build from."""
        return self.held is None

    @property
    def listening(self) -> tuple[int, int]:
        """Another value when `folders` may be others."""
        return self._plans, -1 if self._ground is None else self._ground.ground.surveys

    def folders(self) -> frozenset[str]:
        """The folders to listen to."""
        found = {""}
        for evaluated in (self._reading, self._planning):
            found.update(evaluated.folders() if evaluated is not None else ())
        return frozenset(found) if self._ground is None else self._ground.ground.folders | found

    def concerns(self, path: str) -> bool:
        """Whether it matters what is at this path."""
        held = self._ground
        if held is None or held.ground.is_folder(path) or any(True for _ in held.ground.files_at(path)):
            return True
        return any(evaluated.knows(path) for evaluated in (self._reading, self._planning) if evaluated is not None)

    def is_other_project(self, paths: Collection[str]) -> bool:
        """Whether one of these paths is of a build file that is not as it was read."""
        return self._reading is not None and self._reading.change(paths, self._is_made) is not None

    def need(self, paths: Collection[str] | None) -> Need:
        """What has to be made anew, if something was heard of these paths; None for anywhere."""
        reading, planning, held = self._reading, self._planning, self.held
        if self._project is None or reading is None or reading.is_doubtful:
            return Need.PROJECT
        if reading.change(paths, self._is_made) is not None:
            return Need.PROJECT
        if held is None or planning is None or planning.is_doubtful:
            return Need.PLAN
        if planning.change(paths, self._is_made) is not None:
            return Need.PLAN
        return Need.NOTHING

    def pieces(self) -> Iterator[Callable[[], Heard]]:
        """A look at everything, in pieces that take some 20 ms each: what is not as it was."""
        held = self.held
        for evaluated in (self._reading, self._planning):
            if evaluated is not None:
                known = (lambda _: False) if held is None else held.is_looked_at
                for paths in evaluated.slices(known):
                    yield partial(self._look_at, evaluated, paths)
        if held is not None:
            for files in held.slices():
                yield partial(self._stale, held, files)

    def _look_at(self, evaluated: Evaluated, paths: Sequence[str]) -> Heard:
        return Heard(everything=evaluated.change_of(paths, self._is_made) is not None)

    def _stale(self, held: Held, files: Sequence[FileId]) -> Heard:
        return Heard(paths=frozenset(held.stale(files) if held is self.held else ()))

    def remember(self) -> None:
        """Make sure that the memory is open, and what is on disk; else what follows from it is forgotten."""
        if self._state is not None and self._state.memory.is_current():
            return
        if self._state is not None:
            self._state.memory.abandon()
        self._state = open_state(self.root, writing=True)
        self.held = None

    def renew(self, need: Need) -> Held:
        """Make anew what is out of date.

        Raises:
            PymakeError: a build file is broken, its tasks make no plan, or a target is unknown: there is no project
                until that has changed.
        """
        self.held = None
        collect_what_was_left()
        if need is Need.PROJECT or self._project is None:
            observed = Observed(closely=True)
            self._project = None
            try:
                self._project, self._basis = self._read(observed)
            finally:
                self._reading = Evaluated(observed, self._disk())
        self.held = self._planned(self._project)
        return self.held

    def variables(self) -> frozenset[str]:
        """The variables of the environment that reading and planning looked at, those that jobs declare too."""
        found = (evaluated for evaluated in (self._reading, self._planning) if evaluated is not None)
        return frozenset(name for evaluated in found for name in evaluated.observed.environ)

    def up_to_date(self, targets: Sequence[str] | None, where: str) -> int | None:
        """How many jobs the targets (None: those of the watch) need, if all are up to date as far as was heard.

        None if they may not be, or if nobody knows without a look.

        Raises:
            PymakeError: there are no such targets.
        """
        held = self.held
        if held is None or self._state is None or not self._state.memory.is_current():
            return None
        if not held.is_settled or self.need(()) is not Need.NOTHING:
            return None
        if held.has_changed_elsewhere():
            return None
        if targets is None:
            return held.wanted
        aim = aim_of(replace(self._options, targets=tuple(targets)), where)
        return held.covered(selection_of(held.session.project, held.session.plan, aim).wanted)

    def session_for(self, options: BuildOptions, where: str) -> Session:
        """What other targets are built from. Needs the lock.

        Raises:
            PymakeError: there are no such targets, or nothing can be built.
        """
        self.remember()
        assert self._project is not None, "a watch without a project says why, and builds nothing"
        collect_what_was_left()
        return self._session(self._project, aim_of(options, where), Observed())

    def flush(self) -> None:
        """Write what waits in the memory, before somebody else may write.

        If most of the memory was replaced by what came later, it is compacted, and the next turn opens it anew: a watch
        of many days takes no more memory and disk than one of an hour.
        """
        if self._state is None:
            return
        memory = self._state.memory
        try:
            memory.flush()
        except PymakeError:  # a full disk, which the build has said: the next turn opens what is there
            memory.abandon()
            return
        if memory.is_current() and memory.is_due():
            memory.close()

    def close(self, *, writing: bool) -> None:
        """Let go of the memory; when `writing`, with the lock, what waits is written if it is still what is on disk."""
        if self._state is not None:
            if writing and self._state.memory.is_current():
                self._state.close()
            else:
                self._state.memory.abandon()
        self._state = None

    def _planned(self, project: Project) -> Held:
        observed = Observed(closely=True)
        aim = replace(aim_of(self._options, self.where), serving=True)
        try:
            session = self._session(project, aim, observed)
        except PymakeError:
            self._listen_all_the_same(project, aim)
            raise
        finally:
            self._planning = Evaluated(observed, self._disk())
        self._tell(session.notes)
        for folder in session.folders:
            session.disk.make_folder(folder)
        self._ground = Held(session, self._others())
        self._plans += 1
        return self._ground

    def _session(self, project: Project, aim: Aim, observed: Observed) -> Session:
        assert self._state is not None, "`remember` comes first"
        return session_of(project, aim, self._state, (replace(self._basis, observed=observed), None), self._reporter)

    def _listen_all_the_same(self, project: Project, aim: Aim) -> None:
        """An input that is not there may come: listen where it would be. Nothing is removed: a folder may come back."""
        assert self._state is not None, "`remember` comes first"
        basis = Basis(observed=Observed())
        try:
            session = open_session(project, replace(aim, strict=False), self._state, writing=True, basis=basis)
        except PymakeError:
            return
        self._ground = Held(session, self._others())

    def _others(self) -> Iterable[str]:
        for evaluated in (self._reading, self._planning):
            if evaluated is not None:
                yield from evaluated.folders()

    def _tell(self, notes: Iterable[str]) -> None:
        """Each note once, as long as it holds."""
        found = dict.fromkeys(notes)
        for note in found:
            if note not in self._told:
                self._reporter.handle(Note(text=note))
        self._told = frozenset(found)

    def _disk(self) -> RealDisk:
        return RealDisk(self.root, at_root=True)

    def _is_made(self, path: str) -> bool:
        return self._ground is not None and self._ground.is_made(path)
