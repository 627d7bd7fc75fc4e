"""Touching outputs in the place of running jobs, and pauses before tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.executors.manners import PAUSE, PausingExecutor, TouchingExecutor
from pymake.fs.clock import SystemClock
from pymake.model.job import Failed, Succeeded
from tests.unit.executors.workbench import Workbench, call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.executors.conftest import Make


def test_outputs_are_made_or_get_a_new_time_and_keep_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("kept")
    before = (tmp_path / "old").stat().st_mtime_ns - 10**9
    (tmp_path / "folder").mkdir()
    executor = TouchingExecutor(root=str(tmp_path), outputs=lambda _: ("old", "new", "folder"), clock=SystemClock())
    assert isinstance(Workbench(executor, tmp_path).run(call("f")), Succeeded)
    assert ((tmp_path / "old").read_text(), (tmp_path / "new").read_text()) == ("kept", "")
    assert (tmp_path / "old").stat().st_mtime_ns > before


def test_what_cannot_be_touched_fails_its_job(tmp_path: Path) -> None:
    executor = TouchingExecutor(root=str(tmp_path), outputs=lambda _: ("no/such/folder",), clock=SystemClock())
    outcome = Workbench(executor, tmp_path).run(call("f"))
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == f"cannot touch {tmp_path}/no/such/folder: No such file or directory"


def test_there_is_a_pause_before_each_new_task(inline: Make) -> None:
    naps: list[float] = []
    tasks = ["a", "a", None, "b", "a"]
    bench = inline({"f": lambda: None})
    bench.executor = PausingExecutor(bench.executor, lambda job: tasks[job], sleep=naps.append)
    for _ in tasks:
        assert isinstance(bench.run(call("f")), Succeeded)
    assert naps == [PAUSE] * 2
