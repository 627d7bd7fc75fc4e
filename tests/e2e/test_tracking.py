"""What a build file in Python looks at is looked at again before it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_fast_door import run, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.workspace import Workspace

BUILD = """
    import glob, os
    from pathlib import Path
    from pymake import main
    import helper

    def job(name, text):
        main.task(name=name, command=f"echo {text} > {{output}}", output=f"out/{name}")

    job("helper", helper.TEXT)
    job("env", os.environ.get("FLAVOUR", "plain"))
    job("read", Path("read.txt").read_text().strip())
    job("there", os.path.exists("maybe.txt"))
    job("isfile", Path("maybe.dir").is_dir())
    job("listed", len(os.listdir("listed")))
    job("globbed", len(glob.glob("globbed/*.x")))
    job("walked", sum(len(files) for _, _, files in os.walk("walked")))
    job("paths", len(list(Path("paths").glob("*.x"))))
    try:
        import optional
        job("optional", optional.TEXT)
    except ImportError:
        job("optional", "none")
    """

CHANGES: dict[str, Callable[[Workspace], object]] = {
    "helper": lambda p: p.write("helper.py", "TEXT = 'new'\n"),
    "read": lambda p: p.write("read.txt", "new"),
    "there": lambda p: p.write("maybe.txt", ""),
    "isfile": lambda p: p.write("maybe.dir/x", ""),
    "listed": lambda p: p.write("listed/new", ""),
    "globbed": lambda p: p.write("globbed/new.x", ""),
    "walked": lambda p: p.write("walked/inner/new", ""),
    "paths": lambda p: p.write("paths/new.x", ""),
    "optional": lambda p: p.write("optional.py", "TEXT = 'there'\n"),
}


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymakefile.py", BUILD)
    workspace.write("helper.py", "TEXT = 'old'\n")
    workspace.write("read.txt", "old")
    for path in ("listed/a", "globbed/a.x", "walked/a", "walked/inner/a", "paths/a.x"):
        workspace.write(path, "")
    settle(workspace)
    return workspace


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_was_looked_at_is_seen(project: Workspace, name: str) -> None:
    CHANGES[name](project)
    door, result = run(project)
    assert (door, result.ran) == ("full", [f"{name} out/{name}"])


def test_a_variable_is_seen(project: Workspace) -> None:
    assert run(project, env={"FLAVOUR": "sweet"})[1].ran == ["env out/env"]
    assert run(project, env={"FLAVOUR": "sweet"})[1].ran == []
    assert run(project)[1].ran == ["env out/env"]


def test_what_was_not_looked_at_changes_nothing(project: Workspace) -> None:
    project.write("other/file", "")
    project.write("src.txt", "")
    assert run(project, env={"OTHER": "1"})[0] == "fast"


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('written', 'w').close()",
        "import socket; socket.socket().close()",
        "import os; dict(os.environ)",
        "import os; os.environ['X'] = 'y'",
    ],
)
def test_what_cannot_be_followed_is_evaluated_every_time(workspace: Workspace, line: str) -> None:
    workspace.write(
        "pymakefile.py", f"from pymake import main\n{line}\nmain.task(name='a', command='touch a', output='a')\n"
    )
    assert [run(workspace)[0] for _ in range(2)] == ["full"] * 2
    door, result = run(workspace, "-v")
    assert (door, result.summary) == ("full", "nothing to do (1 job up to date)")
    assert result.err.startswith("pymake: build files are evaluated every time: a build file ")


def test_imports_of_the_library_are_no_doubt(workspace: Workspace) -> None:
    text = "import asyncio, json, multiprocessing, subprocess, tempfile, typing\nfrom pymake import main\n"
    workspace.write("pymakefile.py", f"{text}main.task(name='a', command='touch a', output='a')\n")
    settle(workspace)


def test_functions_are_answered_too(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import transform, suffix
        import helper

        @transform("src/*.txt", suffix(".txt"), ".up", output_dir="out")
        def up(input, output):
            open(output, "w").write(helper.upper(open(input).read()))
        """,
    )
    workspace.write("helper.py", "def upper(text): return text.upper()\n")
    workspace.write("src/a.txt", "a")
    settle(workspace)
    workspace.write("src/a.txt", "b")
    assert run(workspace)[1].ran == ["up out/a.up"]


def test_a_function_that_toml_names_is_tracked(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.a]\noutput = "a"\npython = "tasks:make"\n')
    workspace.write("tasks.py", "def make(input, output):\n    open(output, 'w').write('1')\n")
    settle(workspace)
    workspace.write("tasks.py", "def make(input, output):\n    open(output, 'w').write('2')\n")
    assert run(workspace)[1].ran == ["a a"]
