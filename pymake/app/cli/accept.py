"""`accept` and `forget`: what the user knows better than the traces."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymake.app.cli.opening import open_project
from pymake.app.cli.words import split_variables
from pymake.app.session import Aim, open_session
from pymake.engine.accepting import Acceptance, Unacceptable
from pymake.errors import UsageError, nearest
from pymake.model.causes import CAUSES
from pymake.model.trace import origin_of
from pymake.store.folder import open_state
from pymake.store.lock import BuildLock
from pymake.store.snapshot import drop_snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pymake.app.cli.requests import AcceptRequest, BuildRequest, ForgetRequest, Request
    from pymake.app.session import Session


def accept(request: AcceptRequest) -> int:
    """Take the present state of the targets, and of all they need, as good; 1 if that of some job cannot be."""
    for cause in request.causes:
        if cause not in CAUSES:
            near = nearest(cause, CAUSES)
            raise UsageError(
                f"no cause {cause!r}",
                facts=[("nearest", near[0])] if near else (),
                hint=f"one of {', '.join(CAUSES)}",
            )
    with _writing(request, no_wait=request.no_wait) as session:
        return _accept(session, request.causes)


def touch(request: BuildRequest) -> int:
    """The same under the name that make has for it."""
    with _writing(request, no_wait=request.options.no_wait) as session:
        return _accept(session, ())


def forget(request: ForgetRequest) -> int:
    """Drop what is remembered of the jobs that make the targets.

    Raises:
        UsageError: no target is named: that would be everything.
    """
    if not split_variables(request.words)[0]:
        raise UsageError("forget needs a target", hint="name tasks or files; to forget everything, remove .pymake")
    with _writing(request, no_wait=request.no_wait) as session:
        for job in session.goals:
            session.memory.forget(session.manifests.key(job))
            print(f"forgot {session.plan.label(job)}")
    return 0


def _accept(session: Session, causes: Collection[str]) -> int:
    acceptance = Acceptance(
        plan=session.plan,
        memory=session.memory,
        files=session.files,
        manifests=session.manifests,
        rebuilder=session.rebuilder,
        causes=causes,
        now=time.time(),
        origin=origin_of(session.project.origin),
    )
    code = 0
    for job in session.plan.jobs():
        if not session.wanted[job] or session.plan.is_expand_job(job):
            continue
        found = acceptance.accept(job)
        if isinstance(found, Unacceptable):
            print(f"pymake: cannot accept {session.plan.label(job)}: {found.why}", file=sys.stderr)
            code = 1
        elif found is not None:
            print(f"accepted {session.plan.label(job)}")
    return code


@contextmanager
def _writing(request: Request, *, no_wait: bool) -> Iterator[Session]:
    """A session that may write to the memory, and to nothing else."""
    targets, overrides = split_variables(request.words)
    opened = open_project(request, overrides, restoring=False)
    root = opened.project.root
    lock = BuildLock(root)
    lock.acquire(wait=not no_wait, on_wait=lambda text: print(f"pymake: {text}", file=sys.stderr))
    try:
        state = open_state(root, writing=True)
        try:
            drop_snapshot(root)
            yield open_session(
                opened.project, Aim(targets=targets, where=opened.where, strict=False), state, writing=True
            )
        finally:
            state.close()
    finally:
        lock.release()
