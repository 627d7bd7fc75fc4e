"""After a build: keep a snapshot, so that the next one need not evaluate, and looks only at what changed."""

from __future__ import annotations

import os
import sys
from array import array
from itertools import compress
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.door import Key, key_of, start_of
from pymake.engine.files import UNKNOWN
from pymake.model.events import BuildEnded, Note, Summary
from pymake.model.ids import FileId, JobId
from pymake.model.observed import Found
from pymake.model.rows import Rows
from pymake.reporters.lines import Verbosity
from pymake.store.plans import plan_sections, renewed_sections
from pymake.store.snapshot import Kept, KeptLine, drop_snapshot, is_believed, write_snapshot
from pymake.store.values import About, NotKept

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from pymake.app.session import Session
    from pymake.engine.settled import Settled
    from pymake.model.events import Event
    from pymake.reporters.lines import Lines
    from pymake.store.values import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A command line as it was given: its words, and the folder that was current. `lines` shows its events.

    `variant` says which plan it is about. `is_final` is false if a build with such options is never
    over without a look: then it is not kept as a line.
    """

    words: tuple[str, ...]
    here: str
    lines: Lines
    variant: Variant
    is_final: bool

    @property
    def is_verbose(self) -> bool:
        """Whether the user wants to hear more."""
        return self.lines.verbosity is Verbosity.VERBOSE

    def key(self, root: str) -> Key | None:
        """The key of the line as the fast door will find it; None if it would find another root."""
        start = os.path.realpath(os.path.join(self.here, start_of(self.words)))
        where = os.path.relpath(start, os.path.realpath(root))
        return None if where.startswith("..") else key_of(self.words, "" if where == "." else where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Files, and jobs that were found to read them."""

    pairs: Sequence[tuple[FileId, JobId]]


def reads_of(session: Session) -> Reads:
    """What the jobs of a build were found to read, to be asked while the memory still answers."""
    if session.plan.has_patterns:
        return Reads(pairs=())  # such a plan is not kept, and its expand jobs have no memory to ask for
    survey = session.survey
    found = {job: files for job, files in survey.discovered.items() if not survey.suspects[job]}
    for job in compress(map(JobId, range(len(survey.suspects))), survey.suspects):
        trace = session.memory.outline(session.manifests.key(job))
        if trace is not None and trace.discovered:
            found[job] = session.rebuilder.discovered(trace)
    return Reads(pairs=[(file, job) for job, files in found.items() for file in files])


def keep(session: Session, summary: Summary, given: Given, reads: Reads) -> None:
    """Write the snapshot. The journal is closed, and the lock held.

    What cannot be kept or written is not: it is not worth a word.
    """
    root = session.project.root
    try:
        if is_believed(session.observed) and not session.plan.has_patterns:
            _keep(session, summary, given, reads)
        else:
            drop_snapshot(root)
    except (NotKept, OSError, ValueError):
        drop_snapshot(root)


def _keep(session: Session, summary: Summary, given: Given, reads: Reads) -> None:
    settled = session.files.settled()
    changed = set(settled.changed)
    line = _line(session, summary, given, settled)
    kept = Kept(
        observed=session.observed,
        about=About(variant=given.variant, warnings=session.warnings, project=session.project).encoded(),
        columns=settled.columns,
        versions=_unnumbered(settled.versions) if session.memory.is_renumbered else settled.versions,
        clean=_clean(session, summary, changed),
        discoverers=_discoverers(session, reads),
        readers=_readers(session, reads),
        lines={**line, **_carried(session, changed, line)},
    )
    restored, plan = session.restored, session.plan
    sections = plan_sections(plan) if restored is None else renewed_sections(plan, restored.snapshot.section)
    write_snapshot(session.project.root, kept, plan.paths(), sections)


