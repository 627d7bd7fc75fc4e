"""The snapshot: a finished build in columns, for the next one. `pymake.door` has the layout of the file."""

from __future__ import annotations

import contextlib
import marshal
import os
from array import array
from typing import TYPE_CHECKING

from pymake import door
from pymake.dataclass import dataclass
from pymake.model.observed import NEVER, Found, Observed
from pymake.model.rows import Rows
from pymake.model.trace import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.model.ids import JobId

ABOUT, CLEAN, DISCOVERED_STARTS, DISCOVERED_VALUES, READERS, VERSIONS = 10, 11, 12, 13, 14, 15
"""Sections: what the plan was made of, a byte for each job, the discoverers by file, `Survey.readers`,
`Settled.versions`."""

MOST_LINES = 10
_NEW = f"{door.PATH}.new"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A command line, and what it wants; `is_over` if there was nothing left to do for it.

    `rows` are the files that it depends on; None for all. `kinds` are files of which only the kind matters. `text` is
    what it says when there is nothing to do, on stderr. `wanted` and `goals` as in a selection.
    """

    is_over: bool
    rows: array[int] | None
    kinds: Mapping[str, int]
    text: bytes
    wanted: bytes
    goals: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a snapshot holds beside the plan.

    `about` is what the build files said beside tasks, and how they were read (see `store.values`). `columns` and
    `versions` as in `Settled`; `clean[job]` is 1 if they prove the job clean. `discoverers` and `readers` as in
    `Before`.
    """

    observed: Observed
    about: bytes
    columns: Sequence[array[int]]
    versions: array[int]
    clean: bytes
    discoverers: Rows
    readers: Mapping[int, Sequence[JobId]]
    lines: Mapping[door.Key, KeptLine]


def write_snapshot(root: str, kept: Kept, paths: Iterable[str], plan: Mapping[int, bytes]) -> None:
    """Replace the snapshot of a root; `plan` are its sections. The journal is closed, and the lock held.

    Raises:
        OSError: it cannot be written; then there is none, or the one before.
    """
    lines, sections = _lines(kept.lines)
    journal = door.stamp_of(os.path.join(root, door.JOURNAL))
    head: door.Head = (door.identity(), journal, _plain_observed(kept.observed), lines)
    starts, values = kept.discoverers.flat()
    pieces = {
        door.HEAD: marshal.dumps(head),
        door.PATHS: os.fsencode("\0".join(paths)),
        door.STAMPS: b"".join([column.tobytes() for column in kept.columns]),
        VERSIONS: kept.versions.tobytes(),
        ABOUT: kept.about,
        CLEAN: kept.clean,
        DISCOVERED_STARTS: starts.tobytes(),
        DISCOVERED_VALUES: values.tobytes(),
        READERS: marshal.dumps({job: list(readers) for job, readers in kept.readers.items()}),
        **plan,
        **sections,
    }
    _replace(root, door.packed(pieces))


