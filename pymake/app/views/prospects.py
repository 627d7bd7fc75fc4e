"""`-n`: what would run, in classes, with reasons."""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING

from pymake.engine.forecast import Forecast, Prospect, forecast
from pymake.model.verdict import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymake.app.session import Session
    from pymake.model.ids import JobId


class Detail(enum.Enum):
    """How much is said of what is expected; each says more than the one before."""

    TASKS = "tasks"
    """In each class the tasks that have a job in it."""
    DOCS = "docs"
    """Also the first line of what they are for."""
    JOBS = "jobs"
    """The jobs that are not up to date in place of the tasks."""
    REASONS = "reasons"
    """Also why, and those that are up to date if there are few."""
    EVERYTHING = "everything"
    """Also every job that is up to date."""


FEW = 20
"""So many jobs that are up to date are named; of more, only the number is said (all with -v)."""


def forecasts(session: Session) -> list[Forecast]:
    """What is expected of each suspect."""
    return forecast(session.plan, session.survey, session.rebuilder)


def out_of_date(session: Session) -> bool:
    """Whether anything that is wanted will run at the next build, or would if it could (`-q`)."""
    return any(found.prospect in (Prospect.WILL, Prospect.BLOCKED) for found in forecasts(session))


def prospect_lines(session: Session, detail: Detail = Detail.REASONS, *, indent: int = 2) -> Iterator[str]:
    """A heading for each class that has jobs, and its tasks or jobs below."""
    found = forecasts(session)
    below = " " * indent
    for prospect in (Prospect.WILL, Prospect.MAY, Prospect.BLOCKED):
        group = [one for one in found if one.prospect is prospect]
        if group:
            yield f"{prospect.value} ({len(group)}):"
            yield from (below + line for line in _group_lines(session, group, detail))
    moving = {one.job for one in found if one.prospect is not Prospect.CLEAN}
    clean = [job for job in session.plan.jobs() if session.wanted[job] and job not in moving]
    if clean or not found:
        lines = _clean_lines(session, clean, detail)
        yield f"{Prospect.CLEAN.value} ({len(clean)}){':' if lines else ''}"
        yield from (below + line for line in lines)


def _group_lines(session: Session, group: Sequence[Forecast], detail: Detail) -> Iterable[str]:
    if detail in (Detail.TASKS, Detail.DOCS):
        return _task_lines(session, [one.job for one in group], detail)
    reasons = (f": {_because(session, one)}" if detail is not Detail.JOBS else "" for one in group)
    return (f"{session.plan.label(one.job)}{reason}" for one, reason in zip(group, reasons, strict=True))


def _clean_lines(session: Session, clean: Sequence[JobId], detail: Detail) -> list[str]:
    if detail in (Detail.TASKS, Detail.DOCS):
        return _task_lines(session, clean, detail)
    is_named = detail is Detail.EVERYTHING or (detail is Detail.REASONS and len(clean) <= FEW)
    return [session.plan.label(job) for job in clean] if is_named else []


def _task_lines(session: Session, jobs: Iterable[JobId], detail: Detail) -> list[str]:
    plan = session.plan
    tasks = [plan.task(task) for task in dict.fromkeys(map(plan.task_of, jobs))]
    docs = [task.doc.strip().partition("\n")[0] if detail is Detail.DOCS else "" for task in tasks]
    return [f"{task.name}: {doc}" if doc else task.name for task, doc in zip(tasks, docs, strict=True)]


def prospect_json(session: Session) -> Iterator[str]:
    """One JSON object a line for each job that is not up to date."""
    for one in forecasts(session):
        if one.prospect is not Prospect.CLEAN:
            yield json.dumps(
                {
                    "schema": 1,
                    "event": "forecast",
                    "label": session.plan.label(one.job),
                    "outputs": list(session.plan.output_paths(one.job)),
                    "prospect": one.prospect.value,
                    "reasons": [describe(reason) for reason in one.reasons],
                    "upstream": [session.plan.label(job) for job in one.upstream],
                }
            )


def _because(session: Session, one: Forecast) -> str:
    labels = [session.plan.label(job) for job in one.upstream]
    if one.prospect is Prospect.BLOCKED:
        return f"{labels[0]} cannot run" if labels else f"protected {describe(one.reasons[0])} by hand"
    if session.plan.is_expand_job(one.job):
        return unknown_until(session, one)
    if one.reasons:
        return "; ".join(describe(reason) for reason in one.reasons[:3])
    more = f" or {len(labels) - 1} more" if len(labels) > 1 else ""
    return f"if the output of {labels[0]}{more} really changes"


def unknown_until(session: Session, one: Forecast) -> str:
    """Why nobody can say which jobs a task is going to have."""
    first, *others = one.upstream
    label = session.plan.label(first)
    more = f" and {len(others)} more" if others else ""
    if session.plan.is_expand_job(first):
        return f"its jobs are known when those of {label}{more} are"
    return f"its jobs are known when {label}{more} {'are' if others else 'is'} up to date"
