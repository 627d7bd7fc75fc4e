"""Temporary outputs with the real command."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

TOML = """
    [task.unpack]
    input     = "in"
    output    = ["raw", "tree/"]
    command   = "cp in raw; mkdir -p tree/empty; cp in tree/page"
    temporary = true

    [task.sort]
    input     = ["raw", "tree/"]
    output    = "sorted"
    command   = "sort raw tree/page > sorted"
    temporary = true

    [task.count]
    input   = "sorted"
    output  = "count"
    command = "wc -l < sorted > count"

    [task.report]
    input   = ["sorted", "title"]
    output  = "report"
    command = "cat title sorted > report"
"""


def there(workspace: Workspace) -> list[str]:
    return [path for path in ("raw", "tree", "sorted", "count", "report") if workspace.exists(path)]


def project(workspace: Workspace) -> None:
    workspace.write("in", "b\na\n")
    workspace.write("title", "Title\n")
    workspace.write("pymake.toml", TOML)


def test_gone_with_the_last_reader_and_made_anew_when_needed(workspace: Workspace) -> None:
    project(workspace)
    workspace.pymake("-j2")
    assert there(workspace) == ["count", "report"]
    assert workspace.pymake().summary == "nothing to do (4 jobs up to date)"
    assert workspace.pymake("-q").code == 0
    workspace.write("title", "Other\n")
    told = workspace.pymake("-n").out
    assert told == (
        "will run (3):\n"
        "  unpack raw: temporary output raw is needed again\n"
        "  sort sorted: temporary output sorted is needed again\n"
        "  report report: input title changed\n"
        "up to date (1):\n"
        "  count count\n"
    )
    assert sorted(workspace.pymake("-j2").ran) == ["report report", "sort sorted", "unpack raw"]
    assert there(workspace) == ["count", "report"]
    assert workspace.read("report") == "Other\na\na\nb\nb\n"
    assert workspace.pymake().summary == "nothing to do (4 jobs up to date)"


def test_a_temporary_target_is_made_and_stays(workspace: Workspace) -> None:
    project(workspace)
    workspace.pymake()
    assert workspace.pymake("sorted").ran == ["unpack raw", "sort sorted"]
    assert there(workspace) == ["sorted", "count", "report"]
    assert workspace.pymake("sort").summary == "nothing to do (2 jobs up to date)"
    assert workspace.pymake().summary == "nothing to do (4 jobs up to date)"
    assert there(workspace) == ["count", "report"]


def test_a_failing_reader_finds_it_again(workspace: Workspace) -> None:
    project(workspace)
    workspace.replace("pymake.toml", "cat title sorted > report", "test -e ok && cat title sorted > report")
    assert workspace.pymake("-k", code=1).failed == ["report report"]
    assert there(workspace) == ["sorted", "count"]
    workspace.write("ok", "")
    assert workspace.pymake().ran == ["report report"]
    assert there(workspace) == ["count", "report"]


def test_a_killed_build_goes_on(workspace: Workspace) -> None:
    project(workspace)
    waits = "touch begun; while [ ! -e go ]; do sleep 0.01; done; cat title sorted > report"
    workspace.replace("pymake.toml", "cat title sorted > report", waits)
    build = workspace.start("-j2")
    workspace.wait_for("begun")
    build.send(signal.SIGKILL)
    build.end()
    workspace.write("go", "")
    workspace.pymake("-j2")
    assert there(workspace) == ["count", "report"]
    assert workspace.pymake().summary == "nothing to do (4 jobs up to date)"


def test_from_python(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import task, temporary

        @temporary
        @task(None, "middle")
        def first(input, output):
            open(output, "w").write("made")

        @task(first, "end")
        def second(input, output):
            open(output, "w").write(open(input).read())
        """,
    )
    workspace.pymake()
    assert (workspace.exists("middle"), workspace.read("end")) == (False, "made")
    assert workspace.pymake().summary == "nothing to do (2 jobs up to date)"
