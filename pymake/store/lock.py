"""One build at a time in a folder.

The kernel holds the lock (`flock`) and lets go of it when the holder is gone, however it went, so a lock is never
stale. The text in the file only tells others who holds it and since when, and is never believed for anything else.

Some network file systems have no such lock. There a second file, made exclusively, says host and process; it is stale
when that process is gone from the same host. A holder on another host that was cut off has to be cleared by hand: the
error names the file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import sys
import time
from typing import TYPE_CHECKING

from pymake.errors import BusyError
from pymake.store.folder import prepare
from pymake.store.refusal import FOLDER, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_PAUSE = 0.2
"""Seconds between two looks at a lock file; the kernel's lock needs no looking."""


def kernel_lock(descriptor: int, wait: bool) -> bool:  # noqa: FBT001  # the second of two, and the name says it
    """Take the kernel's lock on an open file; False if it is held and waiting was not wanted.

    Raises:
        OSError: ENOLCK, ENOTSUP or ENOSYS: there are no such locks here.
    """
    try:
        import fcntl  # noqa: PLC0415  # not on every system
    except ImportError as error:
        raise OSError(errno.ENOSYS, "no locks") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


class BuildLock:
    """The right to build in a folder. Owns the lock from `acquire` to `release`; forked children do not extend it.

    `command` is what others are told, the command line of this process by default. `take` is the system's lock, and
    something else only in tests.
    """

    def __init__(
        self, root: str, *, command: str | None = None, take: Callable[[int, bool], bool] = kernel_lock
    ) -> None:
        self._root = root
        self._path = os.path.join(root, FOLDER, "lock")
        self._command = own_command(sys.argv) if command is None else command
        self._take = take
        self._file: int | None = None
        self._made: str | None = None

    @property
    def note(self) -> str | None:
        """What the user should know of a lock that is held: that a file stands for what the system does not have."""
        if self._made is None:
            return None
        return f"no locks on this file system: {FOLDER}/lock.holder keeps other builds away; remove it if none runs"

    def acquire(self, *, wait: bool, on_wait: Callable[[str], None]) -> None:
        """Get the lock; the folder is made if it is missing.

        If another build holds it: wait, after telling `on_wait` once, in a sentence, who that is, or raise.
        Waiting blocks until the lock is free; a signal ends it only if its handler raises.

        Raises:
            BusyError: it is held and `wait` is false; names the holder.
            StateError: `.pymake` cannot be made or written, or is not ours.
        """
        prepare(self._root)
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise refused("write", f"{FOLDER}/lock", error) from error
        try:
            self._get(wait=wait, on_wait=on_wait)
        except BaseException:
            self.release()
            raise
        with contextlib.suppress(OSError):  # a full disk: the lock holds without its text
            os.ftruncate(self._file, 0)
            os.write(self._file, self._holder().encode("utf-8", "surrogateescape"))

    def release(self) -> None:
        """Let go; nothing if it is not held."""
        if self._made is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._made)
            self._made = None
        if self._file is not None:
            with contextlib.suppress(OSError, ImportError):
                import fcntl  # noqa: PLC0415  # as above

                # Closing alone would leave the lock to workers that were forked meanwhile.
                fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)
            self._file = None

    def _get(self, *, wait: bool, on_wait: Callable[[str], None]) -> None:
        assert self._file is not None
        try:
            if self._take(self._file, False):
                return
            self._heed_holder(_text(self._path), wait=wait, on_wait=on_wait)
            self._take(self._file, True)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise refused("lock", f"{FOLDER}/lock", error) from error
            self._get_file(wait=wait, on_wait=on_wait)

    def _get_file(self, *, wait: bool, on_wait: Callable[[str], None]) -> None:
        path = self._path + ".holder"
        told = False
        while not self._make(path):
            holder = _text(path)
            if _is_gone(holder):
                _clear(path, holder)
                continue
            if not told:
                self._heed_holder(holder, wait=wait, on_wait=on_wait, file=f"{FOLDER}/lock.holder")
                told = True
            time.sleep(_PAUSE)
        self._made = path

    def _make(self, path: str) -> bool:
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        except OSError as error:
            raise refused("write", f"{FOLDER}/lock.holder", error) from error
        with open(file, "wb") as text:
            text.write(self._holder().encode("utf-8", "surrogateescape"))
        return True

    def _heed_holder(self, holder: str, *, wait: bool, on_wait: Callable[[str], None], file: str | None = None) -> None:
        who = _described(holder)
        # Only where there are no locks can a holder be gone and nobody know.
        gone = "" if file is None else f"; if that process is gone, remove {file}"
        if wait:
            on_wait(f"waiting for another build in this folder ({who}){gone}")
            return
        hint = f"leave out --no-wait to wait for it{gone}"
        raise BusyError("another build runs in this folder", facts=[("holder", who)], hint=hint)

    def _holder(self) -> str:
        return f"{os.getpid()}\n{_host()}\n{int(time.time())}\n{self._command}\n"


def own_command(argv: Sequence[str]) -> str:
    """A command line as its user knows it.

    >>> own_command(["/venv/bin/pymake", "-j5"]), own_command(["/lib/pymake/__main__.py", "a b"])
    ('pymake -j5', "python -m pymake 'a b'")
    """
    program = os.path.basename(argv[0]) if argv else "python"
    words = ["python", "-m", "pymake"] if program == "__main__.py" else [program]
    return shlex.join([*words, *argv[1:]])


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(4096)
    except OSError:
        return ""


def _described(holder: str) -> str:
    """`process 12 on host since 10:41:07: pymake -j5`; the holder may not have written all of it yet."""
    pid, host, since, command, *_ = [*holder.split("\n"), "", "", "", ""]
    if not pid.isdecimal():
        return "an unknown process"
    where = "" if host in ("", _host()) else f" on {host}"
    when = f" since {_moment(int(since), time.time())}" if since.isdecimal() else ""
    return f"process {pid}{where}{when}: {command}" if command else f"process {pid}{where}{when}"


def _moment(since: int, now: float) -> str:
    """A time of today as the clock on the wall says it, another with its day."""
    try:
        then, today = time.localtime(since), time.localtime(now)
    except (OverflowError, OSError, ValueError):  # no time that anyone wrote
        return "an unknown time"
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M:%S", then)


def _is_gone(holder: str) -> bool:
    pid, host, *_ = [*holder.split("\n"), ""]
    if not pid.isdecimal() or host != _host():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _clear(path: str, holder: str) -> None:
    """Remove a stale lock file, and not a fresh one that another waiter has put there in the meantime."""
    aside = f"{path}.{os.getpid()}"
    with contextlib.suppress(OSError):
        os.rename(path, aside)
        if _text(aside) == holder:
            os.unlink(aside)
        else:
            os.rename(aside, path)


def _host() -> str:
    """The name of this machine, without `socket` where the system tells it so: importing that takes 3 ms."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket  # noqa: PLC0415  # not everywhere

    return socket.gethostname()
