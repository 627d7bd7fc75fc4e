"""The fast door: a command line that was given before, with nothing to do, answered from the snapshot alone.

    .pymake/snapshot -> header and lines -> what evaluation looked at holds -> stamps equal the world's -> text, code

Anything in doubt, and anything that cannot be read, is None: then the full door takes it. It has no rules of its own:
what a line means, and that all its jobs are clean, was found out by the build that wrote it.

Layout of the file, in the byte order of the machine (the identity in the head says whose):

    table     TABLE bytes: MAGIC; u64 FORMAT, u64 n; n times u64 id, u64 start, u64 length, 8 bytes digest; zeros; the
              last 8 bytes are the digest of all before
    sections  one after the other, each with the digest that the table names

    HEAD      marshalled `Head`
    PATHS     the files of the plan, as the system spells them, joined by null bytes
    STAMPS    four columns of i64: mtime, ctime, size, inode; all 0 in a row that is not to be believed
    10 to 99  what only the full door reads: the plan and which of its jobs are clean
    100 to    u32 rows of the files of one line; its wanted jobs, a byte each, then u32 the jobs that make its targets

Only modules that are part of the interpreter are imported: each other costs 0.3 ms and more, a bare interpreter takes
10. So digests are those that Python makes of its own sources (SipHash), and marshal reads the head, which is no risk
behind a digest: it makes plain values and runs nothing.
"""

from __future__ import annotations

import gc
import marshal
import posix
import sys
from _imp import source_hash

from pymake._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MAGIC = b"pymake snapshot\n"
FORMAT = 3
TABLE = 4096
PATH = ".pymake/snapshot"
SOCKET = ".pymake/watch.socket"
NO_RESIDENT = "--no-resident"
JOURNAL = ".pymake/journal"

HEAD, PATHS, STAMPS = 1, 2, 3
FIRST_LINE = 100

BUILD_FILES = ("pymake.toml", "pymakefile.py", "pyproject.toml")
ABSENT, FILE, FOLDER = 0, 1, 2
"""What may be at a path."""

BUILDING = b"PYMAKE_BUILDING"
STAGE = (b"NO_COLOR", b"FORCE_COLOR", b"TERM", b"MAKEFLAGS", b"LC_ALL", b"LC_CTYPE", b"LANG", b"PYTHONIOENCODING")
"""Variables that decide how a build looks."""

Stamp4 = tuple[int, int, int, int]
"""mtime, ctime, size, inode."""
Key = tuple[str, tuple[str, ...], tuple[object, ...]]
"""The folder that targets are relative to, relative to the root; the words; the stage."""
Kinds = tuple[tuple[bytes, int], ...]
"""Paths, and what has to be there."""
Line = tuple[int, Kinds, int, bytes, int, bool]
"""The section of its rows (0: all), files of which only the kind matters, the exit code, the text for stderr, the
section of the jobs that are wanted, and whether nothing was left to do."""
Observed = tuple[
    tuple[tuple[bytes, Stamp4 | None], ...],
    Kinds,
    tuple[tuple[bytes, Stamp4], ...],
    tuple[tuple[bytes, bytes | None], ...],
    str | None,
]
"""Files by stamp, paths by what is there, folders by stamp (without size), environment variables, the root if a move
of the project matters."""
Head = tuple[str, Stamp4 | None, Observed, dict[Key, Line]]
"""Identity, stamp of the journal, what evaluation looked at, the last command lines."""
Sections = dict[int, tuple[int, int, bytes]]
Looked = tuple[bytes, list[int]]
"""What the fast door has seen when it gave up: the mark of the snapshot, and the rows of all files whose stamps are
not the ones in it. So nobody need look at the others again."""


def identity() -> str:
    """Whose snapshot it is: another pymake, Python or machine starts afresh."""
    return f"{__version__} {sys.version} {sys.byteorder} {sys.getfilesystemencoding()}"


def key_of(words: Sequence[str], where: str) -> Key:
    """The name of a command line given now, in this environment."""
    found = posix.environ
    return where, tuple(words), (_is_terminal(2), *(found.get(name) for name in STAGE))


