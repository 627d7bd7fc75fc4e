"""The live view of a terminal: what runs, how far it is, what is left. The only module that imports `rich`.

Nothing is drawn when an event comes: with thousands of jobs a second the drawing (about 1 ms) would cost more than the
jobs. A thread of its own draws ten times a second, and only if something looks different. Events only change a `Board`
and a list of texts, under one lock that is never held while drawing.
"""

from __future__ import annotations

import signal
import threading
import time
from typing import IO, TYPE_CHECKING, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleDimensions
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from pymake.model.events import BuildEnded, BuildStarted, JobEnded, JobStarted
from pymake.reporters.board import Board, Picture, Row
from pymake.reporters.lines import Lines, Verbosity
from pymake.reporters.stream import QuietStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.console import ConsoleOptions, OverflowMethod, RenderResult

    from pymake.interfaces import Clock
    from pymake.model.events import Event

USUAL_SIZE = (80, 24)
BAR_CELLS = 20
LABEL_CELLS = 80
TIMES_CELLS = 32
KEPT_ROWS = 4
"""Rows of the terminal that running jobs leave: the bar, `… and N more`, and two for what is printed above."""


_PAUSES = 100
"""Times that the view pauses as long as it drew."""
_LONGEST_PAUSE = 2.0


class LiveReporter:
    """Shows running jobs and progress in the last rows of a terminal, and prints above them what stays.

    What stays: failed jobs, what jobs printed, notes, with `explain` the reasons; jobs that ended well without a
    word only when verbose. At the end the view is gone and the last line is that of the plain reporter. When silent
    there is no view at all. While an interactive job owns the terminal nothing is shown: that comes after it.

    Args:
        stream: a terminal.
        size: columns and rows, if not those of the terminal at each moment.
        interval: seconds between two looks at whether to draw.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        clock: Clock,
        verbosity: Verbosity = Verbosity.NORMAL,
        explain: bool = False,
        color: bool = False,
        size: tuple[int, int] | None = None,
        interval: float = 0.1,
    ) -> None:
        self._stream = QuietStream(stream)
        self._clock = clock
        self._lines = Lines(verbosity=verbosity, explain=explain, color=color, telling_only=True)
        self._interval = interval
        self._lock = threading.Lock()
        self._board = Board()
        self._texts: list[str] = []
        self._color = color
        self.size = size
        self._view: _View | None = None
        self._tail: Callable[[int], str] | None = None
        self._owner: int | None = None
        self._drawer = threading.Thread()
        self._over = threading.Event()

    def handle(self, event: Event) -> None:
        """Note what the event says; it is on the screen a moment later, at the latest when the build ended."""
        text = self._lines.of(event)
        with self._lock:
            if isinstance(event, BuildStarted):
                self._board = Board()
            self._board.take(event, self._clock.monotonic())
            if text:
                self._texts.append(text)
        match event:
            case BuildStarted():
                self._open()
            case BuildEnded():
                self._owner = None
                self.close()
            case JobStarted(interactive=True, job=job):
                self.close()
                self._owner = job
            case JobEnded(job=job) if job == self._owner:
                self._owner = None
                self._open()
            case _ if self._view is None and self._owner is None:
                self._stream.write(self._taken_texts())
            case _:
                pass

    def follow(self, tail: Callable[[int], str]) -> None:
        """Show the last line of the job that has run longest."""
        self._tail = tail

    def redraw(self) -> None:
        """Bring the screen up to date now; nothing if no build runs."""
        if self._view is None:
            return
        columns, rows = self.size or self._stream.size() or USUAL_SIZE
        with self._lock:
            oldest = self._board.oldest()
        tail = "" if self._tail is None or oldest is None else self._tail(oldest)
        with self._lock:
            picture = self._board.picture(self._clock.monotonic(), rows - KEPT_ROWS, tail)
        self._view.show(self._taken_texts(), picture, ConsoleDimensions(columns, rows))

    def close(self) -> None:
        """Remove the view, write what is not yet written, show the cursor. Twice is as good as once."""
        if self._view is not None:
            self._over.set()
            self._drawer.join()
            self._view.stop()
            self._view = None
        self._stream.write(self._taken_texts())

    def _open(self) -> None:
        self.close()
        if self._lines.verbosity is Verbosity.SILENT:
            return
        self._over.clear()
        self._view = _View(self._stream, color=self._color)
        self._drawer = threading.Thread(target=self._draw, name="pymake-live", daemon=True)
        self._drawer.start()

    def _draw(self) -> None:
        # Signals are for the thread of the engine: one that the system gave to this thread would not wake its wait.
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        pause = self._interval
        while not self._over.wait(pause):
            began = time.thread_time()
            self.redraw()
            pause = pause_after(time.thread_time() - began, self._interval)

    def _taken_texts(self) -> str:
        with self._lock:
            text = "".join(self._texts)
            self._texts.clear()
        return text


def pause_after(cost: float, interval: float) -> float:
    """Seconds until the next drawing, after one that took `cost` seconds of this processor.

    Drawing so takes at most 1 % of one processor, on a slow or busy machine too: there the view moves less often.

    >>> pause_after(0.0005, 0.1), pause_after(0.003, 0.1), pause_after(1.0, 0.1)
    (0.1, 0.3, 2.0)
    """
    return max(interval, min(cost * _PAUSES, _LONGEST_PAUSE))


class _Terminal(Console):
    """A console whose owner knows that it is a terminal, and how large, whatever the environment says."""

    @property
    def is_dumb_terminal(self) -> bool:
        return False


class _View:
    """Owns the last rows of the terminal until `stop`. For one build: `rich` does not start afresh in one object."""

    def __init__(self, stream: QuietStream, *, color: bool) -> None:
        self._console = _Terminal(
            file=cast("IO[str]", stream),
            force_terminal=True,
            force_interactive=True,
            color_system="standard" if color else None,
            no_color=not color,
            width=USUAL_SIZE[0],
            height=USUAL_SIZE[1],
            legacy_windows=False,
        )
        self._stream = stream
        self._drawn = _Drawn()
        self._shown: object = None
        # Neither its thread nor its redirection: only this module writes while a build runs.
        self._live = Live(
            self._drawn,
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def stop(self) -> None:
        """Give the rows back, empty."""
        self._live.stop()

    def show(self, text: str, picture: Picture, size: ConsoleDimensions) -> None:
        """Print the text, whole lines, above the view, and draw the picture, both in one write."""
        shown = (picture, size)
        self._drawn.picture = picture
        if size.width < self._console.size.width:
            self._erase_wrapped(size.width)
        self._console.size = size
        if text:
            self._console.print(_Raw(text), end="", soft_wrap=True)
        elif shown != self._shown:
            self._live.refresh()
        self._shown = shown

    def _erase_wrapped(self, width: int) -> None:
        """Erase the rows that came into being when the terminal became narrower and broke the lines of the view anew.

        Without, they would stay above as ghosts: the next frame goes up by as many rows as it has lines.
        """
        more = sum(max(-(-cells // width), 1) - 1 for cells in self._drawn.cells)
        self._stream.write("\r\x1b[2K" + "\x1b[1A\x1b[2K" * more)


class _Raw:
    """Text that goes to the terminal as it is: not measured, wrapped or searched for markup."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self._text)


