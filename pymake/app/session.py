"""One project, opened: plan, memory and survey in one place, for building and for looking."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from pymake.app.collecting import collection_paused
from pymake.app.surveying import Surveying
from pymake.dataclass import dataclass, replace
from pymake.engine.files import FileTable
from pymake.engine.fixed import FixedPlan
from pymake.engine.manifest import Manifests
from pymake.engine.orphans import Orphaned, find_orphans
from pymake.engine.rebuilders import VerifyingTraces
from pymake.engine.survey import Survey, Surveyor
from pymake.engine.wish import Wish
from pymake.errors import BuildFileError, UsageError
from pymake.fs.digest import digest_bytes
from pymake.fs.disk import RealDisk
from pymake.model.observed import Observed
from pymake.model.patterns import normalise
from pymake.model.task import SCRIPT, Function
from pymake.model.trace import origin_of
from pymake.planner.check import check_inputs
from pymake.planner.files import paths_on_disk
from pymake.planner.select import Selection, Selector, select
from pymake.store.folder import open_state
from pymake.store.refusal import FOLDER
from pymake.store.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pymake.app.restoring import Known, Restored
    from pymake.door import Key
    from pymake.interfaces import Growth, Memory
    from pymake.model.ids import JobId
    from pymake.model.plan import Plan
    from pymake.model.task import Project
    from pymake.planner.compile import Compiled
    from pymake.store.analyses import KeptAnalyses
    from pymake.store.folder import StateFolder
    from pymake.store.journal import Journal
    from pymake.store.logs import FileLogs


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything that is known of a project before anything runs.

    `wanted[job]` is 1 for the jobs that the targets need, `goals` are the jobs that make the targets themselves.
    `notes` are for the user; `warnings` are those of them that the plan itself gives cause for. `observed` is what
    evaluating the build files looked at, `analyses` what it found out about modules; `restored` and `known` what spared
    that. `folders` are those that no job is started for. What is `orphaned` counts as not there.
    """

    project: Project
    plan: Plan
    disk: RealDisk
    memory: Journal
    logs: FileLogs
    files: FileTable
    manifests: Manifests
    rebuilder: VerifyingTraces
    survey: Survey
    goals: tuple[JobId, ...]
    wanted: bytearray
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    observed: Observed
    growth: Growth
    orphaned: Orphaned
    texts: Texts
    folders: tuple[str, ...]
    restored: Restored | None = None
    known: Known | None = None
    analyses: KeptAnalyses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is wanted: targets relative to `where`, a folder relative to the root; `forced` means run all of it.

    `new` and `old` are files to be taken as changed, and as unchanged, written like targets. `forced_tasks` run
    whatever their state; `ignored` facets do not decide. With `minimal`, nothing is looked at above a task that is
    up to date, in a plan that does not grow. With `strict`, an input that is neither there nor made is an error.
    Without targets the `default` of the build file is wanted, or with `everything` all that it declares. A service
    may be a target, standing for what it needs, if `serving`.
    """

    targets: tuple[str, ...] = ()
    where: str = ""
    forced: bool = False
    new: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    forced_tasks: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    minimal: bool = False
    strict: bool = True
    everything: bool = False
    serving: bool = False


def orphaned_of(project: Project, plan: Plan, disk: RealDisk, memory: Memory) -> Orphaned:
    """What no job of the project makes any more; nothing for a script, which may declare more later on."""
    if project.origin.startswith(SCRIPT):
        return Orphaned()
    return find_orphans(
        plan,
        memory,
        disk,
        origin=origin_of(project.origin),
        matches=lambda pattern: paths_on_disk(disk, pattern),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a session is made from beside the project.

    `observed` is what loading the project looked at; planning adds to it. `analyses` has what it found out about
    modules, which a build keeps. With `restored` nothing is planned, and
    `evaluate` gives the project and what to start from if that does not do. `key` is the command line, whose targets
    may be known.
    """

    observed: Observed
    restored: Restored | None = None
    analyses: KeptAnalyses | None = None
    evaluate: Callable[[], tuple[Project, Basis]] | None = None
    key: Key | None = None


def open_session(
    project: Project,
    aim: Aim,
    state: StateFolder,
    *,
    writing: bool = False,
    basis: Basis | None = None,
    known: Known | None = None,
) -> Session:
    """Plan, select and survey. `known` goes with the restored plan of `basis`.

    Raises:
        PlanError: the tasks make no plan, or an input is neither there nor made.
        UsageError: a target is nothing that the project knows.
    """
    if aim.forced or aim.forced_tasks or aim.ignored or aim.new or aim.old:
        known = None  # a wish goes before what stamps prove
    basis = basis or Basis(observed=Observed())
    with collection_paused():
        session = _opened(project, aim, state, basis, known, writing=writing)
    return session if basis.analyses is None else replace(session, analyses=basis.analyses)


