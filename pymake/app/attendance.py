"""What a watch lends to each of its builds, and learns from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.engine.scheduler import JobState
from pymake.model.ids import JobId

if TYPE_CHECKING:
    from pymake.app.signals import SignalCatcher
    from pymake.interfaces import News

Ended = Callable[[Callable[[JobId], JobState]], None]
"""Told at the end of a build how to ask for the state of each suspect."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """The signals are those of the whole watch."""

    signals: SignalCatcher
    news: News
    ended: Ended
