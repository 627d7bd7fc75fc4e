"""The course of one service in a watch: what happens to it, and what is done about that. Pure.

What a service is started with has a fingerprint: its command and the contents of its inputs. `wanted` is that of the
last build that left all inputs ready, `running` that of the process there is.
"""

from __future__ import annotations

import enum

from pymake.dataclass import dataclass, replace

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds before a service that died is started again: doubled from death to death."""
PROVEN = 10.0
"""A service that ran for so many seconds was well: its next death is a first one again."""


class Phase(enum.Enum):
    """What a service does now."""

    WAITING = "waiting"
    """Nothing runs, and nothing will before the inputs are ready or changed."""
    FREEING = "freeing"
    """Nothing runs; its port has to be free first."""
    RUNNING = "running"
    """Its process runs."""
    ENDING = "ending"
    """Its process was told to end."""
    PAUSING = "pausing"
    """It died; it is started again when the pause is over."""


class Move(enum.Enum):
    """What is to be done."""

    NOTHING = "nothing"
    LOOK = "look"
    """See whether the port is free."""
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a service is. `since` is when its process was started, `due` when the next move has to be thought of."""

    phase: Phase = Phase.WAITING
    wanted: bytes | None = None
    running: bytes | None = None
    since: float = 0.0
    due: float | None = None
    deaths: int = 0


def want(course: Course, fingerprint: bytes | None) -> tuple[Course, Move]:
    """All inputs are ready, with this fingerprint; None: it is not wanted any more.

    >>> course, move = want(Course(), b"1")
    >>> course.phase, move
    (<Phase.FREEING: 'freeing'>, <Move.LOOK: 'look'>)
    """
    changed = fingerprint != course.wanted
    course = replace(course, wanted=fingerprint)
    match course.phase:
        case Phase.RUNNING if fingerprint != course.running:
            return replace(course, phase=Phase.ENDING), Move.END
        case Phase.WAITING | Phase.PAUSING | Phase.FREEING if fingerprint is None:
            return Course(), Move.NOTHING
        case Phase.WAITING | Phase.PAUSING if changed:
            return replace(course, phase=Phase.FREEING, due=None, deaths=0), Move.LOOK
        case _:
            return course, Move.NOTHING


def port_looked_at(course: Course, now: float, *, is_free: bool, look_again: float) -> tuple[Course, Move]:
    """Whether the port of a service is free, or is to be looked at again so many seconds later."""
    if course.phase is not Phase.FREEING:
        return course, Move.NOTHING
    if not is_free:
        return replace(course, due=now + look_again), Move.NOTHING
    return replace(course, phase=Phase.RUNNING, running=course.wanted, since=now, due=None), Move.START


def ended(course: Course, now: float) -> tuple[Course, Move]:
    """The process of a service, with all that came out of it, is gone."""
    course = replace(course, running=None)
    if course.wanted is None:
        return Course(), Move.NOTHING
    if course.phase is Phase.ENDING:
        return replace(course, phase=Phase.FREEING, deaths=0), Move.LOOK
    deaths = 1 if now - course.since >= PROVEN else course.deaths + 1
    pause = min(FIRST_PAUSE * 2 ** (deaths - 1), LONGEST_PAUSE)
    return replace(course, phase=Phase.PAUSING, deaths=deaths, due=now + pause), Move.NOTHING


def refused(course: Course) -> tuple[Course, Move]:
    """Its program cannot be started: that will not change before the build file or an input does."""
    return replace(course, phase=Phase.WAITING, running=None, due=None), Move.NOTHING


def passed(course: Course, now: float) -> tuple[Course, Move]:
    """Time has passed."""
    if course.due is None or now < course.due:
        return course, Move.NOTHING
    match course.phase:
        case Phase.PAUSING | Phase.FREEING:
            return replace(course, phase=Phase.FREEING, due=None), Move.LOOK
        case _:
            return replace(course, due=None), Move.NOTHING
