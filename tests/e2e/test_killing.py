"""Builds that are interrupted or killed: nothing survives, nothing half-made is believed, no flag is needed."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace, until

if TYPE_CHECKING:
    from collections.abc import Iterator

WAITING = """
    [task.first]
    output  = "first"
    command = "echo first > {output}"

    [task.slow]
    input   = "first"
    output  = "slow"
    command = '''
    echo half > {output}
    until [ -e go ]; do sleep 0.01; done
    echo whole > {output}
    '''

    [task.call]
    input   = "first"
    output  = "call"
    python  = "waiting:wait"

    [task.end]
    input   = ["slow", "call"]
    output  = "end"
    command = "cat {input} > {output}"
"""

WAIT = """
    import os, time

    def wait(input, output):
        open(output, "w").write("half")
        while not os.path.exists("go"):
            time.sleep(0.01)
        open(output, "w").write("whole")
"""


@pytest.fixture
def waiting(workspace: Workspace) -> Workspace:
    """Two jobs that have written half of their outputs go on when there is a file `go`."""
    workspace.write("pymake.toml", WAITING)
    workspace.write("waiting.py", WAIT)
    return workspace


def half_way(workspace: Workspace) -> None:
    until(lambda: workspace.lines("slow") == ["half"] and workspace.lines("call") == ["half"], "no job is half done")


def assert_ends_well(workspace: Workspace) -> None:
    """The next build needs no flag, and does no more than it has to."""
    workspace.write("go", "")
    assert sorted(workspace.pymake("-j2").ran) == ["call call", "end end", "slow slow"]
    assert workspace.read("end") == "whole\nwhole"
    assert workspace.pymake().summary == "nothing to do (4 jobs up to date)"


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_build_cleans_up_and_goes_on_later(
    waiting: Workspace, number: signal.Signals, code: int, group: bool
) -> None:
    build = waiting.start("-j2")
    half_way(waiting)
    build.send(number, group=group)
    ended = build.end()
    assert ended.code == code
    assert ended.summary == "interrupted: 3 ran, 0 up to date, 0 failed in T s (1 not run)"
    assert [waiting.exists(path) for path in ("first", "slow", "call")] == [True, False, False]
    assert list(waiting.processes()) == []
    assert_ends_well(waiting)


def test_a_job_that_ignores_the_signal_is_killed_at_the_second_one(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.stubborn]
        output  = "out"
        command = "trap '' INT TERM; echo $$ > out; while :; do sleep 0.05; done"
        """,
    )
    build = workspace.start()
    workspace.wait_for("out")
    started = time.monotonic()
    build.send(signal.SIGINT)
    until(lambda: build.process.poll() is not None or time.monotonic() - started > 0.2, "time stands still")
    build.send(signal.SIGINT)
    assert build.end().code == 130
    assert time.monotonic() - started < 2.5
    assert not workspace.exists("out")
    assert list(workspace.processes()) == []


@pytest.mark.parametrize("group", [False, True])
def test_nothing_survives_a_killed_build_and_nothing_half_made_is_believed(waiting: Workspace, group: bool) -> None:
    build = waiting.start("-j2")
    half_way(waiting)
    build.send(signal.SIGKILL, group=group)
    assert build.end().code == -signal.SIGKILL
    if sys.platform == "linux":
        until(lambda: not list(waiting.processes()), f"still there: {list(waiting.processes())}")
    assert (waiting.lines("slow"), waiting.lines("call")) == (["half"], ["half"])
    assert_ends_well(waiting)


def test_a_half_made_output_over_an_old_one_is_not_believed(waiting: Workspace) -> None:
    waiting.write("go", "")
    waiting.pymake()
    waiting.remove("go")
    waiting.replace("pymake.toml", "echo first", "echo second")
    build = waiting.start("-j2")
    half_way(waiting)
    build.send(signal.SIGKILL)
    build.end()
    waiting.replace("pymake.toml", "echo second", "echo first")
    waiting.write("go", "")
    waiting.pymake()
    assert waiting.read("end") == "whole\nwhole"


MANY = """
    [task.one]
    kind    = "transform"
    input   = "src/{name}"
    output  = "one/{name}"
    command = "head -c 3 {input} > {output}; sleep 0.01; tail -c +4 {input} >> {output}"

    [task.two]
    kind    = "transform"
    input   = "one/{name}"
    output  = "two/{name}"
    python  = "work:double"

    [task.all]
    kind    = "merge"
    input   = "two/*"
    output  = "all"
    command = "cat {input} > {output}"
"""

WORK = """
    import time

    def double(input, output):
        text = open(input).read()
        with open(output, "w") as file:
            file.write(text)
            file.flush()
            time.sleep(0.01)
            file.write(text)
"""


def test_twenty_kills_at_random_moments_change_nothing(workspace: Workspace) -> None:
    workspace.write("pymake.toml", MANY)
    workspace.write("work.py", WORK)
    chance = random.Random(20)
    texts = {f"{number:02}": f"text of {number}\n" for number in range(15)}
    for _ in range(20):
        name = chance.choice(sorted(texts))
        texts[name] += f"{chance.random()}\n"
        for each, text in texts.items():
            workspace.write(f"src/{each}", text)
        build = workspace.start("-j4")
        time.sleep(chance.uniform(0.05, 0.6))
        if build.process.poll() is None:
            build.send(signal.SIGKILL)
        assert build.end().code in (0, -signal.SIGKILL)
    workspace.pymake("-j4")
    assert workspace.read("all") == "".join(text * 2 for _, text in sorted(texts.items()))
    assert workspace.pymake().summary == "nothing to do (31 jobs up to date)"
    if sys.platform == "linux":
        until(lambda: not list(workspace.processes()), "a process is left")


@contextmanager
def hangups(action: signal.Handlers) -> Iterator[None]:
    """What is started meanwhile treats SIGHUP so; a runner of tests may itself have been started by `nohup`."""
    before = signal.signal(signal.SIGHUP, action)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_hangup_ends_a_build(waiting: Workspace) -> None:
    with hangups(signal.SIG_DFL):
        build = waiting.start("-j2")
    half_way(waiting)
    build.send(signal.SIGHUP)
    assert build.end().code == 128 + signal.SIGHUP
    assert os.listdir(waiting.root).count("slow") == 0


def test_a_hangup_that_the_caller_ignores_is_ignored(waiting: Workspace) -> None:
    with hangups(signal.SIG_IGN):
        build = waiting.start("-j2")
    half_way(waiting)
    build.send(signal.SIGHUP)
    build.send(signal.SIGTERM)
    assert build.end().code == 128 + signal.SIGTERM
