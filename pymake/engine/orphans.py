"""Files that pymake made and that no job declares any more: no pattern sees them, and the next build removes them.

Only what the same build files made counts (`Project.origin`): another project with this root, or a script, declares
jobs that this one knows nothing of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.ids import VersionId
from pymake.model.outputs import fits
from pymake.model.trace import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pymake.interfaces import Disk, Memory
    from pymake.model.plan import Plan


class Orphans:
    """Holds every path that a job of an earlier build made, as long as its content is still what that job wrote.

    The planner asks it of files that match a pattern and that no task declares: these are orphans, and a pattern must
    not see them, or a build would differ from one from scratch. A file that the user has changed since is the user's.
    What a job had begun to write when pymake was killed is an orphan whatever it holds. So is what lies in a folder
    that is one.
    """

    def __init__(self, memory: Memory, disk: Disk, origin: int = USUAL) -> None:
        self._memory = memory
        self._disk = disk
        self._origin = origin
        self._folders: dict[str, bool] = {}

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and (self._is_left(path) or self._is_in_one(path.rpartition("/")[0]))

    def _is_left(self, path: str) -> bool:
        """Whether what is at the path is still what pymake left there."""
        memory = self._memory
        if memory.is_begun(path):
            return True
        maker = memory.maker(path)
        version = None if maker is None or maker[1] != self._origin else memory.made(path)
        if version is None:
            return False
        seen = memory.sighting(path)
        if seen is not None and seen[0] == self._disk.stamp(path):
            return seen[1] == version
        return self._disk.digest(path) == memory.version(version).digest

    def _is_in_one(self, folder: str) -> bool:
        if not folder:
            return False
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._is_left(folder) or self._is_in_one(folder.rpartition("/")[0])
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphaned:
    """What is orphaned: `removable` paths are as pymake left them, `kept` ones were changed since.

    `keys` are the jobs that are gone with all they made, `ended` those that were killed and are gone; `lost` the paths
    of both kinds that a job made which still exists.
    """

    removable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.keys or self.ended or self.lost)


def find_orphans(
    plan: Plan, memory: Memory, disk: Disk, *, origin: int, matches: Callable[[str], Iterable[str]]
) -> Orphaned:
    """Compare what earlier builds made with what the plan makes. Hashes what is orphaned; changes nothing.

    A plan that may still grow does not say what is gone: nothing is then. Nor does an open job that has not run yet say
    which of the files that fit its patterns it makes again.
    """
    if not plan.is_whole:
        return Orphaned()
    orphans = Orphans(memory, disk, origin)
    open_jobs = [job for job in plan.open_jobs() if not plan.is_found(job)]
    open_patterns = [pattern for job in open_jobs for pattern in plan.patterns(job)]
    paths = [path for path in memory.made_paths() if not plan.is_made(path)]
    gone = [path for path in paths if _is_of(memory, path, origin) and not fits(open_patterns, path)]
    begun = {start.key: start for start in memory.starts() if start.origin == origin}
    ended = [key for key, start in begun.items() if start.outputs and not any(map(plan.is_made, start.outputs))]
    half = [path for key in ended for path in _begun(begun[key].outputs, begun[key].patterns, matches, memory)]
    there = [path for path in dict.fromkeys((*gone, *half)) if disk.stamp(path) is not None and not plan.is_made(path)]
    keys = dict.fromkeys(maker[0] for maker in map(memory.maker, gone) if maker is not None)
    dead = [key for key in keys if not any(map(plan.is_made, _outputs(memory, key)))]
    return Orphaned(
        removable=tuple(path for path in there if path in orphans),
        kept=tuple(path for path in there if path not in orphans),
        keys=tuple(dead),
        ended=tuple(ended),
        lost=tuple(path for path in gone if (maker := memory.maker(path)) is not None and maker[0] not in dead),
    )


def forget_orphans(memory: Memory, orphaned: Orphaned) -> None:
    """What is orphaned was removed, or is the user's from now on."""
    for key in orphaned.keys:
        memory.forget(key)
    for key in orphaned.ended:
        memory.record_end(key)
    memory.disown(orphaned.lost)


def _is_of(memory: Memory, path: str, origin: int) -> bool:
    maker = memory.maker(path)
    return maker is not None and maker[1] == origin


def _outputs(memory: Memory, key: str) -> list[str]:
    trace = memory.outline(key)
    return [] if trace is None else [memory.version(VersionId(number)).path for number in trace.outputs]


def _begun(
    outputs: Iterable[str], patterns: Iterable[str], matches: Callable[[str], Iterable[str]], memory: Memory
) -> Iterator[str]:
    yield from outputs
    for pattern in patterns:
        yield from (path for path in matches(pattern) if memory.is_begun(path))
