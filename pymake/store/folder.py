"""The folder `.pymake`: made, recognised, refused, opened.

It holds `format` (who made it, and in which layout), `.gitignore`, `journal`, `lock`, `logs/`, `cache/`. A folder
that holds anything else and no `format` is somebody else's, and nothing is written into it.
"""

from __future__ import annotations

import os

from pymake.dataclass import dataclass
from pymake.errors import StateError
from pymake.store.journal import Journal
from pymake.store.logs import FileLogs
from pymake.store.refusal import FOLDER, refused
from pymake.store.writing import set_aside

LAYOUT = "pymake state"
LAYOUT_VERSION = 1
OURS = frozenset(
    [
        *(".gitignore", "cache", "clock", "format", "lock", "lock.holder", "logs", "jobserver"),
        *("journal", "journal.new", "journal.index", "journal.index.new", "snapshot", "snapshot.new"),
    ]
)
"""What a pymake may have left that was killed while it made the folder, or that went on when the folder was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFolder:
    """The folder `.pymake` of a root, opened. `notes` says what was wrong with it, one line each."""

    memory: Journal
    logs: FileLogs

    @property
    def notes(self) -> tuple[str, ...]:
        """For the user."""
        return self.memory.notes

    def close(self) -> None:
        """Write what waits, and let go of the files."""
        self.memory.close()


def open_state(root: str, *, writing: bool, journal: str | None = None, is_unchanged: bool = False) -> StateFolder:
    """Open the folder. With `writing` what is missing is made and what is broken is set aside; hold the lock.

    With `journal`, a path, what is remembered is there and not in the folder. `is_unchanged` as in `Journal`.

    Without, nothing is made or changed, and a folder that is not there is an empty memory.

    >>> open_state("/no/such/root", writing=False).memory.keys()
    ()

    Raises:
        StateError: `.pymake` is a file, belongs to somebody else, or cannot be read or written.
    """
    version = prepare(root) if writing else _recognised(_path(root), _names(_path(root)))
    if journal is not None:
        there = writing or os.path.exists(journal)
        return StateFolder(memory=Journal(journal if there else os.devnull, writable=writing), logs=FileLogs(root))
    return StateFolder(memory=_journal(root, version, writing=writing, is_unchanged=is_unchanged), logs=FileLogs(root))


def prepare(root: str) -> int:
    """Make the folder, or what it lacks. The version of its layout.

    Raises:
        StateError: as `open_state`.
    """
    path = _path(root)
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        pass  # a file in the way: refused below
    except OSError as error:
        raise refused("make the folder", FOLDER, error) from error
    names = _names(path)
    version = _recognised(path, names)
    if not os.access(path, os.W_OK | os.X_OK):
        raise refused("write", FOLDER, PermissionError(13, "Permission denied"))
    if "format" not in names or not os.path.getsize(os.path.join(path, "format")):
        _write(path, "format", _layout())
    if ".gitignore" not in names:
        _write(path, ".gitignore", "*\n")
    return version


def _path(root: str) -> str:
    return os.path.join(root, FOLDER)


def _names(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        if os.path.lexists(path):
            raise _foreign("is not a folder") from error
        return []
    except OSError as error:
        raise refused("read", FOLDER, error) from error


def _recognised(path: str, names: list[str]) -> int:
    """The version of the layout; that of a new folder if there is nothing to recognise."""
    if "format" not in names:
        if OURS.issuperset(names):
            return LAYOUT_VERSION
        raise _foreign("exists and was not made by pymake")
    try:
        with open(os.path.join(path, "format"), encoding="utf-8", errors="replace") as file:
            text = file.read(100)
    except OSError as error:
        raise refused("read", f"{FOLDER}/format", error) from error
    name, _, version = text.strip().rpartition(" ")
    if name == LAYOUT and version.isdecimal():
        return int(version)
    if not text:  # killed while writing it
        return LAYOUT_VERSION
    raise _foreign("exists and was not made by pymake")


def _journal(root: str, version: int, *, writing: bool, is_unchanged: bool) -> Journal:
    path = os.path.join(_path(root), "journal")
    if version == LAYOUT_VERSION:
        return Journal(path, writable=writing, is_unchanged=is_unchanged)
    note = f"{FOLDER} has layout {version}, which this pymake does not know; every job runs again"
    if not writing:
        return Journal(os.devnull, writable=False, notes=(note,))
    if os.path.lexists(path):
        try:
            number = set_aside(path)
        except OSError as error:
            raise refused("set aside", f"{FOLDER}/journal", error) from error
        note += f"; its journal is now {FOLDER}/journal.bad-{number}"
    _write(_path(root), "format", _layout())
    return Journal(path, writable=True, notes=(note,))


def _write(path: str, name: str, text: str) -> None:
    try:
        with open(os.path.join(path, name), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise refused("write", f"{FOLDER}/{name}", error) from error


def _layout() -> str:
    return f"{LAYOUT} {LAYOUT_VERSION}\n"


def _foreign(what: str) -> StateError:
    return StateError(f"{FOLDER} {what}", hint=f"move {FOLDER} away: pymake keeps its memory in a folder of that name")
