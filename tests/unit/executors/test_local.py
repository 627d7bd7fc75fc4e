"""What only the executor with processes does."""

from __future__ import annotations

import io
import os
import re
import resource
import signal
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pymake.errors import CallFailed, StateError, WorkerDied
from pymake.executors.local import LocalExecutor
from pymake.executors.waiting import AskingWaits
from pymake.fs.clock import SystemClock
from pymake.model.job import Cancelled, Failed, Succeeded
from tests.unit.executors.workbench import Tether, Workbench, call, command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pymake.model.job import Action
    from tests.unit.executors.conftest import Make

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def test_jobs_run_side_by_side(local: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # each end blocks until the other is open
    bench = local({"read": (tmp_path / "pipe").read_text}, slots=2)
    bench.start(command("echo x > pipe"))
    bench.start(call("read"))
    assert all(isinstance(outcome, Succeeded) for outcome in bench.outcomes(2))


def test_everything_a_call_prints_is_kept(local: Make) -> None:
    def talk() -> None:
        print("from Python")
        sys.stdout.flush()
        os.write(1, b"from C\n")
        os.system("echo from a program; echo err >&2")
        print("last", file=sys.stderr, end="")

    bench = local({"talk": talk, "silent": lambda: None})
    outcomes = [bench.run(call(task)) for task in ("talk", "silent", "talk")]
    assert [isinstance(outcome, Succeeded) and outcome.printed for outcome in outcomes] == [True, False, True]
    text = "from Python\nfrom C\nfrom a program\nerr\nlast"
    assert [bench.log(job) for job in range(3)] == [text, None, text]


def test_calls_and_commands_share_a_slot_and_not_their_logs(local: Make) -> None:
    bench = local({"talk": lambda: print("call")})
    for action in (call("talk"), command("echo command"), call("talk"), command("echo command")):
        bench.run(action)
    assert [bench.log(job) for job in range(4)] == ["call\n", "command\n"] * 2


def test_text_that_cannot_be_encoded_is_printed_all_the_same(local: Make) -> None:
    bench = local({"talk": lambda: print("a\udc80b")})
    assert isinstance(bench.run(call("talk")), Succeeded)
    assert bench.log() == "a\\udc80b\n"


def test_much_output_is_kept_whole(local: Make, tmp_path: Path) -> None:
    bench = local({"talk": lambda: print("y" * 5_000_000)})
    bench.run(call("talk"))
    bench.run(command("head -c 5000000 /dev/zero"))
    assert (tmp_path / "logs/0").stat().st_size == 5_000_001
    assert (tmp_path / "logs/1").stat().st_size == 5_000_000


def test_output_survives_a_job_that_removes_the_folder(local: Make, tmp_path: Path) -> None:
    bench = local()
    assert isinstance(bench.run(command("echo bye; rm -r .pymake")), Succeeded)
    assert bench.log() == "bye\n"
    bench.run(command("echo again"))
    assert bench.log(1) == "again\n"


def test_lambdas_closures_and_local_functions_need_no_name(local: Make, tmp_path: Path) -> None:
    def closure(text: str) -> None:
        (tmp_path / "closure").write_text(text + suffix)

    suffix = "!"
    bench = local({"closure": closure, "partial": partial(closure, "b")})
    bench.run(call("closure", "a"))
    assert (tmp_path / "closure").read_text() == "a!"
    bench.run(call("partial"))
    assert (tmp_path / "closure").read_text() == "b!"


def test_a_worker_serves_many_calls(local: Make, tmp_path: Path) -> None:
    bench = local({"who": lambda name: (tmp_path / name).write_text(str(os.getpid()))})
    for name in "abc":
        bench.run(call("who", name))
    assert len({(tmp_path / name).read_text() for name in "abc"}) == 1
    assert (tmp_path / "a").read_text() != str(os.getpid())


KILL_HINT = "more memory, or fewer jobs at a time, if the machine ran out of it"


def disturb(folder: str) -> None:
    """Change everything that the next call would notice."""
    os.chdir(folder)
    os.environ["NEW"] = "1"
    del os.environ["HOME"]
    os.umask(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.alarm(1000)


def test_a_call_leaves_no_trace_in_the_worker(local: Make, tmp_path: Path) -> None:
    def look() -> None:
        umask = os.umask(0)
        os.umask(umask)
        seen = [os.getcwd(), "NEW" in os.environ, os.environ["HOME"], umask, signal.alarm(0)]
        seen += [signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGALRM), os.getpid()]
        (tmp_path / "seen").write_text(repr(seen))

    bench = local({"disturb": disturb, "look": look})
    bench.run(call("look"))
    before = (tmp_path / "seen").read_text()
    assert isinstance(bench.run(call("disturb", "/")), Succeeded)
    bench.run(call("look"))
    assert (tmp_path / "seen").read_text() == before


def close_streams() -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


def replace_streams() -> None:
    sys.stdin = sys.stdout = sys.stderr = io.StringIO()


def detach_stream() -> None:
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.detach()


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))


