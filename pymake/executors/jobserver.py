"""A GNU jobserver: taking part in that of a parent, or being one for the children.

Started by a make (or by anything that says so in `MAKEFLAGS`) pymake is a client, and its jobs share the parent's
number. Else it is the server: `-j N` then holds for the whole tree below, also for a `make`, a `cargo` or a `gcc -flto`
that a job starts. The server is its own client: a child that runs three compilers leaves pymake that many slots fewer.

The pipe is the default form, since make 4.3 knows no other; a fifo reaches also what closes inherited files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.errors import StateError
from pymake.executors.makeflags import VARIABLE, JobserverForm, auth, with_jobserver, without_jobserver
from pymake.executors.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OTHERS = ("CARGO_MAKEFLAGS", "MFLAGS")
"""What others read first, and what would name another jobserver than `MAKEFLAGS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of one build in a jobserver.

    `slots` is the most that may run here, `tokens` what each job beside the first needs, `served` how many tokens this
    build gives out itself (None: somebody else does). `environ` is for the jobs. `note` is for the user. `closing`
    undoes what was opened, besides the tokens.
    """

    slots: int
    environ: Mapping[str, str]
    tokens: Tokens | None = None
    served: int | None = None
    note: str | None = None
    closing: tuple[Callable[[], object], ...] = field(default=())

    def close(self) -> None:
        """Return every token, and close the server. The jobs are over."""
        if self.tokens is not None:
            self.tokens.close()
        for close in self.closing:
            with contextlib.suppress(OSError):
                close()


def join(environ: Mapping[str, str], *, jobs: int | None, cpus: int, form: JobserverForm, fifo: str) -> Share:
    """Be a client of the jobserver in `environ`, else a server of the form that is wanted.

    `jobs` is what the user asked for, `cpus` what the machine has, `fifo` where a fifo would be made (absolute).

    Raises:
        StateError: the fifo cannot be made.
    """
    slots = jobs or cpus
    where = auth(environ.get(VARIABLE, ""))
    if form is JobserverForm.NONE:
        return Share(slots=slots, environ=_left(environ))
    if where is None:
        return _server(environ, slots, form, fifo)
    opened = _opened(where)
    if opened is not None:
        reading, writing, closing = opened
        tokens = Tokens(reading, writing, slots - 1)
        return Share(slots=slots, environ=dict(environ), tokens=tokens, closing=closing)
    slots = jobs or 1
    share = _server(_left(environ), slots, form, fifo)
    note = f"the jobserver of the make above cannot be reached ({where}); {_count(slots)} at a time"
    return Share(
        slots=slots,
        environ=share.environ,
        tokens=share.tokens,
        served=share.served,
        closing=share.closing,
        note=f"{note}: put + before the command in the makefile",
    )


def _server(environ: Mapping[str, str], slots: int, form: JobserverForm, fifo: str) -> Share:
    if form is JobserverForm.FIFO:
        reading = writing = _made(fifo)
        where = f"fifo:{fifo}"
        closing: tuple[Callable[[], object], ...] = (lambda: os.close(reading), lambda: os.unlink(fifo))
    else:
        reading, writing = os.pipe()
        os.set_inheritable(reading, True)
        os.set_inheritable(writing, True)
        where = f"{reading},{writing}"
        closing = (lambda: os.close(reading), lambda: os.close(writing))
    tokens = Tokens(reading, writing, slots - 1)
    tokens.restock(slots - 1)
    left = _left(environ)
    left[VARIABLE] = with_jobserver(left.get(VARIABLE, ""), where, slots)
    return Share(slots=slots, environ=left, tokens=tokens, served=slots - 1, closing=closing)


def _made(path: str) -> int:
    """A new fifo, open. One that a killed build left behind holds nothing: it goes."""
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        os.mkfifo(path, 0o600)
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)  # for both, so that opening waits for nobody
    except OSError as error:
        raise StateError(
            f"cannot make the jobserver {path}",
            facts=[("reason", error.strerror or error)],
            hint="--jobserver pipe, which needs no file",
        ) from error


def _opened(where: str) -> tuple[int, int, tuple[Callable[[], object], ...]] | None:
    """The two ends of a parent's jobserver, and what closes them; None if they are not there."""
    if where.startswith("fifo:"):
        try:
            both = os.open(where.removeprefix("fifo:"), os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return None
        if not stat.S_ISFIFO(os.fstat(both).st_mode):
            os.close(both)
            return None
        return both, both, (lambda: os.close(both),)
    reading, _, writing = where.partition(",")
    if not (_is_pipe(reading, os.O_RDONLY) and _is_pipe(writing, os.O_WRONLY)):
        return None
    return int(reading), int(writing), ()


def _is_pipe(fd: str, mode: int) -> bool:
    """Whether the file is there, a pipe, and open that way: a number may have become another file meanwhile."""
    try:
        number = int(fd)
        return stat.S_ISFIFO(os.fstat(number).st_mode) and fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE in {
            mode,
            os.O_RDWR,
        }
    except (OSError, ValueError, OverflowError):
        return False


def _left(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without a word about a jobserver; a variable that is empty then goes."""
    left = dict(environ)
    for name in (VARIABLE, *_OTHERS):
        if name in left:
            left[name] = without_jobserver(left[name])
            if not left[name]:
                del left[name]
    return left


def _count(slots: int) -> str:
    return "1 job" if slots == 1 else f"{slots} jobs"
