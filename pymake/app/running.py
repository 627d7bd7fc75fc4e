"""The part of a build that runs jobs: executor, scheduler, recorder and loop, put together.

Imported only when something may have to run: it takes 25 ms to import, half of what a small "nothing to do" takes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.after import posttasks_of
from pymake.app.auditing import Auditing
from pymake.app.machine import Machine, usable_cpus, usable_memory
from pymake.app.nesting import BUILDING, roots_below
from pymake.app.signals import SignalCatcher
from pymake.app.threads import thread_counts
from pymake.engine.loop import Build
from pymake.engine.openings import Openings
from pymake.engine.parts import Conduct, Parts
from pymake.engine.posttasks import PostTasks
from pymake.engine.recorder import Recorder
from pymake.engine.scheduler import Scheduler
from pymake.engine.temporaries import Temporaries
from pymake.executors.groups import GroupTable
from pymake.executors.jobserver import join
from pymake.executors.local import LocalExecutor
from pymake.executors.sharing import sharing
from pymake.executors.zygote import GUARD_PATIENCE
from pymake.fs.clock import SystemClock
from pymake.fs.depfile import parse as parse_depfile
from pymake.model.arguments import check_arguments, check_extras
from pymake.model.events import Note
from pymake.model.job import Call
from pymake.model.task import TERMINAL, Function, Kind
from pymake.model.trace import origin_of
from pymake.planner.files import paths_on_disk
from pymake.store.meanings import Meanings
from pymake.store.refusal import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from contextlib import ExitStack

    from pymake.app.attendance import Attendance
    from pymake.app.options import BuildOptions
    from pymake.app.session import Session
    from pymake.executors.inline import InlineExecutor
    from pymake.executors.interactive import InteractiveExecutor
    from pymake.executors.jobserver import Share
    from pymake.executors.threads import ThreadsExecutor
    from pymake.interfaces import Executor, Reporter
    from pymake.model.events import Summary
    from pymake.model.ids import JobId


def run(
    session: Session,
    options: BuildOptions,
    reporter: Reporter,
    stack: ExitStack,
    attendance: Attendance | None = None,
) -> Summary:
    """Judge the suspects, run what is dirty, and say how it went. `stack` closes what is opened here.

    With `attendance` the build is one of a watch.
    """
    share = _share(session.project.root, options)
    stack.callback(share.close)
    if share.note is not None:
        reporter.handle(Note(text=share.note))
    signals = stack.enter_context(SignalCatcher()) if attendance is None else attendance.signals
    auditing = Auditing(session, everything=options.audit)
    auditing.open()
    stack.callback(auditing.close)
    openings = _openings(session)
    if options.touching:
        executor: Executor = _touching(session, openings)
    else:
        executor = _executor(session, options, share, reporter, auditing, wake=signals.wake)
    stack.callback(executor.close)
    parts = Parts(
        plan=session.plan,
        survey=session.survey,
        scheduler=_scheduler(session, share.slots),
        rebuilder=session.rebuilder,
        recorder=_recorder(session, auditing, openings, keeps_outputs=options.touching),
        temporaries=temporaries_of(session),
        manifests=session.manifests,
        executor=_pausing(session, executor) if options.pausing else executor,
        reporter=reporter,
        interrupts=signals,
        logs=session.logs,
        attempt_logs=session.logs,
        clock=SystemClock(),
        machine=Machine(),
        env_of=auditing.environments(_environments(session)),
        growth=session.growth,
        posttasks=PostTasks(session.plan, session.survey, posttasks_of(session.project)),
        news=None if attendance is None else attendance.news,
    )
    if attendance is not None:
        stack.callback(attendance.ended, parts.scheduler.state)
    summary = Build(parts, _conduct(options, share.slots)).run()
    for note in auditing.notes():
        reporter.handle(Note(text=note))
    return summary


def _conduct(options: BuildOptions, slots: int) -> Conduct:
    return Conduct(
        slots=slots,
        keep_going=options.keep_going,
        keep_failed=options.keep_failed,
        timeout=options.timeout,
        retries=options.retries,
        terminate=options.terminate,
        most_load=options.load_average,
    )


def temporaries_of(session: Session) -> Temporaries:
    """The temporary outputs of a session, which go when nobody needs them any more."""
    return Temporaries(
        plan=session.plan,
        disk=session.disk,
        memory=session.memory,
        files=session.files,
        manifests=session.manifests,
        rebuilder=session.rebuilder,
        survey=session.survey,
    )


def _scheduler(session: Session, slots: int) -> Scheduler:
    plan, survey, memory = session.plan, session.survey, session.memory
    suspects = (job for job in survey.suspect_jobs() if not plan.is_expand_job(job))
    failed = {job for job in suspects if memory.failure(session.manifests.key(job)) is not None}
    return Scheduler(
        plan=plan,
        survey=survey,
        slots=slots,
        pools={**session.project.pools, TERMINAL: 1},
        failed=failed,
        memory=usable_memory(),
    )


def _touching(session: Session, openings: Openings) -> Executor:
    from pymake.executors.manners import TouchingExecutor  # noqa: PLC0415  # only scripts ask for it

    def outputs(job: JobId) -> tuple[str, ...]:
        return (*session.plan.output_paths(job), *openings.there(job))

    return TouchingExecutor(root=session.project.root, outputs=outputs, clock=SystemClock())


def _pausing(session: Session, executor: Executor) -> Executor:
    from pymake.executors.manners import PausingExecutor  # noqa: PLC0415  # as above

    def task_of(job: JobId) -> str | None:
        task = session.plan.task(session.plan.task_of(job))
        return None if task.kind is Kind.ORIGINATE else task.name

    return PausingExecutor(executor, task_of)


def _openings(session: Session) -> Openings:
    return Openings(
        plan=session.plan,
        disk=session.disk,
        memory=session.memory,
        matches=lambda pattern: paths_on_disk(session.disk, pattern),
        remembered=session.rebuilder.remembered,
    )


def _recorder(session: Session, auditing: Auditing, openings: Openings, *, keeps_outputs: bool) -> Recorder:
    return Recorder(
        plan=session.plan,
        root=session.project.root,
        origin=origin_of(session.project.origin),
        disk=session.disk,
        memory=session.memory,
        files=session.files,
        manifests=session.manifests,
        parse_depfile=parse_depfile,
        openings=openings,
        pending_maker=session.growth.pending_maker,
        reads=auditing.audit.reads,
        keeps_outputs=keeps_outputs,
    )


def _environments(session: Session) -> Callable[[JobId], tuple[tuple[str, str], ...]]:
    """What is laid over the environment of pymake, for each job; jobs of one task share one tuple."""
    plan, project = session.plan, session.project
    made: dict[int, tuple[tuple[str, str], ...]] = {}

    def of(job: JobId) -> tuple[tuple[str, str], ...]:
        task = plan.task_of(job)
        if task not in made:
            own = {**project.env, **plan.task(task).env}
            made[task] = tuple({**_threads(plan.task(task).cores), **own}.items())
        return made[task]

    return of


def _threads(cores: int) -> dict[str, str]:
    """What differs from the environment that every job has, which is that of one core."""
    return {} if cores == 1 else {name: n for name, n in thread_counts(cores).items() if name not in os.environ}


def _share(root: str, options: BuildOptions) -> Share:
    """The build's part in the jobserver above, or its own."""
    return join(
        os.environ,
        jobs=1 if options.pdb else options.jobs,
        cpus=usable_cpus(),
        form=options.jobserver,
        fifo=os.path.join(root, FOLDER, "jobserver"),
    )


