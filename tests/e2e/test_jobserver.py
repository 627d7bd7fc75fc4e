"""pymake among makes: as their parent, as their child, and when the one above dies or does not share."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace, until

if TYPE_CHECKING:
    from pathlib import Path

MAKE = shutil.which("make") or shutil.which("gmake")
pytestmark = pytest.mark.skipif(MAKE is None, reason="no make here")

ONE = "echo + >> log; sleep 0.1; echo - >> log"
"""A job that leaves a trace of its beginning and its end."""

PROJECT = f"""
    [task.make]
    output  = "made"
    command = "make -f sub.mk --no-print-directory && touch {{output}}"

    [task.own]
    kind    = "originate"
    output  = ["a", "b", "c", "d"]
    command = "{ONE}; touch {{output}}"
"""
SUB = f"""
    all: p q r s
    p q r s:
    \t@{ONE}
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", PROJECT)
    workspace.write("sub.mk", SUB)
    return workspace


def most_at_once(project: Workspace) -> int:
    """How many jobs ran at a time at most; at the end none may be left."""
    running = most = 0
    for line in project.lines("log"):
        running += 1 if line == "+" else -1
        most = max(most, running)
    assert running == 0
    return most


def version_of_make() -> tuple[int, ...]:
    text = subprocess.run([MAKE or "make", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"GNU Make (\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else (0, 0)


def makefile(project: Workspace, rule: str, words: str = "") -> None:
    project.write("Makefile", f"all:\n\t{rule}{shlex.join(project.command())} {words}\n")


@pytest.mark.parametrize("form", ["pipe", "fifo"])
def test_a_make_below_shares_the_number_of_jobs(project: Workspace, form: str) -> None:
    if form == "fifo" and version_of_make() < (4, 4):
        pytest.skip("this make knows no fifo")
    result = project.pymake("-j3", "--jobserver", form)
    assert result.summary == "5 ran, 0 up to date, 0 failed in T s"
    assert most_at_once(project) <= 3
    assert "jobserver" not in result.err.replace("--jobserver", "")
    assert not project.exists(".pymake/jobserver")


def test_without_a_jobserver_a_make_below_runs_one_by_one(project: Workspace) -> None:
    result = project.pymake("--jobserver", "none", "make", env={"MAKEFLAGS": "k -j8 --jobserver-auth=3,4"})
    assert result.ran == ["make made"]
    assert most_at_once(project) == 1


def test_a_make_above_shares_its_number_of_jobs(project: Workspace) -> None:
    makefile(project, "+")
    result = project.run([MAKE or "make", "-j2"])
    assert result.summary == "5 ran, 0 up to date, 0 failed in T s"
    assert most_at_once(project) <= 2
    assert "tokens" not in result.err  # a make counts them when it ends


def test_a_number_of_its_own_is_an_upper_bound(project: Workspace) -> None:
    makefile(project, "+", "-j1 own")
    assert project.run([MAKE or "make", "-j4"]).code == 0
    assert most_at_once(project) == 1


def test_a_make_above_that_does_not_share_is_noted(project: Workspace) -> None:
    makefile(project, "", "own")
    style = ["--jobserver-style=pipe"] if version_of_make() >= (4, 4) else []  # a fifo is found by its name
    result = project.run([MAKE or "make", "-j4", *style])
    assert result.code == 0
    assert re.search(
        r"^pymake: the jobserver of the make above cannot be reached \(.*\); 1 job at a time: "
        r"put \+ before the command in the makefile$",
        result.err,
        re.MULTILINE,
    )
    assert most_at_once(project) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_every_token_is_returned_when_pymake_dies(project: Workspace, tmp_path: Path, number: signal.Signals) -> None:
    project.write(
        "pymake.toml",
        """
        [task.wait]
        kind    = "originate"
        output  = ["a", "b", "c"]
        command = "touch begun.{output}; sleep 60"
        """,
    )
    reading, writing = os.pipe()
    os.write(writing, b"xyz")
    running = subprocess.Popen(
        project.command("-j3"),
        cwd=project.root,
        env={**os.environ, "MAKEFLAGS": f" -j4 --jobserver-auth={reading},{writing}"},
        pass_fds=(reading, writing),
        stderr=subprocess.DEVNULL,
    )
    for name in "abc":
        project.wait_for(f"begun.{name}")
    os.set_blocking(reading, False)
    assert os.read(reading, 9) == b"z"
    os.write(writing, b"z")
    running.send_signal(number)
    running.wait()
    found = b""

    def all_there() -> bool:
        nonlocal found
        with contextlib.suppress(BlockingIOError):
            found += os.read(reading, 9)
        return len(found) >= 3

    until(all_there, "tokens are lost")
    assert sorted(found) == sorted(b"xyz")
    until(lambda: not list(project.processes()), "a process is left")
    os.close(reading)
    os.close(writing)


def test_a_killed_job_takes_no_token_along(project: Workspace) -> None:
    project.write(
        "pymake.toml",
        """
        [task.thief]
        output  = "never"
        command = "python3 -c 'import os, re; os.read(int(re.findall(\\"auth=(.*),\\", os.environ[\\"MAKEFLAGS\\"])[0]), 2)'; touch stolen; kill -9 $$"
        [task.own]
        kind    = "originate"
        output  = ["a", "b", "c"]
        command = "echo + >> log; sleep 0.3; echo - >> log; touch {output}"
        follows = ["gate"]
        [task.gate]
        output = "gate"
        command = "until [ -e stolen ]; do sleep 0.01; done; sleep 0.2; touch {output}"
        """,  # noqa: E501  # a command has to be one line here
    )
    project.pymake("-kj3", code=1)
    assert most_at_once(project) == 3


@pytest.mark.parametrize(
    ("letters", "words", "code", "said"),
    [
        ("n", [], 0, "will run (1):\n  own x: never ran\n"),
        ("q", [], 1, ""),
        ("kn -j4 --jobserver-auth=97,98", [], 0, "will run (1):\n  own x: never ran\n"),
    ],
)
def test_a_make_that_only_looks_makes_pymake_look(
    workspace: Workspace, letters: str, words: list[str], code: int, said: str
) -> None:
    workspace.write("pymake.toml", '[task.own]\noutput = "x"\ncommand = "touch x"\n')
    result = workspace.pymake(*words, env={"MAKEFLAGS": letters, "MAKELEVEL": "1"}, code=code)
    assert (result.out, workspace.exists("x")) == (said, False)


def test_make_t_runs_nothing_and_takes_what_is_there_as_good(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.own]\noutput = "x"\ncommand = "touch x ran"\n')
    workspace.write("x", "by hand")
    workspace.pymake(env={"MAKEFLAGS": "t", "MAKELEVEL": "1"})
    assert not workspace.exists("ran")
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"


def test_make_n_runs_nothing(project: Workspace) -> None:
    makefile(project, "+", "own")
    result = project.run([MAKE or "make", "-n"])
    assert "will run (4):" in result.out
    assert not project.exists("log")


def test_letters_of_no_make_do_nothing(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.own]\noutput = "x"\ncommand = "touch x"\n')
    workspace.pymake(env={"MAKEFLAGS": "n"})
    assert workspace.exists("x")


def test_make_k_keeps_pymake_going(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.bad]
        output  = "bad"
        command = "false"
        [task.good]
        output  = "good"
        command = "touch {output}"
        """,
    )
    workspace.pymake("-j1", env={"MAKEFLAGS": "k", "MAKELEVEL": "1"}, code=1)
    assert workspace.exists("good")
