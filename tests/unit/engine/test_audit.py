"""What of what a job opened was not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.engine.audit import Audit, Undeclared
from pymake.model.seen import Seen
from tests.unit.planner.sample import compiled, task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.model.ids import JobId

MAKER = task("maker", "a", "made")


def audited(
    seen: Seen | None, *, everything: bool = True, files: Iterable[str] = (), records: bool = False
) -> tuple[Audit, list[str]]:
    plan = compiled(
        [task("t", ["a", "tree/"], ["b", "out/"], order_only=("later",), depfile="b.d", records_reads=records), MAKER],
        ["a", "tree/x", "later"],
    ).plan
    job = next(job for job in plan.jobs() if plan.task(plan.task_of(job)).name == "t")

    def seen_of(asked: JobId) -> Seen | None:
        assert asked == job
        return seen

    audit = Audit(
        plan=plan,
        everything=everything,
        seen_of=seen_of,
        is_file=frozenset(files).__contains__,
        is_folder={"folder"}.__contains__,
    )
    return audit, list(audit.reads(job))


def only(audited: tuple[Audit, list[str]]) -> Undeclared:
    (found,) = audited[0].found()
    return found


NOT_COUNTED = [
    "a",
    "tree/x",
    "b",
    "out/deep/x",
    "later",
    "b.d",
    "/etc/passwd",
    "../x",
    ".pymake/journal",
    "folder",
    ".",
]


@pytest.mark.parametrize("path", [*NOT_COUNTED, "lib/__pycache__/x.pyc"])
def test_what_does_not_count(path: str) -> None:
    found = only(
        audited(Seen(reads=(path,), writes=(path,) if path not in ("a", "tree/x", "later") else ()), files=[path])
    )
    assert (found.reads, found.writes) == ({}, {})


def test_what_counts() -> None:
    found = only(
        audited(Seen(reads=("words", "gone", "made", "log"), writes=("log", "temporary")), files=["words", "log"])
    )
    assert found.reads == {"words": 1, "made": 1}
    assert found.writes == {"log": 1}
    assert found.makers == {"made": "maker"}
    assert (found.jobs, found.blind, found.unseen) == (1, False, False)


def test_a_written_input_is_told() -> None:
    assert only(audited(Seen(writes=("a",)), files=["a"])).writes == {"a": 1}


def test_what_cannot_be_seen_is_told() -> None:
    assert only(audited(None)).unseen
    assert only(audited(Seen(blind=True))).blind


def test_reads_are_recorded_if_the_task_says_so() -> None:
    found = audited(Seen(reads=("words", "gone", "a")), everything=False, files=["words"], records=True)
    assert found[1] == ["words", "gone"]
    assert only(found).reads == {}


def test_without_audit_nothing_is_watched() -> None:
    audit, recorded = audited(Seen(reads=("words",)), everything=False)
    assert (audit.found(), recorded) == ([], [])
