"""What a build would do, said without doing it: will run, may run, up to date, cannot run."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.engine.survey import temporary_jobs
from pymake.model.upstream import Upstream
from pymake.model.verdict import InputChanged, InputGone, OutputChanged, OutputNeeded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymake.engine.survey import Survey
    from pymake.interfaces import Rebuilder
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.verdict import Reason


class Prospect(enum.Enum):
    """The classes; the value is the phrase the user sees."""

    WILL = "will run"
    MAY = "may run"
    CLEAN = "up to date"
    BLOCKED = "cannot run"
    """Its protected output was edited by hand, or something upstream is so blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of each suspect, in the order in which they would be judged.

    `reasons` are those that hold already; a job that may run has none, only `upstream`: jobs that will or may run and
    whose outputs it reads. Or its reason is a temporary output, and `upstream` a job that may need it. An expand job
    stands for all jobs of its task: nobody knows them before `upstream` has run.
    """

    job: JobId
    prospect: Prospect
    reasons: tuple[Reason, ...]
    upstream: tuple[JobId, ...]


def forecast(plan: Plan, survey: Survey, rebuilder: Rebuilder) -> list[Forecast]:
    """One forecast for each suspect. A job not among them is up to date.

    "Will" and "up to date" are certain as long as no job fails: a reason counts only if no upstream run can take it
    away. A changed file that an upstream job is going to make anew is no such reason.
    """
    open_jobs: dict[JobId, Forecast] = {}
    result = []
    readers: dict[JobId, list[JobId]] = {}
    blocked: dict[JobId, JobId] = {}
    upstream = Upstream(plan, survey.suspects, survey.readers)
    for job in upstream.order:
        if job in blocked:
            result.append(Forecast(job=job, prospect=Prospect.BLOCKED, reasons=(), upstream=(blocked[job],)))
            continue
        if plan.is_expand_job(job):
            found = Forecast(job=job, prospect=Prospect.MAY, reasons=(), upstream=tuple(plan.awaited(job)))
        else:
            found = _refused(rebuilder, job) or _forecast(plan, rebuilder, job, tuple(readers.get(job, ())), open_jobs)
        result.append(found)
        if found.prospect is Prospect.BLOCKED:
            blocked.update((behind, job) for behind in upstream.all_behind(job) if behind not in blocked)
            continue
        if found.prospect is not Prospect.CLEAN:
            open_jobs[job] = found
            for reader in survey.readers.get(job, ()):
                readers.setdefault(reader, []).append(job)
    result.extend(list(_perhaps_found(plan, survey, result)))
    return _with_makers(plan, rebuilder, result)


def _perhaps_found(plan: Plan, survey: Survey, found: list[Forecast]) -> Iterator[Forecast]:
    """Makers of temporary outputs, when a run may turn out to read one that is gone by then: nobody knows before.

    Those that are in `found` as up to date change there.
    """
    moving = (one.job for one in found if one.prospect in (Prospect.WILL, Prospect.MAY))
    finder = next((job for job in moving if plan.depfile(job) is not None), None)
    if finder is None:
        return
    at = {one.job: number for number, one in enumerate(found)}
    for job in temporary_jobs(plan):
        if not plan.outputs(job) or (job in at and found[at[job]].prospect is not Prospect.CLEAN):
            continue
        reason = OutputNeeded(path=plan.path(plan.outputs(job)[0]))
        one = Forecast(job=job, prospect=Prospect.MAY, reasons=(reason,), upstream=(finder,))
        if job in at:
            found[at[job]] = one
        elif survey.is_wanted(job):
            yield one


def _with_makers(plan: Plan, rebuilder: Rebuilder, found: list[Forecast]) -> list[Forecast]:
    """A job that will or may run takes the makers of its temporary inputs with it, where these are gone."""
    at = {one.job: number for number, one in enumerate(found)}
    for one in reversed(found):
        now = found[at[one.job]]
        if now.prospect not in (Prospect.WILL, Prospect.MAY):
            continue
        for file in rebuilder.gone_inputs(one.job):
            maker = plan.producer(file)
            if maker in at:
                number = at[maker]
                found[number] = _needed(found[number], now, plan.path(file))
    return found


def _needed(maker: Forecast, reader: Forecast, path: str) -> Forecast:
    if maker.prospect is Prospect.WILL or maker.prospect is Prospect.BLOCKED:
        return maker
    if reader.prospect is Prospect.WILL:
        return replace(maker, prospect=Prospect.WILL, reasons=(OutputNeeded(path=path),))
    if maker.prospect is Prospect.MAY:
        return maker
    return replace(maker, prospect=Prospect.MAY, reasons=(OutputNeeded(path=path),), upstream=(reader.job,))


def _refused(rebuilder: Rebuilder, job: JobId) -> Forecast | None:
    path = rebuilder.refusal(job)
    if path is None:
        return None
    return Forecast(job=job, prospect=Prospect.BLOCKED, reasons=(OutputChanged(path=path),), upstream=())


def _forecast(
    plan: Plan, rebuilder: Rebuilder, job: JobId, found_readers: tuple[JobId, ...], open_jobs: Mapping[JobId, Forecast]
) -> Forecast:
    made = {plan.path(file): plan.producer(file) for file in plan.dirtying(job)}
    declared = [producer for producer in made.values() if producer is not None and producer in open_jobs]
    upstream = tuple(dict.fromkeys([*declared, *found_readers]))
    renewed = {path for producer in upstream for path in plan.output_paths(producer)}
    certain = tuple(reason for reason in rebuilder.reasons(job) if not _may_vanish(reason, renewed))
    if certain:
        return Forecast(job=job, prospect=Prospect.WILL, reasons=certain, upstream=upstream)
    prospect = Prospect.MAY if upstream else Prospect.CLEAN
    return Forecast(job=job, prospect=prospect, reasons=(), upstream=upstream)


def _may_vanish(reason: Reason, renewed: set[str]) -> bool:
    return isinstance(reason, (InputChanged, InputGone)) and reason.path in renewed
