"""Building from Python: `build`, `pipeline_run` and `Pipeline.run`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pymake.app.building import build as build_project
from pymake.app.finding import root_of
from pymake.app.options import BuildOptions
from pymake.app.reporting import reporter_for
from pymake.errors import BuildFileError, Interrupted, JobsFailed, UsageError
from pymake.frontends import pipeline
from pymake.frontends.context import current
from pymake.frontends.declared import DeclaredTask
from pymake.frontends.made import project as made_project
from pymake.frontends.places import caller
from pymake.frontends.project import load_project
from pymake.frontends.references import Unsuitable
from pymake.reporters.lines import Verbosity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymake.model.events import Summary
    from pymake.model.task import Project

Target = str | DeclaredTask | Callable[..., object]
"""A task by name, as declared or by its function; or a path or glob."""


class Pipeline(pipeline.Pipeline):
    """Tasks declared by calls, and run by `run`.

    >>> Pipeline("docs").name
    'docs'
    """

    def run(
        self,
        target_tasks: Target | Iterable[Target] = (),
        *,
        multiprocess: int = 1,
        keep_going: bool = False,
        always_make: bool = False,
        verbose: int = 1,
    ) -> Summary:
        """Bring the targets (names, functions, declared tasks, paths; default: all tasks of this pipeline) up to date.

        `multiprocess` jobs run at a time; with 1, functions are called in this very process. `verbose` 0 says nothing
        but failures, 2 also the commands. The root is the current folder.

        Raises:
            JobsFailed: jobs failed; `errors` has one typed error for each.
            PymakeError: nothing has run.
        """
        targets = _names(target_tasks) or tuple(task.full_name for task in self._declarations.tasks.values())
        if not targets:
            raise UsageError(f"pipeline {self.name} has no tasks")
        options = BuildOptions(
            targets=targets,
            jobs=multiprocess,
            keep_going=keep_going,
            always_make=always_make,
            inline=multiprocess == 1,
        )
        return _run_script(options, verbose)


main = Pipeline.of_decorators()
"""The pipeline that the decorators fill."""


def pipeline_run(target_tasks: Target | Iterable[Target] = (), *, multiprocess: int = 1, verbose: int = 1) -> Summary:
    """Bring tasks of any pipeline of this script up to date; all of them when none is named. See `Pipeline.run`."""
    options = BuildOptions(targets=_names(target_tasks), jobs=multiprocess, inline=multiprocess == 1)
    return _run_script(options, verbose)


def build(
    targets: str | Iterable[str] = (),
    jobs: int | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    directory: str | os.PathLike[str] | None = None,
    keep_going: bool = False,
    always_make: bool = False,
    keep_failed: bool = False,
    timeout: float | None = None,
    retries: int = 0,
    load_average: float | None = None,
    verbose: int = 1,
) -> Summary:
    """Load the build files of the current folder (or of `directory`, or above) and build, like the command.

    `jobs` is the number of slots, by default that of usable CPUs; with 1, functions are called in this very process,
    and what they print is not kept. `variables` replace those of the build files. The current folder is the same
    afterwards.

    Raises:
        JobsFailed: jobs failed; `errors` has one typed error for each.
        PymakeError: nothing has run.
    """
    here = os.getcwd()
    start = os.path.abspath(directory) if directory is not None else here
    _check_not_read()
    root = root_of(start, ())
    options = BuildOptions(
        targets=_names(targets),
        jobs=jobs,
        keep_going=keep_going,
        always_make=always_make,
        keep_failed=keep_failed,
        timeout=timeout,
        retries=retries,
        inline=jobs == 1,
        load_average=load_average,
    )
    try:
        os.chdir(root)
        return _run(load_project(root, None, variables or {}), options, os.path.relpath(start, root), verbose)
    finally:
        os.chdir(here)


def _check_not_read() -> None:
    """A build that starts while a build file is read would start again in each process that reads it."""
    if current().is_build_file:
        raise BuildFileError(
            "a build file declares tasks, and cannot build while it is read",
            place=current().place(caller()),
            hint="take the call out, or put it below: if __name__ == '__main__'",
        )


def _run_script(options: BuildOptions, verbose: int) -> Summary:
    _check_not_read()
    root = os.getcwd()
    return _run(made_project(current(), root), options, "", verbose)


def _run(project: Project, options: BuildOptions, where: str, verbose: int) -> Summary:
    verbosity = Verbosity.SILENT if verbose <= 0 else Verbosity.VERBOSE if verbose > 1 else Verbosity.NORMAL
    reporter = reporter_for(sys.stderr, verbosity=verbosity)
    try:
        summary = build_project(project, options, where="" if where == "." else where, reporter=reporter)
    finally:
        reporter.close()
    if summary.interrupted == signal.SIGINT:
        raise KeyboardInterrupt
    if summary.interrupted is not None:
        raise Interrupted(summary.interrupted)
    if summary.errors:
        raise JobsFailed(summary.errors)
    return summary


def _names(targets: object) -> tuple[str, ...]:
    if isinstance(targets, (str, DeclaredTask)) or callable(targets):
        return (_name(targets),)
    if isinstance(targets, (list, tuple, set, frozenset)):
        return tuple(map(_name, targets))
    raise UsageError(f"targets cannot be {type(targets).__name__}", hint="name tasks, functions or paths, or a list")


def _name(target: object) -> str:
    if isinstance(target, str):
        return target
    if isinstance(target, DeclaredTask):
        return target.full_name
    if callable(target):
        try:
            return current().task_of(target).full_name
        except Unsuitable as error:
            raise UsageError(str(error), facts=error.facts, hint=error.hint) from None
    raise UsageError(f"{target!r} is no target", hint="name a task, a function or a path")