def _opened(
    project: Project, aim: Aim, state: StateFolder, basis: Basis, known: Known | None, *, writing: bool
) -> Session:
    texts = Texts(project.root)
    disk = disk_of(project, writing=writing, texts=texts if writing else None)
    memory, restored = state.memory, basis.restored
    planned = _planned(project, memory, basis.observed) if restored is None else restored
    plan = planned.plan
    orphaned = Orphaned() if (grows := _grows(plan)) or known else orphaned_of(project, plan, disk, memory)
    files = _files(plan, disk, memory, orphaned, known)
    manifests, rebuilder, surveyor = _judges(plan, files, memory, _wish(project, aim))
    surveying = Surveying(surveyor, rebuilder, files, disk, writing)
    if restored is None:
        selection, survey, growth, notes = _surveyed(project, aim, cast("Compiled", planned), surveying)
    else:
        selection, survey, growth, notes = _resumed(project, aim, restored, surveying, (basis.key, known))
    if grows:  # what is gone shows when the plan has grown as far as it can before a run
        orphaned = orphaned_of(project, plan, disk, memory)
    warnings = (*planned.warnings, *notes)
    _check_inputs(aim, selection, survey, surveying)
    return Session(
        project=project,
        plan=plan,
        disk=disk,
        memory=memory,
        logs=state.logs,
        files=files,
        manifests=manifests,
        rebuilder=rebuilder,
        survey=survey,
        goals=selection.goals,
        wanted=selection.wanted,
        notes=(*memory.notes, *warnings),
        warnings=warnings,
        observed=basis.observed,
        growth=growth,
        orphaned=orphaned,
        texts=texts,
        folders=_folders(plan, selection.wanted, _names(project, aim)),
        restored=restored,
        known=known,
    )


def _files(plan: Plan, disk: RealDisk, memory: Memory, orphaned: Orphaned, known: Known | None) -> FileTable:
    files = FileTable(plan, disk, memory, hidden=frozenset(orphaned.removable))
    if known is not None:
        files.remember(known.columns, known.versions)
    return files


def _planned(project: Project, memory: Memory, observed: Observed) -> Compiled:
    from pymake.app.planning import plan_of  # noqa: PLC0415  # 15 ms that a build from a snapshot need not pay

    return plan_of(project, memory, observed)


def _folders(plan: Plan, wanted: bytearray, names: Sequence[str]) -> tuple[str, ...]:
    """The folders of groups."""
    if not plan.tasks_with_folders():
        return ()
    from pymake.planner.folders import group_folders  # noqa: PLC0415  # as above

    return tuple(group_folders(plan, wanted, names))


def _grows(plan: Plan) -> bool:
    """Whether outputs are known only after a run, or jobs are not known yet since an open task has none."""
    return plan.has_patterns or not plan.is_whole


def _judges(plan: Plan, files: FileTable, memory: Memory, wish: Wish) -> tuple[Manifests, VerifyingTraces, Surveyor]:
    manifests = Manifests(plan, digest_bytes)
    rebuilder = VerifyingTraces(plan=plan, files=files, memory=memory, manifests=manifests, wish=wish)
    return (
        manifests,
        rebuilder,
        Surveyor(plan=plan, files=files, memory=memory, manifests=manifests, rebuilder=rebuilder),
    )


def _names(project: Project, aim: Aim) -> Sequence[str]:
    """The targets as they are written; none means everything."""
    return aim.targets or (() if aim.everything else project.default)


def _wish(project: Project, aim: Aim) -> Wish:
    stand = os.path.join(project.root, aim.where)

    def paths(files: tuple[str, ...]) -> frozenset[str]:
        return frozenset(normalise(os.path.join(aim.where, _from(stand, file, project.root))) for file in files)

    return Wish(
        forced=aim.forced, forced_tasks=aim.forced_tasks, ignored=aim.ignored, new=paths(aim.new), old=paths(aim.old)
    )


def check_session(session: Session) -> None:
    """Make sure that every input of a suspect is there or made.

    Raises:
        PlanError: one is not.
    """
    plan, disk, files = session.plan, session.disk, session.files
    check_inputs(plan, session.survey.suspects, files.is_there, lambda folder: [name for name, _ in disk.scan(folder)])


def _check_inputs(aim: Aim, selection: Selection, survey: Survey, surveying: Surveying) -> None:
    """The inputs of a job that was cleared are there; only of order-only inputs nobody has made sure."""
    if not aim.strict:
        return
    plan, disk = surveying.files.plan, surveying.disk
    jobs = selection.wanted if plan.has_order_only else survey.suspects
    check_inputs(plan, jobs, surveying.files.is_there, lambda folder: [name for name, _ in disk.scan(folder)])


