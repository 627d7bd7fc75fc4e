"""`pipeline_printout`: what would run, and how much of it is told at which verbosity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pymake.dataclass import dataclass
from pymake.ruffus.jobs import Jobs, Parameters
from pymake.ruffus.jobtext import time_lines, wrapped
from pymake.ruffus.messages import NO_JOBS, RULE, description, reasons_of, text_of
from pymake.ruffus.timestamps import Compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.ruffus.readying import Ready
    from pymake.ruffus.tasks import Task


class Stream(Protocol):
    """Where text is written."""

    def write(self, text: str, /) -> object:
        """Take a piece of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How much is told, and how wide."""

    verbose: int
    abbreviated: int
    indent: int = 4
    width: int = 100


class Printout:
    """Owns the printing of one pipeline."""

    def __init__(self, ready: Ready, style: Style) -> None:
        self._ready = ready
        self._style = style

    def lines(self) -> Iterator[str]:
        """Everything, a line or a wrapped paragraph at a time."""
        verbose = self._style.verbose
        if not verbose:
            return
        entering, spared = self._ready.selected()
        if spared and (verbose in (1, 2) or verbose >= 5):
            yield from ("", RULE, "Tasks which are up-to-date:", "", "")
            for task in spared:
                yield from self.task_lines(task, out_of_date=False)
            yield from (RULE, *([""] * (2 if verbose >= 5 else 0)))
        yield from ("", RULE, "Tasks which will be run:", "")
        for task in entering:
            yield from self.task_lines(task, out_of_date=True)
        yield from (RULE,) if verbose < 3 else ("", RULE) if entering else (RULE,)

    def task_lines(self, task: Task, *, out_of_date: bool) -> Iterator[str]:
        """One task: its name, what it does, and its jobs as far as they are wanted."""
        verbose = self._style.verbose
        forced = "     >>Forced to rerun<<" if task in self._ready.forced else ""
        jobs, dropped, _ = Jobs(()) if verbose < 3 else self._ready.now.jobs(task)
        plain = task.prepared is not None and task.prepared.plain
        if verbose >= 3 and not plain:
            yield ""
        yield f"Task = {task.display_name!r}{forced}"
        doc = description(task)
        if verbose >= 2 and doc:
            yield self._wrapped(f'"{doc}"', 4)
        if verbose < 3:
            return
        if not task.is_active:
            if verbose >= 4:
                yield self._wrapped("Task is inactive", 3 + self._style.indent)
            return
        if plain:
            if out_of_date and verbose >= 4:
                yield from self._plain_lines(task)
            return
        if not jobs:
            yield from (self._wrapped(line, 3 + self._style.indent) for line in NO_JOBS)
        for job in jobs:
            yield from self._job_lines(task, job, out_of_date=out_of_date)
        if verbose >= 4 or not jobs:
            for each in dropped:
                yield from self._dropped_lines(each)

    def _plain_lines(self, task: Task) -> Iterator[str]:
        if task.needs_update_func is None:
            yield self._wrapped("Task needs update: No func to check if up-to-date.", 3 + self._style.indent)
            return
        answer = self._ready.answer(task, Parameters(call=(), shown=()))
        if answer.needs_update:
            yield self._wrapped(f"Task needs update: {answer.text}", 3 + self._style.indent)

    def _dropped_lines(self, reason: str) -> Iterator[str]:
        indent = 3 + self._style.indent
        yield self._wrapped("Job Warning: Input substitution failed:", indent)
        yield self._wrapped("             Do your regular expressions match the corresponding Input?", indent)
        for line in reason.split("\n"):
            yield self._wrapped(line, indent + 2, indent + 8)

    def _job_lines(self, task: Task, job: Parameters, *, out_of_date: bool) -> Iterator[str]:
        verbose, indent = self._style.verbose, 3 + self._style.indent
        name = [self._wrapped(line, indent) for line in text_of(task, job, self._style.abbreviated).lines]
        if not out_of_date:
            if verbose >= 6:
                yield from name
                yield from self._spared_lines(task, job)
            return
        answer = self._ready.answer(task, job)
        if not answer.needs_update and verbose < 5:
            return
        prepared = task.prepared
        judged = prepared is not None and (prepared.judged or prepared.makes_folders or task.needs_update_func)
        if not judged:
            if verbose >= 5:
                yield from name
                yield self._wrapped("Jobs needs update: No function to check if up-to-date or not", indent + 2)
            return
        yield from name
        if not answer.needs_update:
            yield from self._spared_lines(task, job)
            return
        if verbose < 4:
            yield self._wrapped("Job needs update", indent + 2)
            return
        folders = prepared is not None and prepared.makes_folders
        first, *more = reasons_of(job, answer, self._style.abbreviated, folders=folders)
        yield self._wrapped(f"Job needs update: {first}".rstrip(" "), indent + 2)
        for line in more:
            yield self._wrapped(line, indent + 8, indent + 11)
        if isinstance(answer.judgement, Compared):
            yield from (" " * indent + line for line in time_lines(answer.judgement, self._style.abbreviated))
            yield ""

    def _spared_lines(self, task: Task, job: Parameters) -> Iterator[str]:
        """What was compared for a job that is up to date, where everything is wanted."""
        if self._style.verbose < 7:
            return
        indent = " " * (3 + self._style.indent)
        answer = self._ready.answer(task, job)
        if answer.judgement is None:
            yield indent + answer.text
            return
        yield indent + "Up to date"
        if isinstance(answer.judgement, Compared):
            yield ""
            yield from (indent + line for line in time_lines(answer.judgement, self._style.abbreviated))
            yield ""

    def _wrapped(self, text: str, indent: int, further: int | None = None) -> str:
        further = self._style.indent + 11 if further is None else further
        return wrapped(text, self._style.width, indent, further)


def print_pipeline(ready: Ready, style: Style, stream: Stream) -> None:
    """Write everything to the stream."""
    for line in Printout(ready, style).lines():
        stream.write(line + "\n")
