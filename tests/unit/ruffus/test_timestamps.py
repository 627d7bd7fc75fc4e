"""The rule by times and records, row by row, on times that are written down."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from pymake.model.verdict import FacetChanged, InputChanged, NeverRan, OutputMissing
from pymake.ruffus.history import Record
from pymake.ruffus.timestamps import (
    Compared,
    Digests,
    Judgement,
    Missing,
    NothingToJudge,
    OtherExtras,
    OtherFunction,
    Unrecorded,
    is_up_to_date,
    judge,
    reason_of,
)


@dataclass
class FakeTimes:
    """Files with their times, links, and records."""

    files: dict[str, float]
    links: dict[str, str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)

    def time(self, name: str) -> float | None:
        return self.files.get(self.links.get(name, name))

    def identity(self, name: str) -> object:
        return self.links.get(name, name)

    def record(self, name: str) -> Record | None:
        return self.records.get(name)


def record(mtime: float, function: str = "f", extras: str = "x") -> Record:
    return Record(outfile="", mtime=mtime, chksum_params=extras, chksum_func=function)


def judged(call: tuple[object, ...], times: FakeTimes, level: int = 0) -> Judgement:
    return judge(call, lambda: Digests(function="f", extras="x"), times, level)


@pytest.mark.parametrize(
    ("call", "text"),
    [(("a",), "i/o files not specified"), (("a", []), "Missing output file"), (("a", 5), "Missing output file")],
)
def test_without_outputs_there_is_nothing_to_judge_by(call: tuple[object, ...], text: str) -> None:
    assert judged(call, FakeTimes({"a": 1.0})) == NothingToJudge(text=text)


def test_missing_files_are_named_inputs_first() -> None:
    assert judged((["a", "gone"], ["b", "c"]), FakeTimes({"a": 1.0, "b": 2.0})) == Missing(names=("gone", "c"))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_from_level_1_on_an_output_needs_a_record(level: int) -> None:
    times = FakeTimes({"a": 1.0, "b": 2.0, "c": 2.0}, records={"b": record(2.0)})
    assert judged(("a", ["b", "c"]), times, level) == Unrecorded(names=("c",))


def test_level_0_knows_no_records() -> None:
    assert is_up_to_date(judged(("a", "b"), FakeTimes({"a": 1.0, "b": 2.0})))


@pytest.mark.parametrize(
    ("level", "function", "extras", "found"),
    [
        (1, "other", "other", None),
        (2, "other", "x", OtherFunction(names=("b",))),
        (2, "f", "other", None),
        (3, "other", "x", OtherFunction(names=("b",))),
        (3, "f", "other", OtherExtras(names=("b",))),
        (3, "other", "other", OtherExtras(names=("b",))),
    ],
)
def test_function_counts_from_level_2_and_extras_at_level_3(
    level: int, function: str, extras: str, found: Judgement | None
) -> None:
    judgement = judged(("a", "b"), FakeTimes({"a": 1.0, "b": 2.0}, {}, {"b": record(2.0, function, extras)}), level)
    assert is_up_to_date(judgement) if found is None else judgement == found


def test_with_both_kinds_of_change_the_function_is_named() -> None:
    records = {"b": record(2.0, "f", "other"), "c": record(2.0, "other")}
    times = FakeTimes({"a": 1.0, "b": 2.0, "c": 2.0}, {}, records)
    assert judged(("a", ["b", "c"]), times, 3) == OtherFunction(names=("c",))


def test_without_inputs_an_output_that_is_there_is_up_to_date() -> None:
    assert judged((None, "b"), FakeTimes({"b": 2.0})) == Compared()


@pytest.mark.parametrize(("source", "target", "late"), [(1.0, 2.0, False), (2.0, 2.0, True), (3.0, 2.0, True)])
def test_an_input_that_is_not_older_makes_the_job_late(source: float, target: float, late: bool) -> None:
    judgement = judged(("a", "b"), FakeTimes({"a": source, "b": target}))
    assert isinstance(judgement, Compared)
    assert judgement.is_late is late


def test_the_newest_input_is_compared_with_the_oldest_output() -> None:
    judgement = judged((["a", "b"], ["c", "d"]), FakeTimes({"a": 1.0, "b": 3.0, "c": 2.0, "d": 4.0}))
    assert isinstance(judgement, Compared)
    assert [(each.name, each.blamed) for each in (*judgement.inputs, *judgement.outputs)] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
    ]


@pytest.mark.parametrize("links", [{}, {"b": "a"}])
def test_an_output_that_is_an_input_is_left_out(links: dict[str, str]) -> None:
    output = "b" if links else "a"
    assert is_up_to_date(judged(("a", output), FakeTimes({"a": 1.0}, links)))


@pytest.mark.parametrize(
    ("file", "recorded", "late"),
    [
        (9.0, 3.0, False),  # edited by hand: the recorded time counts
        (1.5, 2.5, False),  # recorded a little later than the file: still the recorded time
        (0.5, 3.0, True),  # an older file was put in its place
    ],
)
def test_an_output_counts_with_its_recorded_time(file: float, recorded: float, late: bool) -> None:
    times = FakeTimes({"a": 2.0, "b": file}, {}, {"b": record(recorded)})
    assert is_up_to_date(judged(("a", "b"), times, 1)) is not late


def test_an_input_counts_with_the_later_of_file_and_record() -> None:
    times = FakeTimes({"a": 1.0, "b": 2.0}, {}, {"a": record(5.0), "b": record(2.0)})
    assert not is_up_to_date(judged(("a", "b"), times, 1))
    assert is_up_to_date(judged(("a", "b"), times, 0))


@pytest.mark.parametrize(
    ("judgement", "reason"),
    [
        (Missing(names=("a", "b")), OutputMissing(path="a")),
        (Unrecorded(names=("a",)), NeverRan()),
        (OtherFunction(names=("a",)), FacetChanged(name="code", before=None, after=None)),
        (OtherExtras(names=("a",)), FacetChanged(name="arguments", before=None, after=None)),
        (judged(("a", "b"), FakeTimes({"a": 3.0, "b": 2.0})), InputChanged(path="a")),
    ],
)
def test_a_judgement_is_a_reason_of_the_engine(judgement: Judgement, reason: object) -> None:
    assert reason_of(judgement) == reason
