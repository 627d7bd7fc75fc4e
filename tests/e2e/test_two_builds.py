"""Two builds in one folder: one waits, says so, or refuses; looking never waits."""

from __future__ import annotations

import re
import signal
import sys

import pytest

from tests.e2e.workspace import Workspace, without_times

WAITING = """
    [task.slow]
    output  = "slow"
    command = "touch begun; until [ -e go ]; do sleep 0.01; done; touch {output}"
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", WAITING)
    return workspace


def test_the_second_build_waits_and_says_for_whom(project: Workspace) -> None:
    first = project.start()
    project.wait_for("begun")
    second = project.start()
    assert second.process.stderr is not None
    line = second.process.stderr.readline()
    pid = first.process.pid
    command = r"python -m pymake"
    assert re.fullmatch(
        rf"pymake: waiting for another build in this folder \(process {pid} since \d\d:\d\d:\d\d: {command}\)\n", line
    )
    project.write("go", "")
    assert first.end().ran == ["slow slow"]
    assert second.end().summary == "nothing to do (1 job up to date)"


def test_the_second_build_refuses_with_no_wait(project: Workspace) -> None:
    first = project.start()
    project.wait_for("begun")
    second = project.pymake("--no-wait", code=1)
    assert second.err.startswith("pymake: another build runs in this folder\n  holder: process ")
    assert second.err.endswith("\n  try: leave out --no-wait to wait for it\n")
    assert project.pymake("clean", "--no-wait", code=1).err.startswith("pymake: another build runs in this folder\n")
    project.write("go", "")
    assert first.end().code == 0


def test_looking_never_waits(project: Workspace) -> None:
    first = project.start()
    project.wait_for("begun")
    for words, code in ((["list"], 0), (["-n"], 0), (["-q"], 1), (["why"], 0), (["graph"], 0), (["clean", "-n"], 0)):
        project.pymake(*words, code=code)
    project.write("go", "")
    assert first.end().code == 0


def test_a_waiting_build_can_be_interrupted(project: Workspace) -> None:
    first = project.start()
    project.wait_for("begun")
    second = project.start()
    assert second.process.stderr is not None
    second.process.stderr.readline()
    second.send(signal.SIGINT)
    assert second.end().code == 130
    project.write("go", "")
    assert first.end().code == 0


def test_a_build_inside_its_own_job_is_refused(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [vars]
        python = "python3"
        [task.outer]
        output  = "outer"
        command = ["{python}", "-m", "pymake", "inner"]
        [task.inner]
        output  = "inner"
        command = "touch {output}"
        """,
    )
    ended = workspace.pymake("outer", f"python={workspace.command()[0]}", code=1)
    assert without_times(ended.err) == (
        "[1/1] outer outer FAILED (T s)\n"
        "pymake.toml:3: exit status 2\n"
        f"  command: {workspace.command()[0]} -m pymake inner\n"
        "pymake: this pymake was started by a job of the build it would wait for\n"
        f"  folder: {workspace.root.resolve()}\n"
        "  try: declare what it would build as an input of the job\n"
        "pymake: 1 ran, 0 up to date, 1 failed in T s\n"
    )
    assert not workspace.exists("inner")


def test_a_job_may_look_and_may_build_in_another_folder(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [vars]
        python = "python3"
        [task.outer]
        output  = "outer"
        command = "{python} -m pymake list && {python} -m pymake -C sub -s && touch {output}"
        """,
    )
    workspace.write("sub/pymake.toml", '[task.inner]\noutput = "inner"\ncommand = "touch {output}"\n')
    ended = workspace.pymake(f"python={workspace.command()[0]}")
    assert "outer  task  1 job  1 will run\n" in ended.err
    assert workspace.exists("sub/inner")


def test_without_locks_a_file_keeps_other_builds_away_and_the_build_says_so(workspace: Workspace) -> None:
    """The lock of the system is refused as some network file systems refuse it; the job tries to build beside it."""
    refusing = """
        import errno, fcntl, sys
        def refuse(*_):
            raise OSError(errno.ENOLCK, "No locks available")
        fcntl.flock = refuse
        from pymake.__main__ import main
        sys.exit(main())
    """
    workspace.write("refusing.py", refusing)
    workspace.write(
        "pymake.toml",
        f"""
        [task.beside]
        output = "beside"
        command = "! env -u PYMAKE_BUILDING {sys.executable} refusing.py --no-wait 2> {{output}}"
        """,
    )
    first = workspace.run([sys.executable, "refusing.py"])
    note = "pymake: no locks on this file system: .pymake/lock.holder keeps other builds away; remove it if none runs"
    assert (first.code, first.err.splitlines()[0]) == (0, note)
    assert workspace.read("beside").startswith("pymake: another build runs in this folder\n  holder: process ")
    assert not workspace.exists(".pymake/lock.holder")
