"""Events make a picture: counts, running jobs, the estimate."""

from __future__ import annotations

import pytest

from pymake.model.events import BuildEnded, BuildStarted, Note, Progress, Summary
from pymake.reporters.board import Board, Picture, Row
from tests.unit.reporters.samples import FAILURE, ended, started


def board(suspects: int = 10, slots: int = 2) -> Board:
    result = Board()
    result.take(BuildStarted(total=20, suspects=suspects, slots=slots), 0.0)
    return result


def test_before_the_build() -> None:
    assert Board().picture(0.0, 5) == Picture(done=0, expected=0, failed=0, rest="", rows=(), more=0)


def test_the_suspects_are_expected_to_run() -> None:
    assert board(suspects=10).picture(0.0, 5) == Picture(done=0, expected=10, failed=0, rest="", rows=(), more=0)


def test_running_jobs_with_their_times() -> None:
    it = board()
    it.take(started(0, "a.o", usual=65.0), 0.0)
    it.take(started(1, "b\n.o"), 2.0)
    assert it.picture(5.0, 5).rows == (
        Row(label="objects a.o", elapsed="5 s", usual="usually 1 min 05 s"),
        Row(label="objects b\\n.o", elapsed="3 s", usual=""),
    )


def test_counts_follow_the_events() -> None:
    it = board()
    it.take(started(0), 0.0)
    it.take(started(1), 0.0)
    it.take(ended(0, done=1, expected=9, error=FAILURE), 1.0)
    it.take(Progress(done=1, expected=4), 1.0)
    it.take(Note(text="counts nothing"), 1.0)
    picture = it.picture(1.0, 5)
    assert (picture.done, picture.expected, picture.failed) == (1, 4, 1)
    assert [row.label for row in picture.rows] == ["objects build/a.o"]
    assert picture.more == 0


def test_nothing_runs_after_the_end() -> None:
    it = board()
    it.take(started(0), 0.0)
    it.take(BuildEnded(summary=Summary()), 1.0)
    assert it.picture(1.0, 5).rows == ()


@pytest.mark.parametrize(
    ("most", "labels", "more"), [(2, ["0", "1"], 3), (5, ["0", "1", "2", "3", "4"], 0), (0, [], 5)]
)
def test_the_jobs_that_ran_longest_are_shown(most: int, labels: list[str], more: int) -> None:
    it = board()
    for job in range(5):
        it.take(started(job, str(job)), float(job))
    picture = it.picture(9.0, most)
    assert [row.label for row in picture.rows] == [f"objects {label}" for label in labels]
    assert picture.more == more


def test_less_than_no_room_shows_none() -> None:
    it = board()
    it.take(started(0), 0.0)
    assert it.picture(0.0, -3).more == 1


def test_no_estimate_without_any_time() -> None:
    it = board()
    it.take(started(0), 0.0)
    assert it.rest(5.0) is None
    assert it.picture(5.0, 5).rest == ""


@pytest.mark.parametrize(
    ("suspects", "slots", "usual", "now", "rest"),
    [
        # One job of 10 s, 4 s gone.
        (1, 2, [10.0], 4.0, 6.0),
        # Two that run side by side: not before the longer one.
        (2, 2, [10.0, 2.0], 0.0, 10.0),
        # Two more wait, each the mean of 6 s: 24 s of work in two slots.
        (4, 2, [10.0, 2.0], 0.0, 12.0),
        # In one slot one after the other.
        (4, 1, [10.0, 2.0], 0.0, 24.0),
        # One that nobody knows counts as the mean of the others.
        (2, 1, [10.0, None], 0.0, 20.0),
        # Later than usual: it could end at any moment.
        (1, 1, [10.0], 30.0, 0.0),
    ],
)
def test_the_estimate_from_usual_times(
    suspects: int, slots: int, usual: list[float | None], now: float, rest: float
) -> None:
    it = board(suspects=suspects, slots=slots)
    for job, seconds in enumerate(usual):
        it.take(started(job, usual=seconds), 0.0)
    assert it.rest(now) == rest


def test_the_estimate_from_jobs_that_ended() -> None:
    it = board(suspects=6, slots=1)
    it.take(ended(0, seconds=2.0, done=1, expected=6), 2.0)
    it.take(ended(1, seconds=4.0, done=2, expected=6), 6.0)
    it.take(started(2), 6.0)
    # Three wait and one runs, since 1 s, 3 s each.
    assert it.rest(7.0) == 3 * 3.0 + 2.0
    assert it.picture(7.0, 5).rest == "11 s"


@pytest.mark.parametrize(
    ("started_usual", "now", "rest"),
    [
        ([], 0.0, 40.0),  # nothing runs yet: all of it, in one slot
        ([16.0], 0.0, 40.0),  # the long one runs, the other three take 8 s each
        ([16.0], 6.0, 34.0),
        ([8.0, 8.0], 0.0, 40.0),  # what is left is what the long ones left
    ],
)
def test_the_estimate_from_the_whole_history(started_usual: list[float], now: float, rest: float) -> None:
    it = Board()
    it.take(BuildStarted(total=4, suspects=4, slots=1, usual=40.0), 0.0)
    for job, usual in enumerate(started_usual):
        it.take(started(job, usual=usual), 0.0)
    assert it.rest(now) == rest


def test_the_last_line_of_the_oldest_job_takes_one_row() -> None:
    it = board()
    for job in range(3):
        it.take(started(job, str(job)), float(job))
    assert it.oldest() == 0
    picture = it.picture(9.0, 3, "building\n\x1b[1m 50 %\x1b[0m\n")
    assert (picture.tail, len(picture.rows), picture.more) == (" 50 %", 2, 1)
    assert it.picture(9.0, 1, "building\n").tail == ""
    assert it.picture(9.0, 3, "\n").rows == it.picture(9.0, 3).rows
    assert board().picture(9.0, 3, "lost\n").tail == ""
