"""Texts about processes and calls that ended."""

from __future__ import annotations

import signal

import pytest

from pymake.errors import CallFailed, CommandFailed
from pymake.executors.endings import UNKNOWN, Complaint, Death, command_failed, describe_status, timed_out, worker_died
from pymake.model.job import Call
from tests.unit.executors.workbench import command


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (1 << 8, "exit status 1"),
        (255 << 8, "exit status 255"),
        (signal.SIGKILL, "killed by SIGKILL"),
        (signal.SIGSEGV | 0x80, "killed by SIGSEGV"),  # with a core file
        (62, "killed by signal 62"),
        (UNKNOWN, "its exit status is lost: this process ignores SIGCHLD, or waits for any child"),
    ],
)
def test_statuses(status: int, text: str) -> None:
    assert describe_status(status) == text


def test_a_failed_command_is_shown_as_one_would_type_it() -> None:
    assert str(command_failed(("cp", "a b", "c"), 1 << 8)) == "exit status 1\n  command: cp 'a b' c"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (3 << 8, "worker exited with status 3 (os._exit or a crash)"),
        (signal.SIGSEGV, "worker was killed by SIGSEGV"),
        (UNKNOWN, "worker is gone, and nobody saw how it ended"),
    ],
)
def test_dead_workers(status: int, text: str) -> None:
    assert str(worker_died(Death(status, 0))) == text


def test_timeouts_name_every_command_of_the_job() -> None:
    assert str(timed_out(command("a", ("b", "c")), 2.5)) == "timed out after 2.5 s\n  command: a\n  command: b c"
    assert str(timed_out(Call(task="t", arguments=()), 60.0)) == "timed out after 60 s"


def test_a_complaint_becomes_the_error_that_it_came_from() -> None:
    error = Complaint("CommandFailed", "m", (("a", "b"),), "h").error()
    assert type(error) is CommandFailed
    assert str(error) == "m\n  a: b\n  try: h"
    assert type(Complaint("OfTheUser", "m").error()) is CallFailed
