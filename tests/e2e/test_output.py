"""What jobs print: whole, in one piece, bounded, kept."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

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
    workspace.write(
        "pymake.toml",
        '[task.loud]\noutput = "x"\ncommand = "echo begin; yes 0123456789 | head -c 100000000; echo end; touch {output}"\n',
    )
    with (workspace.root / "said").open("wb") as said:
        running = subprocess.Popen(workspace.command(*words), cwd=workspace.root, stdout=said, stderr=said)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    assert usage.ru_maxrss < 100_000  # KiB; of macOS bytes, and then it says nothing
    text = workspace.read("said")
    assert len(text) < 300_000
    assert "begin" in text
    assert "end" in text
    assert "99800010 bytes left out" in text or '"left_out": 99800010' in text
    log = workspace.pymake("log", "x").out
    assert log.startswith("begin\n0123456789\n")
    assert log.endswith("\nend\n")
    assert "\n[90000010 bytes left out: of more than 10000000 the middle is not kept]\n" in log
    assert len(log) < 10_000_200


def test_the_logs_of_failed_jobs_with_their_errors(project: Workspace) -> None:
    assert project.pymake("log", "--failed").err == "pymake: no job failed when it last ran\n"
    project.pymake("-k", code=1)
    failed = project.pymake("log", "--failed")
    assert failed.out == "== bad bad: exit status 3\nabout to fail\non stderr\n"
    assert project.pymake("log", "--failed", "reader").out == failed.out
    assert project.pymake("log", "--failed", "good").out == ""
    project.replace("pymake.toml", "exit 3", "touch {output}")
    project.pymake()
    assert project.pymake("log", "--failed").out == ""


def test_a_disk_that_is_full_ends_the_events_properly(project: Workspace) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        ended = subprocess.run(project.command("--json", "good"), cwd=project.root, stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 0
    assert project.exists("good")


def test_a_reader_that_goes_away_does_not_end_the_build(project: Workspace) -> None:
    text = " ".join([*project.command("--json", "good"), "| true"])
    assert project.run(["/bin/sh", "-c", text]).code == 0
    assert project.run(["/bin/sh", "-c", " ".join([*project.command("good"), "2>&1 >&- | true"])]).code == 0
    assert project.exists("good")
