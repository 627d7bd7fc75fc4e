"""What lives beside the builds of a watch: answers for other terminals, services, and that nothing is left of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.watching import watching
from tests.e2e.workspace import PATIENCE, Result, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.watching import Watching

PATIENT = """
import sys
from pymake import bell
from pymake.__main__ import main
bell.FIRST_WAIT = bell.FURTHER_WAIT = 60.0  # however busy the machine is
sys.exit(main())
"""

SAME = {"PYTEST_CURRENT_TEST": "one for watch and commands, which else differ in it"}

BUILD_FILE = """
[task.upper]
kind = "transform"
input = "{name}.txt"
output = "out/{name}.up"
command = "tr a-z A-Z < {input} > {output}"

[task.sees]
uses_env = "COLUMNS"
output = "columns"
command = "echo $COLUMNS >> seen; echo > {output}"
active = false

[task.slow]
input = "slow.in"
output = "slow.out"
command = "while [ ! -e go ]; do sleep 0.05; done; cp {input} {output}"
active = false

[task.serve]
input = ["out/a.up", "config"]
command = ["sh", "-c", "echo serving $(cat out/a.up config); sleep 1000 & wait"]
service = true
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", BUILD_FILE)
    for name in ("a.txt", "b.txt", "slow.in", "config"):
        workspace.write(name, f"{name}\n")
    return workspace


@pytest.fixture
def watch(project: Workspace) -> Iterator[Watching]:
    with watching(project, "--on-success", "sleep 1000 & echo after", env=SAME) as running:
        for _ in range(2):  # in any order
            running.until("serving A.TXT config|^after")
        yield running


def asked(project: Workspace, *words: str, code: int = 0) -> Result:
    """How a command ends that the watch has to answer."""
    result = project.run([sys.executable, "-c", PATIENT, *words], env=SAME)
    assert result.code == code, result.err
    return result


def test_a_command_is_answered_after_a_look_at_what_was_saved_before_it(watch: Watching, project: Workspace) -> None:
    journal = (project.root / ".pymake" / "journal").stat()
    assert asked(project).err == "pymake: nothing to do (2 jobs up to date)\n"
    assert asked(project, "out/b.up").err == "pymake: nothing to do (1 job up to date)\n"
    for number in range(2):
        project.write("b.txt", f"edit {number}\n")
        asked(project)
        assert project.read("out/b.up") == f"EDIT {number}\n"
        watch.until(r"1 ran, 1 up to date")
    assert (project.root / ".pymake" / "journal").stat().st_ino == journal.st_ino
    project.write("out/b.up", "by hand\n")
    asked(project, "out/b.up")
    assert project.read("out/b.up") == "EDIT 1\n"


