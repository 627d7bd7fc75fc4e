"""Jobs that start themselves: what one writes makes another one of the same build run again, and so on for ever.

That cannot be told from a user who saves during a build by looking once. But a user stops. So a few rounds in a row
are allowed, then one more after a pause, and then there is no further one until something else happens.
"""

from __future__ import annotations

import enum

MOST_ROUNDS = 4
"""Builds in a row of which each was caused by what happened during the one before."""

PAUSE = 2.0
"""Seconds of quiet before the last one."""


class Verdict(enum.Enum):
    """What to do about a build that changes call for."""

    BUILD = "build"
    WAIT = "wait"
    """Build it when the pause is over."""
    REFUSE = "refuse"
    """The jobs cause it themselves: report it."""


class Rounds:
    """Owns how many builds in a row were caused by what happened during the one before.

    >>> rounds = Rounds()
    >>> [rounds.judge(during=True).value for _ in range(6)]
    ['build', 'build', 'build', 'build', 'wait', 'refuse']
    >>> rounds.judge(during=False).value
    'build'
    """

    def __init__(self) -> None:
        self._count = 0

    def judge(self, *, during: bool) -> Verdict:
        """A build is called for; `during` says that all that calls for it happened while the last one ran."""
        if not during:
            self._count = 0
            return Verdict.BUILD
        self._count += 1
        if self._count <= MOST_ROUNDS:
            return Verdict.BUILD
        return Verdict.WAIT if self._count == MOST_ROUNDS + 1 else Verdict.REFUSE
