"""Running, printing and drawing, put together from their parts. Imported when one of them is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.book import Conduct
from pymake.ruffus.messages import Messages
from pymake.ruffus.printout import Printout, Style, print_pipeline
from pymake.ruffus.readying import Aim, ready
from pymake.ruffus.running import run as run_tasks

if TYPE_CHECKING:
    from pymake.ruffus.flowchart import Chart, Drawing
    from pymake.ruffus.printout import Stream

__all__ = ["Aim", "Conduct", "Messages", "Style", "draw_to", "print_to", "run"]

POOLS = ("multiprocessing", "gevent")


def run(aim: Aim, conduct: Conduct, messages: Messages, *, threads: bool, pool: str) -> None:
    """Bring the targets up to date.

    Raises:
        RethrownJobError: jobs failed.
        ValueError: an unknown pool.
    """
    if pool not in POOLS and conduct.slots > 1:
        raise ValueError(f"pool_manager can be {' or '.join(map(repr, POOLS))}, not {pool!r}")
    found = ready(aim)
    try:
        entering, spared = found.selected()
        for task in found.unmatched:
            messages.no_match_before(task)
        for task in found.empty:
            messages.empty_files(task)
        if pool == "gevent" and any(task.in_main_process for task in entering):
            raise ValueError("run_in_main_process cannot be combined with pool_manager='gevent'")
        if conduct.touch_only:
            messages.say(1, "Touch output files instead of remaking them.")
        if spared and (messages.verbose in (1, 2) or messages.verbose >= 5):
            printout = Printout(found, Style(verbose=messages.verbose, abbreviated=messages.abbreviated))
            messages.up_to_date([line for task in spared for line in printout.task_lines(task, out_of_date=False)])
        if not entering:
            return
        messages.heading("Tasks which will be run:")
        run_tasks(found, entering, conduct, messages, threads=threads or pool == "gevent")
    finally:
        found.now.close()


def print_to(stream: Stream, aim: Aim, style: Style) -> None:
    """Print what would run."""
    found = ready(aim)
    try:
        print_pipeline(found, style, stream)
    finally:
        found.now.close()


def draw_to(stream: Drawing, output_format: str | None, aim: Aim, chart: Chart) -> None:
    """Draw the tasks; those that wait for each other too."""
    from pymake.ruffus.flowchart import draw  # noqa: PLC0415  # running does not need it

    found = ready(aim, circles=True)
    try:
        draw(found, chart, stream, output_format)
    finally:
        found.now.close()
