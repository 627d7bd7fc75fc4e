"""`log`: what jobs printed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pymake.app.cli.look import opened
from pymake.app.cli.output import write_bytes, write_lines

if TYPE_CHECKING:
    from pymake.app.cli.requests import LogRequest


def log(request: LogRequest) -> int:
    """Show kept logs; 1 if a job never ran."""
    session = opened(request)
    memory, code = session.memory, 0
    for job in session.goals:
        key = session.manifests.key(job)
        if memory.trace(key) is None and memory.failure(key) is None:
            print(f"pymake: {session.plan.label(job)} never ran", file=sys.stderr)
            code = 1
            continue
        if len(session.goals) > 1:
            write_lines([f"== {session.plan.label(job)}"])
        write_bytes(session.logs.read(key))
    return code
