"""`--pdb`: the debugger where a Python job failed."""

from __future__ import annotations

import os

import pexpect
import pytest

from tests.e2e.workspace import PATIENCE, Workspace

BUILD_FILE = """
    from pymake import originate, sh

    def deep(output):
        secret = "of the user"
        raise ValueError("no good")

    @originate("bad")
    def bad(output):
        deep(output)

    @originate("command")
    def command(output):
        other = "near sh"
        sh("exit 3")

    @originate("good")
    def good(output):
        open(output, "w").write("x")
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymakefile.py", BUILD_FILE)
    return workspace


def at_terminal(project: Workspace, *words: str) -> pexpect.spawn:
    program, *rest = project.command(*words)
    environ = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "PYTHON_COLORS": "0"}
    return pexpect.spawn(
        program, rest, cwd=str(project.root), env=environ, encoding="utf-8", timeout=PATIENCE, dimensions=(24, 100)
    )


@pytest.mark.parametrize(
    ("task", "variable", "value"), [("bad", "secret", "of the user"), ("command", "other", "near sh")]
)
def test_the_debugger_opens_at_the_users_frame(project: Workspace, task: str, variable: str, value: str) -> None:
    screen = at_terminal(project, "--pdb", task)
    screen.expect_exact("(Pdb) ")
    screen.sendline(f"p {variable}")
    screen.expect_exact(f"'{value}'")
    screen.sendline("q")
    screen.expect_exact("1 failed")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 1


def test_ctrl_c_in_the_debugger_is_the_debuggers(project: Workspace) -> None:
    screen = at_terminal(project, "--pdb", "-k")
    screen.expect_exact("(Pdb) ")
    screen.sendintr()
    screen.expect_exact("(Pdb) ")
    screen.sendline("q")
    screen.expect_exact("(Pdb) ")
    screen.sendline("q")
    screen.expect_exact("3 ran, 0 up to date, 2 failed")
    screen.expect(pexpect.EOF)
    screen.close()
    assert (screen.exitstatus, screen.signalstatus) == (1, None)
    assert project.exists("good")


def test_without_a_terminal_it_is_refused(project: Workspace) -> None:
    assert project.pymake("--pdb", code=2).err == (
        "pymake: --pdb needs a terminal to talk to\n  try: leave it out; the message names file and line\n"
    )
    assert not project.exists("good")
