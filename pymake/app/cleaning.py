"""`clean`: remove what pymake wrote and nobody changed since; keep and name everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.ids import VersionId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.interfaces import Disk, Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """`removed` holds outputs as pymake left them; `kept` those whose content is another one now."""

    removed: tuple[str, ...]
    kept: tuple[str, ...]


def sort_outputs(memory: Memory, disk: Disk, keys: Iterable[str]) -> Cleaning:
    """Which outputs of these jobs may go. Changes nothing."""
    removed: dict[str, None] = {}
    kept: dict[str, None] = {}
    for key in keys:
        trace = memory.trace(key)
        for number in trace.outputs if trace is not None else ():
            version = memory.version(VersionId(number))
            digest = disk.digest(version.path) if memory.made(version.path) is not None else None
            if digest is not None:
                (removed if digest == version.digest else kept)[version.path] = None
    return Cleaning(removed=tuple(removed), kept=tuple(path for path in kept if path not in removed))
