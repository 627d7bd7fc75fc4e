"""What decides about the jobs of a task besides files and action: environment values and tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.model.fields import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from pymake.interfaces import Disk
    from pymake.planner.declared import Declared


_TOOL = "tool "
_NOT_FOUND = "(not found)"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What planning looks at outside of the build files.

    `which` finds a program as a shell would, None if there is none. `orphans` are files that no pattern matches, since
    the build is going to remove them.
    """

    disk: Disk
    environ: Mapping[str, str]
    which: Callable[[str], str | None]
    orphans: Container[str] = ()


class Facts:
    """Owns the digests of tools, so that each is found and read once for a plan."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tools: dict[str, str] = {}

    def of(self, declared: Declared) -> tuple[tuple[str, str], ...]:
        """The named values that all jobs of a task share."""
        task, variables = declared.task, declared.variables
        if not task.env and not task.uses_env and not task.tools:
            return ()
        environ = self._world.environ
        values = {name: environ.get(name, "(not set)") for name in (expand(text, variables) for text in task.uses_env)}
        values.update(task.env)
        tools = sorted({expand(text, variables) for text in task.tools})
        return (
            *((f"env {name}", values[name]) for name in sorted(values)),
            *((f"{_TOOL}{name}", self._tool(name)) for name in tools),
        )

    def _tool(self, name: str) -> str:
        known = self._tools.get(name)
        if known is None:
            path = self._world.which(name)
            digest = None if path is None else self._world.disk.digest(path)
            known = self._tools[name] = _NOT_FOUND if digest is None else digest.hex()
        return known


def missing_tools(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The declared tools that are not there."""
    return (name.removeprefix(_TOOL) for name, value in facts if value == _NOT_FOUND and name.startswith(_TOOL))
