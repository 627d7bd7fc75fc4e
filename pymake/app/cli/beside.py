"""What lives beside the builds of a watch: services, the resident, notices."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.app.asking import Ways
from pymake.app.cli.words import split_variables
from pymake.app.notifying import Notices
from pymake.app.resident import Resident
from pymake.executors.services import Services
from pymake.fs.digest import digest_bytes
from pymake.model.events import Note
from pymake.store.folder import open_state
from pymake.store.logs import FileLogs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.app.cli.requests import WatchRequest
    from pymake.app.options import BuildOptions
    from pymake.app.watching.project import WatchedProject
    from pymake.interfaces import Clock, Companion, Reporter
    from pymake.model.task import Project


def companions_of(
    request: WatchRequest, project: WatchedProject, options: BuildOptions, reporter: Reporter, clock: Clock
) -> Sequence[Companion]:
    """All of them that the user wants; the current folder is the root."""
    found: list[Companion] = [_services(project.root, options, reporter, clock)]
    if not request.no_resident:
        found += _resident(request, project, options, reporter, clock)
    if request.notify:
        name = os.path.basename(project.root)
        found.append(Notices(name, os.environ, reporter, verbose=request.verbose))
    return found


def _services(root: str, options: BuildOptions, reporter: Reporter, clock: Clock) -> Services:
    def wants(project: Project, name: str) -> bool:
        """Whether a service is one of the targets, of the default, or there are neither."""
        return name in (options.targets or project.default or (name,))

    return Services(
        root=root,
        wants=wants,
        environ=os.environ,
        digest=digest_bytes,
        clock=clock,
        logs=FileLogs(root),
        reporter=reporter,
    )


def _resident(
    request: WatchRequest, project: WatchedProject, options: BuildOptions, reporter: Reporter, clock: Clock
) -> Sequence[Resident]:
    """It, if there can be one: a watch that cannot answer others is still a watch."""
    _, overrides = split_variables(request.words)
    files = tuple(os.path.normpath(os.path.join(request.here, *request.directory, file)) for file in request.files)
    ways = Ways(root=project.root, files=files, overrides=overrides, options=options, environ=dict(os.environ))
    try:
        open_state(project.root, writing=True).close()
        return [Resident(ways, clock, project.variables)]
    except OSError as error:
        if request.verbose:
            reporter.handle(Note(text=f"no answers to other terminals: {error.strerror or error}"))
        return ()
