"""Plain at first, live from the first job on, and a real pseudo terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pexpect
import pytest

from pymake.model.events import BuildEnded, BuildStarted, Note, Progress, Summary
from pymake.reporters.lines import Verbosity
from pymake.reporters.terminal import TerminalReporter
from tests.unit.reporters.samples import HandClock, ended, started
from tests.unit.reporters.screen import Screen

WELL = BuildEnded(summary=Summary(ran=1, up_to_date=1, seconds=1.21))
LAST = "pymake: 1 ran, 1 up to date, 0 failed in 1.2 s"


def made(stream: io.StringIO, verbosity: Verbosity = Verbosity.NORMAL) -> TerminalReporter:
    return TerminalReporter(stream, clock=HandClock(), verbosity=verbosity)


def test_a_build_in_which_nothing_runs_is_plain() -> None:
    stream = io.StringIO()
    reporter = made(stream)
    reporter.handle(BuildStarted(total=5, suspects=2, slots=1))
    reporter.handle(Note(text="a note"))
    reporter.handle(Progress(done=0, expected=0))
    reporter.handle(BuildEnded(summary=Summary(up_to_date=5)))
    reporter.close()
    assert stream.getvalue() == "pymake: a note\npymake: nothing to do (5 jobs up to date)\n"


def test_rich_is_not_imported_before_a_job_runs() -> None:
    code = "import sys, pymake.reporters.terminal; print([m for m in sys.modules if m.split('.')[0] == 'rich'])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_two_builds_with_jobs_are_live() -> None:
    stream = io.StringIO()
    reporter = made(stream)
    for _ in range(2):
        reporter.handle(BuildStarted(total=2, suspects=2, slots=1))
        reporter.handle(Progress(done=0, expected=1))
        reporter.handle(started())
        reporter.handle(ended(done=1, expected=1))
        reporter.handle(WELL)
        reporter.handle(Note(text="waiting"))
    reporter.close()
    assert "\x1b[?25l" in stream.getvalue()
    screen = Screen(80).fed(stream.getvalue())
    assert screen.lines == [LAST, "pymake: waiting"] * 2
    assert screen.cursor_shown


def test_silent_is_never_live() -> None:
    stream = io.StringIO()
    reporter = made(stream, Verbosity.SILENT)
    for event in (BuildStarted(total=1, suspects=1, slots=1), started(), ended(), WELL):
        reporter.handle(event)
    reporter.close()
    assert stream.getvalue() == ""


SCRIPT = """
import sys, time
from pymake.model.events import BuildEnded, BuildStarted, Summary
from pymake.reporters.terminal import TerminalReporter
from tests.unit.reporters.samples import ended, started

class Wall:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

reporter = TerminalReporter(sys.stderr, clock=Wall(), color=True)
reporter.handle(BuildStarted(total=9, suspects=7, slots=2))
for job in range(7):
    reporter.handle(started(job, f"build/{job}.o"))
sys.stdin.readline()
for job in range(7):
    reporter.handle(ended(job, f"build/{job}.o", done=job + 1, expected=7, printed="said\\n" if job == 3 else ""))
reporter.handle(BuildEnded(summary=Summary(ran=7, up_to_date=2, seconds=1.21)))
reporter.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
def test_on_a_terminal_of_80_by_10() -> None:
    # The size of the terminal counts, not what the environment remembers of another one.
    environ = {**os.environ, "TERM": "dumb", "COLUMNS": "132", "LINES": "60"}
    child = pexpect.spawn(
        sys.executable, ["-c", SCRIPT], dimensions=(10, 80), env=environ, encoding="utf-8", timeout=60, echo=False
    )
    # Six jobs have room; the frame is complete with its bar.
    child.expect(r"build/5\.o.*… and 1 more.*0/7  0 %")
    seen = child.before + child.after
    child.sendline("")
    child.expect(pexpect.EOF)
    screen = Screen(80).fed(seen + child.before)
    assert screen.lines == [
        "[4/7] objects build/3.o (0.41 s)",
        "said",
        "pymake: 7 ran, 2 up to date, 0 failed in 1.2 s",
    ]
    assert screen.cursor_shown
    child.close()
    assert child.exitstatus == 0
