"""What a watch knows at the end of a build, for those who live beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.model.events import Summary
    from pymake.model.ids import FileId, JobId
    from pymake.model.plan import Plan
    from pymake.model.task import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The state after a build, good until the next one. Ids are those of `plan`, and another plan has other ones.

    `is_ready(job)`: whether everything that the job reads is there and up to date. `digest(file)`: what the file held
    when it was last looked at, None if it was not there; a file that nobody looked at is looked at now.
    """

    project: Project
    plan: Plan
    summary: Summary
    is_ready: Callable[[JobId], bool]
    digest: Callable[[FileId], bytes | None]
