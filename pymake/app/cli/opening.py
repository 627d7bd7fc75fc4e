"""From `-C`, `-f` and variables to a project: what every command does first."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.app.cli.requests import COMMANDS
from pymake.app.finding import root_of
from pymake.app.observing import note_build_files, runs_python
from pymake.app.tracking import tracked
from pymake.errors import UsageError
from pymake.frontends.project import load_project
from pymake.model.observed import Observed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.model.task import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A project, the folder that targets are relative to, relative to its root, and what loading it looked at."""

    project: Project
    where: str
    observed: Observed


def open_project(directory: Sequence[str], files: Sequence[str], overrides: Mapping[str, str]) -> Opened:
    """Load the build files and make the root the current folder; `directory` are folders to enter first, in turn.

    Raises:
        UsageError: no such folder, no build file, an unknown variable.
        BuildFileError: a build file is broken.
    """
    for folder in directory:
        _change_folder(folder)
    here = os.getcwd()
    root = root_of(here, files)
    paths = [os.path.abspath(file) for file in files] or None
    os.chdir(root)
    observed = Observed()
    note_build_files(root, paths, observed)
    with tracked(root, observed) if runs_python(root, paths) else nullcontext():
        project = load_project(root, paths, overrides)
    where = os.path.relpath(here, root)
    return Opened(project=project, where="" if where == "." else where, observed=observed)


def command_names(project: Project, command: str) -> list[str]:
    """What to say when a task has the name of the command that was run."""
    if command == "build" or command not in COMMANDS or all(task.name != command for task in project.tasks):
        return []
    return [f"{command} is also a task; build it with: pymake build {command}"]


def _change_folder(directory: str) -> None:
    try:
        os.chdir(directory)
    except OSError as error:
        raise UsageError(f"cannot enter folder {directory}", facts=[("reason", error.strerror)]) from error
