"""`--profile FILE`: a trace of pymake's phases and of the jobs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

BUILD = """
    [task.up]
    kind    = "transform"
    input   = "src/{name}.txt"
    output  = "out/{name}.up"
    command = "cp {input} {output}"
"""


def events(workspace: Workspace, path: str = "trace.json") -> list[dict[str, object]]:
    return [event for event in json.loads(workspace.read(path))["traceEvents"] if event["ph"] == "X"]


def test_phases_and_jobs_are_in_the_trace(workspace: Workspace) -> None:
    workspace.write("pymake.toml", BUILD)
    for name in ("a", "b", "c"):
        workspace.write(f"src/{name}.txt", name)
    workspace.pymake("--profile", "trace.json", "-j2")
    found = events(workspace)
    phases = [event["name"] for event in found if event["tid"] == 0]
    assert phases == ["build files", "lock", "memory", "plan and survey", "jobs", "snapshot"]
    jobs = sorted(str(event["name"]) for event in found if event["tid"] != 0)
    assert jobs == ["up out/a.up", "up out/b.up", "up out/c.up"]
    assert all(isinstance(event["dur"], int) and event["dur"] >= 0 for event in found)


def test_a_build_with_nothing_to_do_is_profiled_too(workspace: Workspace) -> None:
    workspace.write("pymake.toml", BUILD)
    workspace.write("src/a.txt", "a")
    workspace.pymake()
    workspace.pymake("--profile", "trace.json")
    assert [event["tid"] for event in events(workspace)] == [0] * 6


def test_a_failed_job_tells_its_error(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.bad]\noutput = "a"\ncommand = "false"\n')
    workspace.pymake("--profile", "trace.json", code=1)
    (job,) = [event for event in events(workspace) if event["tid"] != 0]
    assert isinstance(job["args"], dict)
    assert job["args"]["error"] == "exit status 1"


def test_a_file_that_cannot_be_written_is_named(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.a]\noutput = "a"\ncommand = "touch a"\n')
    result = workspace.pymake("--profile", "no/such/folder/trace.json", code=2)
    assert "pymake: cannot write the profile " in result.err
    assert "reason: No such file or directory" in result.err
