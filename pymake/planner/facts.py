"""What decides about the jobs of a task besides files and action: environment values and tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.fields import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from pymake.interfaces import Disk
    from pymake.planner.declared import Declared


_TOOL = "tool "
_PACKAGE = "package "
_NOT_FOUND = "(not found)"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What planning looks at outside of the build files.

    `which` finds a program as a shell would, `version_of` the version of an installed package; None if there is none.
    `orphans` are files that no pattern matches, since the build is going to remove them.
    """

    disk: Disk
    environ: Mapping[str, str]
    which: Callable[[str], str | None]
    version_of: Callable[[str], str | None] = lambda _: None
    orphans: Container[str] = ()


class Facts:
    """Owns the digests of tools and the versions of packages, so that each is found once for a plan."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tools: dict[str, str] = {}
        self._packages: dict[str, str] = {}

    def of(self, declared: Declared) -> tuple[tuple[str, str], ...]:
        """The named values that all jobs of a task share."""
        task, variables = declared.task, declared.variables
        if not (task.env or task.uses_env or task.tools or task.packages or task.records_reads):
            return ()
        environ = self._world.environ
        values = {name: environ.get(name, "(not set)") for name in (expand(text, variables) for text in task.uses_env)}
        values.update(task.env)
        tools = sorted({expand(text, variables) for text in task.tools})
        packages = sorted({expand(text, variables) for text in task.packages})
        return (
            *((f"env {name}", values[name]) for name in sorted(values)),
            *((f"{_TOOL}{name}", self._tool(name)) for name in tools),
            *((f"{_PACKAGE}{name}", self._package(name)) for name in packages),
            # Whoever begins to record has to run once, since nothing is recorded yet.
            *((("audit", "record"),) if task.records_reads else ()),
        )

    def _tool(self, name: str) -> str:
        known = self._tools.get(name)
        if known is None:
            path = self._world.which(name)
            digest = None if path is None else self._world.disk.digest(path)
            known = self._tools[name] = _NOT_FOUND if digest is None else digest.hex()
        return known

    def _package(self, name: str) -> str:
        known = self._packages.get(name)
        if known is None:
            known = self._packages[name] = self._world.version_of(name) or _NOT_FOUND
        return known


def missing(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What was declared and is not there, as the beginning of a sentence."""
    for name, value in facts:
        if value == _NOT_FOUND and name.startswith(_TOOL):
            yield f"no program {name.removeprefix(_TOOL)} on PATH"
        elif value == _NOT_FOUND and name.startswith(_PACKAGE):
            yield f"no package {name.removeprefix(_PACKAGE)} is installed"
