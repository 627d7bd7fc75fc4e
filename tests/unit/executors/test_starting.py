"""Which program a command means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.executors.starting import Starter
from pymake.executors.waiting import wait_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs one command in a project, with PATH as given, relative to the temporary folder."""
    (tmp_path / "project").mkdir()
    log = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT)
    starter = Starter(str(tmp_path / "project"), {})

    def start(*words: str, path: str, cwd: str | None = None) -> int:
        entries = ":".join(os.path.join(tmp_path, entry) if entry else entry for entry in path.split(":"))
        return wait_status(starter.start(words, cwd=cwd, env=(("PATH", entries),), log=log)) >> 8

    yield start
    starter.close()
    os.close(log)


def tool(folder: Path, status: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tool"
    file.write_text(f"#!/bin/sh\nexit {status}\n")
    file.chmod(0o755)
    return file


def test_the_first_on_the_path_is_meant(tmp_path: Path, run: Run) -> None:
    tool(tmp_path / "a", 1)
    tool(tmp_path / "b", 2)
    assert run("tool", path="a:b") == 1
    assert run("tool", path="b:a") == 2
    assert run("tool", path="none:b:a") == 2


def test_what_is_no_program_is_passed_over(tmp_path: Path, run: Run) -> None:
    tool(tmp_path / "a", 1).chmod(0o644)
    (tmp_path / "b/tool").mkdir(parents=True)
    tool(tmp_path / "c", 3)
    assert run("tool", path="a:b:c") == 3


def test_a_program_made_in_the_project_comes_first_from_then_on(tmp_path: Path, run: Run) -> None:
    tool(tmp_path / "installed", 1)
    assert run("tool", path="project/bin:installed") == 1
    tool(tmp_path / "project/bin", 2)
    assert run("tool", path="project/bin:installed") == 2


def test_an_installed_program_that_moved_is_found_again(tmp_path: Path, run: Run) -> None:
    gone = tool(tmp_path / "a", 1)
    tool(tmp_path / "b", 2)
    assert run("tool", path="a:b") == 1
    gone.unlink()
    assert run("tool", path="a:b") == 2


def test_an_empty_entry_is_the_folder_of_the_command(tmp_path: Path, run: Run) -> None:
    tool(tmp_path / "project/sub", 4)
    assert run("tool", path=":none", cwd="sub") == 4


def test_a_relative_program_is_relative_to_the_folder_of_the_command(tmp_path: Path, run: Run) -> None:
    tool(tmp_path / "project/sub", 5)
    assert run("../sub/tool", path="none", cwd="sub") == 5
