"""Protected outputs with the real command: a hand edit is never overwritten."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

TOML = """
    [task.keep]
    input     = "in"
    output    = ["out", "site/"]
    command   = "cp in out; mkdir -p site; cp in site/page"
    protected = true

    [task.last]
    input   = "out"
    output  = "last"
    command = "cat out > last"
"""


def writable(workspace: Workspace, path: str) -> bool:
    return bool(os.stat(workspace.path(path)).st_mode & stat.S_IWUSR)


def edit(workspace: Workspace, path: str) -> None:
    workspace.path(path).chmod(0o644)
    workspace.write(path, "by hand")


def test_an_edit_stops_its_job_until_the_user_has_decided(workspace: Workspace) -> None:
    workspace.write("in", "1")
    workspace.write("pymake.toml", TOML)
    workspace.pymake()
    assert [writable(workspace, path) for path in ("out", "site/page", "last")] == [False, False, True]
    assert workspace.pymake().summary == "nothing to do (2 jobs up to date)"
    workspace.write("in", "2")
    edit(workspace, "out")
    ended = workspace.pymake(code=1)
    assert ended.err == (
        "pymake: keep out: pymake.toml:1: output out is protected and was edited by hand, so its job did not run\n"
        "  try: pymake accept out keeps it as it is; remove it, and the next build makes it anew\n"
        f"pymake: {ended.err.splitlines()[-1].removeprefix('pymake: ')}\n"
    )
    assert ended.summary == "0 ran, 0 up to date, 0 failed in T s (2 not run)"
    assert (workspace.read("out"), workspace.read("last")) == ("by hand", "1")
    workspace.pymake("-q", code=1)
    assert workspace.pymake("-n").out == (
        "cannot run (2):\n  keep out: protected output out was changed by hand\n  last last: keep out cannot run\n"
    )
    workspace.remove("out")
    assert workspace.pymake().ran == ["keep out", "last last"]
    assert (workspace.read("last"), writable(workspace, "out")) == ("2", False)


def test_a_file_edited_in_a_protected_folder(workspace: Workspace) -> None:
    workspace.write("in", "1")
    workspace.write("pymake.toml", TOML)
    workspace.pymake()
    edit(workspace, "site/page")
    assert "output site is protected" in workspace.pymake(code=1).err
    assert workspace.read("site/page") == "by hand"


def test_from_python(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import protected, task

        @protected
        @task(None, "out")
        def keep(input, output):
            open(output, "w").write("made")
        """,
    )
    workspace.pymake()
    assert not writable(workspace, "out")
    edit(workspace, "out")
    workspace.pymake("-B", code=1)
    assert workspace.read("out") == "by hand"
