"""The fast door: taken when nothing changed since the same command line had nothing left to do, and never else."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Result, Workspace

PROBE = """
import sys
from pymake.__main__ import main
code = main()
print("full" if "pymake.errors" in sys.modules else "fast")
sys.exit(code)
"""

BUILD = """
    [task.up]
    kind    = "transform"
    input   = "src/{name}.txt"
    output  = "out/{name}.up"
    command = "tr a-z A-Z < {input} > {output}"

    [task.all]
    kind    = "merge"
    input   = { task = "up" }
    output  = "all.txt"
    command = "cat {input} > {output}"
    uses_env = ["FLAVOUR"]
    tools = ["cat"]
"""


def run(workspace: Workspace, *words: str, cwd: str = ".", env: dict[str, str] | None = None) -> tuple[str, Result]:
    """Which door was taken, and what was said."""
    result = workspace.run([sys.executable, "-c", PROBE, *words], cwd=cwd, env=env)
    assert result.code == 0, result.err
    return result.out.split()[-1], result


def settle(workspace: Workspace, *words: str, cwd: str = ".", env: dict[str, str] | None = None) -> Result:
    """Build until the fast door answers: after a build, one more may have to hash what is too new to be believed."""
    for _ in range(20):
        door, result = run(workspace, *words, cwd=cwd, env=env)
        if door == "fast":
            return result
    raise AssertionError("the fast door is never taken")


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", BUILD)
    for name in ("a", "b"):
        workspace.write(f"src/{name}.txt", name)
    settle(workspace)
    return workspace


def test_the_fast_door_says_what_the_full_one_says(project: Workspace) -> None:
    door, fast = run(project)
    assert door == "fast"
    project.path(".pymake/snapshot").unlink()
    door, full = run(project)
    assert door == "full"
    assert fast.err == full.err == "pymake: nothing to do (3 jobs up to date)\n"


@pytest.mark.parametrize(
    "words", [("all",), ("out/a.up",), ("-j2", "-s"), ("-k", "all.txt"), ("-v", "-C", "src", "../all.txt")]
)
def test_every_line_that_was_given_before_is_known(project: Workspace, words: tuple[str, ...]) -> None:
    assert settle(project, *words).summary in (
        "",
        "nothing to do (3 jobs up to date)",
        "nothing to do (1 job up to date)",
    )


def test_a_target_is_relative_to_the_folder_where_it_was_said(project: Workspace) -> None:
    settle(project, "a.up", cwd="out")
    result = project.run([sys.executable, "-c", PROBE, "a.up"])
    assert result.code == 2
    assert "a.up" in result.err


def test_a_build_file_between_hides_the_project_above(project: Workspace) -> None:
    settle(project, cwd="src")
    project.write("src/pymake.toml", '[task.own]\noutput = "own"\ncommand = "touch own"\n')
    assert run(project, cwd="src")[1].ran == ["own own"]


@pytest.mark.parametrize(
    ("change", "ran"),
    [
        (lambda p: p.write("src/a.txt", "c"), ["up out/a.up", "all all.txt"]),
        (lambda p: p.touch("src/a.txt"), []),
        (lambda p: p.remove("all.txt"), ["all all.txt"]),
        (lambda p: p.write("all.txt", "edited"), ["all all.txt"]),
        (lambda p: p.write("src/c.txt", "c"), ["up out/c.up", "all all.txt"]),
        (lambda p: p.remove("src/b.txt"), ["all all.txt"]),
        (lambda p: p.replace("pymake.toml", "A-Z", "B-ZA"), ["up out/a.up", "up out/b.up", "all all.txt"]),
        (lambda p: p.replace("pymake.toml", "[task.all]", '[task.all]\ndoc = "x"'), []),
        (
            lambda p: p.write(
                "pymakefile.py", "import pymake\npymake.main.task(name='n', command='touch n', output='n')"
            ),
            ["n n"],
        ),
        (lambda p: p.remove(".pymake/journal"), ["up out/a.up", "up out/b.up", "all all.txt"]),
    ],
)
def test_whatever_changes_is_seen(project: Workspace, change: object, ran: list[str]) -> None:
    assert callable(change)
    change(project)
    door, result = run(project)
    assert door == "full"
    assert sorted(result.ran) == sorted(ran)


def test_a_variable_that_decides_is_looked_at(project: Workspace) -> None:
    assert run(project, env={"OTHER": "1"})[0] == "fast"
    assert run(project, env={"FLAVOUR": "sweet"})[1].ran == ["all all.txt"]


def test_a_tool_that_comes_first_on_the_path_is_seen(project: Workspace) -> None:
    project.write("bin/sh-only", "")
    path = f"{project.path('bin')}{os.pathsep}{os.environ['PATH']}"
    settle(project, env={"PATH": path})
    project.write("bin/cat", '#!/bin/sh\nexec /bin/cat "$@"\n')
    project.path("bin/cat").chmod(0o755)
    assert run(project, env={"PATH": path})[1].ran == ["all all.txt"]


def test_a_job_that_always_runs_keeps_the_door_shut(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.now]\noutput = "now"\ncommand = "touch now"\nalways = true\n')
    assert [run(workspace)[1].ran for _ in range(3)] == [["now now"]] * 3


def test_a_forced_build_is_never_answered(project: Workspace) -> None:
    assert [len(run(project, "-B")[1].ran) for _ in range(2)] == [3, 3]


def test_a_moved_project_is_answered_where_it_is_now(project: Workspace) -> None:
    project.path("pymake.toml").rename(project.path("keep"))
    os.makedirs(project.path("new"))
    for name in ("src", "out", "all.txt", ".pymake"):
        project.path(name).rename(project.path("new") / name)
    project.path("keep").rename(project.path("new/pymake.toml"))
    assert settle(project, cwd="new").summary == "nothing to do (3 jobs up to date)"


@pytest.mark.parametrize("at", [0, 20, 4090, 4100, 4300])
def test_a_damaged_snapshot_is_ignored(project: Workspace, at: int) -> None:
    file = project.path(".pymake/snapshot")
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    door, result = run(project)
    assert (door, result.summary) == ("full", "nothing to do (3 jobs up to date)")


@pytest.mark.parametrize("part", range(12))
def test_damage_anywhere_changes_no_build(project: Workspace, part: int) -> None:
    file = project.path(".pymake/snapshot")
    data = bytearray(file.read_bytes())
    at = 4096 + (len(data) - 4097) * part // 11
    data[at : at + 8] = bytes(255 - byte for byte in data[at : at + 8])
    file.write_bytes(data)
    project.write("src/b.txt", "changed")
    assert sorted(run(project)[1].ran) == ["all all.txt", "up out/b.up"]
    assert project.read("all.txt") == "ACHANGED"


def test_a_job_of_the_build_does_not_get_an_answer(project: Workspace) -> None:
    result = project.run([sys.executable, "-c", PROBE], env={"PYMAKE_BUILDING": str(project.root)})
    assert result.code == 2
