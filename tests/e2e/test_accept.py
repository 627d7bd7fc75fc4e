"""`accept`, `-t`, `forget`, `-W` and `-o` with the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

TOML = """
    [task.one]
    input    = "in"
    output   = "out"
    command  = "cat in > out"
    uses_env = "MODE"

    [task.two]
    input   = "out"
    output  = "end"
    command = "cat out > end"
"""

PYTHON = """
    from pymake import task

    @task("in", "out", 1)
    def one(input, output, number):
        open(output, "w").write(open(input).read() * number)
"""


def project(workspace: Workspace) -> None:
    workspace.write("in", "1")
    workspace.write("pymake.toml", TOML)
    workspace.pymake(env={"MODE": "a"})


def test_accept_runs_nothing_touches_nothing_and_lets_nothing_run_afterwards(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("in", "2")
    workspace.write("end", "by hand")
    before = workspace.tree()
    ended = workspace.pymake("accept", env={"MODE": "b"})
    assert ended.out == "accepted one out\naccepted two end\n"
    assert workspace.tree() == before
    assert workspace.pymake(env={"MODE": "b"}).summary == "nothing to do (2 jobs up to date)"
    assert workspace.pymake("accept", env={"MODE": "b"}).out == ""
    assert "accepted: everything" in workspace.pymake("why", "out", env={"MODE": "b"}).out


def test_accept_of_a_target_takes_what_it_needs_along_and_nothing_else(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("in", "2")
    workspace.write("end", "by hand")
    assert workspace.pymake("accept", "out", env={"MODE": "a"}).out == "accepted one out\n"
    assert workspace.pymake(env={"MODE": "a"}).ran == ["two end"]


def test_touch_is_the_same(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("in", "2")
    assert workspace.pymake("-t", "two", env={"MODE": "a"}).out == "accepted one out\n"
    assert (workspace.read("out"), workspace.pymake("-q", env={"MODE": "a"}).code) == ("1", 0)


def test_outputs_that_were_made_elsewhere_are_adopted_and_missing_ones_are_not(workspace: Workspace) -> None:
    workspace.write("in", "1")
    workspace.write("out", "1")
    workspace.write("pymake.toml", TOML)
    ended = workspace.pymake("accept", code=1)
    assert ended.out == "accepted one out\n"
    assert ended.err == "pymake: cannot accept two end: its output end is not there\n"
    assert workspace.pymake().ran == ["two end"]


@pytest.mark.parametrize(("cause", "ran"), [("env", ["two end"]), ("input", ["one out", "two end"])])
def test_one_cause_leaves_the_others(workspace: Workspace, cause: str, ran: list[str]) -> None:
    project(workspace)
    workspace.replace("pymake.toml", "cat out > end", "cat  out>end")
    if cause == "input":
        workspace.write("in", "2")
    workspace.pymake("accept", "--cause", cause, env={"MODE": "b"})
    assert workspace.pymake(env={"MODE": "b"}).ran == ran


def test_the_cause_code_alone(workspace: Workspace) -> None:
    workspace.write("in", "x")
    workspace.write("pymakefile.py", PYTHON)
    workspace.pymake()
    workspace.replace("pymakefile.py", "* number", "* (number + 0)")
    workspace.pymake("-q", code=1)
    assert workspace.pymake("accept", "--cause", "code").out == "accepted one out\n"
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"
    workspace.replace("pymakefile.py", '"out", 1', '"out", 2')
    workspace.replace("pymakefile.py", "number + 0", "number + 1")
    workspace.pymake("accept", "--cause", "code")
    assert workspace.pymake("-n").out == "will run (1):\n  one out: arguments changed\n"
    workspace.pymake("accept", "--cause", "argument")
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"
    assert workspace.read("out") == "x"


def test_a_cause_that_there_is_not(workspace: Workspace) -> None:
    project(workspace)
    assert workspace.pymake("accept", "--cause", "inputs", code=2).err == (
        "pymake: no cause 'inputs'\n  nearest: input\n"
        "  try: one of code, command, input, env, argument, tool, package, output\n"
    )


def test_an_accepted_protected_edit_stays(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.keep]\noutput = "out"\ncommand = "echo 1 > out"\nprotected = true\n')
    workspace.pymake()
    workspace.path("out").chmod(0o644)
    workspace.write("out", "by hand")
    workspace.pymake(code=1)
    assert workspace.pymake("accept", "out").out == "accepted keep out\n"
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"
    assert workspace.read("out") == "by hand"


def test_forget(workspace: Workspace) -> None:
    project(workspace)
    assert workspace.pymake("forget", "end").out == "forgot two end\n"
    assert workspace.pymake(env={"MODE": "a"}).ran == ["two end"]
    assert workspace.pymake("forget", code=2).err == (
        "pymake: forget needs a target\n  try: name tasks or files; to forget everything, remove .pymake\n"
    )


def test_a_file_taken_as_changed(workspace: Workspace) -> None:
    project(workspace)
    env = {"MODE": "a"}
    assert workspace.pymake("-n", "-W", "in", env=env).out == (
        "will run (1):\n  one out: input in is taken as changed\n"
        "may run (1):\n  two end: if the output of one out really changes\n"
    )
    for _ in range(2):
        assert workspace.pymake("-W", "in", env=env).ran == ["one out"]
    assert workspace.pymake("-W", "in", "-W", "out", env=env).ran == ["one out", "two end"]
    assert workspace.pymake(env=env).summary == "nothing to do (2 jobs up to date)"
    workspace.write("sub/x", "")
    assert workspace.pymake("-W", "../in", "../out", cwd="sub", env=env).ran == ["one out"]


def test_a_file_taken_as_unchanged(workspace: Workspace) -> None:
    project(workspace)
    env = {"MODE": "a"}
    workspace.write("in", "2")
    assert workspace.pymake("-o", "in", env=env).summary == "nothing to do (2 jobs up to date)"
    workspace.write("out", "by hand")
    assert workspace.pymake("-n", "-o", "out", env=env).out.startswith("up to date (2)")
    assert workspace.pymake("-o", "out", env=env).summary == "nothing to do (2 jobs up to date)"
    assert workspace.pymake(env=env).ran == ["one out", "two end"]
    workspace.remove("out")
    assert workspace.pymake("-o", "out", env=env).ran == ["one out"]
