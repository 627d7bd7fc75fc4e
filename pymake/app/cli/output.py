"""Results on stdout, which may be closed, full, gone, or unable to show a name."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from pymake.errors import PymakeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

_ERRORS = "pymake.names"


def prepare_streams() -> None:
    """Make every name printable, and let what goes to a closed file (`>&-`) go nowhere."""
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    codecs.register_error(_ERRORS, _bytes_or_escapes)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors=_ERRORS)


def write_lines(lines: Iterable[str]) -> None:
    """Print them all.

    Raises:
        PymakeError: the system does not take them.
        BrokenPipeError: nobody reads them.
    """
    with _writing():
        for line in lines:
            print(line)


def write_bytes(pieces: Iterable[bytes]) -> None:
    """Print them as they are; raises what `write_lines` does."""
    with _writing():
        sys.stdout.flush()
        for piece in pieces:
            sys.stdout.buffer.write(piece)


def settle(code: int, *, lost: int = 2) -> int:
    """Get rid of what stdout still holds, so that the end of the process has nothing to complain about.

    Returns the exit code: the given one, or `lost` if what was to be printed got lost and nobody heard of that yet.
    """
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        _print_nowhere()
    except OSError as error:
        _print_nowhere()
        if not code:
            print(f"pymake: {_refused(error)}", file=sys.stderr)
            return lost
    return code


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _refused(error) from error


def _refused(error: OSError) -> PymakeError:
    return PymakeError("cannot write to stdout", facts=[("reason", error.strerror or error)])


def _nowhere(mode: str) -> TextIO:
    """Opened in the order of the standard files, it gets the number of the one that is missing."""
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))


def _print_nowhere() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _bytes_or_escapes(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes of a name that has none in the encoding of the disk; for other characters an escape."""
    assert isinstance(error, UnicodeEncodeError), "used for writing only"
    text = error.object[error.start : error.end]
    return b"".join(map(_byte_or_escape, text)), error.end


def _byte_or_escape(character: str) -> bytes:
    number = ord(character)
    return bytes([number - 0xDC00]) if 0xDC80 <= number <= 0xDCFF else ascii(character)[1:-1].encode()
