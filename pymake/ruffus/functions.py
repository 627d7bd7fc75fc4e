"""The functions that run, print and draw pipelines, with all their parameters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymake.ruffus.loggers import stderr_logger
from pymake.ruffus.taskset import TaskSet, all_tasks, lookup_pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from pymake.ruffus.flowchart import Colours, Drawing
    from pymake.ruffus.loggers import Logger
    from pymake.ruffus.printout import Stream


def pipeline_run(
    target_tasks: object = (),
    forcedtorun_tasks: object = (),
    multiprocess: int = 1,
    logger: Logger = stderr_logger,
    gnu_make_maximal_rebuild_mode: bool = True,
    verbose: int | None = None,
    runtime_data: MutableMapping[str, object] | None = None,
    one_second_per_job: bool | None = None,
    touch_files_only: bool | int = False,
    exceptions_terminate_immediately: bool = False,
    log_exceptions: bool = False,
    checksum_level: int | None = None,
    multithread: int = 0,
    history_file: str | None = None,
    verbose_abbreviated_path: int | None = None,
    pipeline: TaskSet | str | None = None,
    pool_manager: str = "multiprocessing",
) -> None:
    """Bring tasks up to date.

    Args:
        target_tasks: names, functions, tasks or pipelines; all tasks when none is given.
        forcedtorun_tasks: all jobs of these run, if a target needs the task.
        multiprocess: so many worker processes; with 1, jobs run in this process and thread.
        logger: what takes the messages.
        gnu_make_maximal_rebuild_mode: look at all tasks above the targets; else not above one that is up to date.
        verbose: 0 says nothing, 1 names tasks, up to 7.
        runtime_data: the values for `runtime_parameter`.
        one_second_per_job: wait a second before the first job of each task.
        touch_files_only: touch outputs in place of running; 2 only writes records of what is there.
        exceptions_terminate_immediately: end running jobs at the first error.
        log_exceptions: tell the logger of each error when it comes.
        checksum_level: 0 to 3, how much beside times decides.
        multithread: so many threads of this process in place of worker processes.
        history_file: where records are kept.
        verbose_abbreviated_path: how many levels of paths are shown.
        pipeline: the pipeline to run; all of them when none is given.
        pool_manager: `multiprocessing`, or `gevent` for threads.

    Raises:
        RethrownJobError: jobs failed.
        error_task: the pipeline cannot be run as it is.
        ValueError: an unknown pool manager.
    """
    from pymake.ruffus import acting  # noqa: PLC0415  # half of what importing the package would cost

    slots = max(multiprocess, multithread, 1)
    silent = 1 if verbose is None else verbose
    messages = acting.Messages(logger, silent, 2 if verbose_abbreviated_path is None else verbose_abbreviated_path)
    aim = acting.Aim(
        pipeline=pipeline,
        targets=target_tasks,
        forced=forcedtorun_tasks,
        maximal=gnu_make_maximal_rebuild_mode,
        runtime_data=runtime_data,
        level=checksum_level,
        history_file=history_file,
        touch_only=touch_files_only,
    )
    conduct = acting.Conduct(
        slots=slots,
        touch_only=touch_files_only,
        terminate_at_once=exceptions_terminate_immediately,
        log_exceptions=log_exceptions,
        one_second=bool(one_second_per_job),
    )
    acting.run(aim, conduct, messages, threads=multithread > 0, pool=pool_manager)


def pipeline_printout(
    output_stream: Stream | None = None,
    target_tasks: object = (),
    forcedtorun_tasks: object = (),
    verbose: int | None = None,
    indent: int = 4,
    gnu_make_maximal_rebuild_mode: bool = True,
    wrap_width: int = 100,
    runtime_data: Mapping[str, object] | None = None,
    checksum_level: int | None = None,
    history_file: str | None = None,
    verbose_abbreviated_path: int | None = None,
    pipeline: TaskSet | str | None = None,
) -> None:
    """Print what `pipeline_run` would do.

    Args:
        output_stream: what has a `write`; standard output by default.
        target_tasks: as for `pipeline_run`.
        forcedtorun_tasks: as for `pipeline_run`.
        verbose: 4 by default; 0 prints nothing, 7 everything.
        indent: letters before jobs.
        gnu_make_maximal_rebuild_mode: as for `pipeline_run`.
        wrap_width: letters in a line.
        runtime_data: as for `pipeline_run`.
        checksum_level: as for `pipeline_run`.
        history_file: as for `pipeline_run`.
        verbose_abbreviated_path: as for `pipeline_run`.
        pipeline: as for `pipeline_run`.
    """
    from pymake.ruffus import acting  # noqa: PLC0415  # as above

    aim = acting.Aim(
        pipeline=pipeline,
        targets=target_tasks,
        forced=forcedtorun_tasks,
        maximal=gnu_make_maximal_rebuild_mode,
        runtime_data=runtime_data,
        level=checksum_level,
        history_file=history_file,
    )
    style = acting.Style(
        verbose=4 if verbose is None else verbose,
        abbreviated=2 if verbose_abbreviated_path is None else verbose_abbreviated_path,
        indent=indent,
        width=wrap_width,
    )
    acting.print_to(sys.stdout if output_stream is None else output_stream, aim, style)


def pipeline_printout_graph(
    stream: Drawing,
    output_format: str | None = None,
    target_tasks: object = (),
    forcedtorun_tasks: object = (),
    draw_vertically: bool = True,
    ignore_upstream_of_target: bool = False,
    skip_uptodate_tasks: bool = False,
    gnu_make_maximal_rebuild_mode: bool = True,
    test_all_task_for_update: bool = True,
    no_key_legend: bool = False,
    minimal_key_legend: bool = True,
    user_colour_scheme: Colours | None = None,
    pipeline_name: str = "Pipeline:",
    size: tuple[float, float] = (11, 8),
    dpi: int = 120,
    runtime_data: Mapping[str, object] | None = None,
    checksum_level: int | None = None,
    history_file: str | None = None,
    pipeline: TaskSet | str | None = None,
) -> None:
    """Draw the tasks and what waits for what.

    Args:
        stream: a file name, or a stream of bytes.
        output_format: `dot`, or what the program of that name can write; by default the ending of the file name.
        target_tasks: as for `pipeline_run`.
        forcedtorun_tasks: as for `pipeline_run`.
        draw_vertically: from top to bottom, else from left to right.
        ignore_upstream_of_target: draw only the targets and what is above them, nothing below.
        skip_uptodate_tasks: leave out tasks that are up to date.
        gnu_make_maximal_rebuild_mode: as for `pipeline_run`.
        test_all_task_for_update: look at every task, for its colour.
        no_key_legend: no explanation of the colours.
        minimal_key_legend: explain only the colours that are used.
        user_colour_scheme: colours in place of the usual ones.
        pipeline_name: what is written above.
        size: in inches.
        dpi: dots to the inch.
        runtime_data: as for `pipeline_run`.
        checksum_level: as for `pipeline_run`.
        history_file: as for `pipeline_run`.
        pipeline: as for `pipeline_run`.
    """
    from pymake.ruffus import acting  # noqa: PLC0415  # as above
    from pymake.ruffus.flowchart import Chart  # noqa: PLC0415  # as above

    aim = acting.Aim(
        pipeline=pipeline,
        targets=target_tasks,
        forced=forcedtorun_tasks,
        maximal=gnu_make_maximal_rebuild_mode,
        runtime_data=runtime_data,
        level=checksum_level,
        history_file=history_file,
    )
    chart = Chart(
        vertical=draw_vertically,
        ignore_below=ignore_upstream_of_target,
        skip_up_to_date=skip_uptodate_tasks,
        legend=not no_key_legend,
        minimal_legend=minimal_key_legend,
        colours=user_colour_scheme or {},
        title=pipeline_name,
        size=size,
        dpi=dpi,
        look_at_all=test_all_task_for_update,
    )
    acting.draw_to(stream, output_format, aim, chart)


def pipeline_get_task_names(pipeline: TaskSet | str | None = None) -> list[str]:
    """The names of all tasks of all pipelines, in the order of their declaration. A pipeline must exist."""
    if pipeline is not None:
        lookup_pipeline(pipeline)
    return [task._name for task in all_tasks(TaskSet.pipelines.values())]
