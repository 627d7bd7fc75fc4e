"""How a plan grew during a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymake.model.ids import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What the jobs of a deferred task bring into a build.

    `suspects` are jobs that have to be judged, and expand jobs that are now wanted. `readers` are unsettled jobs that
    were found, by an earlier run, to read what one of these makes. `notes` are for the user.
    """

    suspects: Sequence[JobId]
    readers: Mapping[JobId, Sequence[JobId]]
    notes: Sequence[str] = ()