def _code_notes(project: Project) -> Iterable[str]:
    """What of the code of the tasks could not be followed, each once."""
    functions = (task.action for task in project.tasks if isinstance(task.action, Function))
    return dict.fromkeys(note for function in functions for note in function.notes)


def _surveyed(
    project: Project, aim: Aim, compiled: Compiled, surveying: Surveying
) -> tuple[Selection, Survey, Growth, tuple[str, ...]]:
    """What is wanted and what is known of it; with what makes the plan grow, and notes on what it grew by at once."""
    plan, targets = compiled.plan, _targets(project, aim)
    with _default_blamed(project, aim):
        if not _grows(plan):
            selection = select(plan, *targets, serving=_may_serve(aim))
            if aim.minimal:
                from pymake.app.minimal import narrowed  # noqa: PLC0415  # only scripts ask for it

                wanted = narrowed(plan, selection.wanted, selection.goals, surveying.rebuilder, _wish(project, aim))
                selection = replace(selection, wanted=wanted)
            surveying.rebuilder.keep(selection.named)
            return selection, surveying.surveyor.survey(selection.wanted), FixedPlan(), tuple(_code_notes(project))
        from pymake.app.growing import GrowingPlan  # noqa: PLC0415  # few projects have outputs of unknown names

        selector = Selector(plan, *targets, deferring=compiled.compiler, serving=_may_serve(aim))
        growth = GrowingPlan(compiled.compiler, selector, surveying, strict=aim.strict)
        survey = growth.start()
        return selector.selection(), survey, growth, (*growth.notes, *_code_notes(project))


def _resumed(
    project: Project, aim: Aim, restored: Restored, surveying: Surveying, known: tuple[Key | None, Known | None]
) -> tuple[Selection, Survey, Growth, tuple[str, ...]]:
    """The same for a plan that was restored: what a known command line wants is known, and what was clean is clean."""
    key, state = known
    selection = None if key is None else restored.selection(key)
    if selection is None:
        selection = selection_of(project, restored.plan, aim)
    surveying.rebuilder.keep(selection.named)
    before = None if state is None else state.before
    return selection, surveying.surveyor.survey(selection.wanted, before), FixedPlan(), ()


def _targets(project: Project, aim: Aim) -> tuple[Sequence[str], str]:
    """The targets, and the folder that they are relative to; none means everything."""
    if not aim.targets:
        return () if aim.everything else project.default, ""
    stand = os.path.join(project.root, aim.where)
    return [_from(stand, target, project.root) for target in aim.targets], aim.where


def selection_of(project: Project, plan: Plan, aim: Aim) -> Selection:
    """What is wanted of a plan that does not grow.

    Raises:
        UsageError: a target is nothing that the project knows.
    """
    with _default_blamed(project, aim):
        return select(plan, *_targets(project, aim), serving=_may_serve(aim))


def _may_serve(aim: Aim) -> bool:
    """Whether a service may be a target: `default` may name one, and then means what it needs."""
    return aim.serving or not aim.targets


@contextmanager
def _default_blamed(project: Project, aim: Aim) -> Iterator[None]:
    """A wrong target is the build file's fault if nobody gave one."""
    try:
        yield
    except UsageError as error:
        if aim.targets:
            raise
        raise BuildFileError(
            f"default: {error.message}", place=project.default_place, facts=error.facts, hint=error.hint
        ) from error


def _from(stand: str, target: str, root: str) -> str:
    """A target as seen from the folder `stand`: absolute paths are those that editors and scripts give."""
    if not os.path.isabs(target):
        return target
    if not target.startswith(os.path.join(root, "")):  # the way to the root may lead over a link
        target = os.path.join(os.path.realpath(os.path.dirname(target)), os.path.basename(target))
    return os.path.relpath(target, stand)


def look(project: Project, aim: Aim, basis: Basis | None = None, *, journal: str | None = None) -> Session:
    """A session that never waits and never writes. `journal` is that of `open_state`."""
    with collection_paused():
        known = None if basis is None or basis.restored is None else basis.restored.known()
        is_unchanged = known is not None and journal is None
        state = open_state(project.root, writing=False, journal=journal, is_unchanged=is_unchanged)
        return open_session(project, aim, state, basis=basis, known=known)


def disk_of(project: Project, *, writing: bool = False, texts: Texts | None = None) -> RealDisk:
    """The disk below the root of a project; with `writing`, its clock is measured by a file in `.pymake`.

    `texts` gets what small files held that are hashed.
    """
    probe = f"{FOLDER}/clock" if writing else None
    keep = texts.keep if texts is not None else None
    return RealDisk(project.root, at_root=os.getcwd() == project.root, probe=probe, keep=keep)
