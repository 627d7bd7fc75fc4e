"""The difference behind a reason: the lines of a small text, a command before and after, what changed in a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import assert_never
from pymake.model.code import PartAdded, PartChanged, PartRemoved, bounded, code_changes
from pymake.model.ids import VersionId
from pymake.model.task import Function
from pymake.model.verdict import FacetChanged, InputChanged, InputsDiffer, OutputChanged, OutputsDiffer
from pymake.store.meanings import Meanings
from pymake.store.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymake.app.session import Session
    from pymake.model.code import CodeChange, Meaning
    from pymake.model.ids import JobId
    from pymake.model.trace import Cause, Trace
    from pymake.model.verdict import Reason

MOST_LINES = 60
"""Of a longer difference only so many lines are shown."""


class Differences:
    """Owns what is asked for the differences of one session: kept texts and kept meanings."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._meanings = Meanings(session.project.root)

    def of_reason(self, job: JobId, trace: Trace | None, reason: Reason) -> list[str]:
        """Between the last run and now."""
        match reason:
            case InputChanged(path=path) | OutputChanged(path=path):
                return self._file(trace, path)
            case FacetChanged(name="code", before=before):
                return self._code(self._meanings.recall(before or ""), self._meaning(job))
            case FacetChanged(before=before, after=after):
                return _lines(before or "", after or "")
            case InputsDiffer(added=added, removed=removed) | OutputsDiffer(added=added, removed=removed):
                return _bounded([*(f"- {path}" for path in removed), *(f"+ {path}" for path in added)])
            case _:
                return []

    def of_cause(self, cause: Cause) -> list[str]:
        """Between the run before the last one, and that one."""
        if cause.kind == "facet":
            if cause.name == "code":
                return self._code(self._meanings.recall(cause.before), self._meanings.recall(cause.after))
            return _lines(cause.before, cause.after)
        if not cause.before or not cause.after:
            return []
        before, after = (self._session.texts.recall(bytes.fromhex(text)) for text in (cause.before, cause.after))
        return [] if before is None or after is None else _lines(before, after)

    def _file(self, trace: Trace | None, path: str) -> list[str]:
        versions = () if trace is None else (*trace.inputs, *trace.discovered, *trace.outputs)
        found = (self._session.memory.version(VersionId(version)) for version in versions)
        digest = next((version.digest for version in found if version.path == path), None)
        before = None if digest is None else self._session.texts.recall(digest)
        data = self._session.disk.read(path)
        after = None if data is None else text_of(data)
        return [] if before is None or after is None else _lines(before, after)

    def _meaning(self, job: JobId) -> Meaning | None:
        plan = self._session.plan
        action = plan.task(plan.task_of(job)).action
        if not isinstance(action, Function):
            return None
        return tuple(bounded(keyed.part) for keyed in action.parts(lambda _: False))

    def _code(self, before: Meaning | None, after: Meaning | None) -> list[str]:
        if not before or not after:
            return []
        from pymake.frontends.shown import as_shown  # noqa: PLC0415  # it needs the parser, 10 ms that others need not pay

        changes = code_changes(tuple(map(as_shown, before)), tuple(map(as_shown, after)))
        return _bounded([line for change in changes for line in _code_lines(change)])


def _code_lines(change: CodeChange) -> Iterator[str]:
    match change:
        case PartAdded(part=part):
            yield f"{part.name} is new ({part.place})"
        case PartRemoved(part=part):
            yield f"{part.name} is gone"
        case PartChanged(part=part, lines=lines):
            yield f"{part.name} changed ({part.place})"
            yield from (f"  {line}" for line in lines)
        case _:
            assert_never(change)


def _lines(before: str, after: str) -> list[str]:
    """Lines with - and +, in the order of the texts."""
    import difflib  # noqa: PLC0415  # 4 ms that other commands need not pay

    old, new = before.splitlines(), after.splitlines()
    found = []
    for tag, first, last, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [f"- {line}" for line in old[first:last]] + [f"+ {line}" for line in new[start:end]]
    return _bounded(found)


def _bounded(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"[{more} more lines]"] if more > 0 else [])]
