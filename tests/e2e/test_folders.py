"""`mkdir` in all its forms makes folders, and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

BUILD_FILE = """
import os

from pymake import Pipeline, follows, formatter, main, mkdir, suffix, transform


def copy(input, output):
    assert all(map(os.path.isdir, ("plain", "a.dir", "made/a", "followed", "chained", "alone/deep")))
    open(output, "w").write(open(input).read())


@mkdir("plain")
@mkdir("*.txt", suffix(".txt"), ".dir")
@mkdir("*.txt", formatter(), "made/{basename[0]}")
@follows(mkdir("followed"))
@transform("*.txt", suffix(".txt"), ".out")
def copied(input, output):
    copy(input, output)


main["copied"].mkdir("chained")

other = Pipeline("other")
other.mkdir("alone/deep")
other.mkdir("*.txt", suffix(".txt"), ".folder", name="each").follows("mkdir")
"""


def test_all_forms(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", BUILD_FILE)
    workspace.write("a.txt", "x")
    workspace.write("b.txt", "y")
    ended = workspace.pymake()
    assert (ended.code, "2 ran" in ended.err) == (0, True), ended.err
    assert (workspace.root / "b.folder").is_dir()
    (workspace.root / "plain").rmdir()
    assert "nothing to do" in workspace.pymake().err


def test_a_target_alone(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", BUILD_FILE)
    workspace.write("a.txt", "x")
    assert workspace.pymake("-n", "other::each").code == 0
    assert not (workspace.root / "a.folder").exists()
    assert workspace.pymake("other::each").code == 0
    assert (workspace.root / "a.folder").is_dir()
    assert (workspace.root / "alone/deep").is_dir()
    assert not (workspace.root / "plain").exists()
