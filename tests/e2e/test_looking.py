"""Commands that look: list, why, log, graph, -n; and clean, which removes only what pymake wrote."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.workspace import Workspace

PROJECT = """
    [task.part]
    kind    = "transform"
    input   = "src/{name}.txt"
    output  = "build/{name}.part"
    command = "echo part of {name}; cp {input} {output}"
    doc     = '''One part.
    More about it.'''

    [task.total]
    kind       = "merge"
    input      = { task = "part" }
    output     = "build/total"
    command    = "cat {input} > {output}"
    order_only = "build/first"

    [task.first]
    output  = "build/first"
    command = "touch {output}"
    active  = true
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", PROJECT)
    workspace.write("src/a.txt", "a\n")
    workspace.write("src/b.txt", "b\n")
    return workspace


@pytest.fixture
def built(project: Workspace) -> Workspace:
    project.pymake()
    return project


def test_list_shows_tasks_jobs_states_and_docs(project: Workspace) -> None:
    assert project.pymake("list").out == (
        "part   transform  2 jobs  2 will run  One part.\n"
        "total  merge      1 job   1 will run\n"
        "first  task       1 job   1 will run\n"
    )
    project.pymake()
    project.write("src/a.txt", "new\n")
    assert project.pymake("list").out == (
        "part   transform  2 jobs  1 will run  One part.\n"
        "total  merge      1 job   1 may run\n"
        "first  task       1 job   up to date\n"
    )
    assert json.loads(project.pymake("list", "--json").out)[0] == {
        "task": "part",
        "kind": "transform",
        "jobs": 2,
        "state": "1 will run",
        "doc": "One part.",
    }
    assert project.pymake("list", "first", "part").out == (
        "part   transform  2 jobs  1 will run  One part.\nfirst  task       1 job   up to date\n"
    )


