"""`clean`: remove what pymake wrote."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pymake.app.cleaning import sort_outputs
from pymake.app.cli.opening import Opened, open_project
from pymake.app.cli.output import write_lines
from pymake.app.cli.words import split_variables
from pymake.app.orphans import clear_orphans
from pymake.app.session import Aim, disk_of, look, open_session
from pymake.store.folder import open_state
from pymake.store.lock import BuildLock

if TYPE_CHECKING:
    from pymake.app.cli.requests import CleanRequest
    from pymake.app.session import Session


def clean(request: CleanRequest) -> int:
    """Remove what pymake wrote; keep and name what was changed since."""
    targets, overrides = split_variables(request.words)
    opened = open_project(request, overrides, restoring=False)
    root, dry_run = opened.project.root, request.dry_run
    with ExitStack() as stack:
        if not dry_run:
            lock = BuildLock(root)
            lock.acquire(wait=not request.no_wait, on_wait=lambda text: print(f"pymake: {text}", file=sys.stderr))
            stack.callback(lock.release)
        state = open_state(root, writing=not dry_run)
        stack.callback(state.close)
        memory = state.memory
        disk = disk_of(opened.project)
        if request.orphans:
            return _clean_orphans(open_session(opened.project, Aim(strict=False), state), dry_run=dry_run)
        cleaning = sort_outputs(memory, disk, _keys(opened, targets) if targets else sorted(memory.keys()))
        for path in cleaning.removed:
            if not dry_run:
                disk.remove(path)
            print(f"{'would remove' if dry_run else 'removed'} {path}")
    for path in cleaning.kept:
        print(f"kept {path}: it was changed after pymake wrote it")
    return 0


def _clean_orphans(session: Session, *, dry_run: bool) -> int:
    """Do, or only tell, what the next build would do with them."""
    if dry_run:
        for path in session.orphaned.removable:
            print(f"would remove {path}")
        for path in session.orphaned.kept:
            print(f"would keep {path}: it was changed after pymake wrote it")
        return 0
    write_lines(clear_orphans(session, session.orphaned))
    return 0


def _keys(opened: Opened, targets: tuple[str, ...]) -> list[str]:
    """The keys of the jobs that make the targets."""
    session = look(opened.project, Aim(targets=targets, where=opened.where, strict=False))
    return [session.manifests.key(job) for job in session.goals]
