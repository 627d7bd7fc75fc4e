"""Building from Python: `build`, `pipeline_run` and `Pipeline.run`."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from pymake.app.building import build as build_project
from pymake.app.finding import root_of
from pymake.app.options import BuildOptions
from pymake.app.printing import pipeline_printout, pipeline_printout_graph
from pymake.app.reporting import reporter_for
from pymake.app.script import REGENERATE, Logger, ScriptOptions, Target, forced_of, names_of, scope_of, targets_of
from pymake.errors import BuildFileError, Interrupted, JobsFailed
from pymake.frontends import pipeline
from pymake.frontends.context import current
from pymake.frontends.made import project as made_project
from pymake.frontends.places import caller
from pymake.frontends.project import load_project
from pymake.reporters.abbreviating import AbbreviatingReporter
from pymake.reporters.lines import Verbosity
from pymake.reporters.logger import LoggerReporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pymake.interfaces import Reporter
    from pymake.model.events import Summary
    from pymake.model.task import Project

_REASONS = 4
"""From this value of `verbose` on it is told why a job runs."""


class Pipeline(pipeline.Pipeline):
    """Tasks declared by calls, and run by `run`.

    >>> Pipeline("docs").name
    'docs'
    """

    def run(self, *arguments: object, **named: object) -> Summary:
        """Bring the targets (default: all tasks of this pipeline) up to date. Parameters as those of `pipeline_run`.

        Raises:
            JobsFailed: jobs failed; `errors` has one typed error for each.
            PymakeError: nothing has run.
        """
        run: Callable[..., Summary] = pipeline_run
        return run(*arguments, pipeline=self, **named)

    def printout(self, *arguments: object, **named: object) -> None:
        """Say what `run` would do. Parameters as those of `pipeline_printout`."""
        printout: Callable[..., None] = pipeline_printout
        printout(*arguments, pipeline=self, **named)

    def printout_graph(self, *arguments: object, **named: object) -> None:
        """Draw the tasks. Parameters as those of `pipeline_printout_graph`."""
        printout_graph: Callable[..., None] = pipeline_printout_graph
        printout_graph(*arguments, pipeline=self, **named)

    def get_task_names(self) -> list[str]:
        """The names of the tasks, in the order of declaration."""
        return [task.name for task in self._declarations.tasks.values()]


main = Pipeline.of_decorators()
"""The pipeline that the decorators fill."""


def pipeline_run(
    target_tasks: Target | Iterable[Target] = (),
    forcedtorun_tasks: Target | Iterable[Target] = (),
    multiprocess: int = 1,
    logger: Logger | None = None,
    gnu_make_maximal_rebuild_mode: bool = True,
    verbose: int | None = None,
    runtime_data: Mapping[str, object] | None = None,
    one_second_per_job: bool | None = None,
    touch_files_only: bool | int = False,
    exceptions_terminate_immediately: bool = False,
    log_exceptions: bool = False,
    checksum_level: int | None = None,
    multithread: int = 0,
    history_file: str | os.PathLike[str] | None = None,
    verbose_abbreviated_path: int | None = None,
    pipeline: Pipeline | str | None = None,
    pool_manager: str = "multiprocessing",
    *,
    keep_going: bool = False,
    always_make: bool = False,
) -> Summary:
    """Bring tasks of this script up to date. The root is the current folder. `docs/script.md` has every parameter.

    Targets are names, functions, declared tasks, pipelines (all their tasks), paths and globs; without any, all tasks
    of `pipeline`, or of all pipelines. `multiprocess=1` calls functions in this process and thread, N in exactly N
    worker processes, `multithread=N` in N threads of this process.

    Raises:
        JobsFailed: jobs failed; `errors` has one typed error for each.
        PymakeError: nothing has run.
    """
    options = ScriptOptions(
        multiprocess=multiprocess,
        logger=logger,
        gnu_make_maximal_rebuild_mode=gnu_make_maximal_rebuild_mode,
        verbose=verbose,
        runtime_data=runtime_data or {},
        one_second_per_job=one_second_per_job,
        touch_files_only=touch_files_only,
        exceptions_terminate_immediately=exceptions_terminate_immediately,
        log_exceptions=log_exceptions,
        checksum_level=checksum_level,
        multithread=multithread,
        history_file=history_file,
        verbose_abbreviated_path=verbose_abbreviated_path,
        pool_manager=pool_manager,
        keep_going=keep_going,
        always_make=always_make,
    )
    return _run_script(target_tasks, forcedtorun_tasks, pipeline, options)


def pipeline_get_task_names(pipeline: Pipeline | str | None = None) -> list[str]:
    """The names of the tasks of a pipeline, or of all, in the order of declaration."""
    scope = scope_of(pipeline)
    scopes = current().pipelines.values() if scope is None else [scope]
    return [task.full_name for one in scopes for task in one.tasks.values()]


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
        targets=names_of(targets, None),
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


def _run_script(targets: object, forced: object, pipeline: object, options: ScriptOptions) -> Summary:
    _check_not_read()
    scope = scope_of(pipeline)
    build_options = options.build_options(targets_of(targets, scope), forced_of(forced, scope))
    root = os.getcwd()
    project = made_project(current(), root, options.runtime_data)
    reporter = _script_reporter(options)
    if options.touch_files_only == REGENERATE and options.touch_files_only is not True:
        from pymake.app.regenerating import regenerate  # noqa: PLC0415  # hardly ever asked for

        return regenerate(project, build_options, reporter)
    return _ended(project, build_options, "", reporter)


def _script_reporter(options: ScriptOptions) -> Reporter:
    verbosity, explain = _verbosity(options.level), options.level >= _REASONS
    if options.logger is None:
        reporter = reporter_for(sys.stderr, verbosity=verbosity, explain=explain)
    else:
        reporter = LoggerReporter(
            options.logger, verbosity=verbosity, explain=explain, log_exceptions=options.log_exceptions
        )
    levels = options.verbose_abbreviated_path or 0
    return AbbreviatingReporter(reporter, levels) if levels else reporter


def _verbosity(level: int) -> Verbosity:
    return Verbosity.SILENT if level <= 0 else Verbosity.VERBOSE if level > 1 else Verbosity.NORMAL


def _run(project: Project, options: BuildOptions, where: str, verbose: int) -> Summary:
    reporter = reporter_for(sys.stderr, verbosity=_verbosity(verbose))
    return _ended(project, options, "" if where == "." else where, reporter)


def _ended(project: Project, options: BuildOptions, where: str, reporter: Reporter) -> Summary:
    """The summary of a build that went well."""
    try:
        summary = build_project(project, options, where=where, reporter=reporter)
    finally:
        reporter.close()
    if summary.interrupted == signal.SIGINT:
        raise KeyboardInterrupt
    if summary.interrupted is not None:
        raise Interrupted(summary.interrupted)
    if summary.errors:
        raise JobsFailed(summary.errors) from summary.errors[0].exception
    return summary