def packed(sections: dict[int, bytes]) -> list[bytes]:
    """The file, in pieces.

    >>> pieces = packed({HEAD: b"abc"})
    >>> len(pieces[0]), pieces[1]
    (4096, b'abc')
    """
    table = bytearray(MAGIC + _u64(FORMAT) + _u64(len(sections)))
    start = TABLE
    for number, data in sections.items():
        table += _u64(number) + _u64(start) + _u64(len(data)) + source_hash(FORMAT, data)
        start += len(data)
    table += bytes(TABLE - 8 - len(table))
    return [bytes(table) + source_hash(FORMAT, bytes(table)), *sections.values()]


def table_of(block: bytes) -> Sections | None:
    """Where the sections lie, from the first TABLE bytes of a file; None if it is damaged or foreign."""
    if len(block) < TABLE or not block.startswith(MAGIC) or source_hash(FORMAT, block[:-8]) != block[-8:]:
        return None
    numbers = memoryview(block)[16:].cast("Q")
    if numbers[0] != FORMAT:
        return None
    rows = range(2, 2 + 4 * numbers[1], 4)
    return {numbers[at]: (numbers[at + 1], numbers[at + 2], _u64(numbers[at + 3])) for at in rows}


def mark_of(sections: Sections) -> bytes:
    """What tells a snapshot from others: the digests of its paths and stamps."""
    return sections[PATHS][2] + sections[STAMPS][2]


def section(file: int, sections: Sections, number: int) -> bytes | None:
    """One section of an open file; None if it is damaged."""
    start, length, digest = sections[number]
    data = posix.pread(file, length, start)
    return data if len(data) == length and source_hash(FORMAT, data) == digest else None


def start_of(words: Sequence[str]) -> str:
    """The folder that `-C` names, else the current one.

    >>> start_of(["-C", "sub", "app"]), start_of(["app"])
    ('sub', '.')
    """
    for at, word in enumerate(words[:-1]):
        if word in ("-C", "--directory"):
            return words[at + 1]
    return "."


def root_and_where(words: list[str]) -> tuple[str, str] | None:
    """The nearest folder with a snapshot or a watch from where the command starts, and the way down; None if in doubt.

    The current folder is the one where the command starts afterwards. Raises OSError.
    """
    posix.chdir(start_of(words))
    start = folder = posix.getcwd()
    while not (_kind(f"{folder}/{PATH}") or _kind(f"{folder}/{SOCKET}")):
        if folder in ("", "/") or any(_kind(f"{folder}/{name}") for name in BUILD_FILES):
            return None
        folder = folder.rpartition("/")[0]
    return folder or "/", start[len(folder) + 1 :]


def answer(words: list[str]) -> int | Looked | None:
    """The exit code, after the text was written; else the full door has to be taken, with what was seen so far."""
    if BUILDING in posix.environ:
        return None
    gc.disable()
    here = found = None
    try:
        here = posix.getcwd()
        place = root_and_where(words)
        if place is not None:
            posix.chdir(place[0])
            code = _rung(words, here)
            if code is not None:
                return code
            found = _line(key_of(words, place[1]))
    except (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, UnicodeError):
        pass
    if found is not None and len(found) > 2:
        return _say(found)
    if here is not None:
        posix.chdir(here)
    gc.enable()
    return found


def opened(file: int) -> tuple[Sections, Head] | None:
    """The sections and the head of an open snapshot; None if it is not ours, or evaluation would look at other things.

    The root is the current folder. Raises OSError, ValueError.
    """
    sections = table_of(posix.pread(file, TABLE, 0))
    data = None if sections is None else section(file, sections, HEAD)
    if sections is None or data is None:
        return None
    head: Head = marshal.loads(data)  # noqa: S302 # plain values, behind a digest
    return (sections, head) if head[0] == identity() and _holds(head[2]) else None


