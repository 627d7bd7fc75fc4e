"""A plan that is whole from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import InternalError

if TYPE_CHECKING:
    from pymake.model.growth import Grown
    from pymake.model.ids import JobId


class FixedPlan:
    """Implements `Growth` for plans without deferred tasks."""

    def expand(self, job: JobId) -> Grown:
        """See `Growth.expand`."""
        raise InternalError(f"job {job} is to be expanded, in a plan without deferred tasks")

    def pending_maker(self, _path: str) -> JobId | None:
        """See `Growth.pending_maker`."""
        return None
