"""What only the executor of one process does."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from pymake.errors import TimedOut
from pymake.executors.inline import InlineExecutor
from pymake.fs.clock import SystemClock
from pymake.model.job import Cancelled, Failed, Succeeded
from pymake.testing import LogicalClock
from tests.unit.executors.workbench import Workbench, call, command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.executors.conftest import Make

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def test_a_call_runs_in_this_process_and_thread_with_the_objects_themselves(inline: Make) -> None:
    seen: list[object] = []
    lock = threading.Lock()  # no pickle could carry it
    bench = inline({"f": lambda *arguments: seen.extend([*arguments, os.getpid(), threading.current_thread()])})
    assert isinstance(bench.run(call("f", lock)), Succeeded)
    assert seen == [lock, os.getpid(), threading.current_thread()]


def test_what_a_call_prints_is_not_taken(inline: Make, capfd: pytest.CaptureFixture[str]) -> None:
    bench = inline({"f": lambda: print("here")})
    outcome = bench.run(call("f"))
    assert isinstance(outcome, Succeeded)
    assert not outcome.printed
    assert (capfd.readouterr().out, bench.log()) == ("here\n", None)


def test_a_call_runs_only_when_it_is_waited_for(inline: Make) -> None:
    seen: list[int] = []
    bench = inline({"f": lambda: seen.append(1)})
    job = bench.start(call("f"))
    assert (seen, bench.executor.room()) == ([], 0)
    bench.executor.cancel([job])
    assert bench.outcomes() == [Cancelled(job=job)]
    assert (seen, bench.executor.room()) == ([], 1)


def test_folder_and_environment_are_put_back_after_a_failure(inline: Make, tmp_path: Path) -> None:
    def fail() -> None:
        os.chdir("/")
        os.environ["GIVEN"] = "changed"
        raise ValueError

    here = os.getcwd()
    bench = inline({"fail": fail})
    bench.start(call("fail"), env=(("GIVEN", "1"), ("HOME", "other")))
    assert isinstance(bench.outcomes()[0], Failed)
    assert (os.getcwd(), "GIVEN" in os.environ, os.environ["HOME"] == "other") == (here, False, False)


def test_the_environment_of_the_build_is_seen_and_taken_away(tmp_path: Path) -> None:
    seen: list[str] = []
    executor = InlineExecutor(
        root=str(tmp_path),
        functions={"f": lambda: seen.append(os.environ["BUILDING"])},
        environ={**os.environ, "BUILDING": "here"},
        clock=SystemClock(),
        wake=None,
    )
    Workbench(executor, tmp_path).run(call("f"))
    assert seen == ["here"]
    assert "BUILDING" not in os.environ
    executor.close()


def test_a_signal_interrupts_the_call_and_reaches_the_handler_before(inline: Make) -> None:
    received: list[int] = []

    def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(20)
        received.append(-1)

    before = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        bench = inline({"f": interrupted, "g": lambda: None})
        assert bench.run(call("f")) == Cancelled(job=0)  # type: ignore[arg-type]  # a plain number
        assert isinstance(bench.run(call("g")), Succeeded)
        os.kill(os.getpid(), signal.SIGINT)  # between two calls it only counts
    finally:
        signal.signal(signal.SIGINT, before)
    assert received == [signal.SIGINT, signal.SIGINT]


def test_a_timeout_leaves_no_alarm_behind(inline: Make) -> None:
    handler = signal.getsignal(signal.SIGALRM)
    bench = inline({"f": lambda: None})
    assert isinstance(bench.run(call("f"), timeout=1000.0), Succeeded)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == handler


def test_outside_the_main_thread_a_call_that_took_too_long_fails_afterwards(tmp_path: Path) -> None:
    clock = LogicalClock()
    executor = InlineExecutor(
        root=str(tmp_path), functions={"f": lambda: clock.advance(2.0)}, environ={}, clock=clock, wake=None
    )
    bench = Workbench(executor, tmp_path)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(bench.run(call("f"), timeout=1.5)))
    thread.start()
    thread.join()
    (outcome,) = found
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is TimedOut
    assert (outcome.seconds, str(outcome.error)) == (2.0, "timed out after 1.5 s")


def test_calls_alone_start_no_process(inline: Make, tmp_path: Path) -> None:
    inline({"f": lambda: None}).run(call("f"))
    assert not (tmp_path / ".pymake").exists()


def test_commands_and_calls_take_turns(inline: Make, tmp_path: Path) -> None:
    bench = inline({"f": lambda: (tmp_path / "b").write_text((tmp_path / "a").read_text())})
    bench.run(command("echo x > a"))
    bench.run(call("f"))
    bench.run(command(("cp", "b", "c")))
    assert (tmp_path / "c").read_text() == "x\n"
