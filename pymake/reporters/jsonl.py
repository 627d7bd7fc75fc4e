r"""Events for programs: one JSON object a line, described in `docs/events.md` and `events.schema.json`.

Design: every line has `schema`, the version, and `event`, the kind; then the fields in a fixed order. Within a
version fields and kinds are only added, so a reader skips what it does not know. Everything outside ASCII is an
escape: a line survives every encoding, and the bytes of a name that is not UTF-8 stay readable as lone surrogates
(`\udcff`, as `os.fsdecode` makes them). Lines are flushed one by one, for readers that follow a build.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pymake.errors import assert_never
from pymake.model.events import (
    BuildEnded,
    BuildStarted,
    ChangesFound,
    JobEnded,
    JobStarted,
    Note,
    Progress,
    ServiceEvent,
    WatchBroken,
    WatchEnded,
    WatchStarted,
)
from pymake.reporters.stream import QuietStream

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from pymake.errors import JobError, PymakeError
    from pymake.model.events import Event, Summary

SCHEMA = 1

_Json = dict[str, object]


class JsonReporter:
    """Writes one line for each event to a stream, which may close before the build ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = QuietStream(stream)

    def handle(self, event: Event) -> None:
        """Write the event."""
        self._stream.write(json.dumps(described(event), separators=(", ", ": ")) + "\n")

    def follow(self, tail: Callable[[int], str]) -> None:
        """What a job printed is told when it has ended."""

    def close(self) -> None:
        """Nothing to put in order; the stream stays open."""


def described(event: Event) -> dict[str, object]:
    """The event as it is written, before it becomes text.

    >>> described(Note(text="hello"))
    {'schema': 1, 'event': 'note', 'text': 'hello'}
    """
    match event:
        case BuildStarted(total=total, suspects=suspects, slots=slots, usual=usual):
            seconds = None if usual is None else _seconds(usual)
            return _line("build-started", {"total": total, "suspects": suspects, "slots": slots, "usual": seconds})
        case JobStarted():
            return _line("job-started", _job_started(event))
        case JobEnded():
            return _line("job-ended", _job_ended(event))
        case Progress(done=done, expected=expected):
            return _line("progress", {"done": done, "expected": expected})
        case Note(text=text):
            return _line("note", {"text": text})
        case ServiceEvent(task=task, state=state, text=text):
            return _line("service", {"task": task, "state": state.value, "text": text})
        case BuildEnded(summary=summary):
            return _line("build-ended", _summary(summary))
        case WatchStarted(files=files, folders=folders, polls=polls):
            return _line("watch-started", {"files": files, "folders": folders, "polls": polls})
        case ChangesFound(paths=paths, more=more):
            return _line("changes-found", {"paths": paths, "more": more})
        case WatchBroken(error=error):
            return _line("watch-broken", {"error": _trouble(error)})
        case WatchEnded(builds=builds):
            return _line("watch-ended", {"builds": builds})
        case _:
            assert_never(event)


def _line(kind: str, fields: _Json) -> _Json:
    return {"schema": SCHEMA, "event": kind, **fields}


def _job_started(event: JobStarted) -> _Json:
    return {
        "job": event.job,
        "task": event.task,
        "label": event.label,
        "outputs": event.outputs,
        "command": event.command,
        "reason": event.reason,
        "usual": None if event.usual is None else _seconds(event.usual),
        "interactive": event.interactive,
    }


def _job_ended(event: JobEnded) -> _Json:
    return {
        "job": event.job,
        "task": event.task,
        "label": event.label,
        "outputs": event.outputs,
        "seconds": _seconds(event.seconds),
        "done": event.done,
        "expected": event.expected,
        "printed": event.printed,
        "left_out": event.left_out,
        "error": None if event.error is None else _error(event.error),
    }


def _summary(summary: Summary) -> _Json:
    return {
        "ran": summary.ran,
        "up_to_date": summary.up_to_date,
        "failed": summary.failed,
        "not_run": summary.not_run,
        "seconds": _seconds(summary.seconds),
        "interrupted": summary.interrupted,
        "stopped": summary.stopped,
        "errors": [_error(error) for error in summary.errors],
    }


def _error(error: JobError) -> _Json:
    told = _trouble(error)
    return {"kind": told.pop("kind"), "task": error.task, "outputs": error.outputs, **told}


def _trouble(error: PymakeError) -> _Json:
    return {
        "kind": re.sub(r"\B(?=[A-Z])", "-", type(error).__name__).lower(),
        "message": error.message,
        "place": None if error.place is None else {"path": error.place.path, "line": error.place.line},
        "facts": [{"name": name, "value": value} for name, value in error.facts],
        "hint": error.hint,
    }


def _seconds(value: float) -> float:
    """To the microsecond: more is noise."""
    return round(value, 6)