def _executor(
    session: Session, options: BuildOptions, share: Share, reporter: Reporter, auditing: Auditing, *, wake: int
) -> Executor:
    """Workers only if a suspect calls Python; forked now, before anything starts a thread."""
    in_place = options.inline or options.pdb or options.threads
    functions = auditing.functions(_functions(session, check=not in_place))
    environ = {**thread_counts(1), **share.environ, BUILDING: roots_below(session.project.root)}
    root, clock = session.project.root, SystemClock()
    if functions:
        Meanings(root).remember(_called(session, functions))
    owner = GroupTable(1)
    if in_place:
        executor = _in_place(options, share.slots, root=root, functions=functions, environ=environ, wake=wake)
        return _interactive(executor, root=root, functions=None, environ=environ, clock=clock, groups=owner)
    local = LocalExecutor(
        slots=share.slots,
        root=root,
        functions=functions,
        environ=environ,
        clock=clock,
        wake=wake,
        bequest=_bequest(share, owner),
        stop_on_failure=not options.keep_going,
    )
    local.prepare()
    reporter.follow(local.tails())
    if not any(task.interactive for task in session.project.tasks):
        return sharing(local, share)
    interactive = _interactive(local, root=root, functions=functions, environ=environ, clock=clock, groups=owner)
    return sharing(interactive, share)


