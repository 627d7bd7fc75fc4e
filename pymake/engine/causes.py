"""What was different when a job ran: two traces compared, the one before and the one of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.ids import VersionId
from pymake.model.trace import Cause, shortened
from pymake.model.verdict import OutputChanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymake.interfaces import Memory
    from pymake.model.trace import Trace
    from pymake.model.verdict import Reason

MOST = 10
"""So many causes of one run are kept: a merge of thousands of files has other things to remember."""


def causes_of(memory: Memory, before: Trace | None, after: Trace, reason: Reason) -> tuple[Cause, ...]:
    """The differences that were there when the job was judged, a few of them; none for a first run."""
    if before is None:
        return ()
    found = [*_output(memory, before, reason), *_facets(before, after), *_inputs(memory, before, after)]
    return tuple(found[:MOST])


def _output(memory: Memory, before: Trace, reason: Reason) -> Iterator[Cause]:
    if isinstance(reason, OutputChanged):
        yield Cause("output", reason.path, _digests(memory, before.outputs).get(reason.path, ""), "")


def _facets(before: Trace, after: Trace) -> Iterator[Cause]:
    then = {name: shortened(value) for name, value in before.facets}
    now = {name: shortened(value) for name, value in after.facets}
    for name in dict.fromkeys((*now, *then)):
        if then.get(name) != now.get(name):
            yield Cause("facet", name, then.get(name, ""), now.get(name, ""))


def _inputs(memory: Memory, before: Trace, after: Trace) -> Iterator[Cause]:
    old, new = {*before.inputs, *before.discovered}, {*after.inputs, *after.discovered}
    then, now = _digests(memory, old - new), _digests(memory, new - old)  # equal numbers are equal paths and contents
    for path in sorted({*then, *now}):
        if then.get(path) != now.get(path):
            yield Cause("input", path, then.get(path, ""), now.get(path, ""))


def _digests(memory: Memory, versions: Iterable[int]) -> dict[str, str]:
    found = (memory.version(VersionId(version)) for version in versions)
    return {path: digest.hex() for path, digest in found}
