"""What the files of a plan are now: stamps and versions, each file hashed at most once unless it changes."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.ids import ABSENT, FileId, VersionId
from pymake.model.observed import NEVER
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.interfaces import Disk, Memory
    from pymake.model.plan import Plan

UNKNOWN = VersionId(-2)
"""The file is there, and its stamp does not tell what it holds: it must be hashed."""

UNSEEN = VersionId(-3)
"""Nobody has looked at the file in this build."""

TRUSTED = VersionId(-4)
"""The stamp is that of the build before, and tells what the file holds; nobody has asked what that is."""

MOST_CONFIRMED = 1 << 20
"""Bytes up to which hashing a file twice costs less than a build that has to look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a build found of its files.

    `columns` holds mtime, ctime, size and inode of every file of the plan, all 0 where that does not tell what it is.

    `rows` are the files that were looked at and whose stamps tell; `absent` and `folders` those of which only that is
    known, and that it is enough. `unsure` means that there were further ones.
    """

    columns: Sequence[array[int]]
    rows: array[int]
    absent: array[int]
    folders: array[int]
    unsure: bool


class FileTable:
    """Owns the stamps and versions that verdicts are made from.

    Invariant: the version of a file is what it held at some moment not earlier than its stamp here was taken. A later
    edit gives another stamp (or the stamp is marked racy and is not believed), so `is_unchanged` notices it.

    Paths that are `hidden` count as not there: a build is going to remove them before it runs anything.
    """

    def __init__(self, plan: Plan, disk: Disk, memory: Memory, hidden: frozenset[str] = frozenset()) -> None:
        self._hidden = hidden
        self._plan = plan
        self._disk = disk
        self._memory = memory
        self._stamps: list[Stamp | None] = []
        self._versions = array("i")
        self._racy: set[FileId] = set()
        self._moved: dict[FileId, int] = {}
        self._assumed: set[FileId] = set()
        self._before: Sequence[array[int]] = ()

    @property
    def plan(self) -> Plan:
        """The plan that the files are of."""
        return self._plan

    def remember(self, columns: Sequence[array[int]]) -> None:
        """Take the `Settled.columns` of the build before, of the same plan. They stay true of what nobody looks at."""
        self._before = columns

    def look_since(self, files: Sequence[FileId], changed: Sequence[FileId] | None = None) -> Sequence[FileId]:
        """Stamp all these files in one pass, and return those whose stamps are not what was remembered.

        `changed` are these, if somebody has looked already, just now.
        """
        self._grow()
        if changed is None:
            paths = [self._plan.path(file) for file in files]
            columns = [[column[file] for file in files] for column in self._before]
            changed = [files[at] for at in self._disk.changes(paths, columns)]
        for file in files:
            self._versions[file] = TRUSTED
        for file in changed:
            self._versions[file] = UNSEEN
        self.look(changed)
        return changed

    def look(self, files: Iterable[FileId]) -> None:
        """Stamp all these files in one pass; a file seen before is not looked at again."""
        self._grow()
        unseen = [file for file in files if self._versions[file] == UNSEEN]
        paths = [self._plan.path(file) for file in unseen]
        sighting = self._memory.sighting
        stamps = self._disk.stamps(paths)
        if self._hidden:
            stamps = [None if path in self._hidden else stamp for path, stamp in zip(paths, stamps, strict=True)]
        for file, path, stamp in zip(unseen, paths, stamps, strict=True):
            self._stamps[file] = stamp
            if stamp is None:
                self._versions[file] = ABSENT
                continue
            seen = sighting(path)
            if seen is not None and seen[0] == stamp:
                self._versions[file] = seen[1]
                continue
            if stamp.size == FOLDER_SIZE:  # never equal to what is remembered, so asked for here at no cost for files
                stamp = self._stamps[file] = self._disk.tree_stamp(path)  # noqa: PLW2901  # the same, looked at closer
            self._versions[file] = seen[1] if seen is not None and seen[0] == stamp else UNKNOWN

    def look_again(self, files: Iterable[FileId]) -> None:
        """Stamp these files anew; what is known of one goes only if its stamp differs or was not to be believed."""
        self._grow()
        rows = list(files)
        for file, stamp in zip(rows, self._stamps_now(rows), strict=True):
            if stamp is not None and stamp == self._stamps[file] and file not in self._racy:
                continue
            self._note_move(file)
            self._stamps[file] = stamp
            self._versions[file] = ABSENT if stamp is None else UNKNOWN
            self._racy.discard(file)
            self._assumed.discard(file)

    def looked_at(self) -> Sequence[FileId]:
        """The files of which anything is known."""
        return [FileId(file) for file, version in enumerate(self._versions) if version != UNSEEN]

    def is_looked_at(self, file: FileId) -> bool:
        """Whether anything is known of the file."""
        return file < len(self._versions) and self._versions[file] != UNSEEN

    def stale(self, files: Sequence[FileId]) -> list[FileId]:
        """Those of these files whose stamps are others now."""
        return [file for file, stamp in zip(files, self._stamps_now(files), strict=True) if stamp != self._stamps[file]]

    def look_for_changes(self, files: Iterable[FileId]) -> list[FileId]:
        """Look at these files again, and at all whose stamps were not to be believed: those with another content now.

        A file that changed after a verdict was made from it is among them if it does not hold what it held then.
        """
        self._grow()
        moved, self._moved = self._moved, {}
        asked = list(dict.fromkeys((*files, *sorted(self._racy), *sorted(moved))))
        before = [self.known(file) for file in asked]
        self.look_again(asked)
        found = [file for file, was in zip(asked, before, strict=True) if self.version(file) != moved.get(file, was)]
        self._moved.clear()
        return found

    def forget(self, files: Iterable[FileId]) -> None:
        """Nothing is known of these files any more: a job may have written them."""
        self._grow()
        for file in files:
            self._note_move(file)
            self._versions[file] = UNSEEN
            self._stamps[file] = None
            self._racy.discard(file)
            self._assumed.discard(file)

    def assume(self, file: FileId, version: VersionId) -> None:
        """Let a file that is not there count as having this version: a temporary one, which can be made anew."""
        self._grow()
        self._versions[file] = version
        self._stamps[file] = None
        self._assumed.add(file)

    def is_assumed(self, file: FileId) -> bool:
        """Whether the file is not there, and only counts as having its version."""
        return file in self._assumed

    @property
    def has_assumed(self) -> bool:
        """Whether any file is not there and counts as having a version."""
        return bool(self._assumed)

    def look_at_made(self, outputs: Sequence[FileId]) -> None:
        """Stamp what a job has just made: whoever reads it is judged after this."""
        self.forget(outputs)
        self.look(outputs)
        for file in outputs:
            self._moved.pop(file, None)

    def known(self, file: FileId) -> VersionId:
        """The version as far as the stamp tells; may be UNKNOWN. No disk access."""
        self._ask_memory(file)
        return VersionId(self._versions[file])

    def version(self, file: FileId) -> VersionId:
        """The version; the file is hashed if its stamp does not tell."""
        versions = self._versions
        if file >= len(versions) or versions[file] == UNSEEN:
            self.look([file])
        if versions[file] < ABSENT:
            self._ask_memory(file)
            if versions[file] == UNKNOWN:
                self._hash(file)
        return VersionId(versions[file])

    def is_there(self, file: FileId) -> bool:
        """Whether there was something at the path when it was last looked at; looks if nobody has."""
        if file >= len(self._versions) or self._versions[file] == UNSEEN:
            self.look([file])
        return self._versions[file] != ABSENT

    def is_folder(self, file: FileId) -> bool:
        """Whether what was at the path when it was last looked at is a folder."""
        self._ask_memory(file)
        stamp = self._stamps[file]
        return stamp is not None and stamp.size == FOLDER_SIZE

    def changed(self, files: Iterable[FileId]) -> set[FileId]:
        """Those of these files that are not on disk what `version` said. A racy stamp is not believed: hashed again."""
        rows = list(files)
        return {
            file
            for file, stamp in zip(rows, self._stamps_now(rows), strict=True)
            if stamp != self._stamps[file]
            or file in self._assumed
            or (stamp is not None and file in self._racy and not self._is_still(file))
        }

    def is_unchanged(self, file: FileId) -> bool:
        """Whether a file on disk is what `version` said: see `changed`."""
        return not self.changed([file])

    def _is_still(self, file: FileId) -> bool:
        """Whether the content of a file is that of its version."""
        digest = self._disk.digest(self._plan.path(file))
        return digest is not None and digest == self._memory.version(VersionId(self._versions[file])).digest

    def is_as_at(self, file: FileId, moment: int) -> bool:
        """Whether a file that may not have been hashed before `moment` (ns, the disk's clock) is still as it was then.

        A file that nobody hashed has only its times to speak for it, so a change in the very tick of `moment` counts.
        """
        self._grow()
        self._ask_memory(file)
        if self._versions[file] >= 0:
            return self.is_unchanged(file)
        self.forget([file])
        self.look([file])
        stamp = self._stamps[file]
        return stamp is None or stamp.ctime < moment

    def confirm(self) -> None:
        """Hash racy files again that are old enough to be believed now, so that the next build need not.

        The outputs of quick jobs are all racy: they are hashed as soon as they are written. Large ones are left.
        """
        for file in sorted(self._racy):
            stamp, path, now = self._stamps[file], self._plan.path(file), self._disk.now()
            if stamp is None or not 0 <= stamp.size <= MOST_CONFIRMED or self._disk.is_racy(stamp, now):
                continue
            version = VersionId(self._versions[file])
            same = version >= 0 and self._disk.digest(path) == self._memory.version(version).digest
            if same and self._disk.stamp(path) == stamp:
                self._memory.record_sighting(path, stamp, version)
                self._racy.discard(file)

    def settled(self) -> Settled:
        """The stamps that the verdicts of this build follow from.

        A stamp is unsure if it is racy, or if the file changed after a verdict was made from what it was.
        """
        self._grow()
        columns = [array("q", column) for column in self._before] or [array("q") for _ in NEVER]
        for column in columns:
            column.extend([0] * (len(self._versions) - len(column)))
        rows, absent, folders, unsure = array("I"), array("I"), array("I"), False
        for row, version in enumerate(self._versions):
            if version == TRUSTED:
                rows.append(row)
                continue
            if version == UNSEEN:
                continue
            stamp = self._stamps[row]
            plain = stamp is not None and stamp.size != FOLDER_SIZE
            sure = row not in self._racy and row not in self._moved
            for column, number in zip(columns, stamp if stamp is not None and plain and sure else NEVER, strict=True):
                column[row] = number
            if not sure:
                unsure = True
            elif plain:
                rows.append(row)
            elif stamp is not None and version >= 0:
                unsure = True  # what lies in the folder decided, and only a walk through it can tell of that
            else:
                (absent if stamp is None else folders).append(row)
        return Settled(columns=columns, rows=rows, absent=absent, folders=folders, unsure=unsure)

    def _ask_memory(self, file: FileId) -> None:
        """Find out which version a trusted stamp stands for."""
        if self._versions[file] != TRUSTED:
            return
        stamp = self._stamps[file] = Stamp._make(column[file] for column in self._before)
        seen = self._memory.sighting(self._plan.path(file))
        self._versions[file] = seen[1] if seen is not None and seen[0] == stamp else UNKNOWN

    def _note_move(self, file: FileId) -> None:
        """What is known of a file is about to be replaced: verdicts may have been made from it."""
        if self._versions[file] >= ABSENT or self._versions[file] == TRUSTED:
            self._moved.setdefault(file, self._versions[file])

    def _stamps_now(self, files: Sequence[FileId]) -> list[Stamp | None]:
        """The present stamps of files that are known, in order; those of folders are of all below."""
        for file in files:
            self._ask_memory(file)
        paths = list(map(self._plan.path, files))
        stamps = self._disk.stamps(paths)
        for at, stamp in enumerate(stamps):
            if stamp is not None and stamp.size == FOLDER_SIZE:
                stamps[at] = self._disk.tree_stamp(paths[at])
        return stamps

    def _hash(self, file: FileId) -> None:
        path = self._plan.path(file)
        stamp = self._stamps[file]
        hashed_at = self._disk.now()
        digest = self._disk.digest(path)
        if digest is None or stamp is None:
            self._stamps[file], self._versions[file] = None, ABSENT
            return
        version = self._versions[file] = self._memory.record_version(path, digest)
        if self._disk.is_racy(stamp, hashed_at):
            self._racy.add(file)
        else:
            self._memory.record_sighting(path, stamp, VersionId(version))

    def _grow(self) -> None:
        """Rows for files that joined the plan (discovered inputs) since the last look."""
        missing = self._plan.file_count - len(self._versions)
        if missing:
            self._versions.extend([UNSEEN] * missing)
            self._stamps.extend([None] * missing)
