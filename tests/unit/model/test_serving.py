"""The course of a service: what happens to it, and what is done about that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pymake.model.serving import LONGEST_PAUSE, Course, Move, Phase, ended, passed, port_looked_at, refused, want

WAITING = Course()
FREEING = Course(phase=Phase.FREEING, wanted=b"1")
RUNNING = Course(phase=Phase.RUNNING, wanted=b"1", running=b"1", since=5.0)
ENDING = Course(phase=Phase.ENDING, wanted=b"2", running=b"1", since=5.0)
PAUSING = Course(phase=Phase.PAUSING, wanted=b"1", due=7.0, deaths=1)


@pytest.mark.parametrize(
    ("before", "fingerprint", "phase", "move"),
    [
        (WAITING, b"1", Phase.FREEING, Move.LOOK),
        (WAITING, None, Phase.WAITING, Move.NOTHING),
        (replace(WAITING, wanted=b"1"), b"1", Phase.WAITING, Move.NOTHING),
        (FREEING, b"2", Phase.FREEING, Move.NOTHING),
        (FREEING, None, Phase.WAITING, Move.NOTHING),
        (RUNNING, b"1", Phase.RUNNING, Move.NOTHING),
        (RUNNING, b"2", Phase.ENDING, Move.END),
        (RUNNING, None, Phase.ENDING, Move.END),
        (ENDING, b"1", Phase.ENDING, Move.NOTHING),
        (ENDING, None, Phase.ENDING, Move.NOTHING),
        (PAUSING, b"1", Phase.PAUSING, Move.NOTHING),
        (PAUSING, b"2", Phase.FREEING, Move.LOOK),
        (PAUSING, None, Phase.WAITING, Move.NOTHING),
    ],
)
def test_what_a_build_means(before: Course, fingerprint: bytes | None, phase: Phase, move: Move) -> None:
    after, found = want(before, fingerprint)
    assert (after.phase, found, after.wanted) == (phase, move, fingerprint)


@pytest.mark.parametrize("is_free", [True, False])
def test_a_port(is_free: bool) -> None:
    after, move = port_looked_at(FREEING, 3.0, is_free=is_free, look_again=0.1)
    if is_free:
        assert (after, move) == (replace(FREEING, phase=Phase.RUNNING, running=b"1", since=3.0), Move.START)
    else:
        assert (after, move) == (replace(FREEING, due=3.1), Move.NOTHING)
        assert passed(after, 3.0) == (after, Move.NOTHING)
        assert passed(after, 3.1) == (FREEING, Move.LOOK)
    assert port_looked_at(RUNNING, 3.0, is_free=is_free, look_again=0.1) == (RUNNING, Move.NOTHING)


def test_one_that_was_told_to_end_is_started_with_what_is_new() -> None:
    after, move = ended(ENDING, 9.0)
    assert (after, move) == (replace(ENDING, phase=Phase.FREEING, running=None), Move.LOOK)
    assert ended(replace(ENDING, wanted=None), 9.0) == (WAITING, Move.NOTHING)


def test_one_that_dies_is_started_again_after_longer_and_longer_pauses() -> None:
    pauses, now, course = [], 5.0, RUNNING
    for _ in range(8):
        course, move = ended(course, now)
        assert (course.phase, move) == (Phase.PAUSING, Move.NOTHING)
        assert course.due is not None
        pauses.append(course.due - now)
        now = course.due
        course, move = passed(course, now)
        assert move is Move.LOOK
        course, move = port_looked_at(course, now, is_free=True, look_again=0.1)
        assert move is Move.START
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE, LONGEST_PAUSE]
    assert ended(course, now + 60)[0].due == now + 60.5


def test_one_that_cannot_be_started_waits_for_a_change() -> None:
    after, move = refused(RUNNING)
    assert (after.phase, after.running, move) == (Phase.WAITING, None, Move.NOTHING)
    assert want(after, b"1")[1] is Move.NOTHING
    assert want(after, b"2")[1] is Move.LOOK


def test_time_alone_means_nothing() -> None:
    for course in (WAITING, RUNNING, ENDING):
        assert passed(course, 1e9) == (course, Move.NOTHING)
    assert passed(replace(RUNNING, due=1.0), 2.0) == (RUNNING, Move.NOTHING)
