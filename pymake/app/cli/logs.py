"""`log`: what jobs printed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymake.app.cli.look import opened
from pymake.app.cli.output import write_bytes, write_lines
from pymake.app.cli.words import split_variables
from pymake.app.session import Aim
from pymake.model.service import service_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.app.cli.requests import LogRequest
    from pymake.app.session import Session
    from pymake.model.ids import JobId


def log(request: LogRequest) -> int:
    """Show kept logs; 1 if a job never ran."""
    session = opened(request, Aim(everything=request.failed, serving=True))
    if request.failed:
        return _failed(session)
    code = _show_services(session, split_variables(request.words)[0])
    for job in session.goals:
        if not _has_run(session, job):
            print(f"pymake: {session.plan.label(job)} never ran", file=sys.stderr)
            code = 1
            continue
        if len(session.goals) > 1:
            write_lines([f"== {session.plan.label(job)}"])
        _show(session, job)
    return code


def _show_services(session: Session, targets: Sequence[str]) -> int:
    """The logs of the services among the targets, from their last start; 1 if one never printed anything."""
    services = [task.name for task in session.project.tasks if task.service and task.name in targets]
    code = 0
    for name in services:
        pieces = list(session.logs.read(service_key(name)))
        if not pieces:
            print(f"pymake: service {name} never printed anything", file=sys.stderr)
            code = 1
        elif len(targets) > 1:
            write_lines([f"== service {name}"])
        write_bytes(pieces)
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