def _clean(session: Session, summary: Summary, changed: Iterable[FileId]) -> bytes:
    """A byte for each job: 1 if the stamps prove it clean.

    Whoever reads or makes a file that changed is not, unless this build has settled it.
    """
    plan, suspects = session.plan, session.survey.suspects
    before = None if session.known is None else session.known.before
    clean = bytearray(plan.job_count)
    if before is not None:
        clean[:] = before.clean
        for file in changed:
            producer = plan.producer(file)
            for job in (*plan.consumers(file), *_row(before.discoverers, file)):
                clean[job] = 0
            if producer is not None:
                clean[producer] = 0
    well = _is_well(summary)
    for job in compress(map(JobId, range(plan.job_count)), session.wanted):
        clean[job] = not suspects[job] or (well and not session.rebuilder.is_always(job))
    return bytes(clean)


def _row(rows: Rows, index: int) -> Sequence[int]:
    return rows[index] if index < len(rows) else ()


def _discoverers(session: Session, reads: Reads) -> Rows:
    """By file, the jobs that were found to read it, by this build or those before: too many do no harm."""
    before = None if session.known is None else session.known.before
    if before is not None:
        new = [(file, job) for file, job in reads.pairs if job not in _row(before.discoverers, file)]
        if not new:
            return before.discoverers
    by_file: dict[int, dict[int, None]] = {}
    if before is not None:
        by_file = {file: dict.fromkeys(jobs) for file, jobs in enumerate(before.discoverers)}
    for file, job in reads.pairs:
        by_file.setdefault(file, {})[job] = None
    rows = Rows()
    for row in range(max(by_file, default=-1) + 1):
        rows.append(by_file.get(row, ()))
    return rows


def _readers(session: Session, reads: Reads) -> dict[int, list[JobId]]:
    """By job, the jobs that were found to read what it makes."""
    found: dict[int, dict[JobId, None]] = {
        job: dict.fromkeys(readers) for job, readers in session.survey.readers.items()
    }
    for file, job in reads.pairs:
        producer = session.plan.producer(file)
        if producer is not None and producer != job:
            found.setdefault(producer, {})[job] = None
    return {job: list(readers) for job, readers in found.items()}


def _line(session: Session, summary: Summary, given: Given, settled: Settled) -> dict[Key, KeptLine]:
    """This line; it is over if every wanted job is clean now, and stays so by itself."""
    key = given.key(session.project.root)
    if key is None or not given.is_final:
        return {}
    kinds = {
        **{session.plan.path(FileId(file)): Found.NOTHING for file in settled.absent},
        **{session.plan.path(FileId(file)): Found.FOLDER for file in settled.folders},
        **dict.fromkeys(session.folders, Found.FOLDER),
    }
    line = KeptLine(
        is_over=_is_well(summary) and not settled.unsure and not _runs_always(session),
        rows=None if len(settled.rows) == session.plan.file_count else settled.rows,
        kinds=kinds,
        text=_text(session, given.lines),
        wanted=bytes(session.wanted),
        goals=session.goals,
    )
    return {key: line}


def _runs_always(session: Session) -> bool:
    suspects = session.survey.suspects
    return any(map(session.rebuilder.is_always, compress(map(JobId, range(len(suspects))), suspects)))


def _carried(session: Session, changed: set[FileId], but: Container[Key]) -> dict[Key, KeptLine]:
    """The other lines of the builds before; they are over no more if one of their files changed."""
    restored = session.restored
    if restored is None or session.known is None:
        return {}
    lines = {key: line for key, line in restored.snapshot.lines().items() if key not in but}
    for key, line in lines.items():
        if changed and (line.rows is None or not changed.isdisjoint(map(FileId, line.rows))):
            lines[key] = replace(line, is_over=False)
    return lines


def _unnumbered(versions: array[int]) -> array[int]:
    """The numbers that they were have a new meaning."""
    return array("i", [UNKNOWN]) * len(versions)


def _is_well(summary: Summary) -> bool:
    return summary == Summary(ran=summary.ran, up_to_date=summary.up_to_date, seconds=summary.seconds)


def _text(session: Session, lines: Lines) -> bytes:
    """What the build says when there is nothing to do."""
    nothing = Summary(up_to_date=session.survey.total)
    events: list[Event] = [*(Note(text=note) for note in session.warnings), BuildEnded(summary=nothing)]
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return "".join(map(lines.of, events)).encode(encoding, "backslashreplace")
