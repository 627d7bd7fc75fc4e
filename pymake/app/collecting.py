"""No garbage collection while a plan is made and surveyed: nothing made then becomes garbage before the end.

Each collection walks everything that lives. Measured with 10,000 jobs: 0.63 s of CPU time for "nothing to do" with
the collector, 0.46 s without.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the collector; what was made meanwhile is left alone by it for good."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def collect_what_was_left() -> None:
    """Collect what is garbage by now of that which pauses left alone: for a process that makes plan after plan.

    Plans are full of rings, so without this each would stay for good: 47 objects a build of a small project. It walks
    through all that lives, 4 ms in such a project.
    """
    gc.unfreeze()
    gc.collect()
