"""Workers as processes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from pymake.executors.groups import GroupTable, SharedNumbers
from pymake.executors.staff import Staff
from pymake.executors.waiting import best_waits
from pymake.executors.wire import Request, pack
from pymake.executors.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture
def table() -> Iterator[GroupTable]:
    table = GroupTable(2)
    yield table
    table.close()


@pytest.fixture
def ask(table: GroupTable, tmp_path: Path) -> Iterator[tuple[Staff, Callable[[], int]]]:
    """A staff for one slot, and a call that has the worker answer; it returns the worker's process."""
    halts = SharedNumbers(1)
    worker = Worker(
        root=str(tmp_path),
        functions={"f": lambda: None},
        environ=os.environ,
        groups=table,
        place=lambda slot: slot,
        halts=halts,
    )
    staff = Staff(worker=worker, groups=table, logs=[], place=lambda slot: slot + 1, waits=best_waits())
    log = str(tmp_path / "log")
    request = pack(Request(task="f", arguments=(), env=(), cwd=None, log=log))

    def ask() -> int:
        process = staff.send(0, request)
        replies = staff.receive(0)
        assert replies
        assert replies[0].complaint is None
        return process

    yield staff, ask
    staff.close()
    halts.close()


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
    death = staff.dismiss(0)
    assert death.status == signal.SIGKILL
    assert death.peak > 1000
    assert table.running() == []
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
