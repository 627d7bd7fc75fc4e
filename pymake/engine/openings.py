"""What the output patterns of open jobs stand for: files that are known only after a run.

Before a run it is told apart what lies where the patterns match: what pymake made (outputs of the last run, and what a
killed run had begun to write), what other jobs make, and what is foreign: the user's own. A command finds nothing of
the first, as if it had never run; a function is given all that is there, to remove it or not. After the run, whatever
is new or was written again is an output. What pymake made and this run did not make again is removed, so readers never
see it; what is foreign and was left alone stays the user's.

"Written again" is told by stamps. They are taken right before the launch, when all that lies there is older.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from pymake.model.job import Call
from pymake.model.outputs import spliced

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from pymake.interfaces import Disk, Memory
    from pymake.model.ids import JobId
    from pymake.model.job import Action
    from pymake.model.plan import Plan
    from pymake.model.trace import Stamp


class Before(NamedTuple):
    """What lay where the patterns of a job match when it was launched.

    `own` is what pymake made for this job and nobody edited, `hidden` what it made for others.
    """

    stamps: dict[str, Stamp | None]
    own: frozenset[str]
    hidden: frozenset[str]

    @property
    def foreign(self) -> tuple[str, ...]:
        """The files that do not come from this job."""
        return tuple(path for path in self.stamps if path not in self.own)


class Found(NamedTuple):
    """What the patterns of a job stand for after a run; `kept` are outputs of the last run that somebody edited."""

    paths: tuple[str, ...]
    kept: tuple[str, ...]


class Openings:
    """Owns what is true of output patterns between the launch of a job and its trace.

    `matches` looks on disk; `remembered` answers what the patterns of a job stood for when it last ran well.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        disk: Disk,
        memory: Memory,
        matches: Callable[[str], Sequence[str]],
        remembered: Callable[[JobId], Sequence[str]],
    ) -> None:
        self._plan = plan
        self._disk = disk
        self._memory = memory
        self._matches = matches
        self._remembered = remembered
        self._before: dict[JobId, Before] = {}

    def prepare(self, job: JobId) -> Before:
        """Look at what is there before a launch. Changes nothing."""
        there = self._there(job)
        last = set(self._remembered(job))
        own = frozenset(path for path in there if self._is_own(job, path, last))
        hidden = frozenset(path for path in there if path not in own | last and self._memory.made(path) is not None)
        before = self._before[job] = Before(there, own, hidden)
        return before

    def clear(self, job: JobId) -> None:
        """Before a command runs, remove what pymake made: it shall find what a build from scratch finds.

        Not before a call, which is given what is there.
        """
        before = self._before[job]
        if not isinstance(self._plan.action(job), Call):
            for path in before.own:
                self._disk.remove(path)
                del before.stamps[path]

    def launched(self, job: JobId) -> Action:
        """The action of a launch: in the arguments of a call, patterns are replaced by what is there."""
        action = self._plan.action(job)
        before = self._before.get(job)
        if before is None or not isinstance(action, Call):
            return action
        there = [_from(action.cwd, path) for path in before.stamps if path not in before.hidden]
        arguments = tuple(spliced(value, there) for value in action.arguments)
        return Call(task=action.task, arguments=arguments, cwd=action.cwd)

    def there(self, job: JobId) -> tuple[str, ...]:
        """What the patterns matched when the job was prepared, but for what others make."""
        before = self._before.get(job)
        return () if before is None else tuple(path for path in before.stamps if path not in before.hidden)

    def settle(self, job: JobId) -> Found:
        """After a good run: what the patterns mean now. What was not made again is removed."""
        before, after = self._before[job], self._there(job)
        found = tuple(path for path, stamp in after.items() if before.stamps.get(path) != stamp)
        stale = [path for path in after if path not in found and path not in before.hidden]
        for path in stale:
            if path in before.own:
                self._disk.remove(path)
        last = set(self._remembered(job))
        return Found(found, tuple(path for path in stale if path in last and path not in before.own))

    def discard(self, job: JobId) -> None:
        """Remove what a job that did not end well has written, and what earlier runs of it made."""
        before = self._before.get(job)
        if before is None:
            return
        for path, stamp in self._there(job).items():
            if path in before.own or before.stamps.get(path) != stamp:
                self._disk.remove(path)

    def _there(self, job: JobId) -> dict[str, Stamp | None]:
        """What the patterns match on disk now, but for files of the plan that the job reads or others make."""
        plan = self._plan
        known = {plan.path(file) for file in (*plan.dirtying(job), *plan.order_only(job), *plan.declared_outputs(job))}
        matched = {path for pattern in plan.patterns(job) for path in self._matches(pattern)}
        paths = sorted(path for path in matched - known if not self._is_of_another(job, path))
        return dict(zip(paths, self._disk.stamps(paths), strict=True))

    def _is_own(self, job: JobId, path: str, last: Container[str]) -> bool:
        """Whether pymake made the file for this job, and nobody changed it since."""
        earlier = self._before.get(job)
        if earlier is not None:  # this job ran before in this build
            return path in earlier.own or earlier.stamps.get(path) != self._disk.stamp(path)
        if self._memory.is_begun(path):
            return True
        made = self._memory.made(path) if path in last else None
        return made is not None and self._disk.digest(path) == self._memory.version(made).digest

    def _is_of_another(self, job: JobId, path: str) -> bool:
        file = self._plan.file(path)
        producer = None if file is None else self._plan.producer(file)
        return producer is not None and producer != job


def _from(cwd: str | None, path: str) -> str:
    """A path as the call knows it, which runs in the folder `cwd`."""
    return path if cwd is None or path.startswith("/") else posixpath.relpath(path, cwd)
