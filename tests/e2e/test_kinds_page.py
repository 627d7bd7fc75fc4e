"""The page about kinds: every example makes the jobs that the page says, and they run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pymake.frontends.project import load_project
from pymake.fs.disk import RealDisk
from pymake.planner.compile import World, compile_project

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs/kinds.md"
_EXAMPLE = re.compile(r"^```(toml|python)\n(.*?)^```\n\nFiles: (.*?)\n\n```jobs\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_KINDS = 11


class Example(NamedTuple):
    """A build file, the files that are there, and a line for each job."""

    language: str
    text: str
    files: list[str]
    jobs: list[str]


def examples() -> list[Example]:
    return [
        Example(language, text, re.findall(r"`(.*?)`", files), jobs.splitlines())
        for language, text, files, jobs in _EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    ]


def planned(root: Path) -> list[str]:
    """The jobs of the build files in a folder, as the page writes them."""
    world = World(disk=RealDisk(str(root), at_root=False), environ={}, which=lambda _: None)
    plan = compile_project(load_project(str(root), None, {}), world).plan
    return [
        f"{' '.join(plan.path(file) for file in plan.dirtying(job))} -> {' '.join(plan.output_paths(job))}"
        for job in plan.jobs()
    ]


def test_every_example_is_one_that_is_tried() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(examples()) == len(re.findall(r"^```(?:toml|python)$", text, re.MULTILINE)) >= _KINDS


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.jobs[-1].rpartition(" ")[2])
def test_an_example_makes_its_jobs(workspace: Workspace, example: Example) -> None:
    for file in example.files:
        workspace.write(file, "some words\n")
    workspace.write("pymake.toml" if example.language == "toml" else "pymakefile.py", example.text)
    assert planned(workspace.root) == example.jobs
    ended = workspace.pymake("-j", "2")
    assert ended.code == 0, ended.err
    assert f"{len(example.jobs)} ran" in ended.err
    for job in example.jobs:
        assert all((workspace.root / output).is_file() for output in job.partition(" -> ")[2].split())
