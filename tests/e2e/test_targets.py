"""What the words on the command line mean: tasks, files, folders, globs, where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
    default = "total"

    [task.part]
    kind    = "transform"
    input   = "src/{name}.txt"
    output  = "build/{name}.part"
    command = "cp {input} {output}"
    doc     = "One part."

    [task.total]
    kind    = "merge"
    input   = { task = "part" }
    output  = "build/total"
    command = "cat {input} > {output}"

    [task.extra]
    input   = "src/a.txt"
    output  = "more/deep/extra"
    command = "cp {input} {output}"

    [task.list]
    output  = "build/list"
    input   = "src/a.txt"
    command = "ls src > {output}"

    [task.group]
    input = ["build/b.part", { task = "extra" }]
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", PROJECT)
    for name in "abc":
        workspace.write(f"src/{name}.txt", name)
    return workspace


PARTS = ["part build/a.part", "part build/b.part", "part build/c.part"]


@pytest.mark.parametrize(
    ("where", "words", "ran"),
    [
        (".", [], [*PARTS, "total build/total"]),
        (".", ["part"], PARTS),
        (".", ["extra", "part"], ["extra more/deep/extra", *PARTS]),
        (".", ["build/b.part"], ["part build/b.part"]),
        (".", ["./build//b.part"], ["part build/b.part"]),
        (".", ["build/*.part"], PARTS),
        (".", ["build/[ab].part"], PARTS[:2]),
        (".", ["**/extra"], ["extra more/deep/extra"]),
        (".", ["more"], ["extra more/deep/extra"]),
        (".", ["more/"], ["extra more/deep/extra"]),
        (".", ["."], ["extra more/deep/extra", "list build/list", *PARTS, "total build/total"]),
        (".", ["group"], ["extra more/deep/extra", "part build/b.part"]),
        (".", ["src/a.txt"], []),
        (".", ["-j1", "part", "-k"], PARTS),
        (".", ["build", "list"], ["list build/list"]),
        (".", ["build", "-j", "2", "list"], ["list build/list"]),
        (".", ["-C", "src", "../build/a.part"], ["part build/a.part"]),
        (".", ["-Csrc", "extra"], ["extra more/deep/extra"]),
        (".", ["-f", "pymake.toml", "extra"], ["extra more/deep/extra"]),
        (".", ["--", "extra"], ["extra more/deep/extra"]),
        ("src", [], [*PARTS, "total build/total"]),
        ("src", ["extra"], ["extra more/deep/extra"]),
        ("src", ["../build/a.part"], ["part build/a.part"]),
        ("src", ["-f", "../pymake.toml", "../build/?.part"], PARTS),
        ("more", ["deep/extra"], ["extra more/deep/extra"]),
        ("more", ["*/extra"], ["extra more/deep/extra"]),
        ("more", ["deep"], ["extra more/deep/extra"]),
        ("more", ["."], ["extra more/deep/extra"]),
    ],
)
def test_targets_name_jobs(project: Workspace, where: str, words: list[str], ran: list[str]) -> None:
    project.path("more").mkdir()
    assert sorted(project.pymake(*words, cwd=where).ran) == ran


def test_an_absolute_path_is_a_target(project: Workspace, tmp_path: Path) -> None:
    assert project.pymake(str(project.path("build/a.part"))).ran == ["part build/a.part"]
    assert sorted(project.pymake(str(project.path("build/?.part")), cwd="src").ran) == [
        "part build/b.part",
        "part build/c.part",
    ]
    (tmp_path / "link").symlink_to(project.root)
    assert project.pymake(str(tmp_path / "link/more/deep/extra"), cwd="src").ran == ["extra more/deep/extra"]


def test_a_task_goes_before_a_file_of_its_name(project: Workspace) -> None:
    project.write("pymake.toml", project.read("pymake.toml") + '[task.x]\noutput = "extra"\ncommand = "touch extra"\n')
    assert project.pymake("extra").ran == ["extra more/deep/extra"]
    assert project.pymake("./extra").ran == ["x extra"]


def test_a_task_named_like_a_command_is_pointed_out(project: Workspace) -> None:
    listed = project.pymake("list")
    assert listed.err == "pymake: list is also a task; build it with: pymake build list\n"
    assert listed.out == (
        "part   transform  3 jobs  3 will run  One part.\n"
        "total  merge      1 job   1 will run\n"
        "extra  task       1 job   1 will run\n"
        "list   task       1 job   1 will run\n"
        "group  group      0 jobs  -\n"
    )


@pytest.mark.parametrize(
    ("where", "words", "text"),
    [
        (
            ".",
            ["totl"],
            (
                "pymake: no task and no file of the plan is called 'totl'\n"
                "  nearest: total\n"
                "  try: pymake list shows all tasks\n"
            ),
        ),
        (
            "src",
            ["../build/d.part"],
            (
                "pymake: no task and no file of the plan is called '../build/d.part'\n"
                "  nearest: ../build/c.part, ../build/b.part, ../build/a.part\n"
                "  looked for: build/d.part\n"
                "  try: pymake list shows all tasks\n"
            ),
        ),
        (
            ".",
            ["build/*.nothing"],
            (
                "pymake: no task and no file of the plan is called 'build/*.nothing'\n"
                "  nearest: build/total\n"
                "  try: pymake list shows all tasks\n"
            ),
        ),
        (".", ["-C", "nowhere"], "pymake: cannot enter folder nowhere\n  reason: No such file or directory\n"),
    ],
)
def test_what_is_no_target_ends_with_near_names(project: Workspace, where: str, words: list[str], text: str) -> None:
    assert project.pymake(*words, cwd=where, code=2).err == text
    assert not project.exists("build")


def test_without_a_build_file_it_says_where_it_looked(tmp_path: Path) -> None:
    ended = Workspace(tmp_path).pymake(code=2)
    assert ended.err == (
        "pymake: no build file here or in any folder above\n"
        f"  folder: {tmp_path}\n"
        "  looked for: pymake.toml, pymakefile.py, [tool.pymake] in pyproject.toml\n"
        "  try: write a pymake.toml, or name a file with -f\n"
    )


def test_a_source_of_no_task_is_named_as_such(project: Workspace) -> None:
    project.write("README", "")
    assert "README" in project.pymake("README", code=2).err


def test_a_file_with_an_equals_sign_is_a_target_with_its_folder(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.x]\noutput = "a=b"\ncommand = "touch {output}"\n')
    assert workspace.pymake("./a=b").ran == ["x a=b"]
