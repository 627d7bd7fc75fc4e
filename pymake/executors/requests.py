"""A launch as a message to a worker."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

from pymake.errors import CallFailed
from pymake.executors.wire import Request, pack
from pymake.model.job import Call, Failed

if TYPE_CHECKING:
    from pymake.model.job import Launch

UNPICKLABLE = (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError)
"""What pickle raises for an argument that cannot travel."""


def request_for(launch: Launch, root: str, *, lined_up: bool) -> bytes:
    """A launch as a message to a worker.

    Raises:
        Exception: an argument cannot be pickled.
    """
    action = launch.action
    task, arguments = (action.task, action.arguments) if isinstance(action, Call) else (None, action.commands)
    return pack(
        Request(
            task=task,
            arguments=arguments,
            env=launch.env,
            cwd=action.cwd,
            log=os.path.join(root, launch.log),
            clear=launch.clear,
            lined_up=lined_up,
            last=launch.fresh,
        )
    )


def cannot_travel(launch: Launch, started: float, error: Exception) -> Failed:
    """How a job ends whose request cannot be made."""
    reason = CallFailed(f"an argument cannot be sent to a worker process: {error}")
    return Failed(job=launch.job, started=started, seconds=0.0, printed=False, error=reason)