@pytest.mark.parametrize(
    "spoil",
    [
        close_streams,
        replace_streams,
        limit_files,
        detach_stream,
        lambda: os.closerange(0, 3),
        lambda: os.dup2(0, 1),
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]),
    ],
)
def test_what_a_call_spoils_is_whole_for_the_next_one(local: Make, spoil: Callable[[], object]) -> None:
    def look() -> None:
        print(signal.pthread_sigmask(signal.SIG_BLOCK, ()), resource.getrlimit(resource.RLIMIT_NOFILE))
        os.system("echo a program; cat")

    bench = local({"spoil": spoil, "look": look})
    bench.run(call("look"))
    assert isinstance(bench.run(call("spoil")), Succeeded)
    assert isinstance(bench.run(call("look")), Succeeded)
    assert bench.log(0) == bench.log(2)
    assert bench.log(0) == f"set() {resource.getrlimit(resource.RLIMIT_NOFILE)}\na program\n"


def test_a_folder_removed_below_a_call_does_not_break_the_worker(local: Make, tmp_path: Path) -> None:
    def leave() -> None:
        os.mkdir("gone")
        os.chdir("gone")
        os.rmdir("../gone")

    bench = local({"leave": leave, "look": lambda: (tmp_path / "seen").write_text(os.getcwd())})
    assert isinstance(bench.run(call("leave")), Succeeded)
    assert isinstance(bench.run(call("look")), Succeeded)
    assert (tmp_path / "seen").read_text() == os.path.realpath(tmp_path)


def kill_self(number: int) -> None:
    os.kill(os.getpid(), number)
    signal.pause()


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [
        (os._exit, 3, "worker exited with status 3 (os._exit or a crash)\n  peak memory: N MiB"),
        (os._exit, 0, "worker exited with status 0 (os._exit or a crash)\n  peak memory: N MiB"),
        (kill_self, signal.SIGTERM, "worker was killed by SIGTERM\n  peak memory: N MiB"),
        (
            kill_self,
            signal.SIGKILL,
            "worker was killed by SIGKILL\n  peak memory: N MiB\n  try: " + KILL_HINT,
        ),
    ],
)
def test_a_worker_that_dies_fails_its_job_and_is_replaced(
    local: Make, function: Callable[[int], object], argument: int, message: str
) -> None:
    bench = local({"die": function, "live": lambda: print("here")})
    assert isinstance(bench.run(call("live")), Succeeded)
    error = bench.error(call("die", argument))
    assert type(error) is WorkerDied
    assert re.sub(r"\d+ MiB", "N MiB", str(error)) == message
    assert isinstance(bench.run(call("live")), Succeeded)
    assert bench.log(2) == "here\n"


def test_what_a_dying_worker_printed_is_kept(local: Make) -> None:
    def die() -> None:
        os.write(1, b"last words\n")
        os._exit(1)

    bench = local({"die": die})
    bench.error(call("die"))
    assert bench.log() == "last words\n"


def test_other_workers_go_on_when_one_dies(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "pipe")

    def hold(pipe: str) -> None:
        with open(pipe, "w") as file:
            file.write("x")
            file.flush()
            while not os.path.exists("go"):
                threading.Event().wait(0.005)

    bench = local({"hold": hold, "die": os._exit}, slots=2)
    holding = bench.start(call("hold", tether.path))
    tether.line()
    bench.start(call("die", 1))
    (died,) = bench.outcomes()
    assert isinstance(died, Failed)
    (tmp_path / "go").touch()
    (held,) = bench.outcomes()
    assert isinstance(held, Succeeded)
    assert held.job == holding
    tether.close()


class Unwilling(Exception):
    """Cannot be pickled, nor be printed."""

    def __reduce__(self) -> str:
        raise TypeError("no")

    def __str__(self) -> str:
        raise TypeError("never")


