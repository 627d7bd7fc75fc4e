"""What the user asks of one build that goes before what is remembered."""

from __future__ import annotations

from pymake.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`forced`: every job runs (`-B`). `forced_tasks`: jobs of these do. `ignored`: facets that do not decide.

    Files that are `new` count as changed for whoever reads them (`-W`). Files that are `old` are not made anew, and
    count as unchanged for whoever reads them (`-o`).
    """

    forced: bool = False
    forced_tasks: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    old: frozenset[str] = frozenset()

    def forces(self, task: str) -> bool:
        """Whether the jobs of a task run, whatever their state."""
        return self.forced or task in self.forced_tasks


NO_WISH = Wish()
