"""Globs see what is on disk and what is declared, and never what only a task of yesterday made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace


def test_the_output_of_a_source_that_is_gone_is_not_merged(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.one]
        kind    = "transform"
        input   = "src/{name}.txt"
        output  = ["b/{name}.one", "b/{name}.log"]
        command = "cp {input} {output[0]}; echo log > {output[1]}"

        [task.all]
        kind    = "merge"
        input   = ["b/*.one", "b/*.log"]
        output  = "all.txt"
        command = "cat {input} > {output}"
        """,
    )
    for name in ("a", "b"):
        workspace.write(f"src/{name}.txt", f"{name}\n")
    workspace.pymake()
    workspace.remove("src/b.txt")
    assert workspace.pymake().ran == ["all all.txt"]
    assert workspace.read("all.txt") == "a\nlog\n"
    workspace.write("b/b.one", "mine now\n")
    workspace.pymake()
    assert workspace.read("all.txt") == "a\nmine now\nlog\n"
