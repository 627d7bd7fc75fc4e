"""`why`: reasons with the difference itself, for the last run and the next."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

TOML = """
    [task.one]
    input    = "in"
    output   = "out"
    command  = "cat in > out"
    uses_env = "MODE"

    [task.two]
    input   = "out"
    output  = "end"
    command = "cat out > end"
"""
ENV = {"MODE": "a"}


def project(workspace: Workspace) -> None:
    workspace.write("in", "first\nsecond\nthird\n")
    workspace.write("pymake.toml", TOML)
    workspace.pymake(env=ENV)


def why(workspace: Workspace, *words: str, mode: str = "a") -> str:
    """What it prints, without times; the folder stays as it was."""
    before = workspace.tree(state=True)
    out = workspace.pymake("why", *words, env={"MODE": mode}).out
    assert workspace.tree(state=True) == before
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, \d+\.\d+ s", "WHEN", out)


def test_the_lines_of_a_small_input_before_and_after_the_build(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("in", "first\nother\nthird\n")
    assert why(workspace, "out") == (
        "one out\n  last run: WHEN, because: never ran\n  next build: will run, because:\n"
        "    input in changed\n      - second\n      + other\n"
    )
    workspace.pymake(env=ENV)
    equal = "1 input, 1 output, command"
    assert why(workspace) == (
        "one out\n  last run: WHEN, because: input in changed\n      - second\n      + other\n"
        f"  next build: up to date: {equal}, env MODE are as in the last run\n"
        "two end\n  last run: WHEN, because: input out changed\n      - second\n      + other\n"
        f"  next build: up to date: {equal} are as in the last run\n"
    )


def test_command_variable_and_inputs(workspace: Workspace) -> None:
    project(workspace)
    workspace.replace("pymake.toml", "cat in > out", "cat in more > out")
    workspace.replace("pymake.toml", '"in"', '["in", "more"]')
    workspace.write("more", "")
    assert why(workspace, "one", mode="b").partition("because:\n")[2] == (
        "    command changed\n      - cat in > out\n      + cat in more > out\n"
        "    env MODE changed\n      - a\n      + b\n"
        "    inputs: + more\n      + more\n"
    )
    workspace.pymake(env={"MODE": "b"})
    assert why(workspace, "one", mode="b").partition("  next build")[0] == (
        "one out\n  last run: WHEN, because: command changed\n      - cat in > out\n      + cat in more > out\n"
        "    env MODE changed\n      - a\n      + b\n    input more is new\n"
    )


def test_an_output_that_was_edited(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("end", "first\nby hand\nthird\n")
    assert why(workspace, "end").partition("because:\n")[2] == (
        "    output end was changed\n      - second\n      + by hand\n"
    )


def test_a_function(workspace: Workspace) -> None:
    text = """
        from pymake import task

        LEAST = 2

        @task(None, "out")
        def one(input, output):
            open(output, "w").write("x" * LEAST)
    """
    workspace.write("pymakefile.py", text)
    workspace.pymake()
    workspace.replace("pymakefile.py", "LEAST = 2", "LEAST = 3")
    expected = (
        "    code changed\n      pymakefile:LEAST changed (pymakefile.py:3)\n        -LEAST = 2\n        +LEAST = 3\n"
    )
    assert why(workspace, "out").partition("because:\n")[2] == expected
    workspace.pymake()
    assert "because: code changed\n      pymakefile:LEAST changed" in why(workspace, "out")


def test_a_failure_and_its_log(workspace: Workspace) -> None:
    project(workspace)
    workspace.replace("pymake.toml", "cat in > out", "echo told; exit 3")
    workspace.pymake(code=1, env=ENV)
    said = why(workspace, "out")
    assert "  last failure: WHEN, because: command changed\n    pymake.toml:1: exit status 3\n" in said
    assert "  its log ends:\n    told\n" in said
    assert "  next build: will run, because:\n    failed last time\n" in said


def test_json(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("in", "first\n")
    rows = [json.loads(line) for line in workspace.pymake("why", "--json", env=ENV).out.splitlines()]
    one, two = rows
    assert (one["schema"], one["label"], one["outputs"]) == (1, "one out", ["out"])
    assert (one["last_run"]["reason"], one["last_failure"]) == ("never ran", None)
    (reason,) = one["next_build"]["reasons"]
    assert reason == {"kind": "input-changed", "text": "input in changed", "lines": ["- second", "- third"]}
    assert (two["next_build"]["prospect"], two["next_build"]["upstream"]) == ("may run", ["one out"])


def test_nothing_but_the_lines_depends_on_the_kept_texts(workspace: Workspace) -> None:
    project(workspace)
    workspace.path(".pymake/cache/texts").write_bytes(b"pymake texts\n\x01rubbish")
    workspace.write("in", "other\n")
    assert why(workspace, "out").partition("because:\n")[2] == "    input in changed\n"
    workspace.pymake(env=ENV)
    workspace.write("in", "third\n")
    assert "      - other\n      + third\n" in why(workspace, "out")
