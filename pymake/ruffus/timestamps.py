"""When a job is out of date by the clock: the rule of Ruffus, as a pure function of times and records.

In this order: no outputs to judge by; a file is missing; at level 1 and up an output has no record; at level 3 its
extras, at level 2 its function, are others than the record says; there is no input; an input is as new as an output.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass
from pymake.model.verdict import AlwaysRuns, FacetChanged, InputChanged, NeverRan, OutputMissing
from pymake.ruffus.structure import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.model.verdict import Reason
    from pymake.ruffus.history import Record

SLACK = 1.1
"""Seconds by which a record may be later than its file and still tell when the file was complete: file systems may
round times to a second."""


class Level(enum.IntEnum):
    """How much is looked at; each holds the ones before it."""

    TIMES = 0
    """The times of files alone."""
    RECORDS = 1
    """Outputs need a record of a job that ended well."""
    FUNCTION = 2
    """The function is that of the record."""
    EXTRAS = 3
    """The extras are those of the record."""


class Times(Protocol):
    """What the rule asks of the world."""

    def time(self, name: str) -> float | None:
        """When the file was changed, in seconds since the epoch; None if it is not there."""

    def identity(self, name: str) -> object:
        """What tells the file from others, links followed."""

    def record(self, name: str) -> Record | None:
        """What the history knows of an output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToJudge:
    """There are fewer than two parameters, or no file name in the output."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """These files are not there."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """These outputs have no record: a job may have failed or been killed after it made them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherExtras:
    """The extras are others than when these outputs were made."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFunction:
    """The function is another than when these outputs were made."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A file, the time it counts with, and whether that time is why the job runs."""

    name: str
    time: float
    blamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All times in question; the job runs if one is blamed."""

    inputs: tuple[Dated, ...] = ()
    outputs: tuple[Dated, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether an input is as new as an output."""
        return any(each.blamed for each in self.inputs)


Judgement = NothingToJudge | Missing | Unrecorded | OtherExtras | OtherFunction | Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What decides beside files: digests of the function and of the extras."""

    function: str
    extras: str


def judge(call: Sequence[object], digests: Callable[[], Digests], times: Times, level: int) -> Judgement:
    """Why the job with these parameters is out of date; a `Compared` that is not late if it is not.

    `digests` is asked only at the levels that need them.
    """
    if len(call) < 2:
        return NothingToJudge(text="i/o files not specified")
    inputs, outputs = names_in(call[0]), names_in(call[1])
    if not outputs:
        return NothingToJudge(text="Missing output file")
    missing = tuple(name for name in (*inputs, *outputs) if times.time(name) is None)
    if missing:
        return Missing(names=missing)
    if level >= Level.RECORDS:
        found = _by_records(outputs, digests, times, level)
        if found is not None:
            return found
    if not inputs:
        return Compared()
    return _by_time(inputs, outputs, times, records=level >= Level.RECORDS)


def _by_records(
    outputs: Sequence[str], digests: Callable[[], Digests], times: Times, level: int
) -> Unrecorded | OtherExtras | OtherFunction | None:
    records = [(name, times.record(name)) for name in outputs]
    unrecorded = tuple(name for name, record in records if record is None)
    if unrecorded:
        return Unrecorded(names=unrecorded)
    if level < Level.FUNCTION:
        return None
    now = digests()
    extras = tuple(
        name for name, record in records if level >= Level.EXTRAS and record and record.chksum_params != now.extras
    )
    functions = tuple(name for name, record in records if name not in extras and _is_other(record, now.function))
    if functions:
        return OtherFunction(names=functions)
    return OtherExtras(names=extras) if extras else None


def _is_other(record: Record | None, function: str) -> bool:
    return record is not None and record.chksum_func != function


def _by_time(inputs: Sequence[str], outputs: Sequence[str], times: Times, *, records: bool) -> Compared:
    """Compare times; an output that is, or links to, an input is left out: it is as old as the input."""
    same = {times.identity(name) for name in inputs}
    own = [name for name in outputs if times.identity(name) not in same]
    before = [(name, input_time(name, times, records=records)) for name in inputs]
    after = [(name, output_time(name, times, records=records)) for name in own]
    newest = max(time for _, time in before)
    oldest = min((time for _, time in after), default=float("inf"))
    late = newest >= oldest
    return Compared(
        inputs=tuple(Dated(name=name, time=time, blamed=late and time >= oldest) for name, time in before),
        outputs=tuple(Dated(name=name, time=time, blamed=late and time <= newest) for name, time in after),
    )


def input_time(name: str, times: Times, *, records: bool) -> float:
    """The time that an input counts with: the later one of file and record."""
    time = times.time(name) or 0.0
    record = times.record(name) if records else None
    return time if record is None else max(time, record.mtime)


def output_time(name: str, times: Times, *, records: bool) -> float:
    """The time that an output counts with: when it was complete, unless somebody put an older file in its place."""
    time = times.time(name) or 0.0
    record = times.record(name) if records else None
    return time if record is None or record.mtime - time > SLACK else record.mtime


def is_up_to_date(judgement: Judgement) -> bool:
    """Whether nothing has to run."""
    return isinstance(judgement, Compared) and not judgement.is_late


def reason_of(judgement: Judgement) -> Reason:
    """The judgement on a job that is out of date, in the words of the engine."""
    match judgement:
        case Missing(names=names):
            return OutputMissing(path=names[0])
        case Unrecorded():
            return NeverRan()
        case OtherFunction():
            return FacetChanged(name="code", before=None, after=None)
        case OtherExtras():
            return FacetChanged(name="arguments", before=None, after=None)
        case Compared(inputs=inputs):
            return InputChanged(path=next((each.name for each in inputs if each.blamed), ""))
        case NothingToJudge():
            return AlwaysRuns()
