"""A whole build in plain lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pymake.model.events import BuildEnded, BuildStarted, Progress, Summary
from pymake.reporters.lines import Verbosity
from pymake.reporters.plain import PlainReporter
from tests.unit.reporters.samples import FAILURE, ended, started

if TYPE_CHECKING:
    from pymake.model.events import Event

BUILD: list[Event] = [
    BuildStarted(total=4, suspects=3, slots=2),
    started(0, "build/a.o"),
    started(1, "build/b.o", command="cc -c b.c -o build/b.o"),
    ended(1, "build/b.o", done=1, expected=3, printed="b.c:7: warning: unused\n"),
    Progress(done=1, expected=2),
    ended(0, "build/a.o", done=2, expected=2, error=FAILURE, seconds=12.3),
    BuildEnded(summary=Summary(ran=2, up_to_date=2, failed=1, seconds=12.9, errors=(FAILURE,))),
]


def shown(verbosity: Verbosity, *, explain: bool = False, color: bool = False) -> str:
    stream = io.StringIO()
    reporter = PlainReporter(stream, verbosity=verbosity, explain=explain, color=color)
    for event in BUILD:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def test_a_build() -> None:
    assert shown(Verbosity.NORMAL) == (
        "[1/3] objects build/b.o (0.41 s)\n"
        "b.c:7: warning: unused\n"
        "[2/2] objects build/a.o FAILED (12.3 s)\n"
        "pymake.toml:12: exit status 1\n"
        "  command: cc -c a.c -o build/a.o\n"
        "pymake: 2 ran, 2 up to date, 1 failed in 12.9 s\n"
    )


def test_a_silent_build_shows_what_failed() -> None:
    assert shown(Verbosity.SILENT, explain=True) == (
        "[2/2] objects build/a.o FAILED (12.3 s)\n"
        "pymake.toml:12: exit status 1\n"
        "  command: cc -c a.c -o build/a.o\n"
        "pymake: 2 ran, 2 up to date, 1 failed in 12.9 s\n"
    )


def test_a_verbose_explained_build_in_color() -> None:
    assert shown(Verbosity.VERBOSE, explain=True, color=True) == (
        "objects build/a.o: input a.c changed\n"
        "$ cc -c a.c -o build/a.o\n"
        "objects build/b.o: input a.c changed\n"
        "$ cc -c b.c -o build/b.o\n"
        "[1/3] objects build/b.o (0.41 s)\n"
        "b.c:7: warning: unused\n"
        "[2/2] objects build/a.o \x1b[31mFAILED\x1b[0m (12.3 s)\n"
        "pymake.toml:12: exit status 1\n"
        "  command: cc -c a.c -o build/a.o\n"
        "pymake: 2 ran, 2 up to date, 1 failed in 12.9 s\n"
    )


class CountingStream(io.StringIO):
    """Counts its writes."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


def test_each_event_is_one_write_so_that_builds_in_one_log_do_not_mix_lines() -> None:
    stream = CountingStream()
    reporter = PlainReporter(stream)
    for event in BUILD:
        reporter.handle(event)
    assert stream.writes == 3


def test_the_stream_stays_open_and_may_be_closed_by_others() -> None:
    stream = io.StringIO()
    reporter = PlainReporter(stream)
    reporter.close()
    assert not stream.closed
    stream.close()
    reporter.handle(ended())
