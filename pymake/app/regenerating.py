"""`touch_files_only=2` of scripts: what is there is remembered as good, and nothing runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pymake.app.nesting import refuse_nested
from pymake.app.session import Aim, open_session
from pymake.engine.accepting import Acceptance
from pymake.model.events import BuildEnded, Note, Summary
from pymake.model.trace import origin_of
from pymake.store.folder import open_state
from pymake.store.lock import BuildLock

if TYPE_CHECKING:
    from pymake.app.options import BuildOptions
    from pymake.interfaces import Reporter
    from pymake.model.task import Project


def regenerate(project: Project, options: BuildOptions, reporter: Reporter) -> Summary:
    """Accept the present state of all wanted jobs; a note names each that cannot be.

    Raises:
        PymakeError: a broken plan, an unknown target, an unusable `.pymake`.
    """
    refuse_nested(project.root)
    lock = BuildLock(project.root)
    lock.acquire(wait=True, on_wait=lambda text: reporter.handle(Note(text=text)))
    try:
        state = open_state(project.root, writing=True)
        try:
            session = open_session(project, Aim(targets=options.targets, strict=False), state, writing=True)
            acceptance = Acceptance(
                plan=session.plan,
                memory=session.memory,
                files=session.files,
                manifests=session.manifests,
                rebuilder=session.rebuilder,
                causes=(),
                now=time.time(),
                origin=origin_of(project.origin),
            )
            jobs = [job for job in session.plan.jobs() if session.wanted[job]]
            for job in jobs:
                why = getattr(acceptance.accept(job), "why", None)
                if why is not None:
                    reporter.handle(Note(text=f"{session.plan.label(job)} is not taken as good: {why}"))
        finally:
            state.close()
    finally:
        lock.release()
    summary = Summary(up_to_date=len(jobs))
    reporter.handle(BuildEnded(summary=summary))
    return summary
