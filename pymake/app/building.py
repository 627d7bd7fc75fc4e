"""One build: lock, session, executor, loop, summary."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import compress
from typing import TYPE_CHECKING

from pymake.app.collecting import collection_paused
from pymake.app.machine import usable_cpus
from pymake.app.nesting import refuse_nested
from pymake.app.orphans import clear_orphans
from pymake.app.session import Aim, open_session, orphaned_of
from pymake.dataclass import replace
from pymake.engine.survey import temporary_jobs
from pymake.model.events import BuildEnded, BuildStarted, Note, Summary
from pymake.model.ids import JobId
from pymake.model.job import Call
from pymake.store.folder import open_state
from pymake.store.lock import BuildLock
from pymake.store.snapshot import drop_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.app.attendance import Attendance
    from pymake.app.keeping import Given
    from pymake.app.options import BuildOptions
    from pymake.app.restoring import Known
    from pymake.app.session import Basis, Session
    from pymake.engine.orphans import Orphaned
    from pymake.interfaces import Reporter
    from pymake.model.task import Project
    from pymake.store.folder import StateFolder

    Phase = Callable[[str], AbstractContextManager[None]]


def build(
    project: Project,
    options: BuildOptions,
    *,
    where: str,
    reporter: Reporter,
    basis: Basis | None = None,
    given: Given | None = None,
    phase: Phase | None = None,
) -> Summary:
    """Bring the targets up to date. The summary says how it went; a failed job raises nothing here.

    `basis` says what was looked at or known before. With `given`, a snapshot is kept for that command line.
    `phase` times the phases of the build.

    Raises:
        PymakeError: nothing has run: a broken plan, an unknown target, an unusable `.pymake`, a busy folder.
    """
    refuse_nested(project.root)
    phase = phase or untimed
    with ExitStack() as stack:
        lock = BuildLock(project.root)
        with phase("lock"):
            has_waited = _acquire(lock, options, reporter)
        stack.callback(lock.release)
        if lock.note is not None:
            reporter.handle(Note(text=lock.note))
        with phase("memory"), collection_paused():
            known = None if basis is None or basis.restored is None else basis.restored.known(has_waited=has_waited)
            journal = _journal(options, project.root, stack)
            is_unchanged = known is not None and journal is None
            state = open_state(project.root, writing=True, journal=journal, is_unchanged=is_unchanged)
        stack.callback(state.close)
        if basis is not None and given is not None:
            basis = replace(basis, key=given.key(project.root))
        with phase("plan and survey"):
            session = session_of(project, aim_of(options, where), state, (basis, known), reporter)
        _tell_notes(session, reporter, given)
        for folder in session.folders:
            session.disk.make_folder(folder)
        with phase("jobs"):
            summary = settled(session, options, reporter)
        with phase("snapshot"):
            remember(session)
            _keep(session, summary, state, given)
        return summary


def remember(session: Session) -> None:
    """Keep what a build found out beside its traces, so that the next one need not."""
    session.files.confirm()
    session.texts.save()
    if session.analyses is not None:
        session.analyses.save()


def _acquire(lock: BuildLock, options: BuildOptions, reporter: Reporter) -> bool:
    """Get the lock; whether somebody else had it first."""
    waits: list[str] = []

    def tell(text: str) -> None:
        waits.append(text)
        reporter.handle(Note(text=text))

    lock.acquire(wait=not options.no_wait, on_wait=tell)
    return bool(waits)


def _journal(options: BuildOptions, root: str, stack: ExitStack) -> str | None:
    """The journal that a script asked for; `:memory:` is one that is gone afterwards."""
    if options.history != ":memory:":
        return None if options.history is None else os.path.join(root, options.history)
    import tempfile  # noqa: PLC0415  # 8 ms that few builds want

    return os.path.join(stack.enter_context(tempfile.TemporaryDirectory(prefix="pymake-")), "journal")


def untimed(_: str) -> AbstractContextManager[None]:
    """A phase of which nobody wants to know how long it takes."""
    return nullcontext()


def aim_of(options: BuildOptions, where: str) -> Aim:
    """What the options want; targets are relative to `where`."""
    return Aim(
        targets=options.targets,
        where=where,
        forced=options.always_make,
        new=options.what_if,
        old=options.assume_old,
        forced_tasks=options.forced_tasks,
        ignored=options.ignored,
        minimal=options.minimal,
    )


def session_of(
    project: Project, aim: Aim, state: StateFolder, start: tuple[Basis | None, Known | None], reporter: Reporter
) -> Session:
    """The session of a build, orphans removed. `start` is what was looked at or known before."""
    session = _session(project, aim, state, *start)
    if not session.orphaned:
        return session
    _clear(session, session.orphaned, reporter)
    return _session(project, aim, state, start[0], None)


def _clear(session: Session, orphaned: Orphaned, reporter: Reporter) -> None:
    for text in clear_orphans(session, orphaned):
        reporter.handle(Note(text=text))


def _tell_notes(session: Session, reporter: Reporter, given: Given | None) -> None:
    for note in session.notes:
        reporter.handle(Note(text=note))
    if given is not None and given.is_verbose and session.observed.reason is not None:
        reporter.handle(Note(text=f"build files are evaluated every time: {session.observed.reason}"))


def _keep(session: Session, summary: Summary, state: StateFolder, given: Given | None) -> None:
    """Close the state, and keep a snapshot if this is a command line for which that makes sense."""
    if given is None:
        if summary.ran:
            drop_snapshot(session.project.root)
        return
    from pymake.app.keeping import keep, reads_of  # noqa: PLC0415  # not on every system

    reads = reads_of(session)
    state.close()
    keep(session, summary, given, reads)


def _session(project: Project, aim: Aim, state: StateFolder, basis: Basis | None, known: Known | None) -> Session:
    """The session; from build files that are read after all if a function has to be called."""
    session = open_session(project, aim, state, writing=True, basis=basis, known=known)
    if session.restored is None or basis is None or basis.evaluate is None or not _may_call(session):
        return session
    project, basis = basis.evaluate()
    return open_session(project, aim, state, writing=True, basis=basis)


def _may_call(session: Session) -> bool:
    suspects = compress(map(JobId, range(session.plan.job_count)), session.survey.suspects)
    return any(isinstance(session.plan.action(job), Call) for job in suspects)


def settled(
    session: Session, options: BuildOptions, reporter: Reporter, attendance: Attendance | None = None
) -> Summary:
    """Run what has to run, and tidy up. With `attendance` the build is one of a watch."""
    if not any(session.survey.suspects):
        _sweep(session)
        return _nothing_to_do(session, options, reporter)
    from pymake.app.running import run  # noqa: PLC0415  # 25 ms that a build with nothing to do need not pay

    with ExitStack() as stack:
        summary = run(session, options, reporter, stack, attendance)
    if session.plan.has_patterns and summary.is_good:  # only now is it known what nobody makes any more
        _clear(session, orphaned_of(session.project, session.plan, session.disk, session.memory), reporter)
    return summary


def _sweep(session: Session) -> None:
    """Remove temporary outputs that a kill left behind when all was done but that."""
    if temporary_jobs(session.plan):
        from pymake.app.running import temporaries_of  # noqa: PLC0415  # as above
        from pymake.engine.scheduler import JobState  # noqa: PLC0415  # as above

        temporaries_of(session).sweep(lambda _: JobState.IDLE)


def _nothing_to_do(session: Session, options: BuildOptions, reporter: Reporter) -> Summary:
    total = session.survey.total
    summary = Summary(up_to_date=total)
    reporter.handle(BuildStarted(total=total, suspects=0, slots=options.jobs or usable_cpus()))
    if options.audit:
        reporter.handle(Note(text="audit: no job was watched, since none ran; pymake build --audit -B runs all"))
    reporter.handle(BuildEnded(summary=summary))
    return summary
