"""After a build: keep a snapshot, so that the same command line, with nothing to do, is answered by the fast door."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.door import key_of, start_of
from pymake.model.events import BuildEnded, Note, Summary
from pymake.model.ids import FileId
from pymake.model.observed import Found
from pymake.reporters.lines import Verbosity
from pymake.store.snapshot import KeptLine, drop_snapshot, is_believed, write_snapshot

if TYPE_CHECKING:
    from pymake.app.session import Session
    from pymake.engine.files import Settled
    from pymake.model.events import Event
    from pymake.reporters.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A command line as it was given: its words, and the folder that was current. `lines` shows its events."""

    words: tuple[str, ...]
    here: str
    lines: Lines

    @property
    def is_verbose(self) -> bool:
        """Whether the user wants to hear more."""
        return self.lines.verbosity is Verbosity.VERBOSE


def keep(session: Session, summary: Summary, given: Given) -> None:
    """Write the snapshot if the next build with this command line has nothing to do as long as nothing changes.

    The journal is closed, and the lock held. What cannot be written is not kept: it is not worth a word.
    """
    root = session.project.root
    where = _where(root, given)
    settled = session.files.settled()
    if where is None or not is_believed(session.observed) or not _is_final(session, summary, settled):
        drop_snapshot(root)
        return
    plan = session.plan
    whole = len(settled.rows) == plan.file_count
    line = KeptLine(
        key=key_of(given.words, where),
        rows=None if whole else settled.rows,
        kinds={
            **{plan.path(FileId(file)): Found.NOTHING for file in settled.absent},
            **{plan.path(FileId(file)): Found.FOLDER for file in settled.folders},
        },
        text=_text(session, given.lines),
    )
    try:
        write_snapshot(root, observed=session.observed, paths=plan.paths(), columns=settled.columns, lines=[line])
    except OSError:
        drop_snapshot(root)


def _where(root: str, given: Given) -> str | None:
    """The folder that targets are relative to, as the fast door will find it; None if it would find another one."""
    start = os.path.realpath(os.path.join(given.here, start_of(given.words)))
    where = os.path.relpath(start, os.path.realpath(root))
    return None if where.startswith("..") else "" if where == "." else where


def _is_final(session: Session, summary: Summary, settled: Settled) -> bool:
    """Whether every wanted job is clean now, and stays so by itself."""
    well = Summary(ran=summary.ran, up_to_date=summary.up_to_date, seconds=summary.seconds)
    if summary != well or settled.unsure or session.plan.has_patterns:
        return False  # what a pattern stands for is known after a look at folders
    return not any(session.wanted[job] and session.rebuilder.is_always(job) for job in session.plan.jobs())


def _text(session: Session, lines: Lines) -> bytes:
    """What the build says when there is nothing to do."""
    nothing = Summary(up_to_date=session.survey.total)
    events: list[Event] = [*(Note(text=note) for note in session.warnings), BuildEnded(summary=nothing)]
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return "".join(map(lines.of, events)).encode(encoding, "backslashreplace")
