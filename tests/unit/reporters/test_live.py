"""The live view, on a screen that only draws when told."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest

from pymake.errors import JobError
from pymake.model.events import BuildEnded, BuildStarted, Note, Progress, Summary
from pymake.reporters.lines import Verbosity
from pymake.reporters.live import LiveReporter
from tests.unit.reporters.samples import FAILURE, HandClock, ended, started
from tests.unit.reporters.screen import Screen

NEVER = 3600.0
WELL = BuildEnded(summary=Summary(ran=2, up_to_date=1, seconds=1.21))
LAST = "pymake: 2 ran, 1 up to date, 0 failed in 1.2 s"


class Terminal:
    """A reporter, the clock it reads and the screen it writes to; it draws only when asked."""

    def __init__(
        self,
        *,
        verbosity: Verbosity = Verbosity.NORMAL,
        explain: bool = False,
        size: tuple[int, int] = (80, 10),
        encoding: str = "utf-8",
    ) -> None:
        self.clock = HandClock()
        self.columns = size[0]
        self.raw = io.BytesIO()
        self.reporter = LiveReporter(
            io.TextIOWrapper(self.raw, encoding=encoding, newline=""),
            clock=self.clock,
            verbosity=verbosity,
            explain=explain,
            size=size,
            interval=NEVER,
        )

    def resize(self, columns: int) -> None:
        self.columns = columns
        self.reporter.size = (columns, 10)

    @property
    def written(self) -> str:
        return self.raw.getvalue().decode()

    def screen(self) -> Screen:
        return Screen(self.columns).fed(self.written)

    def drawn(self) -> list[str]:
        self.reporter.redraw()
        return self.screen().lines


def begun(terminal: Terminal, jobs: int = 2) -> None:
    terminal.reporter.handle(BuildStarted(total=12, suspects=10, slots=4))
    for job in range(jobs):
        terminal.reporter.handle(started(job, f"build/{job}.o", usual=4.0 if job == 0 else None))


def test_running_jobs_and_progress() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.clock.time += 3
    terminal.reporter.handle(ended(7, done=3, expected=10, seconds=4.0))
    assert terminal.drawn() == [
        "  objects build/0.o                                     3 s  usually 4 s",
        "  objects build/1.o                                     3 s",
        "  ━━━━━━──────────────  3/10  30 %  about 6 s left",
    ]
    terminal.reporter.close()


def test_a_frame_replaces_the_one_before() -> None:
    terminal = Terminal()
    begun(terminal, jobs=3)
    terminal.drawn()
    terminal.reporter.handle(ended(0, done=1, expected=10, seconds=1.0, error=FAILURE))
    terminal.reporter.handle(ended(1, done=2, expected=10, seconds=1.0))
    terminal.clock.time += 65
    assert terminal.drawn() == [
        "[1/10] objects build/a.o FAILED (1.00 s)",
        "pymake.toml:12: exit status 1",
        "  command: cc -c a.c -o build/a.o",
        "  objects build/2.o                              1 min 05 s",
        "  ━━━━────────────────  2/10  20 %  1 failed  about 2 s left",
    ]
    terminal.reporter.close()


def test_nothing_is_written_when_nothing_looks_different() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    before = terminal.written
    terminal.clock.time += 0.1
    terminal.reporter.redraw()
    assert terminal.written == before
    terminal.clock.time += 1
    terminal.reporter.redraw()
    assert terminal.written != before
    terminal.reporter.close()


def test_events_are_not_drawn_one_by_one() -> None:
    terminal = Terminal()
    begun(terminal)
    before = terminal.written
    for done in range(1000):
        terminal.reporter.handle(started(2 + done))
        terminal.reporter.handle(ended(2 + done, done=done, expected=1000, printed="x\n"))
    assert terminal.written == before
    terminal.reporter.close()


def test_the_view_goes_and_the_last_line_stays() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    assert not terminal.screen().cursor_shown
    terminal.reporter.handle(ended(0, done=1, expected=2, printed="warned"))
    terminal.reporter.handle(ended(1, done=2, expected=2))
    terminal.reporter.handle(WELL)
    screen = terminal.screen()
    assert screen.lines == ["[1/2] objects build/a.o (0.41 s)", "warned", LAST]
    assert screen.cursor_shown


def test_close_in_the_middle_leaves_what_was_said_and_twice_is_as_good_as_once() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    terminal.reporter.handle(Note(text="a note"))
    terminal.reporter.close()
    terminal.reporter.close()
    assert terminal.screen().lines == ["pymake: a note"]
    assert terminal.screen().cursor_shown


def test_before_and_after_the_build_lines_are_written_at_once() -> None:
    terminal = Terminal()
    terminal.reporter.handle(Note(text="before"))
    assert terminal.screen().lines == ["pymake: before"]
    begun(terminal)
    terminal.reporter.handle(WELL)
    terminal.reporter.handle(Note(text="after"))
    assert terminal.screen().lines == ["pymake: before", LAST, "pymake: after"]


def test_a_second_build() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    terminal.reporter.handle(WELL)
    begun(terminal, jobs=1)
    assert terminal.drawn() == [
        LAST,
        "  objects build/0.o                                     0 s  usually 4 s",
        "  ────────────────────  0/10  0 %  about 10 s left",
    ]
    terminal.reporter.handle(WELL)
    assert terminal.screen().lines == [LAST, LAST]


def test_verbose_and_explain_show_what_starts_and_what_ended() -> None:
    terminal = Terminal(verbosity=Verbosity.VERBOSE, explain=True)
    terminal.reporter.handle(BuildStarted(total=2, suspects=1, slots=1))
    terminal.reporter.handle(started())
    terminal.reporter.handle(ended(done=1, expected=1))
    terminal.reporter.handle(WELL)
    assert terminal.screen().lines == [
        "objects build/a.o: input a.c changed",
        "$ cc -c a.c -o build/a.o",
        "[1/1] objects build/a.o (0.41 s)",
        LAST,
    ]


def test_more_jobs_than_rows() -> None:
    terminal = Terminal(size=(80, 10))
    begun(terminal, jobs=20)
    lines = terminal.drawn()
    assert [line.split()[1] for line in lines[:6]] == [f"build/{job}.o" for job in range(6)]
    assert lines[6:] == ["  … and 14 more", "  ────────────────────  0/10  0 %  about 20 s left"]
    terminal.reporter.close()


def test_a_very_low_terminal_has_the_bar() -> None:
    terminal = Terminal(size=(80, 3))
    begun(terminal, jobs=2)
    assert terminal.drawn() == ["  … and 2 more", "  ────────────────────  0/10  0 %  about 10 s left"]
    terminal.reporter.close()


def test_a_narrow_terminal_cuts_lines_and_never_wraps() -> None:
    terminal = Terminal(size=(24, 10))
    begun(terminal, jobs=1)
    assert terminal.drawn() == ["  obj…ld/0.o         0…", "  ────────────────────…"]
    terminal.reporter.close()


def test_a_long_name_gives_way_to_the_times() -> None:
    terminal = Terminal()
    terminal.reporter.handle(BuildStarted(total=1, suspects=1, slots=1))
    terminal.reporter.handle(started(0, "日本" * 40, usual=3.0))
    terminal.reporter.handle(started(1, f"a/{'very/' * 20}long/name.c"))
    first, second = terminal.drawn()[:2]
    # Each of these characters takes two columns: 3 and 15 of them fill the room of the label.
    assert first == f"  objects 日本日…本{'日本' * 7}{'0 s':>12}  usually 3 s"
    assert second == f"  objects a/very…ery/very/very/very/long/name.c{'0 s':>12}"
    terminal.reporter.close()


def test_names_are_no_markup_no_emoji_and_no_control_sequences() -> None:
    terminal = Terminal()
    terminal.reporter.handle(BuildStarted(total=1, suspects=1, slots=1))
    terminal.reporter.handle(started(0, "[red]:smile:[/]\x1b[2J\n"))
    assert terminal.drawn()[0].startswith("  objects [red]:smile:[/]\\x1b[2J\\n  ")
    terminal.reporter.close()


def test_what_jobs_print_is_not_wrapped_or_interpreted() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    terminal.reporter.handle(ended(0, done=1, expected=2, printed="[bold]:smile: " + "x" * 200 + "\x1b[35my\n"))
    terminal.reporter.redraw()
    assert "\n[bold]:smile: " + "x" * 200 + "\x1b[35my\n" in terminal.written
    terminal.reporter.close()


def test_an_ascii_terminal() -> None:
    terminal = Terminal(encoding="ascii", size=(80, 5))
    begun(terminal, jobs=3)
    terminal.reporter.handle(ended(9, done=5, expected=10, seconds=1.0))
    assert terminal.drawn() == [
        "  objects build/0.o                                     0 s  usually 4 s",
        "  ... and 2 more",
        "  ##########----------  5/10  50 %  about 4 s left",
    ]
    terminal.reporter.close()


def test_progress_alone_moves_the_bar() -> None:
    terminal = Terminal()
    begun(terminal, jobs=0)
    terminal.reporter.handle(Progress(done=1, expected=1))
    assert terminal.drawn() == ["  ━━━━━━━━━━━━━━━━━━━━  1/1  100 %"]
    terminal.reporter.close()


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    reporter = LiveReporter(Gone(), clock=HandClock(), size=(80, 10), interval=NEVER)
    reporter.handle(BuildStarted(total=1, suspects=1, slots=1))
    reporter.handle(started())
    reporter.redraw()
    reporter.handle(ended(error=JobError("no")))
    reporter.handle(WELL)


def test_it_draws_by_itself() -> None:
    drawn = threading.Event()

    class Watched(io.StringIO):
        def write(self, text: str) -> int:
            if "0/10" in text:
                drawn.set()
            return super().write(text)

    stream = Watched()
    before = threading.active_count()
    reporter = LiveReporter(stream, clock=HandClock(), size=(80, 10), interval=0.001)
    reporter.handle(BuildStarted(total=12, suspects=10, slots=4))
    assert drawn.wait(60)
    reporter.handle(WELL)
    assert Screen(80).fed(stream.getvalue()).lines == [LAST]
    assert threading.active_count() == before


def test_color_is_only_written_when_wanted() -> None:
    for color, found in [(True, True), (False, False)]:
        stream = io.StringIO()
        reporter = LiveReporter(stream, clock=HandClock(), color=color, size=(80, 10), interval=NEVER)
        reporter.handle(BuildStarted(total=2, suspects=2, slots=1))
        reporter.handle(started())
        reporter.handle(ended(done=1, expected=2, error=FAILURE))
        reporter.redraw()
        reporter.close()
        assert ("\x1b[32m━" in stream.getvalue()) is found
        assert ("\x1b[31mFAILED\x1b[0m" in stream.getvalue()) is found


def test_silent_has_no_view() -> None:
    terminal = Terminal(verbosity=Verbosity.SILENT)
    begun(terminal)
    terminal.reporter.redraw()
    terminal.reporter.handle(ended(0, done=1, expected=2))
    assert terminal.written == ""
    terminal.reporter.handle(ended(1, done=2, expected=2, error=FAILURE))
    assert terminal.screen().lines[0] == "[2/2] objects build/a.o FAILED (0.41 s)"
    terminal.reporter.handle(WELL)
    assert not any("ran" in line for line in terminal.screen().lines)


def test_the_tail_of_the_oldest_job_stands_below_it() -> None:
    terminal = Terminal(size=(40, 10))
    terminal.reporter.follow(lambda job: f"compiling {job} " + "x" * 60)
    begun(terminal)
    lines = terminal.drawn()
    assert lines[1].startswith("    │ compiling 0 xxx")
    assert lines[1].endswith("…")
    assert len(lines) == 4
    terminal.reporter.close()


@pytest.mark.parametrize(("columns", "wrapped"), [(79, 0), (60, 1), (30, 4), (20, 7)])
def test_what_a_narrower_terminal_broke_anew_is_erased(columns: int, wrapped: int) -> None:
    terminal = Terminal(size=(80, 10))
    begun(terminal)
    terminal.clock.time += 3
    terminal.drawn()  # lines of 69, 59 and 33 columns
    before = len(terminal.written)
    terminal.resize(columns)
    terminal.reporter.redraw()
    written = terminal.written[before:]
    assert written.count("\x1b[1A") == wrapped + 2  # the frame itself goes up by two
    terminal.reporter.close()


def test_nothing_is_shown_while_a_job_owns_the_terminal() -> None:
    terminal = Terminal()
    begun(terminal)
    terminal.drawn()
    terminal.reporter.handle(replace(started(5, "asked"), interactive=True))
    before = terminal.written
    terminal.reporter.handle(Note(text="later"))
    terminal.reporter.handle(ended(0, done=1, expected=10, printed="said\n"))
    terminal.reporter.redraw()
    assert terminal.written == before
    terminal.reporter.handle(ended(5, "asked", done=2, expected=10))
    lines = terminal.drawn()
    assert lines[0] == "pymake: later"
    assert "said" in lines
    assert lines[-1].startswith("  ━━━━")
    terminal.reporter.close()
