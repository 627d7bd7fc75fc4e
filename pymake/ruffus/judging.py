"""The rule of times and records for a job that a script has in its hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.history import History
from pymake.ruffus.jobtext import reason_lines
from pymake.ruffus.ruffus_utility import open_job_history
from pymake.ruffus.timestamps import Digests, is_up_to_date, judge
from pymake.ruffus.world import Now, digests_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def judged(parameters: Sequence[object], words: Mapping[str, object]) -> tuple[bool, str]:
    """Whether a job has to run, and why; `words` are those of `needs_update_check_modify_time`."""
    history = words.get("job_history")
    if history is not None and not isinstance(history, History):
        history = open_job_history(str(history))
    task = words.get("task")
    level = words.get("checksum_level", getattr(task, "checksum_level", 0 if history is None else 1))
    if not isinstance(level, int):
        raise TypeError(f"checksum_level is a number, not {level!r}")
    now = Now(runtime_data={}, history=history, level=level)
    function = getattr(task, "user_defined_work_func", None)

    def digests() -> Digests:
        return digests_of(function, parameters[2:]) if callable(function) else Digests(function="", extras="")

    judgement = judge(parameters, digests, now, level)
    if is_up_to_date(judgement):
        return False, "Up to date"
    return True, " ".join(reason_lines(judgement, 2))
