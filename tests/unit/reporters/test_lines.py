"""The text of every event, to the letter."""

from __future__ import annotations

import pytest

from pymake.errors import JobError, OutputMissing, Place
from pymake.model.events import BuildEnded, BuildStarted, Note, Progress, ServiceEvent, ServiceState, Summary
from pymake.reporters.lines import Lines, Verbosity, duration, one_line, whole_duration
from tests.unit.reporters.samples import FAILURE, ended, started

NORMAL, SILENT, VERBOSE = Verbosity.NORMAL, Verbosity.SILENT, Verbosity.VERBOSE

FAILED_TEXT = """\
[3/10] objects build/a.o FAILED (0.41 s)
pymake.toml:12: exit status 1
  command: cc -c a.c -o build/a.o
a.c:1: error: no
"""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-0.1, "0.00 s"),
        (0.0, "0.00 s"),
        (0.414, "0.41 s"),
        (9.994, "9.99 s"),
        (9.996, "10.0 s"),
        (12.34, "12.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (65.4, "1 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7500.0, "2 h 05 min"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3.0, "0 s"), (0.2, "0 s"), (9.6, "10 s"), (59.6, "1 min 00 s"), (90000.0, "25 h 00 min")]
)
def test_whole_duration(seconds: float, text: str) -> None:
    assert whole_duration(seconds) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a b/ü.txt", "a b/ü.txt"),
        ("[red]:smile:", "[red]:smile:"),
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\udcff", "\\udcff"),
        ("\u2028\x85", "\\u2028\\x85"),
    ],
)
def test_one_line(name: str, text: str) -> None:
    assert one_line(name) == text


@pytest.mark.parametrize(
    ("verbosity", "text"),
    [(SILENT, ""), (NORMAL, "[3/10] objects build/a.o (0.41 s)\n"), (VERBOSE, "[3/10] objects build/a.o (0.41 s)\n")],
)
def test_a_job_that_ended_well(verbosity: Verbosity, text: str) -> None:
    assert Lines(verbosity=verbosity).of(ended()) == text


@pytest.mark.parametrize("verbosity", list(Verbosity))
def test_a_failed_job_is_always_shown_with_its_error_and_what_it_printed(verbosity: Verbosity) -> None:
    assert Lines(verbosity=verbosity).of(ended(error=FAILURE, printed="a.c:1: error: no\n")) == FAILED_TEXT


def test_an_error_without_place_and_output() -> None:
    error = OutputMissing("it ended well but did not make its output", facts=[("missing", "build/a.o")])
    assert Lines().of(ended(error=error)) == (
        "[3/10] objects build/a.o FAILED (0.41 s)\nit ended well but did not make its output\n  missing: build/a.o\n"
    )


@pytest.mark.parametrize(
    ("printed", "left_out", "text"),
    [
        ("warned\n", 0, "warned\n"),
        ("no newline", 0, "no newline\n"),
        ("two\nlines\n\n", 0, "two\nlines\n\n"),
        ("[red]:smile: {x}\n", 0, "[red]:smile: {x}\n"),
        ("begin\nend\n", 4096, "begin\nend\n… 4096 bytes left out; pymake log build/a.o shows all\n"),
        ("begin\nend\n", 10**8, "begin\nend\n… 100000000 bytes left out; pymake log build/a.o shows more\n"),
    ],
)
def test_what_a_job_printed_follows_its_line(printed: str, left_out: int, text: str) -> None:
    first = "[3/10] objects build/a.o (0.41 s)\n"
    assert Lines().of(ended(printed=printed, left_out=left_out)) == first + text


def test_the_target_of_the_log_can_be_copied_into_a_shell() -> None:
    assert Lines().of(ended(output="my file", printed="x\n", left_out=1)) == (
        "[3/10] objects my file (0.41 s)\nx\n… 1 bytes left out; pymake log 'my file' shows all\n"
    )


def test_silent_does_not_show_what_good_jobs_printed() -> None:
    assert Lines(verbosity=SILENT).of(ended(printed="warned\n")) == ""


@pytest.mark.parametrize(
    ("verbosity", "explain", "text"),
    [
        (SILENT, True, ""),
        (NORMAL, False, ""),
        (NORMAL, True, "objects build/a.o: input a.c changed\n"),
        (VERBOSE, False, "$ cc -c a.c -o build/a.o\n"),
        (VERBOSE, True, "objects build/a.o: input a.c changed\n$ cc -c a.c -o build/a.o\n"),
    ],
)
def test_a_job_that_starts(verbosity: Verbosity, explain: bool, text: str) -> None:
    assert Lines(verbosity=verbosity, explain=explain).of(started()) == text