class Snapshot:
    """An open snapshot whose head holds: everything that evaluation looked at is as it was.

    Owns the file until `close`. What cannot be read raises ValueError.
    """

    def __init__(self, file: int, sections: door.Sections, head: door.Head) -> None:
        self._file = file
        self.mark = door.mark_of(sections)
        self._sections = sections
        self._lines = head[3]
        self.observed = _observed_of(head[2])
        self._journal = head[1]

    @classmethod
    def open(cls) -> Snapshot | None:
        """The snapshot of the current folder; None if there is none that holds."""
        try:
            file = os.open(door.PATH, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        opened = door.opened(file)
        if opened is None:
            os.close(file)
            return None
        return cls(file, *opened)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def is_current(self) -> bool:
        """Whether the journal is still the one that the stamps and clean jobs go with."""
        return self._journal == door.stamp_of(door.JOURNAL)

    def section(self, number: int) -> bytes:
        """One section, checked."""
        data = door.section(self._file, self._sections, number) if number in self._sections else None
        if data is None:
            raise ValueError(f"section {number} is damaged or missing")
        return data

    def numbers(self, code: str, number: int) -> array[int]:
        """One section of numbers."""
        found: array[int] = array(code)
        found.frombytes(self.section(number))
        return found

    def paths(self) -> list[str]:
        """The files of the plan."""
        data = self.section(door.PATHS)
        return os.fsdecode(data).split("\0") if data else []

    def columns(self) -> list[array[int]]:
        """The stamps, in four columns."""
        numbers = self.numbers("q", door.STAMPS)
        count = len(numbers) // 4
        return [numbers[first : first + count] for first in range(0, 4 * count, count)] or [array("q")] * 4

    def versions(self) -> array[int]:
        """See `Kept`."""
        return self.numbers("i", VERSIONS)

    def clean(self) -> bytearray:
        """See `Kept`."""
        return bytearray(self.section(CLEAN))

    def discoverers(self) -> Rows:
        """See `Kept`."""
        return Rows.of(self.numbers("I", DISCOVERED_STARTS), self.numbers("I", DISCOVERED_VALUES))

    def readers(self) -> dict[int, list[JobId]]:
        """See `Kept`."""
        found: dict[int, list[JobId]] = marshal.loads(self.section(READERS))  # noqa: S302 # as above
        return found

    def lines(self) -> dict[door.Key, KeptLine]:
        """The last command lines, the latest first."""
        return {key: self._line(line) for key, line in self._lines.items()}

    def line(self, key: door.Key) -> KeptLine | None:
        """One of them."""
        line = self._lines.get(key)
        return None if line is None else self._line(line)

    def _line(self, line: door.Line) -> KeptLine:
        rows, kinds, _, text, wanted, is_over = line
        return KeptLine(
            is_over=is_over,
            rows=self.numbers("I", rows) if rows else None,
            kinds={os.fsdecode(path): kind for path, kind in kinds},
            text=text,
            wanted=self.section(wanted),
            goals=self.numbers("I", wanted + 1),
        )


def drop_snapshot(root: str) -> None:
    """Take the snapshot away, if there is one: it would not be believed."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(root, door.PATH))


def is_believed(observed: Observed) -> bool:
    """Whether what was looked at can hold for a second build at all."""
    return observed.reason is None and not any(
        stamp is not None and stamp.inode == NEVER.inode
        for stamps in (observed.contents, observed.folders)
        for stamp in stamps.values()
    )


def _lines(lines: Mapping[door.Key, KeptLine]) -> tuple[dict[door.Key, door.Line], dict[int, bytes]]:
    """The lines as the head has them, and their sections."""
    found: dict[door.Key, door.Line] = {}
    sections: dict[int, bytes] = {}
    for number, (key, line) in zip(range(door.FIRST_LINE, door.FIRST_LINE + 3 * MOST_LINES, 3), lines.items()):  # noqa: B905 # the first ones
        if line.rows is not None:
            sections[number] = line.rows.tobytes()
        sections[number + 1], sections[number + 2] = line.wanted, array("I", line.goals).tobytes()
        kinds = tuple((os.fsencode(path), int(kind)) for path, kind in line.kinds.items())
        found[key] = (0 if line.rows is None else number, kinds, 0, line.text, number + 1, line.is_over)
    return found, sections


def _plain_observed(observed: Observed) -> door.Observed:
    return (
        tuple((os.fsencode(path), stamp and stamp[:]) for path, stamp in observed.contents.items()),
        tuple((os.fsencode(path), int(kind)) for path, kind in observed.kinds.items()),
        tuple((os.fsencode(path), stamp[:]) for path, stamp in observed.folders.items()),
        tuple(
            (os.fsencode(name), None if value is None else os.fsencode(value))
            for name, value in observed.environ.items()
        ),
        observed.root,
    )


def _observed_of(values: door.Observed) -> Observed:
    contents, kinds, folders, environ, root = values
    observed = Observed()
    observed.contents = {os.fsdecode(path): stamp and Stamp(*stamp) for path, stamp in contents}
    observed.kinds = {os.fsdecode(path): Found(kind) for path, kind in kinds}
    observed.folders = {os.fsdecode(path): Stamp(*stamp) for path, stamp in folders}
    observed.environ = {os.fsdecode(name): None if value is None else os.fsdecode(value) for name, value in environ}
    observed.root = root
    return observed


def _replace(root: str, pieces: Iterable[bytes]) -> None:
    """Not synced: a torn file is not believed, and costs one evaluation."""
    new = os.path.join(root, _NEW)
    try:
        with open(new, "wb") as file:
            file.writelines(pieces)
        os.replace(new, os.path.join(root, door.PATH))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
