"""The rules of being up to date, as functions that users call in their own `check_if_uptodate` functions."""

from __future__ import annotations

import os

from pymake.ruffus.ruffus_exceptions import error_not_a_directory
from pymake.ruffus.structure import names_in


def needs_update_check_modify_time(*params: object, **kwargs: object) -> tuple[bool, str]:
    """Whether a job with these parameters has to run, and why, by times and records.

    Args:
        *params: input, output, extras.
        **kwargs: `task`, whose function counts at level 2; `job_history`, the history to look into; `checksum_level`.
    """
    from pymake.ruffus.judging import judged  # noqa: PLC0415  # a function that few scripts call

    return judged(params, kwargs)


def needs_update_check_directory_missing(*params: object, **kwargs: object) -> tuple[bool, str]:
    """Whether one of these folders is missing, and which.

    Raises:
        error_not_a_directory: a file is in its place.
    """
    del kwargs
    names = names_in(params[-1] if len(params) == 1 else params[1])
    for name in names:
        if os.path.exists(name) and not os.path.isdir(name):
            raise error_not_a_directory(f"{name} already exists but as a file, not a directory")
    missing = [name for name in names if not os.path.isdir(name)]
    if missing:
        return True, f": Directories {', '.join(missing)!r} are missing"
    return False, "All directories exist"
