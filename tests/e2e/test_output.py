"""What jobs print: whole, in one piece, bounded, kept."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

PROJECT = """
    [task.good]
    output  = "good"
    command = "echo good; touch {output}"

    [task.bad]
    output  = "bad"
    command = "echo about to fail; echo on stderr >&2; exit 3"

    [task.reader]
    input   = "bad"
    output  = "read"
    command = "cat {input} > {output}"
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", PROJECT)
    return workspace


def test_lines_of_jobs_are_never_mixed(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.talk]
        kind    = "originate"
        output  = ["a", "b", "c", "d"]
        command = "for i in 1 2 3 4 5 6 7 8 9; do printf '{output} '; sleep 0.01; echo $i >&2; done; touch {output}"
        """,
    )
    result = workspace.pymake("-j4")
    for name in "abcd":
        whole = "".join(f"{name} {number}\n" for number in range(1, 10))
        assert re.search(rf"^\[\d/4\] talk {name} \(.*\)\n{whole}", result.err, re.MULTILINE)


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_100_megabytes_fill_neither_memory_nor_screen(workspace: Workspace, words: list[str]) -> None:
    loud = "echo begin; yes 0123456789 | head -c 100000000; echo end; touch {output}"
    workspace.write("pymake.toml", f'[task.loud]\noutput = "x"\ncommand = "{loud}"\n')
    limited = f"ulimit -v 350000; exec {shlex.join(workspace.command(*words))}"
    result = workspace.run(["/bin/sh", "-c", limited])
    assert result.code == 0, result.err
    text = result.out + result.err
    assert len(text) < 300_000
    assert "begin" in text
    assert "end" in text
    assert "99800010 bytes left out" in text or '"left_out": 99800010' in text
    log = workspace.pymake("log", "x").out
    assert log.startswith("begin\n0123456789\n")
    assert log.endswith("end\n")
    assert "\n[90000010 bytes left out: of more than 10000000 the middle is not kept]\n" in log
    assert len(log) < 10_000_200


def test_the_logs_of_failed_jobs_with_their_errors(project: Workspace) -> None:
    assert project.pymake("log", "--failed").err == "pymake: no job failed when it last ran\n"
    project.pymake("-k", code=1)
    failed = project.pymake("log", "--failed")
    assert failed.out == (
        "== bad bad: pymake.toml:5: exit status 3\n"
        "  command: echo about to fail; echo on stderr >&2; exit 3\nabout to fail\non stderr\n"
    )
    assert project.pymake("log", "--failed", "reader").out == failed.out
    assert project.pymake("log", "--failed", "good").out == ""
    project.replace("pymake.toml", "exit 3", "touch {output}")
    project.pymake()
    assert project.pymake("log", "--failed").out == ""


def test_events_that_nobody_can_keep_are_an_error_and_the_build_is_done(project: Workspace) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            project.command("--json", "good"), cwd=project.root, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (ended.returncode, ended.stderr.decode()) == (
        1,
        "pymake: cannot write to stdout\n  reason: No space left on device\n",
    )
    assert project.exists("good")


def test_a_reader_that_goes_away_does_not_end_the_build(project: Workspace) -> None:
    text = " ".join([*project.command("--json", "good"), "| true"])
    assert project.run(["/bin/sh", "-c", text]).code == 0
    assert project.run(["/bin/sh", "-c", " ".join([*project.command("good"), "2>&1 >&- | true"])]).code == 0
    assert project.exists("good")


def test_a_disk_that_refuses_in_the_middle_ends_the_events_with_the_reason(workspace: Workspace) -> None:
    names = ", ".join(f'"out/{number}"' for number in range(60))
    workspace.write(
        "pymake.toml", f'[task.many]\nkind = "originate"\noutput = [{names}]\ncommand = "touch {{output}}"\n'
    )
    limited = f"ulimit -f 8; exec {shlex.join(workspace.command('--json', '-j1'))}"
    # Half a file of byte code would be what later starts of this Python read.
    result = workspace.run(["/bin/sh", "-c", limited], env={"PYTHONDONTWRITEBYTECODE": "1"})
    last = json.loads(result.out.splitlines()[-1])
    assert (result.code, last["event"], last["stopped"]) == (1, "build-ended", "cannot write .pymake/journal")
    assert 0 < last["ran"] < 60
    assert last["not_run"] == 60 - last["ran"]
    assert result.err == "pymake: cannot write .pymake/journal\n  reason: File too large\n"
    # What was not recorded runs again: quick jobs are recorded several at a time.
    assert 60 - last["ran"] <= len(workspace.pymake().ran) <= 60
    assert workspace.pymake().summary == "nothing to do (60 jobs up to date)"
