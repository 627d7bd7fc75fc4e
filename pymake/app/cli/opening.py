"""From `-C`, `-f` and variables to a project: what every command does first."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING

from pymake.app.cli.requests import COMMANDS
from pymake.app.finding import root_of
from pymake.app.session import Basis
from pymake.dataclass import dataclass
from pymake.errors import UsageError
from pymake.model.observed import Observed
from pymake.store.analyses import KeptAnalyses
from pymake.store.values import Variant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.app.cli.requests import Request
    from pymake.app.restoring import Restored
    from pymake.door import Looked
    from pymake.model.task import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A project, and the folder that targets are relative to, relative to its root.

    `variant` says how its build files were read, `basis` what reading them looked at, or spared looking at.
    """

    project: Project
    where: str
    variant: Variant
    basis: Basis


def open_project(request: Request, overrides: Mapping[str, str], *, restoring: bool = True) -> Opened:
    """Load the build files, or with `restoring` what a snapshot knows of them; make the root the current folder.

    Raises:
        UsageError: no such folder, no build file, an unknown variable.
        BuildFileError: a build file is broken.
    """
    root, where, paths = enter_root(request)
    files = tuple(os.path.relpath(path, root) for path in paths or ())
    variant = Variant(files=files, overrides=tuple(sorted(overrides.items())))
    found = _restored(root, variant, request.looked) if restoring and not request.fresh else None
    if found is not None:
        project = found.project()
        basis = Basis(
            observed=found.observed, restored=found, evaluate=lambda: evaluated(root, paths, overrides, Observed())
        )
    else:
        project, basis = evaluated(root, paths, overrides, Observed())
    return Opened(project=project, where=where, variant=variant, basis=basis)


def enter_root(request: Request) -> tuple[str, str, Sequence[str] | None]:
    """Make the root the current folder. It, the folder that targets are relative to, and the files it is to be read by.

    Raises:
        UsageError: no such folder, no build file.
    """
    for folder in request.directory:
        _change_folder(folder)
    here = os.getcwd()
    root = root_of(here, request.files)
    paths = [os.path.abspath(file) for file in request.files] or None
    os.chdir(root)
    where = os.path.relpath(here, root)
    return root, "" if where == "." else where, paths


def evaluated(
    root: str, paths: Sequence[str] | None, overrides: Mapping[str, str], observed: Observed
) -> tuple[Project, Basis]:
    """The project that the build files declare. What reading them looks at is noted, also if they are broken.

    Raises:
        UsageError: there is no build file, or no such variable.
        BuildFileError: a build file is broken.
    """
    # Late: 40 ms that a build from a snapshot need not pay.
    from pymake.app.observing import note_build_files, runs_python  # noqa: PLC0415
    from pymake.app.tracking import tracked  # noqa: PLC0415
    from pymake.frontends.project import load_project  # noqa: PLC0415

    note_build_files(root, paths, observed)
    analyses = KeptAnalyses(root)
    with tracked(root, observed) if runs_python(root, paths) else nullcontext():
        project = load_project(root, paths, overrides, analyses)
    return project, Basis(observed=observed, analyses=analyses)


def _restored(root: str, variant: Variant, looked: Looked | None) -> Restored | None:
    try:
        from pymake.app.restoring import restored  # noqa: PLC0415  # not on every system
    except ImportError:
        return None
    return restored(root, variant, looked)


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
