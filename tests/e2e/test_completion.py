"""Completion: what is offered, and that a shell gets it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.e2e.workspace import PATIENCE

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write(
        "pymake.toml",
        """
        [task.program]
        output  = "build/program"
        command = "touch {output}"
        [task.report]
        output  = "build/report.txt"
        command = "touch {output}"
        """,
    )
    (workspace.root / "sub").mkdir()
    return workspace


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--keep"], ["--keep-going", "--keep-failed"]),
        (["list", "--js"], ["--json"]),
        (["pro"], ["program"]),
        (["build/r"], ["build/report.txt"]),
        (["-k", "gr"], ["graph"]),
        (["program", "gr"], []),
        (["build", "gr"], []),
        (["--color", "a"], ["auto", "always"]),
        (["graph", "--format", ""], ["dot", "mermaid"]),
        (["-C", "su"], []),
        (["-j", "re"], []),
        (["why", ""], ["program", "report"]),
        (["-C", "sub", "../b"], ["../build/program", "../build/report.txt"]),
    ],
)
def test_what_is_offered(project: Workspace, words: list[str], found: list[str]) -> None:
    result = project.pymake("--complete", *words)
    assert (result.out.splitlines(), result.err) == (found, "")
    assert not project.exists(".pymake")


def test_a_broken_build_file_offers_what_there_is(project: Workspace) -> None:
    project.write("pymake.toml", "[task.x")
    result = project.pymake("--complete", "li")
    assert (result.out, result.err) == ("list\n", "")


def test_a_shell_that_is_not_known_is_refused(project: Workspace) -> None:
    assert project.pymake("--show-completion", "zhs", code=2).err == (
        "pymake: --show-completion takes bash or zsh or fish, not 'zhs'\n  nearest: zsh\n"
    )


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_there_is_a_script_for_other_shells(project: Workspace, shell: str) -> None:
    assert "pymake --complete" in project.pymake("--show-completion", shell).out


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_a_task(project: Workspace) -> None:
    command = project.run([*project.command("--show-completion", "bash")]).out
    project.write("rc", f"PS1='$ '\npymake() {{ {' '.join(project.command())} \"$@\"; }}\n{command}")
    environ = {**os.environ, "TERM": "dumb", "INPUTRC": "/dev/null"}
    shell = pexpect.spawn(
        "bash",
        ["--noprofile", "--rcfile", "rc"],
        cwd=str(project.root),
        env=environ,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    shell.expect_exact("$ ")
    shell.send("pymake -k rep\t")
    shell.expect_exact("report ")
    shell.sendline("")
    shell.expect_exact("1 ran, 0 up to date, 0 failed")
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
