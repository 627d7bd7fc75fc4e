"""`log`: what jobs printed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymake.app.cli.look import opened
from pymake.app.cli.output import write_bytes, write_lines
from pymake.app.session import Aim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.app.cli.requests import LogRequest
    from pymake.app.session import Session
    from pymake.model.ids import JobId


def log(request: LogRequest) -> int:
    """Show kept logs; 1 if a job never ran."""
    session = opened(request, Aim(everything=request.failed))
    if request.failed:
        return _failed(session)
    code = 0
    for job in session.goals:
        if not _has_run(session, job):
            print(f"pymake: {session.plan.label(job)} never ran", file=sys.stderr)
            code = 1
            continue
        if len(session.goals) > 1:
            write_lines([f"== {session.plan.label(job)}"])
        _show(session, job)
    return code


def _failed(session: Session) -> int:
    """The jobs behind the targets whose last run failed, each with its error."""
    memory, plan = session.memory, session.plan
    wanted = [job for job in plan.jobs() if session.wanted[job]]
    failures = [(job, memory.failure(session.manifests.key(job))) for job in wanted]
    shown = False
    for job, failure in failures:
        if failure is not None:
            write_lines([f"== {plan.label(job)}: {failure.error}"])
            _show(session, job)
            shown = True
    if not shown:
        print("pymake: no job failed when it last ran", file=sys.stderr)
    return 0


def _has_run(session: Session, job: JobId) -> bool:
    key = session.manifests.key(job)
    return session.memory.trace(key) is not None or session.memory.failure(key) is not None


def _show(session: Session, job: JobId) -> None:
    pieces: Iterable[bytes] = session.logs.read(session.manifests.key(job))
    write_bytes(pieces)
    if session.plan.task(session.plan.task_of(job)).interactive:
        print(f"pymake: {session.plan.label(job)} is interactive: the terminal had what it printed", file=sys.stderr)
