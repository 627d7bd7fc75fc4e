"""`why`: the last run of a job and the next one, each with its reason and the difference."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from pymake.app.views.differences import Differences
from pymake.app.views.prospects import forecasts, unknown_until
from pymake.engine.forecast import Prospect
from pymake.model.verdict import describe, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.app.session import Session
    from pymake.engine.forecast import Forecast
    from pymake.model.ids import JobId
    from pymake.model.trace import Cause, Failure, Trace

SCHEMA = 1
LOG_LINES = 20
"""So many lines of the log of a failed job are shown; `pymake log` shows all."""


def why_lines(session: Session) -> Iterator[str]:
    """A paragraph for each job that makes a target."""
    expected = {found.job: found for found in forecasts(session)}
    differences = Differences(session)
    if not session.goals:
        yield "no job makes that: it is a source, or a task without jobs"
    for job in session.goals:
        yield session.plan.label(job)
        if session.plan.is_expand_job(job):
            yield f"  next build: may run: {unknown_until(session, expected[job])}"
            continue
        trace, failure = _remembered(session, job)
        yield from (f"  {line}" for line in _last(session, differences, trace, failure))
        yield from (f"  {line}" for line in _next(session, differences, job, expected.get(job)))


def why_json(session: Session) -> Iterator[str]:
    """The same as one JSON object a line."""
    expected = {found.job: found for found in forecasts(session)}
    differences = Differences(session)
    for job in session.goals:
        row: dict[str, object] = {"schema": SCHEMA, "label": session.plan.label(job)}
        row["outputs"] = list(session.plan.output_paths(job))
        found = expected.get(job)
        if not session.plan.is_expand_job(job):
            trace, failure = _remembered(session, job)
            row["last_run"] = None if trace is None else _run_row(differences, trace)
            row["last_failure"] = None if failure is None else _failure_row(session, failure)
        row["next_build"] = _next_row(session, differences, job, found)
        yield json.dumps(row)


def _remembered(session: Session, job: JobId) -> tuple[Trace | None, Failure | None]:
    key = session.manifests.key(job)
    return session.memory.trace(key), session.memory.failure(key)


# Lines


def _last(session: Session, differences: Differences, trace: Trace | None, failure: Failure | None) -> Iterator[str]:
    """What happened when the job last ran: its good run, and a failed one after that."""
    if trace is None and failure is None:
        yield "last run: none"
    if trace is not None:
        yield f"last run: {_when(trace.started)}, {trace.seconds:.2f} s, because: {trace.reason}"
        for cause in trace.causes:
            if (said := _said(cause)) != trace.reason:
                yield f"  {said}"
            yield from (f"    {line}" for line in differences.of_cause(cause))
        if trace.accepted:
            what, _, moment = trace.accepted.rpartition(" at ")
            yield f"accepted: {what}, {_when(float(moment))}, without a run"
    if failure is not None:
        yield f"last failure: {_when(failure.started)}, {failure.seconds:.2f} s, because: {failure.reason}"
        yield from (f"  {line}" for line in failure.error.splitlines())
        log = _log(session, failure)
        if log:
            yield "its log ends:"
            yield from (f"  {line}" for line in log)


def _next(session: Session, differences: Differences, job: JobId, found: Forecast | None) -> Iterator[str]:
    if found is None or found.prospect is Prospect.CLEAN:
        yield f"next build: up to date: {_equal(session, job)}"
    elif found.prospect is Prospect.BLOCKED and found.upstream:
        yield f"next build: cannot run, since {session.plan.label(found.upstream[0])} cannot"
    elif found.prospect is Prospect.BLOCKED:
        yield f"next build: cannot run: protected {describe(found.reasons[0])} by hand"
    elif found.prospect is Prospect.MAY and found.reasons:
        yield f"next build: may run, if {session.plan.label(found.upstream[0])} needs its temporary output"
    elif found.prospect is Prospect.MAY:
        labels = ", ".join(session.plan.label(upstream) for upstream in found.upstream[:3])
        more = len(found.upstream) - 3
        yield f"next build: may run, if the output of {labels}{f' or {more} more' if more > 0 else ''} really changes"
    else:
        trace = session.memory.trace(session.manifests.key(job))
        yield "next build: will run, because:"
        for reason in found.reasons:
            yield f"  {describe(reason)}"
            yield from (f"    {line}" for line in differences.of_reason(job, trace, reason))


def _equal(session: Session, job: JobId) -> str:
    """What was compared and found equal."""
    inputs, outputs = len(session.plan.dirtying(job)), len(session.plan.outputs(job))
    trace = session.memory.trace(session.manifests.key(job))
    found = len(trace.discovered) if trace is not None else 0
    names = ", ".join(facet.name for facet in session.manifests.facets(job))
    discovered = f", {found} discovered" if found else ""
    return f"{_many(inputs, 'input')}{discovered}, {_many(outputs, 'output')}, {names} are as in the last run"


# JSON


def _run_row(differences: Differences, trace: Trace) -> dict[str, object]:
    what, _, moment = trace.accepted.rpartition(" at ")
    return {
        "started": trace.started,
        "seconds": trace.seconds,
        "reason": trace.reason,
        "differences": [
            {"kind": cause.kind, "name": cause.name, "text": _said(cause), "lines": differences.of_cause(cause)}
            for cause in trace.causes
        ],
        "accepted": {"what": what, "at": float(moment)} if trace.accepted else None,
    }


def _failure_row(session: Session, failure: Failure) -> dict[str, object]:
    return {
        "started": failure.started,
        "seconds": failure.seconds,
        "reason": failure.reason,
        "error": failure.error,
        "log": _log(session, failure),
    }


def _next_row(session: Session, differences: Differences, job: JobId, found: Forecast | None) -> dict[str, object]:
    if found is None or found.prospect is Prospect.CLEAN:
        return {"prospect": Prospect.CLEAN.value, "reasons": [], "upstream": [], "equal": _equal(session, job)}
    is_expand_job = session.plan.is_expand_job(job)
    trace = None if is_expand_job else session.memory.trace(session.manifests.key(job))
    return {
        "prospect": found.prospect.value,
        "reasons": [
            {
                "kind": name_of(reason),
                "text": describe(reason),
                "lines": differences.of_reason(job, trace, reason),
            }
            for reason in found.reasons
        ],
        "upstream": [session.plan.label(other) for other in found.upstream],
        "equal": None,
    }


def _said(cause: Cause) -> str:
    """A cause in the words of a reason.

    >>> from pymake.model.trace import Cause
    >>> _said(Cause("input", "a.c", "00", ""))
    'input a.c is gone'
    """
    what = cause.name if cause.kind == "facet" else f"{cause.kind} {cause.name}"
    if cause.kind == "output":
        return f"{what} was changed"
    return f"{what} {'is new' if not cause.before else 'is gone' if not cause.after else 'changed'}"


def _log(session: Session, failure: Failure) -> list[str]:
    text, _ = session.logs.excerpt(session.logs.path(failure.key))
    return text.splitlines()[-LOG_LINES:]


def _when(started: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started))


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
