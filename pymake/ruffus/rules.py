"""The rules of being up to date, as functions that users call in their own `check_if_uptodate` functions."""

from __future__ import annotations

import os

from pymake.ruffus.history import History
from pymake.ruffus.jobtext import reason_lines
from pymake.ruffus.ruffus_exceptions import error_not_a_directory
from pymake.ruffus.ruffus_utility import open_job_history
from pymake.ruffus.structure import names_in
from pymake.ruffus.timestamps import Compared, Digests, is_up_to_date, judge
from pymake.ruffus.world import Now


def needs_update_check_modify_time(*params: object, **kwargs: object) -> tuple[bool, str]:
    """Whether a job with these parameters has to run, and why, by times and records.

    Args:
        *params: input, output, extras.
        **kwargs: `task`, whose function counts at level 2; `job_history`, the history to look into; `checksum_level`.
    """
    history = kwargs.get("job_history")
    opened = None if isinstance(history, Now) or history is None else history
    level = kwargs.get("checksum_level", getattr(kwargs.get("task"), "checksum_level", 1 if opened is not None else 0))
    assert isinstance(level, int), "a level is a number"
    now = Now(runtime_data={}, history=_history(opened), level=level)
    judgement = judge(params, lambda: Digests(function="", extras=""), now, level)
    lines = reason_lines(judgement, 2)
    text = "Up to date" if isinstance(judgement, Compared) and is_up_to_date(judgement) else " ".join(lines)
    return not is_up_to_date(judgement), text


def _history(given: object) -> History | None:
    return given if isinstance(given, History) or given is None else open_job_history(str(given))


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
