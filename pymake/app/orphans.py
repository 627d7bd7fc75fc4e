"""What becomes of files that no job makes any more, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.engine.orphans import forget_orphans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymake.app.session import Session
    from pymake.engine.orphans import Orphaned

FEW = 5
"""So many removed files are named; of more, the first ones and how many."""


def clear_orphans(session: Session, orphaned: Orphaned) -> Iterator[str]:
    """Remove what is as pymake wrote it, leave to the user what was changed since, and say so."""
    for path in orphaned.removable:
        session.disk.remove(path)
    forget_orphans(session.memory, orphaned)
    if orphaned.removable:
        yield f"removed what no job makes any more: {few(orphaned.removable)}"
    for path in orphaned.kept:
        yield f"kept {path}: no job makes it any more, but it was changed after pymake wrote it; it is yours now"


def few(paths: Sequence[str]) -> str:
    """The first paths, and how many more."""
    more = f" and {len(paths) - FEW} more" if len(paths) > FEW else ""
    return ", ".join(paths[:FEW]) + more