def _rung(words: list[str], here: str) -> int | None:
    """What a watch of the project in the current folder says; None if there is none, or it has no say."""
    if NO_RESIDENT in words or not _kind(SOCKET):
        return None
    from pymake.bell import ring  # noqa: PLC0415 # only where a watch seems to run

    return ring(SOCKET, identity(), here, words)


def _line(key: Key) -> Line | Looked | None:
    """The line, if there is nothing to do for it in the current folder; else which files changed, if all were seen."""
    file = posix.open(PATH, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        found = opened(file)
        if found is None:
            return None
        sections, (_, journal, _, lines) = found
        line = lines.get(key)
        if line is None or (line[0] and not line[5]) or stamp_of(JOURNAL) != journal:
            return None
        paths, stamps = section(file, sections, PATHS), section(file, sections, STAMPS)
        rows = section(file, sections, line[0]) if line[0] else None
    finally:
        posix.close(file)
    if paths is None or stamps is None or (line[0] and rows is None) or not _are(line[1]):
        return None
    changed = _changed(paths.split(b"\0"), stamps, rows)
    if rows is None and (changed or not line[5]):
        return mark_of(sections), changed
    return None if changed else line


def _changed(paths: list[bytes], stamps: bytes, rows: bytes | None) -> list[int]:
    """The rows of the files that have other stamps; of some files, only the first. One pass, no object that stays."""
    numbers, count = memoryview(stamps).cast("q"), len(paths)
    columns = [numbers[first : first + count] for first in range(0, 4 * count, count)]
    if rows is None:
        found = _differing(paths, columns, count)
        row_of = dict(zip(paths, range(count))) if found else {}  # noqa: B905 # equal
        return [row_of[path] for path in found]
    wanted = memoryview(rows).cast("I")
    picked = [[column[row] for row in wanted] for column in columns]
    return [0] if _differing([paths[row] for row in wanted], picked, 1) else []


def _differing(paths: list[bytes], columns: Sequence[memoryview | list[int]], most: int) -> list[bytes]:
    """The paths with other stamps, or the first so many."""
    look, found = posix.stat, []
    for path, mtime, ctime, size, inode in zip(paths, *columns):  # noqa: B905 # equal by layout
        try:
            now = look(path)
            if now.st_ctime_ns == ctime and now.st_mtime_ns == mtime and now.st_size == size and now.st_ino == inode:
                continue
        except (OSError, ValueError):
            pass
        found.append(path)
        if len(found) == most:
            break
    return found


def _holds(observed: Observed) -> bool:
    """Whether all that evaluation looked at is as it was."""
    contents, kinds, folders, environ, root = observed
    return (
        root in (None, posix.getcwd())
        and all(posix.environ.get(name) == value for name, value in environ)
        and all(stamp_of(path) == stamp for path, stamp in contents)
        and _are(kinds)
        and all(_is_same_folder(path, stamp) for path, stamp in folders)
    )


def _are(kinds: Kinds) -> bool:
    return all(_kind(path) == kind for path, kind in kinds)


def _is_same_folder(path: bytes, stamp: Stamp4) -> bool:
    """A folder's names are the same while its times are."""
    seen = stamp_of(path)
    return seen is not None and (seen[0], seen[1], seen[3]) == (stamp[0], stamp[1], stamp[3])


def stamp_of(path: str | bytes) -> Stamp4 | None:
    """mtime, ctime, size and inode as the system says them; None if there is nothing."""
    try:
        seen = posix.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino


def _kind(path: str | bytes) -> int:
    try:
        return FOLDER if posix.stat(path).st_mode & 0o170000 == 0o040000 else FILE
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT


def _say(line: Line) -> int:
    try:  # noqa: SIM105 # contextlib takes longer to import than all of this
        posix.write(2, line[3])
    except OSError:
        pass  # nobody listens
    return line[2]


def _is_terminal(descriptor: int) -> bool:
    try:
        return posix.isatty(descriptor)
    except OSError:
        return False


def _u64(number: int) -> bytes:
    return number.to_bytes(8, sys.byteorder)
