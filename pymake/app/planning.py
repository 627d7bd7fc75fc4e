"""From a project to its plan, in the world as it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pymake.engine.orphans import Orphans
from pymake.fs.packages import watched_version
from pymake.fs.watched import WatchedDisk, WatchedEnviron, watched_which
from pymake.model.trace import origin_of
from pymake.planner.check import check_cycles
from pymake.planner.compile import World, compile_project

if TYPE_CHECKING:
    from pymake.interfaces import Memory
    from pymake.model.observed import Observed
    from pymake.model.task import Project
    from pymake.planner.compile import Compiled


def plan_of(project: Project, memory: Memory, observed: Observed) -> Compiled:
    """The checked plan of a project, as far as it is known before any run. Changes nothing.

    What is looked at is noted in `observed`.
    """
    at_root = os.getcwd() == project.root
    watched = WatchedDisk(project.root, observed, at_root=at_root)
    judging = WatchedDisk(project.root, observed, at_root=at_root, contents=True)
    environ = WatchedEnviron(os.environ, observed)
    world = World(
        disk=watched,
        environ=environ,
        which=lambda name: watched_which(watched, environ, name),
        version_of=lambda name: watched_version(watched, name),
        orphans=Orphans(memory, judging, origin_of(project.origin)),
    )
    compiled = compile_project(project, world)
    check_cycles(compiled.plan)
    return compiled
