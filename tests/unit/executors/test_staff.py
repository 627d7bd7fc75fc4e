"""Workers as processes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from pymake.executors.groups import GroupTable
from pymake.executors.slotlog import SlotLog
from pymake.executors.staff import Staff
from pymake.executors.waiting import best_waits
from pymake.executors.wire import reply_of
from pymake.executors.worker import Worker
from tests.unit.executors.workbench import call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture
def table() -> Iterator[GroupTable]:
    table = GroupTable(1)
    yield table
    table.close()


@pytest.fixture
def ask(table: GroupTable, tmp_path: Path) -> Iterator[tuple[Staff, Callable[[], int]]]:
    """A staff for one slot, and a call that has the worker answer; it returns the worker's process."""
    log = SlotLog(str(tmp_path), 0)
    worker = Worker(str(tmp_path), {"f": lambda: None}, os.environ)
    staff = Staff(worker=worker, groups=table, logs=[log.path], places=lambda slot: slot, waits=best_waits())

    def ask() -> int:
        process = staff.send(0, call("f"), folder=None, env=(), log=log)
        answer = staff.receive(0)
        assert answer
        assert reply_of(answer).complaint is None
        return process

    yield staff, ask
    staff.close()
    log.close()


def test_a_worker_stays_and_is_in_the_table(table: GroupTable, ask: tuple[Staff, Callable[[], int]]) -> None:
    _, call_it = ask
    process = call_it()
    assert call_it() == process
    assert table.running() == [process]


def test_a_worker_that_died_while_idle_is_replaced_when_needed(ask: tuple[Staff, Callable[[], int]]) -> None:
    staff, call_it = ask
    process = call_it()
    os.kill(process, signal.SIGKILL)
    assert staff.receive(0) is None
    assert call_it() != process


def test_a_dismissed_worker_is_gone_with_its_place(table: GroupTable, ask: tuple[Staff, Callable[[], int]]) -> None:
    staff, call_it = ask
    process = call_it()
    assert staff.dismiss(0) == signal.SIGKILL
    assert table.running() == []
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