def paragraphs(text: str) -> str:
    """What `why` printed, without dates and times."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, \d+\.\d+ s", "WHEN", text)


def test_why_answers_for_the_last_and_the_next_run(project: Workspace) -> None:
    assert project.pymake("why", "build/a.part").out == (
        "part build/a.part\n  last run: none\n  next build: will run, because:\n    never ran\n"
    )
    project.pymake()
    assert paragraphs(project.pymake("why", "build/a.part").out) == (
        "part build/a.part\n"
        "  last run: WHEN, because: never ran\n"
        "  next build: up to date: 1 input, 1 output, command are as in the last run\n"
    )
    project.replace("pymake.toml", "echo part of", "echo a part of")
    assert paragraphs(project.pymake("why", "build/a.part").out) == (
        "part build/a.part\n"
        "  last run: WHEN, because: never ran\n"
        "  next build: will run, because:\n"
        "    command changed\n"
        "      - echo part of a; cp src/a.txt build/a.part\n"
        "      + echo a part of a; cp src/a.txt build/a.part\n"
    )
    assert paragraphs(project.pymake("why", "total").out) == (
        "total build/total\n"
        "  last run: WHEN, because: never ran\n"
        "  next build: may run, if the output of part build/a.part, part build/b.part really changes\n"
    )
    project.replace("pymake.toml", "cp {input} {output}", "echo no >&2; exit 3")
    project.pymake(code=1)
    assert "  last failure: " in project.pymake("why", "part").out


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda built: built.write("src/a.txt", "new"), "input src/a.txt changed"),
        (lambda built: built.remove("build/a.part"), "output build/a.part is missing"),
        (lambda built: built.write("build/a.part", "x"), "output build/a.part was changed"),
        (lambda built: built.replace("pymake.toml", "[task.part]", "[env]\nX = '1'\n[task.part]"), "env X is new"),
        (
            lambda built: built.replace("pymake.toml", "cp {input}", "cp -- {input}"),
            "command changed",
        ),
    ],
)
def test_the_reason_is_the_same_in_why_dry_run_and_explain(
    built: Workspace, edit: Callable[[Workspace], None], reason: str
) -> None:
    edit(built)
    assert f"    {reason}\n" in built.pymake("why", "build/a.part").out
    assert f"  part build/a.part: {reason}" in built.pymake("-n").out
    assert f"part build/a.part: {reason}" in built.pymake("--explain").err


def test_log_shows_what_was_printed_also_when_it_is_up_to_date(project: Workspace) -> None:
    never = project.pymake("log", "build/a.part", code=1)
    assert (never.out, never.err) == ("", "pymake: part build/a.part never ran\n")
    project.pymake()
    assert project.pymake("log", "build/a.part").out == "part of a\n"
    assert project.pymake("log", "part").out == "== part build/a.part\npart of a\n== part build/b.part\npart of b\n"


def test_graph_draws_tasks_and_files(project: Workspace) -> None:
    assert project.pymake("graph").out == (
        "digraph pymake {\n"
        "  rankdir=LR;\n"
        '  t0 [label="part", shape=box, style=rounded];\n'
        '  t1 [label="total", shape=box, style=rounded];\n'
        '  t2 [label="first", shape=box, style=rounded];\n'
        "  t0 -> t1;\n"
        "  t2 -> t1 [style=dashed];\n"
        "}\n"
    )
    mermaid = project.pymake("graph", "--format", "mermaid", "build/a.part").out
    assert mermaid.startswith("flowchart LR\n")
    assert "total" not in mermaid
    files = project.pymake("graph", "--files").out
    for path in ("src/a.txt", "build/a.part", "build/total", "build/first"):
        assert f'label="{path}"' in files


def test_clean_removes_what_pymake_wrote_and_keeps_the_rest(built: Workspace) -> None:
    built.write("build/a.part", "by hand\n")
    built.write("build/mine", "mine\n")
    before = built.tree(state=True)
    expected = (
        "{0} build/b.part\n{0} build/first\n{0} build/total\nkept build/a.part: it was changed after pymake wrote it\n"
    )
    assert built.pymake("clean", "-n").out == expected.format("would remove")
    assert built.tree(state=True) == before
    assert built.pymake("clean").out == expected.format("removed")
    assert sorted(built.tree()) == ["build/a.part", "build/mine", "pymake.toml", "src/a.txt", "src/b.txt"]
    assert sorted(built.pymake().ran) == [
        "first build/first",
        "part build/a.part",
        "part build/b.part",
        "total build/total",
    ]


def test_clean_of_a_target_removes_its_outputs_only(built: Workspace) -> None:
    assert built.pymake("clean", "total").out == "removed build/total\n"
    assert built.pymake().ran == ["total build/total"]


def test_help_and_version(workspace: Workspace) -> None:
    assert re.fullmatch(r"pymake \d+\.\d+\S*\n", workspace.pymake("--version").out)
    text = workspace.pymake("-h").out
    for word in ("--keep-going", "--dry-run", "-j", "NAME=VALUE", "list", "why", "log", "clean", "graph"):
        assert word in text
    assert "--format" in workspace.pymake("graph", "-h").out


def test_a_reader_that_goes_away_leaves_no_traceback(built: Workspace) -> None:
    text = " ".join([*built.command("graph", "--files"), "| true"])
    assert built.run(["/bin/sh", "-c", text]).err == ""


def test_a_broken_project_can_still_be_listed(project: Workspace) -> None:
    project.replace("pymake.toml", 'order_only = "build/first"', 'order_only = "build/frist"')
    project.pymake(code=2)
    assert "first" in project.pymake("list").out


def test_colours_only_where_they_are_wanted(project: Workspace) -> None:
    project.replace("pymake.toml", "touch {output}", "exit 1")
    plain = project.pymake("-k", code=1).err
    assert "\x1b" not in plain
    for words, env in ((["--color", "always"], {}), ([], {"FORCE_COLOR": "1"})):
        assert "\x1b[31m" in project.pymake("-k", *words, env=env, code=1).err
    assert "\x1b" not in project.pymake("-k", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}, code=1).err
