"""What the user asks of one build that goes before what is remembered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`forced`: every job runs (`-B`).

    Files that are `new` count as changed for whoever reads them (`-W`). Files that are `old` are not made anew, and
    count as unchanged for whoever reads them (`-o`).
    """

    forced: bool = False
    new: frozenset[str] = frozenset()
    old: frozenset[str] = frozenset()


NO_WISH = Wish()
