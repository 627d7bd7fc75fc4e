"""Names that scripts import from here: the levels, and where the history is."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.ruffus import indicators, ruffus_exceptions
from pymake.ruffus.arguments import parse_task_arguments
from pymake.ruffus.history import History, Record
from pymake.ruffus.indicators import *  # noqa: F403  # scripts find these words here too
from pymake.ruffus.ruffus_exceptions import *  # noqa: F403  # and the exceptions
from pymake.ruffus.ruffus_exceptions import error_checksum_level
from pymake.ruffus.structure import first_name as get_first_string_in_nested_sequence
from pymake.ruffus.structure import is_pattern as is_glob
from pymake.ruffus.structure import is_sequence as non_str_sequence
from pymake.ruffus.structure import names_in as get_strings_in_flattened_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.ruffus.tasks import Task

__all__ = [
    "CHECKSUM_FILE_TIMESTAMPS",
    "CHECKSUM_FUNCTIONS",
    "CHECKSUM_FUNCTIONS_AND_PARAMS",
    "CHECKSUM_HISTORY_TIMESTAMPS",
    "CHECKSUM_REGENERATE",
    "RUFFUS_HISTORY_FILE",
    "JobHistoryChecksum",
    "get_default_checksum_level",
    "get_default_history_file_name",
    "get_first_string_in_nested_sequence",
    "get_history_file_path",
    "get_strings_in_flattened_sequence",
    "is_glob",
    "non_str_sequence",
    "open_job_history",
    "parse_task_arguments",
]
__all__ += indicators.__all__
__all__ += ruffus_exceptions.__all__

CHECKSUM_FILE_TIMESTAMPS = 0
CHECKSUM_HISTORY_TIMESTAMPS = 1
CHECKSUM_FUNCTIONS = 2
CHECKSUM_FUNCTIONS_AND_PARAMS = 3
CHECKSUM_REGENERATE = 2
"""For `touch_files_only`: write records of what is there, and nothing else."""

RUFFUS_HISTORY_FILE = ".ruffus_history.sqlite"


def get_default_checksum_level(environ: Mapping[str, str] = os.environ) -> int:
    """The level where none is asked for: `DEFAULT_RUFFUS_CHECKSUM_LEVEL`, else 1.

    Raises:
        error_checksum_level: the variable is no digit from 0 to 3.
    """
    text = environ.get("DEFAULT_RUFFUS_CHECKSUM_LEVEL")
    if text is None:
        return CHECKSUM_HISTORY_TIMESTAMPS
    if text not in ("0", "1", "2", "3"):
        raise error_checksum_level(
            f"The environmental variable DEFAULT_RUFFUS_CHECKSUM_LEVEL is {text!r}, and must be a digit from 0 to 3"
        )
    return int(text)


def get_default_history_file_name(environ: Mapping[str, str] = os.environ) -> str:
    """Where the history is, if a run names no file.

    `DEFAULT_RUFFUS_HISTORY_FILE` may use `{basename}`, `{ext}`, `{path}`, `{subdir[0]}` and `{subpath[0]}` of the
    script's path.
    """
    name = environ.get("DEFAULT_RUFFUS_HISTORY_FILE")
    if not name:
        return RUFFUS_HISTORY_FILE
    script = os.path.abspath(getattr(sys.modules["__main__"], "__file__", None) or sys.argv[0] or ".")
    folder, (base, ext) = os.path.dirname(script), os.path.splitext(os.path.basename(script))
    above = [folder]
    while os.path.dirname(above[-1]) != above[-1]:
        above.append(os.path.dirname(above[-1]))
    names = [os.path.basename(path) or "/" for path in above]
    return name.format(basename=base, ext=ext, path=folder, subpath=above, subdir=names)


def JobHistoryChecksum(  # noqa: N802  # the name of a class of Ruffus
    outfile: str, mtime: float, params: Sequence[object], task: Task
) -> Record:
    """The record of an output of this task with these extras."""
    from pymake.ruffus.digests import extras_digest, function_digest  # noqa: PLC0415  # it imports much

    return Record(
        outfile=outfile,
        mtime=mtime,
        chksum_params=extras_digest(params),
        chksum_func=function_digest(task.user_defined_work_func),
    )


def open_job_history(history_file: str | None) -> History:
    """The history in this file, or in the default one; a mapping from paths to records."""
    return History(history_file or get_default_history_file_name())


def get_history_file_path(filename: str, job_history: History) -> str:
    """The key of an output in a history."""
    return job_history.key(filename)
