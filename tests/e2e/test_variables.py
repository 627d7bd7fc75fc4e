"""`NAME=VALUE`: variables of the build file and of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

PROJECT = """
    [vars]
    word  = "one word"
    flags = ["-a", "-b c"]
    level = 3
    on    = true

    [task.all]
    output  = "all"
    command = ["sh", "-c", 'printf "%s\\n" "$@" > all', "sh", "{word}", "{flags}", "{level}", "{on}", "<{flags}>"]

    [task.own]
    output  = "own"
    vars    = { word = "mine" }
    command = "echo {word} > {output}"
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", PROJECT)
    return workspace


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ([], ["one word", "-a", "-b c", "3", "true", "<-a -b c>"]),
        (["word=x y"], ["x y", "-a", "-b c", "3", "true", "<-a -b c>"]),
        (["word="], ["", "-a", "-b c", "3", "true", "<-a -b c>"]),
        (["word=a=b"], ["a=b", "-a", "-b c", "3", "true", "<-a -b c>"]),
        (["flags=-x '-y z'"], ["one word", "-x", "-y z", "3", "true", "<-x -y z>"]),
        (["flags="], ["one word", "3", "true", "<>"]),
        (["level=4", "on=no"], ["one word", "-a", "-b c", "4", "no", "<-a -b c>"]),
    ],
)
def test_values_arrive_as_arguments(project: Workspace, words: list[str], lines: list[str]) -> None:
    project.pymake("all", *words)
    assert project.read("all") == "".join(f"{line}\n" for line in lines)


def test_a_changed_variable_runs_what_uses_it_and_its_return_runs_it_again(project: Workspace) -> None:
    project.pymake()
    assert project.pymake("level=9").ran == ["all all"]
    assert project.pymake("level=9").ran == []
    assert project.pymake().ran == ["all all"]


def test_the_command_line_wins_over_the_task_too(project: Workspace) -> None:
    project.pymake("own")
    assert project.read("own") == "mine\n"
    project.pymake("own", "word=given")
    assert project.read("own") == "given\n"


def test_an_unknown_variable_is_an_error_with_near_names(project: Workspace) -> None:
    assert project.pymake("wrod=x", code=2).err == (
        "pymake: no build file has a variable 'wrod'\n  nearest: word\n  try: write ./wrod=x for a file of that name\n"
    )
    assert not project.exists("all")


def test_variables_stand_in_paths_and_in_other_build_files(project: Workspace) -> None:
    project.write(
        "pymakefile.py",
        """
        from pymake import originate
        @originate("{word}.txt")
        def from_python(output):
            open(output, "w").close()
        """,
    )
    assert project.pymake("from_python", "word=v").ran == ["from_python v.txt"]
    assert project.exists("v.txt")
