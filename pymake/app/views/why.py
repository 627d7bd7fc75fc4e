"""`why`: the last run of a job and the next one, each with its reason and the difference."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pymake.app.views.prospects import forecasts, unknown_until
from pymake.engine.forecast import Prospect
from pymake.model.verdict import FacetChanged, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.app.session import Session
    from pymake.engine.forecast import Forecast
    from pymake.model.ids import JobId
    from pymake.model.verdict import Reason


def why_lines(session: Session) -> Iterator[str]:
    """A paragraph for each job that makes a target."""
    expected = {found.job: found for found in forecasts(session)}
    if not session.goals:
        yield "no job makes that: it is a source, or a task without jobs"
    for job in session.goals:
        yield session.plan.label(job)
        if session.plan.is_expand_job(job):
            yield f"  next build: may run: {unknown_until(session, expected[job])}"
            continue
        yield from (f"  {line}" for line in _last(session, job))
        yield from (f"  {line}" for line in _next(session, job, expected.get(job)))


def _last(session: Session, job: JobId) -> Iterator[str]:
    """What happened when the job last ran: its good run, and a failed one after that."""
    key = session.manifests.key(job)
    trace, failure = session.memory.trace(key), session.memory.failure(key)
    if trace is None and failure is None:
        yield "last run: none"
    if trace is not None:
        yield f"last run: {_when(trace.started)}, {trace.seconds:.2f} s, because: {trace.reason}"
        if trace.accepted:
            what, _, moment = trace.accepted.rpartition(" at ")
            yield f"accepted: {what}, {_when(float(moment))}, without a run"
    if failure is not None:
        yield f"last failure: {_when(failure.started)}, {failure.seconds:.2f} s, because: {failure.reason}"
        yield from (f"  {line}" for line in failure.error.splitlines())


def _next(session: Session, job: JobId, found: Forecast | None) -> Iterator[str]:
    if found is None or found.prospect is Prospect.CLEAN:
        yield f"next build: up to date: {_equal(session, job)}"
    elif found.prospect is Prospect.BLOCKED and found.upstream:
        yield f"next build: cannot run, since {session.plan.label(found.upstream[0])} cannot"
    elif found.prospect is Prospect.BLOCKED:
        yield f"next build: cannot run: protected {describe(found.reasons[0])} by hand"
    elif found.prospect is Prospect.MAY:
        labels = ", ".join(session.plan.label(upstream) for upstream in found.upstream[:3])
        more = len(found.upstream) - 3
        yield f"next build: may run, if the output of {labels}{f' or {more} more' if more > 0 else ''} really changes"
    else:
        yield "next build: will run, because:"
        for reason in found.reasons:
            yield f"  {describe(reason)}"
            yield from (f"    {line}" for line in _difference(reason))


def _equal(session: Session, job: JobId) -> str:
    """What was compared and found equal."""
    inputs, outputs = len(session.plan.dirtying(job)), len(session.plan.outputs(job))
    trace = session.memory.trace(session.manifests.key(job))
    found = len(trace.discovered) if trace is not None else 0
    names = ", ".join(facet.name for facet in session.manifests.facets(job))
    discovered = f", {found} discovered" if found else ""
    return f"{_many(inputs, 'input')}{discovered}, {_many(outputs, 'output')}, {names} are as in the last run"


def _difference(reason: Reason) -> Iterator[str]:
    """Lines with - and + for a text that changed."""
    if not isinstance(reason, FacetChanged):
        return
    import difflib  # noqa: PLC0415  # 4 ms that other commands need not pay

    before, after = (reason.before or "").splitlines(), (reason.after or "").splitlines()
    for line in difflib.ndiff(before, after):
        if line[0] in "+-":
            yield line


def _when(started: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started))


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