class _Drawn:
    """A picture in as many columns as there are."""

    def __init__(self) -> None:
        self.cells: list[int] = []
        self.picture = Picture(done=0, expected=0, failed=0, rest="", rows=(), more=0)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # The last column stays free: some terminals wrap as soon as it is written.
        width = max(options.max_width - 1, 1)
        cells: list[int] = []
        overflow: OverflowMethod = "crop" if options.ascii_only else "ellipsis"
        for line in _view_lines(self.picture, width, ascii_only=options.ascii_only):
            line.truncate(width, overflow=overflow)
            line.no_wrap = True
            cells.append(line.cell_len)
            yield line
        self.cells = cells


def _view_lines(picture: Picture, width: int, *, ascii_only: bool) -> Iterator[Text]:
    gap = "..." if ascii_only else "…"
    for number, row in enumerate(picture.rows):
        yield _running_line(row, width, gap)
        if picture.tail and number == 0:
            yield Text(f"    {'|' if ascii_only else '│'} {picture.tail}", style="dim")
    if picture.more:
        yield Text(f"  {gap} and {picture.more} more", style="dim")
    yield _bar_line(picture, *("#-" if ascii_only else "━─"))


def _running_line(row: Row, width: int, gap: str) -> Text:
    """`  label   elapsed  usual`: the label gives way where there is not enough room."""
    room = max(min(width - TIMES_CELLS, LABEL_CELLS), 12)
    label = Text(f"  {_without_middle(row.label, room - 2, gap)}")
    label.truncate(room, overflow="crop", pad=True)
    return label.append(f"  {row.elapsed:>10}  {row.usual}".rstrip(), style="dim")


def _without_middle(label: str, cells: int, gap: str) -> str:
    """The label in so many cells: its beginning says which task, its end tells the jobs of a task apart."""
    if cell_len(label) <= cells:
        return label
    room = cells - len(gap)
    head, tail = set_cell_size(label, room // 3), set_cell_size(label[::-1], room - room // 3)[::-1]
    return f"{head.rstrip()}{gap}{tail.lstrip()}"


def _bar_line(picture: Picture, full: str, empty: str) -> Text:
    done, expected = picture.done, max(picture.expected, picture.done, 1)
    cells = done * BAR_CELLS // expected
    line = Text("  ").append(full * cells, style="green").append(empty * (BAR_CELLS - cells), style="dim")
    line.append(f"  {done}/{expected}  {done * 100 // expected} %")
    if picture.failed:
        line.append(f"  {picture.failed} failed", style="red")
    return line.append(f"  about {picture.rest} left" if picture.rest else "")
