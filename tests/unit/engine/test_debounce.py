"""When a watch looks, on a clock of the test's own; and how long it lets jobs start themselves."""

from __future__ import annotations

import pytest

from pymake.engine.debounce import LONE, LONGEST, MOST, Debounce
from pymake.engine.rounds import MOST_ROUNDS, Rounds, Verdict


@pytest.mark.parametrize(
    ("heard", "due"),
    [
        ([(0.0, ["a"])], LONE),
        ([(0.0, ["a", ".a.swp", "a~"])], LONE),  # an editor's way of saving
        ([(0.0, ["a"]), (0.004, ["a"])], 0.004 + LONE),
        ([(0.0, [])], LONE),  # nobody knows what it was
        ([(0.0, list("abcdef"))], 4 * LONE),
        ([(0.0, [str(number) for number in range(1000)])], LONGEST),  # another branch is checked out
        ([(moment / 100, ["big"]) for moment in range(10)], 0.09 + 7 * LONE),  # written in pieces
        ([(moment / 10, [str(moment)]) for moment in range(40)], MOST),  # it never gets quiet
    ],
)
def test_when_to_look(heard: list[tuple[float, list[str]]], due: float) -> None:
    debounce = Debounce()
    for moment, paths in heard:
        debounce.heard(paths, moment)
    assert debounce.due() == pytest.approx(due)


def test_after_a_look_all_begins_anew() -> None:
    debounce = Debounce()
    debounce.heard([str(number) for number in range(1000)], 0.0)
    debounce.looked()
    assert debounce.due() is None
    debounce.heard(["a"], 5.0)
    assert debounce.due() == pytest.approx(5.0 + LONE)


def test_jobs_that_start_themselves_get_one_last_chance() -> None:
    rounds = Rounds()
    assert [rounds.judge(during=True) for _ in range(MOST_ROUNDS)] == [Verdict.BUILD] * MOST_ROUNDS
    assert [rounds.judge(during=True) for _ in range(3)] == [Verdict.WAIT, Verdict.REFUSE, Verdict.REFUSE]
    assert rounds.judge(during=False) is Verdict.BUILD
    assert rounds.judge(during=True) is Verdict.BUILD
