"""What one job was seen to read and write while it ran."""

from __future__ import annotations

from pymake.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Paths as in a plan: relative to the root if below it. Each once, in the order of the first time.

    A path that was looked for in vain is among `reads`. `blind` says that the job started programs whose files could
    not be seen.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    blind: bool = False