def test_no_command_no_line() -> None:
    assert Lines(verbosity=VERBOSE).of(started(command="")) == ""


def test_a_name_cannot_begin_a_line_of_its_own() -> None:
    assert Lines(explain=True).of(started(output="a\npymake: done")) == (
        "objects a\\npymake: done: input a.c changed\n"
    )
    assert Lines().of(ended(output="a\npymake: done")) == "[3/10] objects a\\npymake: done (0.41 s)\n"


@pytest.mark.parametrize(
    ("printed", "error", "text"),
    [
        ("", None, ""),
        ("warned\n", None, "[3/10] objects build/a.o (0.41 s)\nwarned\n"),
        ("a.c:1: error: no\n", FAILURE, FAILED_TEXT),
    ],
)
def test_telling_only(printed: str, error: JobError | None, text: str) -> None:
    assert Lines(telling_only=True).of(ended(printed=printed, error=error)) == text


def test_telling_only_and_verbose_shows_every_job() -> None:
    assert Lines(telling_only=True, verbosity=VERBOSE).of(ended()) == "[3/10] objects build/a.o (0.41 s)\n"


def test_color_marks_failures_and_ends_the_colors_of_jobs() -> None:
    error = JobError("no", place=Place(path="pymake.toml"))
    assert Lines(color=True).of(ended(error=error, printed="\x1b[35mwarn\n")) == (
        "[3/10] objects build/a.o \x1b[31mFAILED\x1b[0m (0.41 s)\npymake.toml: no\n\x1b[35mwarn\n\x1b[0m"
    )
    assert Lines(color=True).of(ended(printed="plain\n")) == "[3/10] objects build/a.o (0.41 s)\nplain\n"


@pytest.mark.parametrize("verbosity", list(Verbosity))
def test_notes_are_always_shown(verbosity: Verbosity) -> None:
    assert Lines(verbosity=verbosity).of(Note(text="waiting")) == "pymake: waiting\n"


@pytest.mark.parametrize("event", [BuildStarted(total=3, suspects=1, slots=2), Progress(done=1, expected=2)])
def test_counts_alone_are_no_line(event: BuildStarted | Progress) -> None:
    assert Lines(verbosity=VERBOSE, explain=True).of(event) == ""


WELL = Summary(ran=3, up_to_date=7, seconds=1.21)
NOTHING = Summary(up_to_date=10)
BAD = Summary(ran=3, up_to_date=5, failed=1, not_run=2, seconds=1.21, errors=(FAILURE,))
CUT = Summary(ran=3, up_to_date=5, not_run=2, seconds=1.21, interrupted=2)


@pytest.mark.parametrize(
    ("summary", "silent", "text"),
    [
        (WELL, False, "pymake: 3 ran, 7 up to date, 0 failed in 1.2 s\n"),
        (NOTHING, False, "pymake: nothing to do (10 jobs up to date)\n"),
        (BAD, False, "pymake: 3 ran, 5 up to date, 1 failed in 1.2 s (2 not run)\n"),
        (CUT, False, "pymake: interrupted: 3 ran, 5 up to date, 0 failed in 1.2 s (2 not run)\n"),
        (WELL, True, ""),
        (NOTHING, True, ""),
        (BAD, True, "pymake: 3 ran, 5 up to date, 1 failed in 1.2 s (2 not run)\n"),
        (CUT, True, "pymake: interrupted: 3 ran, 5 up to date, 0 failed in 1.2 s (2 not run)\n"),
    ],
)
def test_the_last_line(summary: Summary, silent: bool, text: str) -> None:
    assert Lines(verbosity=SILENT if silent else NORMAL).of(BuildEnded(summary=summary)) == text


@pytest.mark.parametrize("state", ServiceState)
def test_services(state: ServiceState) -> None:
    event = ServiceEvent(task="serve", state=state, text="text")
    is_bad = state in {ServiceState.WAITING, ServiceState.DIED, ServiceState.REFUSED}
    text = "serve | text\n" if state is ServiceState.SAID else "pymake: service serve text\n"
    assert Lines().of(event) == text
    assert Lines(verbosity=SILENT).of(event) == (text if is_bad else "")
    assert Lines(color=True).of(event) == (f"\x1b[31m{text[:-1]}\x1b[0m\n" if is_bad else text)
