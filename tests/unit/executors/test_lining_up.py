"""Quick jobs that wait in line behind running ones, in the worker of a slot."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pymake.errors import CallFailed, CommandFailed, TimedOut, WorkerDied
from pymake.model.ids import JobId
from pymake.model.job import Began, Call, Cancelled, Failed, Launch, Returned, Succeeded
from tests.unit.executors.workbench import Tether, call, command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pymake.model.job import Action, Outcome
    from tests.unit.executors.conftest import Make
    from tests.unit.executors.workbench import Workbench

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def launch(number: int, action: Action, *, timeout: float | None = None, clear: tuple[str, ...] = ()) -> Launch:
    return Launch(
        job=JobId(number),
        label=f"job {number}",
        action=action,
        env=(),
        log=f"logs/{number}",
        timeout=timeout,
        quick=True,
        clear=clear,
    )


def line_up(bench: Workbench, actions: Sequence[Action], *, timeout: float | None = None) -> None:
    """Start the first action, and the others behind it."""
    bench.executor.start(launch(0, actions[0], timeout=timeout))
    for number, action in enumerate(actions[1:], start=1):
        bench.executor.line_up([launch(number, action)])


def told(outcomes: Sequence[Outcome]) -> list[tuple[str, int]]:
    return [(type(outcome).__name__, outcome.job) for outcome in outcomes]


def error_of(outcome: Outcome) -> object:
    assert isinstance(outcome, Failed)
    return outcome.error


@pytest.mark.parametrize("action", [call("f"), command(("true",)), command("exit 0")])
def test_each_begins_when_the_one_before_has_ended(local: Make, action: Action) -> None:
    bench = local({"f": lambda: None})
    line_up(bench, [action] * 3)
    assert told(bench.outcomes(5)) == [
        ("Succeeded", 0),
        ("Began", 1),
        ("Succeeded", 1),
        ("Began", 2),
        ("Succeeded", 2),
    ]
    assert bench.executor.room() == 1


def test_calls_and_commands_stand_in_one_line_and_each_has_its_own_output(local: Make) -> None:
    bench = local({"talk": print})
    line_up(bench, [call("talk", "a"), command("echo b; echo c >&2"), command(("true",)), call("talk", "d")])
    ends = [outcome for outcome in bench.outcomes(7) if isinstance(outcome, Succeeded)]
    assert [outcome.printed for outcome in ends] == [True, True, False, True]
    assert [bench.log(job) for job in range(4)] == ["a\n", "b\nc\n", None, "d\n"]


def test_there_is_room_in_line_only_behind_a_quick_job_in_a_worker(local: Make) -> None:
    bench = local({"wait": time.sleep})
    assert bench.executor.line_up_room() == 0
    bench.start(command(("sleep", "100")))
    assert bench.executor.line_up_room() == 0
    bench.executor.cancel([JobId(0)], at_once=True)
    bench.outcomes()
    bench.executor.start(launch(1, call("wait", 100)))
    room = bench.executor.line_up_room()
    assert room > 1
    bench.executor.line_up([launch(2, call("wait", 0))])
    assert bench.executor.line_up_room() == room - 1
    bench.executor.halt()
    assert bench.executor.line_up_room() == 0


def test_the_shortest_line_grows_first(local: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    bench = local({"read": (tmp_path / "pipe").read_text}, slots=2)
    for number in range(2):
        bench.executor.start(launch(number, call("read")))
    whole = bench.executor.line_up_room()
    for number in range(2, 6):
        bench.executor.line_up([launch(number, call("read"))])
    assert bench.executor.line_up_room() == whole - 4
    bench.executor.halt()
    bench.executor.cancel([JobId(0)], at_once=True)
    assert sorted(told(bench.outcomes(3))) == [("Cancelled", 0), ("Returned", 2), ("Returned", 4)]


@pytest.mark.parametrize("failing", [call("fail"), command("exit 3")])
def test_what_stands_behind_a_failed_job_comes_back(local: Make, failing: Action) -> None:
    bench = local({"fail": lambda: sys.exit(3)})
    line_up(bench, [failing, command("touch a"), command("touch b")])
    assert sorted(told(bench.outcomes(3))) == [("Failed", 0), ("Returned", 1), ("Returned", 2)]
    assert sorted(os.listdir(bench.root)) == [".pymake"]
    assert isinstance(bench.run(command("true")), Succeeded)


def test_with_keep_going_they_begin_all_the_same(local: Make) -> None:
    bench = local(stop_on_failure=False)
    line_up(bench, [command("exit 3"), command(("no-such-program",)), command("exit 0")])
    outcomes = bench.outcomes(5)
    assert told(outcomes) == [("Failed", 0), ("Began", 1), ("Failed", 1), ("Began", 2), ("Succeeded", 2)]
    assert [type(error_of(outcomes[at])) for at in (0, 2)] == [CommandFailed, CommandFailed]
    assert str(error_of(outcomes[0])) == "exit status 3\n  command: exit 3"


def test_what_stands_behind_a_dead_worker_comes_back(local: Make) -> None:
    def die() -> None:
        print("last words", flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)

    bench = local({"die": die, "live": lambda: None})
    line_up(bench, [call("live"), call("die"), call("live"), call("live")])
    outcomes = bench.outcomes(5)
    assert sorted(told(outcomes)) == [
        ("Began", 1),
        ("Failed", 1),
        ("Returned", 2),
        ("Returned", 3),
        ("Succeeded", 0),
    ]
    (error,) = (outcome.error for outcome in outcomes if isinstance(outcome, Failed))
    assert isinstance(error, WorkerDied)
    assert error.message == "worker was killed by SIGSEGV"
    assert dict(error.facts)["last lines"] == "last words"
    assert bench.log(1) == "last words\n"
    assert isinstance(bench.run(call("live")), Succeeded)


def test_a_call_that_leaves_a_thread_behind_is_the_last_of_its_worker(local: Make) -> None:
    blocked = threading.Event()
    bench = local({"leave": lambda: threading.Thread(target=blocked.wait, daemon=True).start(), "who": os.getpid})
    line_up(bench, [call("leave"), call("who")])
    assert told(bench.outcomes(2)) == [("Returned", 1), ("Succeeded", 0)]
    assert isinstance(bench.run(call("who")), Succeeded)


@pytest.mark.parametrize("action", [call("wait"), command("sleep 100 & sleep 100")])
def test_cancelling_ends_the_first_and_brings_back_the_others(local: Make, action: Action, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "tether")
    first = command(f"exec 9>{tether.path}; echo here >&9; sleep 100 & sleep 100")
    bench = local({"wait": lambda: tether_and_wait(tether.path)})
    line_up(bench, [first if not isinstance(action, Call) else action, command("touch x")])
    assert tether.line() == "here\n"
    bench.executor.halt()
    bench.executor.cancel([JobId(0)])
    assert sorted(told(bench.outcomes(2))) == [("Cancelled", 0), ("Returned", 1)]
    tether.assert_all_gone()
    tether.close()
    assert not (bench.root / "x").exists()


def tether_and_wait(path: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, b"here\n")
    signal.pause()


def test_a_quick_command_that_ignores_term_is_killed(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "tether")
    bench = local(patience=0.1)
    line_up(bench, [command(f"trap '' TERM; exec 9>{tether.path}; echo here >&9; sleep 100; sleep 100"), command("x")])
    assert tether.line() == "here\n"
    bench.executor.cancel([JobId(0)])
    assert sorted(told(bench.outcomes(2))) == [("Cancelled", 0), ("Returned", 1)]
    tether.assert_all_gone()
    tether.close()


def test_a_job_in_line_has_its_timeout_from_when_it_began(local: Make) -> None:
    bench = local()
    bench.executor.start(launch(0, command("sleep 0.3")))
    bench.executor.line_up([launch(1, command("sleep 0.3"), timeout=20.0)])
    bench.executor.line_up([launch(2, command("sleep 100"), timeout=0.2)])
    bench.executor.line_up([launch(3, command("touch x"))])
    outcomes = bench.outcomes(6)
    assert told(outcomes[:4]) == [("Succeeded", 0), ("Began", 1), ("Succeeded", 1), ("Began", 2)]
    assert sorted(told(outcomes[4:])) == [("Failed", 2), ("Returned", 3)]
    (error,) = (outcome.error for outcome in outcomes if isinstance(outcome, Failed))
    assert type(error) is TimedOut
    assert bench.executor.room() == 1


def test_halting_lets_the_present_job_end(local: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    bench = local({"read": (tmp_path / "pipe").read_text})
    line_up(bench, [call("read"), command("touch x"), command("touch y")])
    bench.executor.halt()
    (tmp_path / "pipe").write_text("go")
    assert told(bench.outcomes(3)) == [("Succeeded", 0), ("Returned", 1), ("Returned", 2)]
    assert bench.executor.room() == 1
    line_up(bench, [command("touch x"), command("touch y")])
    assert told(bench.outcomes(3)) == [("Succeeded", 0), ("Began", 1), ("Succeeded", 1)]


def test_large_requests_wait_in_the_engine(local: Make) -> None:
    """More than a socket holds, behind a job that does not read: the engine must not wait for the worker."""
    bench = local({"length": lambda text: print(len(text)), "wait": lambda _: time.sleep(0.2)})
    line_up(bench, [call("wait", ""), *(call("length", "x" * 3_000_000) for _ in range(3)), call("length", "y")])
    assert [name for name, _ in told(bench.outcomes(9))].count("Succeeded") == 5
    assert [bench.log(job) for job in range(5)] == [None, "3000000\n", "3000000\n", "3000000\n", "1\n"]


def test_large_requests_come_back_too(local: Make) -> None:
    bench = local({"fail": lambda: sys.exit(1), "length": len})
    line_up(bench, [call("fail"), *(call("length", "x" * 3_000_000) for _ in range(3)), call("length", "y")])
    assert sorted(told(bench.outcomes(5))) == [("Failed", 0), *(("Returned", job) for job in range(1, 5))]
    assert bench.executor.room() == 1


def test_an_argument_that_cannot_travel_fails_only_its_job(local: Make) -> None:
    bench = local({"f": lambda *_: None})
    line_up(bench, [call("f"), call("f", lambda: None), call("f")])
    outcomes = bench.outcomes(5)
    assert sorted(told(outcomes)) == [("Began", 1), ("Began", 2), ("Failed", 1), ("Succeeded", 0), ("Succeeded", 2)]
    assert [type(outcome.error) for outcome in outcomes if isinstance(outcome, Failed)] == [CallFailed]


def test_old_outputs_are_removed_when_the_job_begins(local: Make, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    os.mkfifo(tmp_path / "pipe")
    bench = local({"read": (tmp_path / "pipe").read_text})
    bench.executor.start(launch(0, call("read")))
    bench.executor.line_up([launch(1, command("echo new >> old"), clear=("old", "not there"))])
    assert (tmp_path / "old").read_text() == "old"
    (tmp_path / "pipe").write_text("go")
    bench.outcomes(3)
    assert (tmp_path / "old").read_text() == "new\n"


def test_closing_ends_a_whole_line(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "tether")
    bench = local()
    line_up(bench, [command(f"exec 9>{tether.path}; echo here >&9; sleep 100"), command("touch x"), command("touch y")])
    assert tether.line() == "here\n"
    bench.executor.close()
    tether.assert_all_gone()
    tether.close()
    assert sorted(os.listdir(tmp_path)) == [".pymake", "tether"]
    assert os.listdir(tmp_path / ".pymake/logs") == []


def test_all_ends_are_told_when_everything_goes_wrong_at_once(local: Make) -> None:
    bench = local({"die": lambda: os._exit(1)}, slots=2)
    for number in range(2):
        bench.executor.start(launch(number, call("die")))
    for number in range(2, 8):
        bench.executor.line_up([launch(number, call("die"))])
    bench.executor.halt()
    bench.executor.cancel([JobId(number) for number in range(8)], at_once=True)
    outcomes = bench.outcomes(8)
    ends = [outcome.job for outcome in outcomes if not isinstance(outcome, Began)]
    assert sorted(ends) == list(range(8))
    assert all(isinstance(outcome, Began | Returned | Cancelled | Failed) for outcome in outcomes)
    assert bench.executor.room() == 2
