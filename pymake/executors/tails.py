"""What a running job printed last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.executors.slot import Slot

_LAST_BYTES = 2000


class Tails:
    """The ends of the outputs of running jobs. May be asked from any thread: it only looks."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._slots = slots

    def __call__(self, job: int) -> str:
        """The last 2,000 bytes that the job printed; empty if it printed nothing, or does not run any more."""
        for slot in self._slots:
            run = slot.run
            if run is not None and run.launch.job == job:
                return _end_of(slot.log_of(run))
        return ""


def _end_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(size - _LAST_BYTES, 0))
            return file.read(_LAST_BYTES).decode("utf-8", "replace")
    except OSError:  # the job has just ended, and its output has another name
        return ""
