"""Waiting for processes and files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.executors.endings import UNKNOWN
from pymake.executors.waiting import AskingWaits, PidfdWaits, best_waits, wait_status

if TYPE_CHECKING:
    from pymake.executors.waiting import Waits

kinds = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(PidfdWaits, marks=pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only on Linux")),
        AskingWaits,
    ],
)


def start(text: str) -> int:
    return os.posix_spawn("/bin/sh", ["sh", "-c", text], os.environ)


@kinds
def test_processes_are_reported_as_they_end(kind: type[Waits]) -> None:
    waits = kind()
    slow, quick = start("exec sleep 1000"), start("exit 7")
    waits.watch_process(slow)
    waits.watch_process(quick)
    assert waits.wait(20.0) == ([quick], [])
    assert waits.status(quick) == 7 << 8
    os.kill(slow, 9)
    assert waits.wait(None) == ([slow], [])
    assert waits.status(slow) == 9
    assert waits.wait(0.0) == ([], [])


@kinds
def test_files_are_reported_while_they_are_watched(kind: type[Waits]) -> None:
    read, write = os.pipe()
    waits = kind()
    waits.watch_file(read)
    assert waits.wait(0.001) == ([], [])
    os.write(write, b"x")
    assert waits.wait(None) == ([], [read])
    waits.forget_file(read)
    assert waits.wait(0.0) == ([], [])
    os.close(read)
    os.close(write)


@kinds
def test_a_status_that_somebody_else_took_is_unknown(kind: type[Waits]) -> None:
    waits = kind()
    process = start("exit 0")
    waits.watch_process(process)
    os.waitpid(process, 0)
    assert waits.wait(20.0) == ([process], [])
    assert waits.status(process) == UNKNOWN
    assert wait_status(process) == UNKNOWN


def test_the_best_way_is_taken() -> None:
    assert isinstance(best_waits(), PidfdWaits if hasattr(os, "pidfd_open") else AskingWaits)
