"""What the surroundings do to a build: streams that are closed or full, folders that vanish, a disk without room."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Result, Workspace

TALKING = """
    [task.talk]
    kind = "transform"
    input = "in/{name}"
    output = "out/{name}"
    command = "echo {name} said something; cp {input} {output}"
"""
FULL = "/dev/full"
has_full = pytest.mark.skipif(not Path(FULL).exists(), reason="no /dev/full here")


def talking(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", TALKING)
    for name in "abc":
        workspace.write(f"in/{name}", name)
    return workspace


def in_shell(workspace: Workspace, words: str, rest: str, **env: str) -> Result:
    """Run pymake by a shell, which redirects what it prints."""
    return workspace.run(["sh", "-c", f"{shlex.join(workspace.command(*words.split()))} {rest}"], env=env)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("options", ["", "--json", "-v", "-n", "-q"])
def test_a_build_needs_no_standard_files(workspace: Workspace, options: str, closed: str) -> None:
    talking(workspace)
    result = in_shell(workspace, options, closed)
    assert result.code == int(options == "-q")
    assert "internal error" not in result.err
    assert "Traceback" not in result.err
    assert workspace.exists("out/a") == (options not in {"-n", "-q"})


LOOKING = ["list", "list --json", "why", "log", "graph", "-n"]


@pytest.mark.parametrize("words", LOOKING)
def test_looking_with_closed_standard_files(workspace: Workspace, words: str) -> None:
    talking(workspace).pymake()
    result = in_shell(workspace, words, "<&- >&-")
    assert (result.code, result.err) == (0, "")


@has_full
@pytest.mark.parametrize("words", LOOKING)
def test_results_that_cannot_be_written_are_an_error(workspace: Workspace, words: str) -> None:
    talking(workspace).pymake()
    result = in_shell(workspace, words, f"> {FULL}")
    assert result.code == 2
    assert result.err == "pymake: cannot write to stdout\n  reason: No space left on device\n"


@has_full
@pytest.mark.parametrize("redirection", [f"> {FULL}", f"2> {FULL}"])
@pytest.mark.parametrize("options", ["", "--json"])
def test_a_build_goes_on_when_nobody_can_be_told(workspace: Workspace, options: str, redirection: str) -> None:
    talking(workspace)
    in_shell(workspace, options, redirection)
    assert workspace.pymake().summary == "nothing to do (3 jobs up to date)"


def test_more_jobs_than_the_system_has_files_for(workspace: Workspace) -> None:
    talking(workspace)
    soft = workspace.run(["sh", "-c", f"ulimit -Sn 40; {shlex.join(workspace.command('-j50'))}"])
    assert (soft.code, soft.summary) == (0, "3 ran, 0 up to date, 0 failed in T s")
    hard = workspace.run(["sh", "-c", f"ulimit -n 40; {shlex.join(workspace.command('-B', '-j50'))}"])
    assert hard.code == 2
    assert re.sub(r"need \d+", "need N", hard.err) == (
        "pymake: 50 jobs at a time need N open files, and the system allows 40\n"
        "  try: a smaller number of jobs (-j), or a higher limit (ulimit -n)\n"
    )


def test_names_of_any_bytes_are_printed_whatever_the_encoding(workspace: Workspace) -> None:
    talking(workspace)
    name = os.fsdecode(b"\xc3\xa4\xff")
    workspace.write(f"in/{name}", "x")
    workspace.pymake()
    listed = {
        encoding: workspace.pymake("graph", "--files", env={"PYTHONIOENCODING": encoding}).out
        for encoding in ("utf-8:strict", "ascii:strict")
    }
    assert f"out/{name}" in listed["utf-8:strict"]
    assert "out/\\xe4\udcff" in listed["ascii:strict"]


def test_a_state_folder_removed_by_a_job_costs_a_rebuild_and_nothing_else(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.first]
        output = "a"
        command = "rm -r .pymake; echo gone; echo > {output}"
        [task.second]
        input = "a"
        output = "b"
        command = "echo said something; cp {input} {output}"
        """,
    )
    assert workspace.pymake().summary == "2 ran, 0 up to date, 0 failed in T s"
    workspace.replace("pymake.toml", "rm -r .pymake; ", "")
    assert workspace.pymake().summary == "2 ran, 0 up to date, 0 failed in T s"
    assert workspace.pymake().summary == "nothing to do (2 jobs up to date)"


def test_a_journal_that_takes_no_more_ends_the_build_and_the_next_one_goes_on(workspace: Workspace) -> None:
    talking(workspace)
    for number in range(100):
        workspace.write(f"in/{number}", "x")
    limited = workspace.run(["sh", "-c", f"ulimit -f 8; {shlex.join(workspace.command('-j2', '-k'))}"])
    assert limited.code == 1
    assert limited.err.endswith("pymake: cannot write .pymake/journal\n  reason: File too large\n")
    ran = len(limited.ran)
    assert 0 < ran < 103
    assert len(list(workspace.path("out").iterdir())) == ran
    assert workspace.pymake().summary == f"{103 - ran} ran, {ran} up to date, 0 failed in T s"
