"""The text of events, the same for every reporter that writes for people."""

from __future__ import annotations

import enum
import re
import shlex
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
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
    ServiceState,
    WatchBroken,
    WatchEnded,
    WatchStarted,
)

if TYPE_CHECKING:
    from pymake.model.events import Event, Summary, WatchEvent

RED = "\x1b[31m"
RESET = "\x1b[0m"

KEPT_WHOLE = 9_000_000
"""A log from which fewer bytes were left out is kept whole."""

_CONTROLS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""Colours, movements of the cursor, titles."""
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Verbosity(enum.Enum):
    """How much is said."""

    SILENT = "silent"
    """Failed jobs with what they printed, and notes. Nothing at all when all is well."""
    NORMAL = "normal"
    """A line for each job that ran, what it printed, and the last line."""
    VERBOSE = "verbose"
    """Also the command of each job as it starts."""


def duration(seconds: float) -> str:
    """A time for people, about three digits of it.

    >>> duration(0.414), duration(12.34), duration(65), duration(7500)
    ('0.41 s', '12.3 s', '1 min 05 s', '2 h 05 min')
    """
    # The limits are those of the rounded figures, else 9.999 would be 10.00 and 59.99 would be 60.0.
    if seconds < 9.995:
        return f"{max(seconds, 0.0):.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return whole_duration(seconds)


def whole_duration(seconds: float) -> str:
    """A time in whole seconds (from an hour on: minutes), for what changes while one looks at it.

    >>> whole_duration(3.6), whole_duration(65.2)
    ('4 s', '1 min 05 s')
    """
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def one_line(name: str) -> str:
    r"""A name with escapes for what would break the line or speak to the terminal: file names may hold anything.

    >>> print(one_line("a\nb"))
    a\nb
    """
    return _UNSHOWABLE.sub(lambda found: ascii(found[0])[1:-1], name)


def last_line(text: str) -> str:
    r"""The last line with anything in it, as it stands on a terminal: without colours, of overwritten ones the last.

    >>> last_line("one\n\x1b[32m 10 %\r 20 %\x1b[0m\n\n")
    ' 20 %'
    """
    for line in reversed(_CONTROLS.sub("", text).split("\n")):
        for part in reversed(line.split("\r")):
            if part.strip():
                return one_line(part.rstrip().expandtabs())
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What to write for an event.

    `explain` adds the reason of each job when it starts. `telling_only` leaves out the jobs that ended well and
    printed nothing, unless verbose: for a view that counts them anyway.
    """

    verbosity: Verbosity = Verbosity.NORMAL
    explain: bool = False
    color: bool = False
    telling_only: bool = False

    def of(self, event: Event) -> str:
        """Whole lines, or nothing."""
        match event:
            case JobStarted():
                return self._job_started(event)
            case JobEnded():
                return self._job_ended(event)
            case Note(text=text):
                return f"pymake: {text}\n"
            case ServiceEvent():
                return self._service(event)
            case BuildEnded(summary=summary):
                return self._build_ended(summary)
            case BuildStarted() | Progress():
                return ""
            case WatchStarted() | ChangesFound() | WatchBroken() | WatchEnded():
                return self._watch(event)
            case _:
                assert_never(event)

    def _watch(self, event: WatchEvent) -> str:
        match event:
            case WatchBroken(error=error):
                return f"pymake: {error}\npymake: nothing is built until that is mended\n"
            case _ if self.verbosity is Verbosity.SILENT:
                return ""
            case WatchStarted():
                how = ", looking now and then" if event.polls else ""
                return f"pymake: watching {_count(event.files, 'file')} in {_count(event.folders, 'folder')}{how}\n"
            case ChangesFound(paths=()):
                return "pymake: building again\n"
            case ChangesFound(paths=paths, more=more):
                names = ", ".join(map(one_line, paths))
                return f"pymake: changed: {names}{f' and {more} more' if more else ''}\n"
            case WatchEnded(builds=builds):
                return f"pymake: watch ended after {_count(builds, 'build')}\n"
            case _:
                assert_never(event)

    def _alarm(self, line: str) -> str:
        return f"{RED}{line}{RESET}\n" if self.color else f"{line}\n"

    def _service(self, event: ServiceEvent) -> str:
        match event.state:
            case ServiceState.SAID:
                return "" if self.verbosity is Verbosity.SILENT else f"{event.task} | {event.text}\n"
            case ServiceState.STARTED | ServiceState.ENDED:
                return "" if self.verbosity is Verbosity.SILENT else f"pymake: service {event.task} {event.text}\n"
            case ServiceState.WAITING | ServiceState.DIED | ServiceState.REFUSED:
                return self._alarm(f"pymake: service {event.task} {event.text}")
            case _:
                assert_never(event.state)

    def _job_started(self, event: JobStarted) -> str:
        if self.verbosity is Verbosity.SILENT:
            return ""
        reason = f"{one_line(event.label)}: {event.reason}\n" if self.explain else ""
        shows_command = self.verbosity is Verbosity.VERBOSE and event.command != ""
        return reason + (_whole_lines(f"$ {event.command}") if shows_command else "")

    def _job_ended(self, event: JobEnded) -> str:
        if event.error is None and not self._shows_success(event):
            return ""
        mark = "" if event.error is None else f" {RED}FAILED{RESET}" if self.color else " FAILED"
        first = f"[{event.done}/{event.expected}] {one_line(event.label)}{mark} ({duration(event.seconds)})\n"
        return first + ("" if event.error is None else _whole_lines(str(event.error))) + self._printed(event)

    def _shows_success(self, event: JobEnded) -> bool:
        if self.verbosity is Verbosity.NORMAL:
            return event.printed != "" or not self.telling_only
        return self.verbosity is Verbosity.VERBOSE

    def _printed(self, event: JobEnded) -> str:
        text = _whole_lines(event.printed)
        if self.color and "\x1b" in text:
            text += RESET  # A job that was killed may have left its colour on.
        if event.left_out:
            target = shlex.quote(event.outputs[0] if event.outputs else event.task)
            what = "all" if event.left_out < KEPT_WHOLE else "more"
            text += f"… {event.left_out} bytes left out; pymake log {one_line(target)} shows {what}\n"
        return text

    def _build_ended(self, summary: Summary) -> str:
        if summary.interrupted is not None:
            return f"pymake: interrupted: {summary.line()}\n"
        if summary.stopped is not None:
            return f"pymake: stopped: {summary.line()}\n"
        if self.verbosity is Verbosity.SILENT and not summary.errors:
            return ""
        return f"pymake: {summary.line()}\n"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _whole_lines(text: str) -> str:
    """The text, ended by a newline if it is not empty."""
    return text if text == "" or text.endswith("\n") else text + "\n"
