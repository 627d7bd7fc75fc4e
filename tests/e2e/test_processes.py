"""Jobs as processes, seen from outside: what is left when the process that started them is gone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.executors.workbench import Tether

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    RunEngine = Callable[..., subprocess.Popen[bytes]]

ENGINE = """\
import os, signal, sys, time
from pymake.executors.local import LocalExecutor
from pymake.fs.clock import SystemClock
from pymake.model.job import Call, Command, Launch

PIPE = "pipe"

def hold():
    with open(PIPE, "w") as pipe:
        print("call", file=pipe, flush=True)
        time.sleep(1000)

def hold_in_child():
    os.system("echo call > pipe; sleep 1000 > pipe")

def stay():  # the worker stays with the pipe open, and idle
    os.write(os.open(PIPE, os.O_WRONLY), b"idle\\n")

def crash():
    os.kill(os.getpid(), signal.SIGSEGV)

def commands(text):
    return Command(commands=(text,))

executor = LocalExecutor(
    slots=3, root=os.getcwd(), functions=dict(globals()), environ=dict(os.environ), clock=SystemClock(), wake=None
)
executor.prepare()

def start(number, action):
    executor.start(Launch(job=number, label="", action=action, env=(), log=f"logs/{number}"))

def call(name):
    return Call(task=name, arguments=())

def say(text):
    with open(PIPE, "w") as pipe:
        print(text, file=pipe)
"""


@pytest.fixture
def tether(tmp_path: Path) -> Iterator[Tether]:
    tether = Tether(tmp_path / "pipe")
    yield tether
    tether.close()


@pytest.fixture
def run_engine(tmp_path: Path) -> Iterator[RunEngine]:
    """Starts a process, in a session of its own, that holds an executor and does what a text says."""
    engines: list[subprocess.Popen[bytes]] = []

    def run(body: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
        (tmp_path / "engine.py").write_text(ENGINE + body)
        command = [sys.executable, "engine.py"]
        engines.append(subprocess.Popen(command, cwd=tmp_path, start_new_session=True, stdout=stdout))
        return engines[-1]

    yield run
    for engine in engines:
        engine.kill()
        engine.wait()


JOBS = {
    "a command": 'start(0, commands("echo up > pipe; exec sleep 1000 > pipe"))',
    "a command with children": 'start(0, commands("(echo up; sleep 1000) > pipe; true"))',
    "a command that ignores TERM": (
        """start(0, commands("trap '' TERM; exec > pipe; echo up; while :; do sleep 0.05; done"))"""
    ),
    "a call": 'start(0, call("hold"))',
    "a call with a child": 'start(0, call("hold_in_child"))',
    "an idle worker": 'start(0, call("stay")); executor.wait(None)',
    "a slot of each kind": 'start(0, commands("echo up > pipe; exec sleep 1000 > pipe")); start(1, call("hold"))',
}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("whole_group", [False, True])
def test_nothing_survives_when_the_engine_is_killed(
    run_engine: RunEngine, tether: Tether, job: str, whole_group: bool
) -> None:
    engine = run_engine(JOBS[job] + "\ntime.sleep(1000)\n")
    tether.line()
    if whole_group:
        os.killpg(engine.pid, signal.SIGKILL)
    else:
        engine.kill()
    assert engine.wait() == -signal.SIGKILL
    tether.assert_all_gone()


def test_nothing_survives_an_engine_that_forgets_to_close(run_engine: RunEngine, tether: Tether) -> None:
    engine = run_engine(JOBS["a slot of each kind"] + "\nsys.exit(5)\n")
    assert engine.wait() == 5
    tether.assert_all_gone()


def test_a_reader_of_the_output_does_not_wait_for_the_guard(run_engine: RunEngine, tether: Tether) -> None:
    job = JOBS["a command that ignores TERM"]
    engine = run_engine(job + "\nprint('out', flush=True); time.sleep(1000)\n", stdout=subprocess.PIPE)
    tether.line()
    assert engine.stdout is not None
    assert engine.stdout.readline() == b"out\n"
    engine.kill()
    assert engine.stdout.read() == b""  # at once: neither guard nor job holds it
    engine.stdout.close()
    engine.wait()
    tether.assert_all_gone()


def test_a_signal_from_the_terminal_reaches_no_job(run_engine: RunEngine, tmp_path: Path, tether: Tether) -> None:
    body = """
signal.signal(signal.SIGINT, lambda *_: None)
start(0, commands("echo up > pipe; read line < go; echo done"))
start(1, call("hold"))
while len(found := [*executor.wait(None)]) < 1: pass
print(type(found[0]).__name__, open("logs/0").read(), end="")
executor.close()
"""
    os.mkfifo(tmp_path / "go")
    engine = run_engine(body, stdout=subprocess.PIPE)
    said = tether.line()
    while "up" not in said or "call" not in said:
        said += tether.line()
    os.killpg(engine.pid, signal.SIGINT)
    (tmp_path / "go").write_text("go\n")
    assert engine.communicate(timeout=60)[0] == b"Succeeded done\n"
    tether.assert_all_gone()


def test_a_worker_that_crashes_fails_only_its_job(run_engine: RunEngine, tether: Tether) -> None:
    body = """
found = []
for number, name in enumerate(["crash", "stay", "crash"]):
    start(number, call(name))
while len(found) < 3: found += executor.wait(None)
for outcome in sorted(found, key=lambda outcome: outcome.job):
    print(getattr(outcome, "error", None))
executor.close()
"""
    engine = run_engine(body, stdout=subprocess.PIPE)
    died = b"worker was killed by SIGSEGV\n  peak memory: N MiB\n"
    printed = re.sub(rb"\d+ MiB", b"N MiB", engine.communicate(timeout=60)[0])
    assert printed == died + b"None\n" + died
    tether.assert_all_gone()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_files_confuse_no_job(tmp_path: Path, closed: str) -> None:
    body = """
def talk():
    print("call", sys.stdin.read() if sys.stdin else "")
    os.write(2, b"error")
executor.close()
executor = LocalExecutor(
    slots=1, root=os.getcwd(), functions={"talk": talk}, environ=dict(os.environ), clock=SystemClock(), wake=None
)
start(0, commands("cat; echo command; echo error >&2")); executor.wait(None)
start(1, call("talk")); executor.wait(None)
executor.close()
"""
    (tmp_path / "engine.py").write_text(ENGINE + body)
    subprocess.run(["sh", "-c", f'exec "$1" engine.py {closed}', "sh", sys.executable], cwd=tmp_path, check=True)
    assert (tmp_path / "logs/0").read_text() == "command\nerror\n"
    assert (tmp_path / "logs/1").read_text() == "call \nerror"


def test_jobs_begin_with_no_signal_ignored_or_blocked(run_engine: RunEngine) -> None:
    body = """
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGUSR1])
look = "import signal as s; print(s.getsignal(s.SIGINT) is s.default_int_handler, s.pthread_sigmask(s.SIG_BLOCK, []))"
start(0, Command(commands=((sys.executable, "-c", look),))); executor.wait(None)
start(1, commands("kill -PIPE $$")); executor.wait(None)
print(open("logs/0").read(), end="")
executor.close()
"""
    engine = run_engine(body, stdout=subprocess.PIPE)
    assert engine.communicate(timeout=60)[0] == b"True set()\n"