def _in_place(
    options: BuildOptions,
    slots: int,
    *,
    root: str,
    functions: dict[str, Callable[..., object]],
    environ: dict[str, str],
    wake: int,
) -> InlineExecutor | ThreadsExecutor:
    """Calls in this process."""
    clock = SystemClock()
    if options.threads and not (options.inline or options.pdb):
        from pymake.executors.threads import ThreadsExecutor  # noqa: PLC0415  # ctypes: 3 ms that few builds need

        return ThreadsExecutor(slots=slots, root=root, functions=functions, environ=environ, clock=clock, wake=wake)
    from pymake.executors.inline import InlineExecutor  # noqa: PLC0415  # as above

    debugger = _debugger() if options.pdb else None
    return InlineExecutor(root=root, functions=functions, environ=environ, clock=clock, wake=wake, on_failure=debugger)


def _interactive(
    inner: Executor,
    *,
    root: str,
    functions: dict[str, Callable[..., object]] | None,
    environ: dict[str, str],
    clock: SystemClock,
    groups: GroupTable,
) -> InteractiveExecutor:
    """Around another executor, one for jobs that own the terminal."""
    from pymake.executors.interactive import InteractiveExecutor  # noqa: PLC0415  # as above

    return InteractiveExecutor(inner, root=root, functions=functions, environ=environ, clock=clock, groups=groups)


def _bequest(share: Share, owner: GroupTable) -> Callable[[], None]:
    """What the guard does when this process was killed and its jobs have ended: with the owner of the terminal, too."""

    def settle() -> None:
        owner.end_all(GUARD_PATIENCE, ())
        if share.tokens is not None:
            share.tokens.return_all()

    return settle


def _debugger() -> Callable[[BaseException, str], None]:
    from pymake.executors.debugging import post_mortem  # noqa: PLC0415  # pdb is 40 ms that few builds want

    return post_mortem


def _called(session: Session, tasks: Container[str]) -> Iterator[Function]:
    """The functions of these tasks."""
    for task in session.project.tasks:
        if task.name in tasks and isinstance(task.action, Function):
            yield task.action


def _functions(session: Session, *, check: bool) -> dict[str, Callable[..., object]]:
    """The functions that suspects call, by task; all there are if the plan grows, as anything may come to be wanted.

    Raises:
        BuildFileError: with `check`, an argument of a call cannot travel to a worker.
    """
    plan, suspects = session.plan, session.survey.suspects
    found: dict[str, Callable[..., object]] = {}
    for job in session.survey.suspect_jobs():
        if plan.is_expand_job(job):
            continue
        action = plan.action(job)
        if isinstance(action, Call):
            task = plan.task(plan.task_of(job))
            if isinstance(task.action, Function):
                found[action.task] = task.action.target
            if check:
                check_arguments(action.arguments, task)
    growing = dict.fromkeys(plan.task_of(row) for row in plan.expand_jobs() if suspects[row])
    for task in map(plan.task, growing if check else ()):
        if isinstance(task.action, Function):
            check_extras(task.extras, task)
    if growing:
        found.update(
            (task.name, task.action.target) for task in session.project.tasks if isinstance(task.action, Function)
        )
    return found
