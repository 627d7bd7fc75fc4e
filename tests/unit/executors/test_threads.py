"""What is particular to calls in threads of this process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pymake.errors import TimedOut
from pymake.model.job import Cancelled, Failed, Succeeded
from tests.unit.executors.workbench import call, command

if TYPE_CHECKING:
    from tests.unit.executors.conftest import Make


def test_calls_run_side_by_side_in_this_process(threads: Make) -> None:
    seen: list[int] = []
    both = threading.Barrier(2, timeout=20)

    def meet() -> None:
        both.wait()
        seen.append(threading.get_ident())

    bench = threads({"meet": meet}, slots=2)
    bench.start(call("meet"))
    bench.start(call("meet"))
    assert bench.executor.room() == 0
    assert all(isinstance(outcome, Succeeded) for outcome in bench.outcomes(2))
    assert len(set(seen)) == 2
    assert threading.get_ident() not in seen


def test_commands_and_calls_share_the_slots(threads: Make) -> None:
    bench = threads({"f": lambda: None}, slots=2)
    bench.start(command(("sleep", "0.05")))
    bench.start(call("f"))
    assert bench.executor.room() == 0
    assert sorted(outcome.job for outcome in bench.outcomes(2)) == [0, 1]


def test_a_busy_call_is_stopped(threads: Make) -> None:
    begun = threading.Event()

    def spin() -> None:
        begun.set()
        while True:
            pass

    bench = threads({"spin": spin})
    job = bench.start(call("spin"))
    assert begun.wait(20)
    bench.executor.cancel([job])
    assert isinstance(bench.outcomes()[0], Cancelled)
    assert isinstance(bench.error(call("spin"), timeout=0.05), TimedOut)


def test_a_thread_serves_one_job_after_the_other(threads: Make) -> None:
    seen: list[threading.Thread] = []
    bench = threads({"f": lambda: seen.append(threading.current_thread())})
    for _ in range(3):
        assert isinstance(bench.run(call("f")), Succeeded)
    assert len(set(seen)) == 1


def test_a_call_with_a_folder_of_its_own_is_refused(threads: Make) -> None:
    outcome = threads({"f": lambda: None}).run(call("f", cwd="sub"))
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == (
        "task f has a folder or an environment of its own, and threads share one\n"
        "  try: run with multiprocess instead of multithread"
    )


def test_the_exception_itself_is_kept(either: Make) -> None:
    def fail() -> None:
        raise KeyError("k")

    outcome = either({"f": fail}).run(call("f"))
    assert isinstance(outcome, Failed)
    assert repr(outcome.error.exception) == "KeyError('k')"
