"""What every executor does."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from pymake.errors import CallFailed, CommandFailed, InternalError, JobError, TimedOut
from pymake.model.ids import JobId
from pymake.model.job import Cancelled, Failed, Launch, Succeeded
from tests.unit.executors.workbench import call, command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.executors.conftest import Make

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

NASTY = "a b'c\"$(touch gone)\nd;e"


def test_a_silent_command_succeeds_without_a_log(either: Make) -> None:
    bench = either()
    outcome = bench.run(command(("true",)))
    assert isinstance(outcome, Succeeded)
    assert (outcome.job, outcome.printed, bench.log()) == (0, False, None)
    assert 0 <= outcome.seconds < 20
    assert outcome.started > 1_600_000_000


def test_what_a_command_prints_is_its_log(either: Make) -> None:
    bench = either()
    outcome = bench.run(command("echo out; echo err >&2"))
    assert isinstance(outcome, Succeeded)
    assert outcome.printed
    assert bench.log() == "out\nerr\n"


def test_logs_of_jobs_that_share_a_slot_are_apart(either: Make) -> None:
    bench = either()
    for text in ("echo one", "true", "echo three; exit 1"):
        bench.run(command(text))
    assert [bench.log(job) for job in range(3)] == ["one\n", None, "three\n"]


@pytest.mark.parametrize("action", [command(("true",)), call("silent")])
def test_a_silent_run_removes_the_log_of_an_earlier_one(either: Make, tmp_path: Path, action: object) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/0").write_text("old\n")
    bench = either({"silent": lambda: None})
    assert isinstance(bench.run(action), Succeeded)  # type: ignore[arg-type]  # one of the two kinds of action
    assert bench.log() is None


@pytest.mark.parametrize(
    ("words", "message", "shown"),
    [
        ("exit 3", "exit status 3", "exit 3"),
        (("sh", "-c", "kill -SEGV $$"), "killed by SIGSEGV", "sh -c 'kill -SEGV $$'"),
        (("no-such-program", "x"), "cannot be started: no program no-such-program on PATH (exit status 127)", None),
        (("./gone",), "cannot be started: no such file (exit status 127)", "./gone"),
        (("./plain",), "cannot be started: it is not executable (exit status 126)", "./plain"),
        (("./folder",), "cannot be started: it is not executable (exit status 126)", "./folder"),
        (("true", "a\0b"), "cannot be started: embedded null byte (exit status 126)", "true 'a\0b'"),
        ((), "cannot be started: it names no program (exit status 127)", ""),
    ],
)
def test_failing_commands_say_why(
    either: Make, tmp_path: Path, words: str | tuple[str, ...], message: str, shown: str | None
) -> None:
    (tmp_path / "plain").touch()
    (tmp_path / "folder").mkdir()
    error = either().error(command(words))
    assert isinstance(error, CommandFailed)
    assert str(error) == f"{message}\n  command: {'no-such-program x' if shown is None else shown}"


def test_commands_run_one_after_the_other_until_one_fails(either: Make, tmp_path: Path) -> None:
    bench = either()
    error = bench.error(command("echo 1 > a", ("cp", "a", "b"), ("false",), "echo 2 > c"))
    assert str(error) == "exit status 1\n  command: false"
    assert (tmp_path / "b").read_text() == "1\n"
    assert not (tmp_path / "c").exists()


def test_file_names_are_only_names(either: Make, tmp_path: Path) -> None:
    (tmp_path / NASTY).write_text("x")
    assert isinstance(either().run(command(("cp", NASTY, f"{NASTY}2"))), Succeeded)
    assert (tmp_path / f"{NASTY}2").read_text() == "x"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("words", ["pwd -P > here", ("sh", "-c", "pwd -P > here"), ("./tool", "here")])
def test_a_command_runs_in_its_folder(either: Make, tmp_path: Path, words: str | tuple[str, ...]) -> None:
    folder = tmp_path / NASTY
    folder.mkdir()
    (folder / "tool").write_text('#!/bin/sh\npwd -P > "$1"\n')
    (folder / "tool").chmod(0o755)
    assert isinstance(either().run(command(words, cwd=NASTY)), Succeeded)
    assert (folder / "here").read_text() == f"{os.path.realpath(folder)}\n"


def test_a_folder_that_is_not_there_is_named(either: Make) -> None:
    error = either().error(command(("true",), cwd="sub"))
    assert str(error) == "cannot be started: no folder sub (exit status 1)\n  command: true"


def test_the_root_is_the_folder_of_a_command(either: Make, tmp_path: Path) -> None:
    either().run(command("pwd -P > here"))
    assert (tmp_path / "here").read_text() == f"{os.path.realpath(tmp_path)}\n"


def test_env_is_laid_over_the_environment(with_own_place: Make, tmp_path: Path) -> None:
    bench = with_own_place({"look": lambda: (tmp_path / "call").write_text(os.environ["COLOUR"] + os.environ["HOME"])})
    bench.run(command('printf %s "$COLOUR$HOME" > command'), env=(("COLOUR", "red"),))
    bench.run(call("look"), env=(("COLOUR", "blue"),))
    assert (tmp_path / "command").read_text() == "red" + os.environ["HOME"]
    assert (tmp_path / "call").read_text() == "blue" + os.environ["HOME"]
    assert "COLOUR" not in os.environ


def test_a_program_is_found_on_the_path_of_the_job(either: Make, tmp_path: Path) -> None:
    tool = tmp_path / "bin/tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\ntouch made\n")
    tool.chmod(0o755)
    bench = either()
    bench.start(command(("tool",)), env=(("PATH", f"{tool.parent}:/bin:/usr/bin"),))
    assert isinstance(bench.outcomes()[0], Succeeded)
    assert (tmp_path / "made").exists()


def test_commands_have_no_stdin(either: Make) -> None:
    assert isinstance(either().run(command(("cat",))), Succeeded)


def test_a_call_gets_its_arguments(either: Make, tmp_path: Path) -> None:
    def write(target: str, numbers: list[int]) -> None:
        (tmp_path / target).write_text(str(numbers))

    assert isinstance(either({"w": write}).run(call("w", "a", [1, 2])), Succeeded)
    assert (tmp_path / "a").read_text() == "[1, 2]"


def test_a_call_runs_in_its_folder(with_own_place: Make, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    here = os.getcwd()
    bench = with_own_place({"look": lambda: (tmp_path / "seen").write_text(os.getcwd())})
    bench.run(call("look", cwd="sub"))
    assert (tmp_path / "seen").read_text() == os.path.realpath(tmp_path / "sub")
    bench.run(call("look"))
    assert (tmp_path / "seen").read_text() == os.path.realpath(tmp_path)
    assert os.getcwd() == here


def raise_(error: BaseException) -> None:
    raise error


def test_an_exception_is_a_failure_with_the_users_frames(either: Make) -> None:
    line = raise_.__code__.co_firstlineno + 1
    error = either({"f": raise_}).error(call("f", ValueError("no such thing")))
    assert isinstance(error, CallFailed)
    assert str(error) == f"ValueError: no such thing\n  {__file__}:{line} in raise_: raise error"


@pytest.mark.parametrize(
    ("code", "message"), [(3, "SystemExit: 3"), ("gone", "SystemExit: gone"), (True, "SystemExit: True")]
)
def test_leaving_with_a_status_is_a_failure(either: Make, code: object, message: str) -> None:
    assert either({"f": lambda: sys.exit(code)}).error(call("f")).message == message  # type: ignore[arg-type]  # any


@pytest.mark.parametrize("code", [None, 0])
def test_leaving_well_is_success(either: Make, code: int | None) -> None:
    assert isinstance(either({"f": lambda: sys.exit(code)}).run(call("f")), Succeeded)


def test_keyboard_interrupt_is_a_failure(either: Make) -> None:
    bench = either({"f": raise_, "g": lambda: None})
    assert bench.error(call("f", KeyboardInterrupt())).message == "KeyboardInterrupt"
    assert isinstance(bench.run(call("g")), Succeeded)


def test_an_error_of_a_command_in_a_call_keeps_its_facts_and_tells_the_line(either: Make) -> None:
    problem = CommandFailed("exit status 2", facts=[("command", "cc -c a.c"), ("output", 7)], hint="look")
    line = raise_.__code__.co_firstlineno + 1
    error = either({"f": lambda: raise_(problem)}).error(call("f"))
    assert type(error) is CommandFailed
    text = str(error).splitlines()
    assert text[:3] == ["exit status 2", "  command: cc -c a.c", "  output: 7"]
    assert text[-2:] == [f"  {__file__}:{line} in raise_: raise error", "  try: look"]


def test_a_call_that_takes_too_long_fails(either: Make) -> None:
    def spin() -> None:
        while True:
            pass

    error = either({"f": spin}).error(call("f"), timeout=1.0)  # less is over before a busy machine has begun the call
    assert type(error) is TimedOut
    assert str(error) == "timed out after 1 s"


def test_a_command_that_takes_too_long_fails(either: Make) -> None:
    error = either().error(command(("sleep", "1000")), timeout=0.05)
    assert type(error) is TimedOut
    assert str(error) == "timed out after 0.05 s\n  command: sleep 1000"


def test_a_job_that_is_quick_enough_does_not_time_out(either: Make) -> None:
    bench = either({"f": lambda: None})
    assert isinstance(bench.run(call("f"), timeout=60.0), Succeeded)
    assert isinstance(bench.run(command(("true",)), timeout=60.0), Succeeded)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_cancelled_command_is_gone(either: Make, at_once: bool) -> None:
    bench = either()
    job = bench.start(command(("sleep", "1000")))
    bench.executor.cancel([job], at_once=at_once)
    assert bench.outcomes() == [Cancelled(job=job)]


def test_cancelling_leaves_other_jobs_alone(either: Make) -> None:
    bench = either()
    job = bench.start(command(("true",)))
    bench.executor.cancel([job + 1])  # type: ignore[list-item]  # the number of no job
    assert isinstance(bench.outcomes()[0], Succeeded)


def test_room_is_taken_until_the_outcome(either: Make) -> None:
    bench = either()
    assert bench.executor.room() == 1
    bench.start(command(("true",)))
    assert bench.executor.room() == 0
    with pytest.raises(InternalError, match=r"^a job was started where there is no room$"):
        bench.start(command(("true",)))
    bench.outcomes()
    assert bench.executor.room() == 1


def test_a_command_that_cannot_start_takes_no_room(either: Make) -> None:
    bench = either()
    bench.start(command(("no-such-program",)))
    assert bench.executor.room() == 1
    assert isinstance(bench.outcomes()[0], Failed)


def test_waiting_for_nothing_returns(either: Make) -> None:
    bench = either()
    assert bench.executor.wait(None) == []
    assert bench.executor.wait(0.001) == []


def test_every_kind_of_job_error_travels(either: Make) -> None:
    def fail() -> None:
        raise TimedOut("too long")

    error: JobError = either({"f": fail}).error(call("f"))
    assert type(error) is TimedOut


def test_a_fresh_call_has_a_process_that_no_other_job_has(either: Make, tmp_path: Path) -> None:
    def who(name: str) -> None:
        (tmp_path / name).write_text(str(os.getpid()))

    bench = either({"who": who})
    for name, fresh in (("a", False), ("b", True), ("c", True), ("d", False)):
        launch = Launch(job=JobId(0), label=name, action=call("who", name), env=(), log=f"logs/{name}", fresh=fresh)
        bench.executor.start(launch)
        assert isinstance(bench.outcomes()[0], Succeeded)
    a, b, c, d = ((tmp_path / name).read_text() for name in "abcd")
    assert len({a, b, c}) == 3
    assert d not in {b, c}
