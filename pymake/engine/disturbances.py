"""What a build of a watch makes of changes that are heard while it runs.

A job that reads a changed source is ended and starts again: what it makes would not be believed. Everything else goes
on; what has already settled and would come out otherwise now is for the next build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.engine.parts import Parts
    from pymake.engine.settling import Settling
    from pymake.engine.tally import Tally
    from pymake.model.ids import FileId, JobId

LISTEN_EVERY = 0.05
"""Seconds between two looks for news while jobs run."""


class Disturbances:
    """Owns what has been done about the news of one build."""

    def __init__(self, parts: Parts, settling: Settling, tally: Tally) -> None:
        self._parts = parts
        self._settling = settling
        self._tally = tally
        self._has_ended = False

    def heed(self) -> None:
        """Do what the news ask for."""
        news = self._parts.news
        if news is None:
            return
        news.attend()
        if news.ends() and not self._has_ended:
            self._has_ended = True
            self._settling.stop()
            self._parts.executor.cancel(self._parts.scheduler.running())
        elif news.starts_nothing() and not self._settling.stopping:
            self._settling.stop()
        elif not self._settling.stopping:
            self._restart(news.edited())

    def over(self) -> None:
        """The last job has ended."""
        if self._parts.news is not None:
            self._parts.news.over()

    def patience(self, seconds: float | None) -> float | None:
        """How long to wait for jobs, if without news it were so many seconds."""
        if self._parts.news is None:
            return seconds
        return LISTEN_EVERY if seconds is None else min(seconds, LISTEN_EVERY)

    def _restart(self, files: Iterable[FileId]) -> None:
        for file in files:
            readers = [job for job in self._parts.scheduler.running() if self._reads(job, file)]
            for job in readers:
                plan = self._parts.plan
                self._tally.note(f"{plan.label(job)}: {plan.path(file)} changed; starting again")
            if readers:
                self._settling.restart(readers)

    def _reads(self, job: JobId, file: FileId) -> bool:
        return file in self._parts.plan.dirtying(job) or file in self._parts.survey.discovered.get(job, ())
