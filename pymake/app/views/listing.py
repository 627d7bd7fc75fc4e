"""`list`: tasks, what they are, how many jobs they have and in what state."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pymake.app.views.prospects import forecasts
from pymake.engine.forecast import Prospect
from pymake.model.ids import TaskId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pymake.app.session import Session
    from pymake.model.ids import JobId


_TOLD = (Prospect.WILL, Prospect.MAY, Prospect.BLOCKED)


class Row(NamedTuple):
    """One task as shown; `jobs` is None if nobody can say how many there will be."""

    task: str
    kind: str
    jobs: int | None
    state: str
    doc: str


def listing_lines(session: Session) -> Iterator[str]:
    """One aligned line for each task: name, kind, number of jobs, state, first line of its doc."""
    rows = [(row.task, row.kind, _count(row.jobs), row.state, row.doc) for row in listing(session)]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        yield "  ".join([*map(str.ljust, row[:4], widths), row[4]]).rstrip()


def listing_json(session: Session) -> str:
    """The same as one JSON array of objects."""
    return json.dumps([row._asdict() for row in listing(session)])


def listing(session: Session) -> list[Row]:
    """A row for each task, in the order of declaration; of the tasks with jobs, those that are wanted."""
    plan, wanted = session.plan, session.wanted
    prospects = {found.job: found.prospect for found in forecasts(session)}
    tasks = map(TaskId, range(plan.task_count))
    return [
        _row(session, task, prospects)
        for task in tasks
        if not plan.task_jobs(task) or plan.task(task).service or any(wanted[job] for job in plan.task_jobs(task))
    ]


def _row(session: Session, task: TaskId, prospects: Mapping[JobId, Prospect]) -> Row:
    declared = session.plan.task(task)
    jobs = session.plan.task_jobs(task)
    is_unknown = any(session.plan.task_of(row) == task for row in session.plan.expand_jobs())
    return Row(
        task=declared.name,
        kind="service" if declared.service else "group" if declared.action is None else declared.kind.value,
        jobs=None if is_unknown else len(jobs),
        state="inactive"
        if not declared.active
        else "-"
        if declared.service
        else Prospect.MAY.value
        if is_unknown
        else _state(jobs, prospects),
        doc=next(iter(declared.doc.strip().splitlines()), ""),
    )


def _state(jobs: Sequence[JobId], prospects: Mapping[JobId, Prospect]) -> str:
    """`up to date`, or how many will, may and cannot run."""
    if not jobs:
        return "-"
    counts = Counter(prospects.get(job, Prospect.CLEAN) for job in jobs)
    parts = [f"{counts[kind]} {kind.value}" for kind in _TOLD if counts[kind]]
    return ", ".join(parts) or Prospect.CLEAN.value


def _count(jobs: int | None) -> str:
    if jobs is None:
        return "? jobs"
    return "1 job" if jobs == 1 else f"{jobs} jobs"
