"""What is remembered: stamps and digests of files, traces of jobs."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from typing import NamedTuple

from pymake.dataclass import dataclass
from pymake.model.outputs import fits

FOLDER_SIZE = -1
"""The size in the stamp of a folder. Only the one of its whole tree (`Disk.tree_stamp`) tells what lies below."""

DIGEST_BYTES = 16

LONGEST_FACET = 2_000
"""Characters of a facet value that are kept; a merge of 100,000 files would else be remembered with all their names."""

USUAL = 0
"""The origin of jobs that the usual build files declare."""

NAMELESS = "//"
"""Starts the key of a job without outputs. No normalised path starts so."""

NOTHING = bytes(DIGEST_BYTES)
"""The digest in the version of a discovered input that was looked for and not there. No content has it."""


class Stamp(NamedTuple):
    """What `stat` says of a file; times in nanoseconds. Equal stamps mean equal content unless the stamp is racy."""

    mtime: int
    ctime: int
    size: int
    inode: int


class Version(NamedTuple):
    """A content that a path once had."""

    path: str
    digest: bytes


class Facet(NamedTuple):
    """One named thing, other than a file, that decides about a job: `("command", "cc -c a.c")`, `("env LC_ALL", "C")`.

    The decision (a digest over all facets) and its explanation (their difference) read the same values.
    """

    name: str
    value: str


class Cause(NamedTuple):
    """A difference that a run had for a reason, kept to be shown long afterwards.

    `kind` is "input", "output" or "facet", `name` the path or the facet. `before` and `after` are digests (hex) of
    files, texts of facets; empty where there was, or is, none.
    """

    kind: str
    name: str
    before: str
    after: str


class Outline(NamedTuple):
    """The part of a trace that decides, without its texts: reading it costs a third of reading the whole trace.

    Fields as in `Trace`.
    """

    action: bytes
    inputs: array[int]
    discovered: array[int]
    outputs: array[int]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is remembered of a job's last good run.

    `inputs`, `discovered` and `outputs` are arrays ("I") of version numbers, each sorted. `action` is the digest of
    all facets. `facets` are kept for explaining, long values cut. `started` is seconds since the epoch.
    `accepted` says what of it the user took as good since, without a run, and when: `"code at 1700000000"`.
    `causes` are what was different from the trace before, a few of them.
    """

    key: str
    action: bytes
    inputs: array[int]
    discovered: array[int]
    outputs: array[int]
    facets: tuple[Facet, ...]
    task: str
    started: float
    seconds: float
    reason: str
    printed: bool
    origin: int = USUAL
    accepted: str = ""
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is remembered of a job that was launched and has not ended: `outputs` are the paths it may be writing.

    On disk before the job can write. It ends with the trace or the failure of the job, or when what the job wrote was
    removed. One that is found by the next build means that pymake was killed: whatever lies at these paths is
    pymake's, half made as it may be. So is what its output `patterns` match, but for the `foreign` files, which were
    there before and are not pymake's.
    """

    key: str
    outputs: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    origin: int = USUAL

    def may_have_written(self, path: str) -> bool:
        """Whether what lies at the path may be this job's."""
        return path in self.outputs or (path not in self.foreign and fits(self.patterns, path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is remembered of a job whose last run failed. It is forgotten when the job ends well."""

    key: str
    task: str
    started: float
    seconds: float
    reason: str
    error: str


def origin_of(name: str) -> int:
    """The number, 32 bits, of the build files (or the script) that declare a job; "" stands for the usual ones.

    Two projects with one root remember their jobs in one folder. Which files are nobody's any more is asked for each
    alone: neither may take what the other one made.

    >>> origin_of(""), origin_of("-f other.toml") == origin_of("-f third.toml")
    (0, False)
    """
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) if name else USUAL


def shortened(value: str, *, longest: int = LONGEST_FACET) -> str:
    """A text as it is kept: a long one as its head, its length and a digest of the whole.

    So two kept values are equal if, and only if, the whole ones are. Shortening twice changes nothing.

    >>> shortened("cc -c a.c")
    'cc -c a.c'
    >>> len(shortened("x" * 5_000)) == LONGEST_FACET
    True
    """
    if len(value) <= longest:
        return value
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()
    tail = f" [{len(value)} characters, {digest}]"
    return value[: longest - len(tail)] + tail
