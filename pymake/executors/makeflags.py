"""`MAKEFLAGS`: how a make tells its children what it was told, and where its jobserver is.

The text is `LETTERS WORDS -- VARIABLES`: one-letter options without a dash (perhaps none), words that begin with one,
and variables of the command line. Everything but the jobserver is passed on as it is.
"""

from __future__ import annotations

import enum

VARIABLE = "MAKEFLAGS"
LEVEL = "MAKELEVEL"
"""How many makes are above; where it is missing, `MAKEFLAGS` is a habit of the user and not a parent's word."""

_AUTH = ("--jobserver-auth=", "--jobserver-fds=")
"""The second is what make said before 4.2, and what macOS brings."""


class JobserverForm(enum.Enum):
    """What pymake is for its children when nobody above is a jobserver; `none`: no part in any, above or below."""

    PIPE = "pipe"
    FIFO = "fifo"
    NONE = "none"


def letters(makeflags: str) -> str:
    """The one-letter options.

    >>> letters("kn -j8 --jobserver-auth=3,4"), letters(" -j8"), letters("CC=x")
    ('kn', '', '')
    """
    first = makeflags.split(" ", 1)[0]
    return first if first.isascii() and first.isalpha() else ""


def auth(makeflags: str) -> str | None:
    """Where the jobserver is: `R,W` or `fifo:PATH`; the last word counts. None if there is none.

    >>> auth(" -j8 --jobserver-auth=3,4 --jobserver-auth=fifo:/tmp/x")
    'fifo:/tmp/x'
    """
    words = [word for word in _split(makeflags)[0] if word.startswith(_AUTH)]
    return words[-1].partition("=")[2] if words else None


def without_jobserver(makeflags: str) -> str:
    """The text without jobserver and number of jobs.

    >>> without_jobserver("k -j8 --jobserver-auth=3,4 -- CC=cc")
    'k -- CC=cc'
    """
    return _joined(makeflags, [])


def with_jobserver(makeflags: str, where: str, slots: int) -> str:
    """The text for the children of a server; a pipe in both spellings, for older makes.

    >>> with_jobserver("k -- CC=cc", "3,4", 2)
    'k -j2 --jobserver-fds=3,4 --jobserver-auth=3,4 -- CC=cc'
    """
    older = [] if where.startswith("fifo:") else [f"{_AUTH[1]}{where}"]
    return _joined(makeflags, [f"-j{slots}", *older, f"{_AUTH[0]}{where}"])


def _split(makeflags: str) -> tuple[list[str], list[str]]:
    """The words before `--`, and the rest with it."""
    words = makeflags.split()
    dashes = words.index("--") if "--" in words else len(words)
    return words[:dashes], words[dashes:]


def _joined(makeflags: str, new: list[str]) -> str:
    """The new words instead of those about jobs."""
    options, variables = _split(makeflags)
    kept = [word for word in options if not word.startswith((*_AUTH, "-j", "--jobs"))]
    for at, word in enumerate(options):
        if word in {"-j", "--jobs"} and options[at + 1 : at + 2] != [] and options[at + 1].isdigit():
            kept.remove(options[at + 1])
    return " ".join([*kept, *new, *variables])
