"""Sentences of the contract that no other test holds: each is a small project and the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace


def test_a_default_that_is_no_target_is_told_with_its_line(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '# targets\ndefault = "al"\n\n[task.all]\noutput = "x"\ncommand = "touch x"\n')
    said = workspace.pymake(code=2).err
    assert said == (
        "pymake: pymake.toml:2: default: no task and no file of the plan is called 'al'\n"
        "  nearest: all\n  try: pymake list shows all tasks\n"
    )


def test_the_line_of_the_default_with_both_build_files(workspace: Workspace) -> None:
    workspace.write("pymake.toml", 'default = "nothing"\n')
    workspace.write("pymakefile.py", "")
    assert workspace.pymake(code=2).err.startswith("pymake: pymake.toml:1: default: ")


def test_build_files_of_two_folders_have_no_root(workspace: Workspace) -> None:
    workspace.write("a/one.toml", '[task.one]\noutput = "x"\ncommand = "touch x"\n')
    workspace.write("b/two.toml", '[task.two]\noutput = "y"\ncommand = "touch y"\n')
    said = workspace.pymake("-f", "a/one.toml", "-f", "b/two.toml", code=2).err
    assert said == (
        "pymake: the build files are in different folders, and only one can be the root\n"
        f"  folders: {workspace.path('a')}, {workspace.path('b')}\n"
        "  try: name build files of one folder\n"
    )
    assert not workspace.exists("a/y")


def test_build_files_of_one_folder_in_two_spellings(workspace: Workspace) -> None:
    workspace.write("a/one.toml", '[task.one]\noutput = "x"\ncommand = "touch x"\n')
    workspace.write("a/two.toml", '[task.two]\ninput = "x"\noutput = "y"\ncommand = "cp x y"\n')
    workspace.pymake("-f", "a/one.toml", "-f", "./a/../a/two.toml")
    assert workspace.exists("a/y")


@pytest.mark.parametrize("call", ["pymake.pipeline_run()", "pymake.build()", "pymake.main.run()"])
def test_a_build_file_cannot_build_while_it_is_read(workspace: Workspace, call: str) -> None:
    workspace.write("pymakefile.py", f"import pymake\n@pymake.task(None, 'x')\ndef f(i, o): open(o, 'w')\n{call}\n")
    for words in ([], ["list"]):
        assert workspace.pymake(*words, code=2).err == (
            "pymake: pymakefile.py:4: a build file declares tasks, and cannot build while it is read\n"
            "  try: take the call out, or put it below: if __name__ == '__main__'\n"
        )
    assert not workspace.exists("x")


def test_a_build_file_may_be_a_script_too(workspace: Workspace) -> None:
    text = "import pymake\n@pymake.task(None, 'x')\ndef f(i, o): open(o, 'w').close()\n"
    workspace.write("pymakefile.py", f"{text}if __name__ == '__main__':\n    pymake.pipeline_run()\n")
    assert workspace.pymake().ran == ["f x"]
    assert "nothing to do" in workspace.run([workspace.command()[0], "pymakefile.py"]).err


@pytest.mark.parametrize("seconds", ["inf", "1e300", "1e10"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_timeout_longer_than_any_clock(workspace: Workspace, seconds: str, jobs: str) -> None:
    workspace.write("pymake.toml", f'[task.a]\noutput = "a"\ncommand = "touch a"\ntimeout = {seconds}\n')
    assert workspace.pymake("-j", jobs).ran == ["a a"]
    assert workspace.pymake("-j", jobs, "-B", "--timeout", seconds).ran == ["a a"]


def test_the_order_of_outputs_and_inputs_does_not_decide(workspace: Workspace) -> None:
    workspace.write("x", "")
    workspace.write("y", "")
    text = '[task.t]\ninput = {}\noutput = {}\ncommand = "touch a b"\n'
    workspace.write("pymake.toml", text.format('["x", "y"]', '["a", "b"]'))
    workspace.pymake()
    workspace.write("pymake.toml", text.format('["y", "x"]', '["b", "a"]'))
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"
    workspace.write("pymake.toml", text.format('["y", "x"]', '["b"]'))
    assert workspace.pymake().ran == ["t b"]


def test_the_root_written_out_as_the_folder_to_run_in_is_no_change(workspace: Workspace) -> None:
    text = '[task.t]\noutput = "a"\ncommand = "touch {output}"\n'
    workspace.write("pymake.toml", text)
    workspace.pymake()
    for folder in (".", "./", str(workspace.root)):
        workspace.write("pymake.toml", f'{text}cwd = "{folder}"\n')
        assert workspace.pymake().summary == "nothing to do (1 job up to date)"


def test_a_call_that_does_not_fit_is_told_before_anything_runs(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", "import pymake\n@pymake.task(None, 'x')\ndef f(output): ...\n")
    workspace.write("pymake.toml", '[task.a]\noutput = "a"\ncommand = "touch a"\n')
    assert workspace.pymake(code=2).err == (
        "pymake: pymakefile.py:2: task f: f cannot be called with 2 arguments\n"
        "  a job calls: f(input, output)\n"
        "  try: give the function a parameter for each, or change the extras\n"
    )
    assert not workspace.exists("a")
