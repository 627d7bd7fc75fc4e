"""What the files of a plan are now: stamps and versions, each file hashed at most once unless it changes."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pymake.engine.settled import Settled
from pymake.engine.stamps import SIZE, Stamps
from pymake.model.ids import ABSENT, FileId, VersionId
from pymake.model.observed import NEVER
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pymake.interfaces import Disk, Memory
    from pymake.model.plan import Plan

UNKNOWN = VersionId(-2)
"""The file is there, and its stamp does not tell what it holds: it must be hashed."""

UNSEEN = VersionId(-3)
"""Nobody has looked at the file in this build."""

TRUSTED = VersionId(-4)
"""The stamp is that of the build before, and tells what the file holds; nobody has asked what that is."""

MANY = 256
JUST_NOW = 2_000_000_000
"""Nanoseconds after which many files are looked at again before a job that reads them starts."""

FEW = 8
"""So few files are looked at one by one: making columns of them costs more."""

MOST_CONFIRMED = 1 << 20
"""Bytes up to which hashing a file twice costs less than a build that has to look again."""


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
        self._stamps = Stamps()
        self._versions = array("i")
        self._versions_before = array("i")
        self._racy: set[FileId] = set()
        self._moved: dict[FileId, int] = {}
        self._assumed: set[FileId] = set()
        self._forgotten: set[FileId] = set()
        self._looked_since = -JUST_NOW
        self._before: Sequence[array[int]] = ()

    @property
    def plan(self) -> Plan:
        """The plan that the files are of."""
        return self._plan

    def remember(self, columns: Sequence[array[int]], versions: array[int]) -> None:
        """Take `Settled.columns` and `versions` of the build before, of the same plan and with the same memory.

        They stay true of what nobody looks at.
        """
        self._before, self._versions_before = columns, versions
        self._stamps = Stamps(columns)
        self._versions = array("i", [UNSEEN]) * len(columns[0])
        self._grow()

    def look_since(self, files: Sequence[FileId], changed: Sequence[FileId] | None = None) -> Sequence[FileId]:
        """Stamp all these files in one pass, and return those whose stamps are not what was remembered.

        `changed` are these, if somebody has looked already, just now.
        """
        self._grow()
        self._looked_since = self._disk.now()
        if changed is None:
            changed = self._changes(files)
        if len(files) == len(self._versions):
            self._versions = array("i", [TRUSTED]) * len(files)
        else:
            for file in files:
                self._versions[file] = TRUSTED
        for file in changed:
            self._versions[file] = UNSEEN
        self.look(changed)
        return changed

    def _changes(self, files: Sequence[FileId]) -> list[FileId]:
        """Those of these files that have another stamp now, in one pass over the disk."""
        if len(files) == self._plan.file_count:
            return [files[at] for at in self._disk.changes(self._plan.paths(), self._stamps.columns)]
        paths = [self._plan.path(file) for file in files]
        return [files[at] for at in self._disk.changes(paths, self._stamps.picked(files))]

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
            self._stamps.set(file, stamp)
            if stamp is None:
                self._versions[file] = ABSENT
                continue
            seen = sighting(path)
            if seen is not None and seen[0] == stamp:
                self._versions[file] = seen[1]
                continue
            if stamp.size == FOLDER_SIZE:  # never equal to what is remembered, so asked for here at no cost for files
                stamp = self._disk.tree_stamp(path)  # noqa: PLW2901  # the same, looked at closer
                self._stamps.set(file, stamp)
            self._versions[file] = seen[1] if seen is not None and seen[0] == stamp else UNKNOWN

    def look_before_run(self, files: Collection[FileId]) -> None:
        """`look_again` at what a run is going to read, unless it is much and all was looked at just now.

        What happens to a file since then counts as an edit during the run. For a job that reads 10,000 files, that is
        20 of the 60 ms that one changed leaf costs.
        """
        if len(files) <= MANY or self._disk.now() - self._looked_since >= JUST_NOW:
            self.look_again(files)

    def look_again(self, files: Collection[FileId]) -> None:
        """Stamp these files anew; what is known of one goes only if its stamp differs or was not to be believed."""
        self._grow()
        for file in self._doubted(list(files)):
            self._ask_memory(file)
            stamp = self._stamp(file)
            if stamp is not None and stamp == self._stamps.of(file) and file not in self._racy:
                continue
            self._note_move(file)
            self._stamps.set(file, stamp)
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
        return [file for file in self._doubted(files) if self._stamp(file) != self._stamps.of(file)]

    def look_for_changes(self, files: Iterable[FileId]) -> list[FileId]:
        """Look at these files again, and at all whose stamps were not to be believed: those with another content now.

        A file that changed after a verdict was made from it is among them if it does not hold what it held then.
        """
        self._grow()
        asked = list(dict.fromkeys((*files, *sorted(self._racy), *sorted(self._moved))))
        before = [self._moved.get(file, self.known(file)) for file in asked]
        self.look_again(asked)  # what cannot be read below counts as moved until it can
        found = [file for file, was in zip(asked, before, strict=True) if self.version(file) != was]
        self._moved.clear()
        return found

    def _doubted(self, files: Sequence[FileId]) -> Sequence[FileId]:
        """Those whose stamps, in one pass over the disk, do not tell by themselves that nothing happened."""
        if len(files) < FEW:
            return files
        changed = set(self._changes(files))
        return [file for file in files if file in changed or file in self._racy or file in self._assumed]

    def forget(self, files: Iterable[FileId]) -> None:
        """Nothing is known of these files any more: a job may have written them."""
        self._grow()
        for file in files:
            self._note_move(file)
            self._versions[file] = UNSEEN
            self._stamps.set(file, None)
            self._forgotten.add(file)
            self._racy.discard(file)
            self._assumed.discard(file)

    def assume(self, file: FileId, version: VersionId) -> None:
        """Let a file that is not there count as having this version: a temporary one, which can be made anew."""
        self._grow()
        self._versions[file] = version
        self._stamps.set(file, None)
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

    def known_all(self, files: Sequence[FileId]) -> list[int]:
        """`known` of each of these files."""
        self._grow()
        found = [self._versions[file] for file in files]
        if TRUSTED in found:
            before = self._versions_before
            found = [before[file] if now == TRUSTED else now for file, now in zip(files, found, strict=True)]
            if min(found) < ABSENT:
                found = [self.known(file) if now < ABSENT else now for file, now in zip(files, found, strict=True)]
        return found

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

    def versions(self, files: Sequence[FileId]) -> list[int]:
        """`version` of each of these files."""
        found = self.known_all(files)
        if found and min(found) < ABSENT:
            found = [self.version(file) if now < ABSENT else now for file, now in zip(files, found, strict=True)]
        return found

    def is_there(self, file: FileId) -> bool:
        """Whether there was something at the path when it was last looked at; looks if nobody has."""
        if file >= len(self._versions) or self._versions[file] == UNSEEN:
            self.look([file])
        return self._versions[file] != ABSENT

    def is_folder(self, file: FileId) -> bool:
        """Whether what was at the path when it was last looked at is a folder."""
        return self._stamps.is_folder(file)

    def changed(self, files: Iterable[FileId]) -> set[FileId]:
        """Those of these files that are not `is_unchanged`, in one pass over the disk."""
        return {file for file in self._doubted(list(files)) if not self.is_unchanged(file)}

    def is_unchanged(self, file: FileId) -> bool:
        """Whether the file on disk is what `version` said. A racy stamp is not believed: hashed again."""
        if file in self._assumed:
            return False
        self._ask_memory(file)
        path = self._plan.path(file)
        stamp = self._stamp(file)
        if stamp != self._stamps.of(file):
            return False
        if stamp is None or file not in self._racy:
            return True
        digest = self._disk.digest(path)
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
        stamp = self._stamps.of(file)
        return stamp is None or stamp.ctime < moment

    def confirm(self) -> None:
        """Hash racy files again that are old enough to be believed now, so that the next build need not.

        The outputs of quick jobs are all racy: they are hashed as soon as they are written. Large ones are left.
        """
        for file in sorted(self._racy):
            stamp, path, now = self._stamps.of(file), self._plan.path(file), self._disk.now()
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
        columns = self._stamps.copied()
        versions = array("i", self._versions_before)
        versions.extend([UNKNOWN] * (len(self._versions) - len(versions)))
        looked_at = [row for row, version in enumerate(self._versions) if version > UNSEEN]
        absent, folders, unsure, untold = array("I"), array("I"), False, set()
        for row in looked_at:
            version, size = self._versions[row], columns[SIZE][row]
            versions[row] = version
            if row not in self._racy and row not in self._moved and self._stamps.is_plain(row):
                continue
            untold.add(row)
            if row in self._racy or row in self._moved:
                unsure = True
            elif size == FOLDER_SIZE and version >= 0:
                unsure = True  # what lies in the folder decided, and only a walk through it can tell of that
            else:
                (folders if size == FOLDER_SIZE else absent).append(row)
            for column, number in zip(columns, NEVER, strict=True):
                column[row] = number
        return Settled(
            columns=columns,
            versions=versions,
            changed=self._moved_since(columns, [*looked_at, *self._forgotten]),
            rows=self._rows_but(untold),
            absent=absent,
            folders=folders,
            unsure=unsure,
        )

    def _rows_but(self, untold: set[int]) -> array[int]:
        """The files that were looked at, without these."""
        if not untold and UNSEEN not in self._versions:
            return array("I", range(len(self._versions)))
        return array("I", [row for row, now in enumerate(self._versions) if now != UNSEEN and row not in untold])

    def _moved_since(self, columns: Sequence[array[int]], rows: Iterable[int]) -> list[FileId]:
        """Those of these rows whose numbers are not what was remembered, and the rows that are new since then."""
        if not self._before:
            return []
        count = len(self._before[0])
        pairs = list(zip(self._before, columns, strict=True))
        moved = (row for row in rows if row < count and any(old[row] != new[row] for old, new in pairs))
        return [*map(FileId, dict.fromkeys(moved)), *map(FileId, range(count, len(columns[0])))]

    def _ask_memory(self, file: FileId) -> None:
        """Find out which version a trusted stamp stands for."""
        if self._versions[file] != TRUSTED:
            return
        if self._versions_before[file] >= 0:
            self._versions[file] = self._versions_before[file]
            return
        stamp, seen = self._stamps.of(file), self._memory.sighting(self._plan.path(file))
        self._versions[file] = seen[1] if seen is not None and seen[0] == stamp else UNKNOWN

    def _note_move(self, file: FileId) -> None:
        """What is known of a file is about to be replaced: verdicts may have been made from it."""
        self._ask_memory(file)
        if self._versions[file] >= ABSENT:
            self._moved.setdefault(file, self._versions[file])

    def _stamp(self, file: FileId) -> Stamp | None:
        path = self._plan.path(file)
        stamp = self._disk.stamp(path)
        return self._disk.tree_stamp(path) if stamp is not None and stamp.size == FOLDER_SIZE else stamp

    def _hash(self, file: FileId) -> None:
        path = self._plan.path(file)
        stamp = self._stamps.of(file)
        hashed_at = self._disk.now()
        digest = self._disk.digest(path)
        if digest is None or stamp is None:
            self._stamps.set(file, None)
            self._versions[file] = ABSENT
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
            self._stamps.grow(missing)
