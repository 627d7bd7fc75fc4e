"""The table of process groups."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pymake.executors.groups import GroupTable, is_there, reap_own, send


def start(text: str) -> int:
    return os.posix_spawn("/bin/sh", ["sh", "-c", text], os.environ, setpgroup=0)


def test_places_are_numbers_in_shared_memory() -> None:
    table = GroupTable(2)
    assert table.running() == []
    table[1] = 1234
    assert (table[0], table[1], table.running()) == (0, 1234, [1234])
    table[1] = 0
    assert table.running() == []
    table.close()


def test_no_group_means_not_this_one() -> None:
    assert not send(0, signal.SIGKILL)
    assert not is_there(0)


def test_a_group_is_there_until_its_last_member_is_gone() -> None:
    process = start("exec sleep 1000")
    assert is_there(process)
    assert send(process, signal.SIGKILL)
    os.waitpid(process, 0)
    assert not is_there(process)
    assert not send(process, signal.SIGTERM)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only /proc tells")
def test_a_member_that_has_ended_and_that_nobody_asks_about_is_gone() -> None:
    process = start("exit")
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert send(process, 0)
    assert not is_there(process)
    os.waitpid(process, 0)


def test_no_child_is_left_to_reap() -> None:
    assert not reap_own()
