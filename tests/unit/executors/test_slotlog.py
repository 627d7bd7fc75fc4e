"""The log file that jobs of a slot share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.executors.slotlog import SlotLog

if TYPE_CHECKING:
    from pathlib import Path


def test_a_silent_job_leaves_the_same_file(tmp_path: Path) -> None:
    log = SlotLog(str(tmp_path), "slot-3")
    fd = log.fd
    assert log.keep("logs/a") is False
    assert (log.fd, (tmp_path / "logs").exists()) == (fd, False)
    assert os.path.exists(tmp_path / ".pymake/logs/slot-3")


def test_a_job_that_printed_gets_the_file_and_the_slot_a_new_one(tmp_path: Path) -> None:
    log = SlotLog(str(tmp_path), "slot-0")
    stray = os.dup(log.fd)
    os.write(log.fd, b"one\n")
    assert log.keep("logs/deep/a") is True
    os.write(stray, b"late\n")  # a process that was left behind
    assert log.keep("logs/b") is False
    assert (tmp_path / "logs/deep/a").read_bytes() == b"one\nlate\n"
    os.close(stray)
    log.close()


def test_a_file_left_by_a_killed_build_is_emptied(tmp_path: Path) -> None:
    (tmp_path / ".pymake/logs").mkdir(parents=True)
    (tmp_path / ".pymake/logs/slot-0").write_text("old")
    log = SlotLog(str(tmp_path), "slot-0")
    assert log.keep("logs/a") is False
    log.close()
    assert list((tmp_path / ".pymake/logs").iterdir()) == []
