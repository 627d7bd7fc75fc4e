"""The open files of this process: enough of them, and the first three not for sale."""

from __future__ import annotations

import os
import resource

from pymake.errors import StateError

_FILES_OF_SLOT = 4
"""Open files of a slot: log, line to the worker, process; and the second log or line at a change."""
_FILES_BESIDES = 16


def allow_files(slots: int) -> None:
    """Make sure of enough open files now: in the middle of a build, the lack would cost what runs.

    Raises:
        StateError: the system allows fewer.
    """
    needed = len(os.listdir("/dev/fd")) + slots * _FILES_OF_SLOT + _FILES_BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (OSError, ValueError) as error:
        raise StateError(
            f"{slots} jobs at a time need {needed} open files, and the system allows {soft}",
            hint="a smaller number of jobs (-j), or a higher limit (ulimit -n)",
        ) from error


def occupy_standard_files() -> None:
    """Open what is missing of the files 0, 1 and 2: a log or a socket with such a number would become a job's stdin."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:  # the lowest that is free
        pass
    os.close(fd)
