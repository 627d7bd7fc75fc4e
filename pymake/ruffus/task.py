"""What Ruffus keeps in `ruffus.task`: everything that scripts import from there."""

from __future__ import annotations

from pymake.ruffus.decorators import (
    active_if,
    check_if_uptodate,
    collate,
    files,
    files_re,
    follows,
    graphviz,
    jobs_limit,
    merge,
    mkdir,
    originate,
    parallel,
    posttask,
    run_in_main_process,
    split,
    subdivide,
    task_decorator,
    transform,
)
from pymake.ruffus.functions import (
    pipeline_get_task_names,
    pipeline_printout,
    pipeline_printout_graph,
    pipeline_run,
)
from pymake.ruffus.indicators import (
    add_inputs,
    combine,
    formatter,
    inputs,
    output_from,
    regex,
    runtime_parameter,
    suffix,
    touch_file,
)
from pymake.ruffus.loggers import (
    black_hole_logger,
    stderr_logger,
    t_black_hole_logger,
    t_stderr_logger,
    t_stream_logger,
)
from pymake.ruffus.pipelines import Pipeline, lookup_pipeline, main_pipeline
from pymake.ruffus.ruffus_exceptions import JobSignalledBreak
from pymake.ruffus.rules import needs_update_check_directory_missing, needs_update_check_modify_time
from pymake.ruffus.tasks import Task

__all__ = [
    "JobSignalledBreak",
    "Pipeline",
    "Ruffus_Keyboard_Interrupt_Exception",
    "Task",
    "active_if",
    "add_inputs",
    "black_hole_logger",
    "check_if_uptodate",
    "collate",
    "combine",
    "files",
    "files_re",
    "follows",
    "formatter",
    "graphviz",
    "inputs",
    "jobs_limit",
    "lookup_pipeline",
    "main_pipeline",
    "merge",
    "mkdir",
    "needs_update_check_directory_missing",
    "needs_update_check_modify_time",
    "originate",
    "output_from",
    "parallel",
    "pipeline_get_task_names",
    "pipeline_printout",
    "pipeline_printout_graph",
    "pipeline_run",
    "posttask",
    "regex",
    "register_cleanup",
    "run_in_main_process",
    "runtime_parameter",
    "split",
    "stderr_logger",
    "subdivide",
    "suffix",
    "t_black_hole_logger",
    "t_stderr_logger",
    "t_stream_logger",
    "task_decorator",
    "touch_file",
    "transform",
]


class Ruffus_Keyboard_Interrupt_Exception(Exception):
    """What stands in the list of exceptions for a Ctrl-C in a serial run."""


def register_cleanup(file_name: str, operation: object) -> None:
    """Does nothing, as in Ruffus, where it stands for a feature that never came."""
    del file_name, operation
