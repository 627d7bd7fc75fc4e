"""What each command does, given its options as values. Results go to stdout, progress and errors to stderr."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pymake.app.building import build as build_project
from pymake.app.cleaning import sort_outputs
from pymake.app.cli.opening import Opened, command_names, open_project
from pymake.app.cli.output import write_bytes, write_lines
from pymake.app.cli.words import split_variables
from pymake.app.reporting import reporter_for
from pymake.app.session import Aim, disk_of, look
from pymake.app.views import graph as drawing
from pymake.app.views.listing import listing_json, listing_lines
from pymake.app.views.prospects import out_of_date, prospect_json, prospect_lines
from pymake.app.views.why import why_lines
from pymake.errors import UsageError
from pymake.reporters.choose import ColorOption
from pymake.reporters.lines import Verbosity
from pymake.store.folder import open_state
from pymake.store.lock import BuildLock

if TYPE_CHECKING:
    from pymake.app.options import BuildOptions
    from pymake.app.session import Session
    from pymake.interfaces import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every command is told."""

    command: str = "build"
    words: tuple[str, ...] = ()
    directory: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest(Request):
    """What `build` is told besides."""

    options: BuildOptions
    silent: bool = False
    verbose: bool = False
    explain: bool = False
    json: bool = False
    color: ColorOption = ColorOption.AUTO


def build(request: BuildRequest) -> int:
    """Build, show it, and turn the summary into an exit code."""
    targets, overrides = split_variables(request.words)
    reporter = _reporter(request)
    opened = open_project(request.directory, request.files, overrides)
    options = replace(request.options, targets=targets)
    try:
        summary = build_project(opened.project, options, where=opened.where, reporter=reporter)
    finally:
        reporter.close()
    if summary.interrupted is not None:
        return 128 + summary.interrupted
    return 1 if summary.failed else 0


def question(request: BuildRequest) -> int:
    """1 if something is out of date. Says nothing."""
    return int(out_of_date(_open(request, forced=request.options.always_make)))


def dry_run(request: BuildRequest) -> int:
    """Say what would run. Writes nothing."""
    session = _look(request, forced=request.options.always_make)
    write_lines(prospect_json(session) if request.json else prospect_lines(session, verbose=request.verbose))
    return 0


def list_tasks(request: Request, *, json: bool) -> int:
    """One line for each task."""
    session = _look(request, strict=False, everything=True)
    write_lines([listing_json(session)] if json else listing_lines(session))
    return 0


def why(request: Request) -> int:
    """Reasons of the last and the next run."""
    write_lines(why_lines(_look(request)))
    return 0


def log(request: Request) -> int:
    """Show kept logs; 1 if a job never ran."""
    session = _look(request)
    memory, code = session.memory, 0
    for job in session.goals:
        key = session.manifests.key(job)
        if memory.trace(key) is None and memory.failure(key) is None:
            print(f"pymake: {session.plan.label(job)} never ran", file=sys.stderr)
            code = 1
            continue
        if len(session.goals) > 1:
            write_lines([f"== {session.plan.label(job)}"])
        write_bytes(session.logs.read(key))
    return code


def clean(request: Request, *, dry_run: bool, no_wait: bool) -> int:
    """Remove what pymake wrote; keep and name what was changed since."""
    targets, overrides = split_variables(request.words)
    opened = open_project(request.directory, request.files, overrides)
    root = opened.project.root
    with ExitStack() as stack:
        if not dry_run:
            lock = BuildLock(root)
            lock.acquire(wait=not no_wait, on_wait=lambda text: print(f"pymake: {text}", file=sys.stderr))
            stack.callback(lock.release)
        state = open_state(root, writing=not dry_run)
        stack.callback(state.close)
        memory = state.memory
        disk = disk_of(opened.project)
        cleaning = sort_outputs(memory, disk, _keys(opened, targets) if targets else sorted(memory.keys()))
        for path in cleaning.removed:
            if not dry_run:
                disk.remove(path)
            print(f"{'would remove' if dry_run else 'removed'} {path}")
    for path in cleaning.kept:
        print(f"kept {path}: it was changed after pymake wrote it")
    return 0


def _keys(opened: Opened, targets: tuple[str, ...]) -> list[str]:
    """The keys of the jobs that make the targets."""
    session = look(opened.project, Aim(targets=targets, where=opened.where, strict=False))
    return [session.manifests.key(job) for job in session.goals]


def graph(request: Request, *, form: str, with_files: bool) -> int:
    """The graph as text."""
    if form not in ("dot", "mermaid"):
        raise UsageError(f"no graph format {form!r}", hint="--format dot or --format mermaid")
    session = _look(request)
    drawn = drawing.file_drawing(session) if with_files else drawing.task_drawing(session)
    write_lines(drawing.dot(drawn) if form == "dot" else drawing.mermaid(drawn))
    return 0


def _look(request: Request, *, forced: bool = False, strict: bool = True, everything: bool = False) -> Session:
    """A session for looking, after its notes were shown."""
    session = _open(request, forced=forced, strict=strict, everything=everything)
    for note in (*command_names(session.project, request.command), *session.notes):
        print(f"pymake: {note}", file=sys.stderr)
    return session


def _open(request: Request, *, forced: bool = False, strict: bool = True, everything: bool = False) -> Session:
    targets, overrides = split_variables(request.words)
    opened = open_project(request.directory, request.files, overrides)
    return look(
        opened.project,
        Aim(targets=targets, where=opened.where, forced=forced, strict=strict, everything=everything),
    )


def _reporter(request: BuildRequest) -> Reporter:
    verbosity = Verbosity.SILENT if request.silent else Verbosity.VERBOSE if request.verbose else Verbosity.NORMAL
    return reporter_for(
        sys.stderr, verbosity=verbosity, explain=request.explain, json=request.json, color=request.color
    )
