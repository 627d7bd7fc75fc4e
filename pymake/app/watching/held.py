"""One plan in memory, from one build of a watch to the next: the stamps of its files, and which jobs are clean."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pymake.app.building import remember, settled
from pymake.app.session import check_session
from pymake.app.watching.ground import Ground, above
from pymake.app.watching.linked import Linked
from pymake.dataclass import replace
from pymake.engine.discoverers import Discoverers
from pymake.engine.standing import Standing
from pymake.engine.survey import Surveyor, temporary_jobs
from pymake.model.ids import ABSENT, FileId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pymake.app.attendance import Attendance, Ended
    from pymake.app.options import BuildOptions
    from pymake.app.session import Session
    from pymake.engine.scheduler import JobState
    from pymake.engine.survey import Survey
    from pymake.interfaces import Reporter
    from pymake.model.events import Summary
    from pymake.model.ids import JobId

AT_ONCE = 10_000
"""Files that are stamped in one go when everything is looked at and nobody waits for it: some 20 ms."""


class Held:
    """Owns what is known of one plan between builds.

    Invariant: a wanted job that does not stand as failed or open is up to date by the file table, whose stamps are
    those that this follows from.
    """

    def __init__(self, session: Session, others: Iterable[str]) -> None:
        plan, survey = session.plan, session.survey
        self.session = session
        self.ground = Ground(plan, session.files, session.disk, others)
        self._wanted = survey.total
        always = (job for job in plan.jobs() if survey.looked_at[job] and session.rebuilder.is_always(job))
        self.standing = Standing(plan, survey, always)
        self.standing.open.update(job for job in survey.suspect_jobs() if not plan.is_expand_job(job))
        self._discoverers = Discoverers(survey.discovered, jobs=plan.job_count, files=plan.file_count)
        self._made_folders: set[str] | None = None
        self._linked = Linked(plan, session.files)
        if plan.file_count:  # found out now for all files, and not after the first save
            plan.consumers(FileId(0))
            plan.waiting(FileId(0))
        self._steady = not (plan.has_patterns or temporary_jobs(plan))

    @property
    def is_steady(self) -> bool:
        """Whether the plan serves for further builds: it does not grow, and nothing of it goes when it was used."""
        return self._steady

    @property
    def is_good(self) -> bool:
        """Whether all that is wanted is up to date, as far as is known."""
        return not (self.standing.failed or self.standing.open)

    @property
    def is_settled(self) -> bool:
        """Whether a build would have nothing to do, as far as is known: nothing of it runs in every build either."""
        return self._steady and self.is_good and not self.standing.always

    @property
    def wanted(self) -> int:
        """How many jobs are wanted."""
        return self._wanted

    def covered(self, wanted: bytearray) -> int | None:
        """How many jobs are marked in a row of all; None if one of them is not wanted here, so nobody knows of it."""
        own, asked = (int.from_bytes(row, "little") for row in (self.session.wanted, wanted))
        return None if asked & ~own else sum(wanted)

    def is_made(self, path: str) -> bool:
        """Whether a job makes the path, or what lies below it."""
        if self._made_folders is None:
            plan = self.session.plan
            outputs = (path for job in plan.jobs() for path in plan.output_paths(job))
            self._made_folders = {
                made for path in set(map(posixpath.dirname, outputs)) for made in (path, *above(path))
            }
        return self.session.plan.is_made(path) or path in self._made_folders

    def look(self, paths: Collection[str] | None) -> list[FileId]:
        """The files that hold something else now, of those that these paths concern (None: of all). Hashes them."""
        files = self.session.files
        looked = files.looked_at() if paths is None else ()
        candidates = files.stale(looked) if paths is None else self._known(paths)
        return files.look_for_changes(candidates)

    def has_changed_elsewhere(self) -> bool:
        """Whether a file was changed under another name, of which nothing is heard."""
        return self._linked.has_changed()

    def is_looked_at(self, path: str) -> bool:
        """Whether a look at all files notices if something comes or goes at this path."""
        file = self.session.plan.file(path)
        return file is not None and self.session.files.is_looked_at(file)

    def slices(self) -> list[Sequence[FileId]]:
        """All files that matter, in pieces for `stale`."""
        looked = self.session.files.looked_at()
        return [looked[first : first + AT_ONCE] for first in range(0, len(looked), AT_ONCE)]

    def stale(self, files: Sequence[FileId]) -> list[str]:
        """The paths of those files whose stamps are others now."""
        return [self.session.plan.path(file) for file in self.session.files.stale(files)]

    def edited(self, paths: Iterable[str]) -> list[FileId]:
        """The sources among the files that these paths concern that are not what was last looked at."""
        plan, files = self.session.plan, self.session.files
        sources = [file for file in self._known(paths) if plan.producer(file) is None]
        return sorted(files.changed(sources))

    def again(self, changed: Sequence[FileId], *, retry: bool) -> bool:
        """Whether something has to be built since these files changed: the suspects of the session are those jobs.

        With `retry` also what failed. Only for a steady plan.

        Raises:
            PlanError: an input is neither there nor made any more.
        """
        standing, session = self.standing, self.session
        if not (changed or retry):
            return False
        session.rebuilder.begin_again()
        touched = standing.touched(changed, self._discoverers.of)
        if retry:
            touched |= standing.failed | standing.open
        surveyor = self._surveyor()
        survey = surveyor.survey_again(session.survey, touched)
        standing.clear(job for job in touched if not survey.suspects[job])
        standing.open.update(job for job in survey.suspect_jobs() if job not in standing.failed)
        if any(survey.suspects):
            standing.join(surveyor, survey)
        survey.total = self._wanted - sum(not survey.suspects[job] for job in standing.failed | standing.open)
        self.session = replace(session, survey=survey)
        check_session(self.session)
        return any(survey.suspects)

    def still_failing(self) -> list[str]:
        """The labels of jobs that failed before and are not tried again by the present session."""
        survey, plan = self.session.survey, self.session.plan
        return [plan.label(job) for job in sorted(self.standing.failed) if not survey.suspects[job]]

    def build(self, options: BuildOptions, reporter: Reporter, attendance: Callable[[Ended], Attendance]) -> Summary:
        """Carry out the session. `attendance` makes one, given what is to be told how the build ended."""
        session = self.session
        summary = settled(session, options, reporter, attendance(self._ended))
        remember(session)
        return summary

    def is_ready(self, job: JobId) -> bool:
        """See `Built.is_ready`."""
        plan, files = self.session.plan, self.session.files
        producers = (plan.producer(file) for file in (*plan.dirtying(job), *plan.order_only(job)))
        return all(producer is None or self.standing.is_well(producer) for producer in producers) and all(
            map(files.is_there, plan.dirtying(job))
        )

    def digest(self, file: FileId) -> bytes | None:
        """See `Built.digest`."""
        version = self.session.files.version(file)
        return None if version == ABSENT else self.session.memory.version(version).digest

    def _known(self, paths: Iterable[str]) -> list[FileId]:
        files = self.session.files
        found = dict.fromkeys(file for path in paths for file in self.ground.files_at(path))
        self._linked.heard(found)
        return [file for file in found if files.is_looked_at(file)]

    def _surveyor(self) -> Surveyor:
        session = self.session
        return Surveyor(
            plan=session.plan,
            files=session.files,
            memory=session.memory,
            manifests=session.manifests,
            rebuilder=session.rebuilder,
        )

    def _ended(self, state: Callable[[JobId], JobState]) -> None:
        """A build has ended, well or not: note how its jobs stand, and what they were found to read."""
        session, survey = self.session, self.session.survey
        plan, memory, key = session.plan, session.memory, session.manifests.key
        suspects = [job for job in survey.suspect_jobs() if not plan.is_expand_job(job)]
        self.standing.take(suspects, state, lambda job: memory.failure(key(job)) is not None)
        for job in self.standing.failed.intersection(suspects):  # what was half made is gone: no reason to try again
            session.files.look_at_made(plan.outputs(job))
        if self._steady:
            self._learn(survey, [job for job in suspects if self.standing.is_well(job)])
        if not self.ground.is_whole:
            self.ground.survey()

    def _learn(self, survey: Survey, jobs: Iterable[JobId]) -> None:
        surveyor = self._surveyor()
        for job, discovered in surveyor.learn(survey, jobs):
            self._discoverers.add(job, discovered)