def test_an_exception_that_cannot_travel_breaks_nothing(local: Make) -> None:
    def fail() -> None:
        raise Unwilling

    bench = local({"fail": fail, "live": lambda: None})
    assert bench.error(call("fail")).message.endswith("Unwilling: (its text cannot be made: str() raises)")
    assert isinstance(bench.run(call("live")), Succeeded)


def test_an_argument_that_cannot_travel_fails_the_job(local: Make) -> None:
    bench = local({"f": lambda argument: None})
    error = bench.error(call("f", threading.Lock()))
    assert type(error) is CallFailed
    assert str(error) == "an argument cannot be sent to a worker process: cannot pickle '_thread.lock' object"
    assert bench.executor.room() == 1


def test_a_child_that_comes_back_from_a_call_is_not_a_second_worker(local: Make) -> None:
    bench = local({"fork": os.fork, "live": lambda: None})
    assert isinstance(bench.run(call("fork")), Succeeded)
    assert [isinstance(bench.run(call("live")), Succeeded) for _ in range(3)] == [True] * 3


def test_processes_that_a_command_leaves_behind_are_killed(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local()
    outcome = bench.run(command(f"(trap '' TERM; sleep 1000) > {tether.path} & echo started > {tether.path}"))
    assert isinstance(outcome, Succeeded)
    tether.assert_all_gone()
    tether.close()


LEAVE = "mkfifo up; (exec > pipe; echo > up; trap '' TERM; while :; do sleep 0.05; done) & read line < up; rm up"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an orphan is found when its worker ends")
def test_processes_that_a_call_leaves_behind_are_killed(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local({"leave": lambda: os.system(LEAVE), "live": lambda: print("alive")})
    assert isinstance(bench.run(call("leave")), Succeeded)
    tether.assert_all_gone()
    assert isinstance(bench.run(call("live")), Succeeded)
    assert bench.log(1) == "alive\n"
    tether.close()


STUBBORN = "trap '' TERM; exec 3> {pipe}; echo up >&3; while :; do sleep 0.05; done"


@pytest.mark.parametrize("timeout", [None, 0.2])
def test_a_job_that_ignores_term_is_killed(local: Make, tmp_path: Path, timeout: float | None) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local(patience=0.1)
    job = bench.start(command(STUBBORN.format(pipe=tether.path)), timeout=timeout)
    tether.line()
    if timeout is None:
        bench.executor.cancel([job])
    (outcome,) = bench.outcomes()
    if timeout is None:
        assert outcome == Cancelled(job=job)
    else:
        assert isinstance(outcome, Failed)
        assert outcome.error.message == "timed out after 0.2 s"
    tether.assert_all_gone()
    tether.close()


def test_the_rest_of_a_group_has_time_to_end(local: Make, tmp_path: Path) -> None:
    """The shell dies of TERM at once; what it started cleans up first."""
    tether = Tether(tmp_path / "pipe")
    inner = 'trap "sleep 0.1; echo clean > cleaned; exit" TERM; echo up; while :; do sleep 0.01; done'
    bench = local(patience=20.0)
    job = bench.start(command(f"sh -c '{inner}' > {tether.path}; true"))
    tether.line()
    bench.executor.cancel([job])
    assert bench.outcomes() == [Cancelled(job=job)]
    assert (tmp_path / "cleaned").read_text() == "clean\n"
    tether.close()


@pytest.mark.parametrize("at_once", [False, True])
def test_a_cancelled_call_is_gone_and_its_worker_replaced(local: Make, tmp_path: Path, at_once: bool) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local({"hold": lambda: os.system(f"echo x > {tether.path}; exec sleep 1000"), "live": lambda: None})
    job = bench.start(call("hold"))
    tether.line()
    bench.executor.cancel([job], at_once=at_once)
    assert bench.outcomes() == [Cancelled(job=job)]
    tether.assert_all_gone()
    assert isinstance(bench.run(call("live")), Succeeded)
    tether.close()


def test_a_call_that_outlives_term_is_killed_and_its_worker_not_used_again(local: Make, tmp_path: Path) -> None:
    def ignore(pipe: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with open(pipe, "w") as file:
            file.write("x")
        while True:
            signal.pause()

    tether = Tether(tmp_path / "pipe")
    bench = local({"ignore": ignore, "live": lambda: None}, patience=0.05)
    job = bench.start(call("ignore", tether.path))
    tether.line()
    bench.executor.cancel([job])
    assert bench.outcomes() == [Cancelled(job=job)]
    assert isinstance(bench.run(call("live")), Succeeded)
    tether.close()


def test_a_second_cancel_kills(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local(patience=1000.0)
    job = bench.start(command(STUBBORN.format(pipe=tether.path)))
    tether.line()
    bench.executor.cancel([job])
    bench.executor.cancel([job], at_once=True)
    assert bench.outcomes() == [Cancelled(job=job)]
    tether.close()


def test_close_ends_what_is_left(local: Make, tmp_path: Path) -> None:
    tether = Tether(tmp_path / "pipe")
    bench = local({"hold": lambda: os.system(f"echo x > {tether.path}; exec sleep 1000")}, slots=2)
    bench.start(command(STUBBORN.format(pipe=tether.path)))
    tether.line()
    bench.start(call("hold"))
    tether.line()
    bench.executor.close()
    tether.assert_all_gone()
    assert list((tmp_path / ".pymake/logs").iterdir()) == []
    tether.close()


def test_a_zygote_that_was_killed_is_replaced(local: Make, tmp_path: Path) -> None:
    bench = local({"parent": lambda: (tmp_path / "p").write_text(str(os.getppid())), "die": os._exit})
    bench.run(call("parent"))
    zygote = int((tmp_path / "p").read_text())
    os.kill(zygote, signal.SIGKILL)
    bench.error(call("die", 1))
    assert isinstance(bench.run(call("parent")), Succeeded)
    assert int((tmp_path / "p").read_text()) != zygote


def test_a_signal_wakes_the_wait(tmp_path: Path) -> None:
    wake, write = os.pipe()
    executor = LocalExecutor(
        slots=1, root=str(tmp_path), functions={}, environ=os.environ, clock=SystemClock(), wake=wake
    )
    bench = Workbench(executor, tmp_path)
    job = bench.start(command(("sleep", "1000")))
    os.write(write, b"!")
    assert executor.wait(None) == []
    assert executor.wait(None) == []  # from now on it does not block for long: the next signal is seen too
    executor.cancel([job], at_once=True)
    assert bench.outcomes() == [Cancelled(job=job)]
    executor.close()
    assert os.read(wake, 9) == b"!"
    os.close(wake)
    os.close(write)


def test_jobs_run_in_a_thread(local: Make) -> None:
    bench = local({"f": lambda: None})
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.extend([bench.run(call("f")), bench.run(command(("true",)))]))
    thread.start()
    thread.join()
    assert [type(outcome) for outcome in found] == [Succeeded, Succeeded]


def test_without_descriptors_of_processes_it_asks(tmp_path: Path) -> None:
    executor = LocalExecutor(
        slots=2,
        root=str(tmp_path),
        functions={"f": lambda: None, "die": os._exit},
        environ=os.environ,
        clock=SystemClock(),
        wake=None,
        waits=AskingWaits(),
    )
    bench = Workbench(executor, tmp_path)
    for action in (command("exit 3"), command("echo hi", ("true",)), call("f"), call("die", 1)):
        bench.start(action)
        if not executor.room():
            bench.outcomes(2)
    assert bench.log(1) == "hi\n"
    assert bench.error(command("exit 3")).message == "exit status 3"
    assert bench.error(command(("sleep", "1000")), timeout=0.01).message == "timed out after 0.01 s"
    executor.close()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the open files of a process are seen in /proc")
def test_no_file_stays_open(local: Make) -> None:
    bench = local({"f": lambda: print("x"), "die": os._exit}, slots=2)
    jobs: list[Action] = [
        command(("true",)),
        command("echo hi"),
        call("f"),
        call("die", 1),
        command(("no-such-program",)),
    ]
    for action in jobs * 2:
        bench.run(action)
    before = len(os.listdir("/proc/self/fd"))
    for action in jobs * 10:
        bench.run(action)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the open files of a process are seen in /proc")
def test_closing_gives_everything_back(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")
    executor = LocalExecutor(
        slots=2, root=str(tmp_path), functions={"f": len}, environ=os.environ, clock=SystemClock(), wake=None
    )
    bench = Workbench(executor, tmp_path)
    bench.run(call("f", "x"))
    bench.run(command(("true",)))
    executor.close()
    assert os.listdir("/proc/self/fd") == before


def test_a_log_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".pymake").write_text("a file")
    with pytest.raises(StateError) as caught:
        LocalExecutor(slots=1, root=str(tmp_path), functions={}, environ={}, clock=SystemClock(), wake=None)
    assert str(caught.value) == f"cannot write .pymake/logs: Not a directory\n  file: {tmp_path}/.pymake/logs/slot-0"