def test_a_file_that_is_changed_under_another_name(project: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    os.link(project.root / "a.txt", other)
    with watching(project, "--once-idle", "1000", env=SAME) as watch:
        watch.until(r"serve \| serving A.TXT config")
        assert asked(project).summary == "nothing to do (2 jobs up to date)"
        other.write_text("unheard\n", encoding="utf-8")
        assert asked(project).ran == ["upper out/a.up"]


def test_other_targets_are_built_by_the_watch_and_shown_in_both_places(project: Workspace) -> None:
    with watching(project, "out/a.up", env=SAME) as watch:
        watch.built()
        assert asked(project, "out/b.up").ran == ["upper out/b.up"]
        assert "[1/1] upper out/b.up (" in watch.built()
        assert "called 'nothing-like-it'" in asked(project, "nothing-like-it", code=2).err
        project.write("b.txt", "no such filter")
        project.write("pymake.toml", BUILD_FILE.replace("tr a-z A-Z <", "false"))
        assert asked(project, "out/b.up", code=1).failed == ["upper out/b.up"]


def test_nothing_is_removed_while_a_named_input_is_away(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.upper]
        kind = "transform"
        input = "src/{name}.txt"
        output = "out/{name}.up"
        command = "tr a-z A-Z < {input} > {output}"

        [task.first]
        input = "src/a.txt"
        output = "first"
        command = "cp {input} {output}"
        """,
    )
    workspace.write("src/a.txt", "a\n")
    with watching(workspace, env=SAME) as watch:
        watch.built()
        os.rename(workspace.root / "src", workspace.root / "away")
        watch.until("neither there|not there")
        assert "src/a.txt" in asked(workspace, code=2).err
        os.rename(workspace.root / "away", workspace.root / "src")
        assert "nothing to do (2 jobs up to date)" in watch.built()


def test_what_differs_goes_its_own_way(watch: Watching, project: Workspace) -> None:
    project.write("b.txt", "own\n")
    watch.built()
    os.rename(project.root / "out" / "b.up", project.root / "elsewhere")
    watch.built()
    assert project.pymake("-B", "out/b.up").ran == ["upper out/b.up"]
    assert project.pymake("--no-resident").err == "pymake: nothing to do (2 jobs up to date)\n"
    project.pymake(env={"OTHER": "1"})
    assert "changed" not in "".join(watch.end().err)


def test_a_variable_of_the_terminal_counts_where_a_job_reads_it(project: Workspace) -> None:
    project.write("pymake.toml", BUILD_FILE.replace("active = false", "", 1))
    with watching(project, env={**SAME, "COLUMNS": "70"}) as watch:
        watch.built()
        assert project.pymake(env={**SAME, "COLUMNS": "70"}).summary == "nothing to do (3 jobs up to date)"
        assert project.pymake("sees", env={**SAME, "COLUMNS": "71"}).ran == ["sees columns"]
        assert project.lines("seen")[:2] == ["70", "71"]  # the watch itself wants 70, and may have run it once more


def test_ctrl_c_in_the_command_ends_the_build_it_asked_for(project: Workspace) -> None:
    project.write("pymake.toml", BUILD_FILE.replace("active = false", ""))
    with watching(project, "-v", "upper", env=SAME) as watch:
        watch.built()
        command = subprocess.Popen(
            [sys.executable, "-c", PATIENT, "slow"],
            cwd=project.root,
            env={**os.environ, **SAME},
            stderr=subprocess.PIPE,
            text=True,
        )
        watch.until("while .* -e go")  # it runs
        command.send_signal(signal.SIGINT)
        assert command.wait(PATIENCE) == 130
        assert command.stderr is not None
        command.stderr.close()
        watch.built()
        assert not (project.root / "slow.out").exists()
        project.write("go", "")
        project.pymake("slow")
        assert project.read("slow.out") == "slow.in\n"


def test_a_service_follows_its_inputs_and_the_build_file(watch: Watching, project: Workspace) -> None:
    project.write("a.txt", "new\n")
    watch.until(r"serve \| serving NEW config")
    project.write("config", "other\n")  # no job reads it
    watch.until(r"serve \| serving NEW other")
    project.write("pymake.toml", BUILD_FILE.replace("echo serving", "echo now serving"))
    watch.until(r"serve \| now serving NEW other")
    os.remove(project.root / "a.txt")
    project.write("a.txt", "again\n")
    watch.until(r"serve \| now serving AGAIN other")
    assert project.pymake("log", "serve").out == "now serving AGAIN other\n"
    project.write("pymake.toml", BUILD_FILE.replace("service = true", "active = false"))
    watch.until("service serve ended")


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_survives_the_watch(watch: Watching, project: Workspace, number: signal.Signals) -> None:
    assert sum("sleep" in line for line in found(project)) >= 2
    watch.process.send_signal(number)
    assert watch.process.wait(PATIENCE) in {128 + number, -number}
    end = time.monotonic() + PATIENCE
    while found(project):
        assert time.monotonic() < end, found(project)
        time.sleep(0.02)
    assert project.pymake().err == "pymake: nothing to do (2 jobs up to date)\n"
    assert (project.root / ".pymake" / "watch.socket").exists() == (number == signal.SIGKILL)


def found(project: Workspace) -> list[str]:
    """The command lines of the processes that live in the folder of the project."""
    lines = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):  # it has ended
            if name.isdigit() and os.readlink(f"/proc/{name}/cwd") == str(project.root):
                with open(f"/proc/{name}/cmdline", encoding="utf-8") as file:
                    lines.append(file.read().replace("\0", " "))
    return [line for line in lines if line]
