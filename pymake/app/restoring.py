"""From a snapshot to a project and its plan, without reading a build file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, replace
from pymake.engine.survey import Before
from pymake.model.column import Column
from pymake.model.ids import FileId, JobId, TaskId
from pymake.planner.select import Selection
from pymake.store.plans import restored_plan
from pymake.store.snapshot import ABOUT, Snapshot
from pymake.store.values import About, Variant

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from pymake.door import Key, Looked
    from pymake.model.observed import Observed
    from pymake.model.plan import Plan
    from pymake.model.task import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the build before left: stamps of files and the versions they stand for, and which jobs they prove clean."""

    columns: Sequence[array[int]]
    versions: array[int]
    before: Before


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A plan from a snapshot. `looked` is what was seen of the files just now."""

    snapshot: Snapshot
    about: About
    plan: Plan
    looked: Looked | None = None

    def known(self, *, has_waited: bool = False) -> Known | None:
        """What is known of files and jobs; None if the journal was written since. For a build, ask under the lock.

        What was looked at before somebody `has_waited` for that lock is looked at again.
        """
        snapshot = self.snapshot
        try:
            if not snapshot.is_current():
                return None
            changed = None
            if self.looked is not None and self.looked[0] == snapshot.mark and not has_waited:
                changed = tuple(map(FileId, self.looked[1]))
            before = Before(
                clean=snapshot.clean(),
                discoverers=snapshot.discoverers(),
                readers=snapshot.readers(),
                changed=changed,
            )
            return Known(columns=snapshot.columns(), versions=snapshot.versions(), before=before)
        except (ValueError, TypeError, EOFError, OSError):
            return None  # damaged: as if it were not there

    @property
    def observed(self) -> Observed:
        """What evaluation looked at, which is as it was."""
        return self.snapshot.observed

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the plan gives cause for."""
        return self.about.warnings

    def project(self) -> Project:
        """The project that the plan was made from. Its tasks are made when somebody asks for them."""
        tasks = Column(self.plan.task_count, lambda task: self.plan.task(TaskId(task)))
        return replace(self.about.project, tasks=tasks)

    def selection(self, key: Key) -> Selection | None:
        """What a known command line selects; None if nobody knows, or if that is damaged."""
        try:
            line = self.snapshot.line(key)
        except (ValueError, OSError):
            return None
        if line is None:
            return None
        goals = tuple(map(JobId, line.goals))
        return Selection(goals=goals, wanted=bytearray(line.wanted))


def restored(root: str, variant: Variant, looked: Looked | None = None) -> Restored | None:
    """The plan of the snapshot of `root` (absolute, the current folder) if its build files were read like this.

    None if there is none, or evaluation would look at something else now.
    """
    snapshot = None
    try:
        snapshot = Snapshot.open()
        if snapshot is None:
            return None
        about = About.of(snapshot.section(ABOUT), root)
        if about.variant == variant:
            plan = restored_plan(snapshot.paths(), snapshot.section)
            return Restored(snapshot=snapshot, about=about, plan=plan, looked=looked)
    except (ValueError, KeyError, TypeError, EOFError, OSError):
        pass  # damaged: as if it were not there
    if snapshot is not None:
        snapshot.close()
    return None
