"""The log file of a slot or worker: one open file that silent jobs share, one after the other.

A job that printed something gets the file as its own, by renaming; a new one is opened. So a silent job costs one
`fstat` and one failing `unlink`, a chatty one never copies, and what a stray process of an earlier job still writes
lands in the log of that job.
"""

from __future__ import annotations

import os

from pymake.errors import StateError

_FOLDER = ".pymake/logs"


class SlotLog:
    """Owns a file in `.pymake/logs`, `slot-N` or `worker-N`; empty whenever no job runs there.

    `fd` is open for appending.
    """

    def __init__(self, root: str, name: str) -> None:
        self._root = root
        self.path = slot_path(root, name)
        self.fd = self._open()

    def keep(self, log: str) -> bool:
        """A job has ended: make what it printed the file `log` (relative to the root). Says whether it printed."""
        target = os.path.join(self._root, log)
        if not os.fstat(self.fd).st_size:
            drop(target)
            return False
        self._give(target)
        old, self.fd = self.fd, self._open()
        os.close(old)
        return True

    def close(self) -> None:
        """Remove the file."""
        os.close(self.fd)
        drop(self.path)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            fd = os.open(self.path, flags, 0o666)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        return fd

    def _give(self, target: str) -> None:
        try:
            _rename(self.path, target)
        except FileNotFoundError:
            self._copy(target)  # the job removed the file; what it printed is still there as long as it is open
        except OSError as error:
            raise _unwritable(target, error) from error

    def _copy(self, target: str) -> None:
        with open(target, "wb") as file:
            at = 0
            while data := os.pread(self.fd, 1 << 20, at):
                file.write(data)
                at += len(data)


def worker_log(slot: int) -> str:
    """The name of the log file of the worker of a slot."""
    return f"worker-{slot}"


def slot_path(root: str, name: str) -> str:
    """Where the file of this name lies."""
    return os.path.join(root, _FOLDER, name)


def salvage(path: str, target: str) -> bool:
    """Make what a worker that died left in `path` the file `target`, absolute both. Says whether it printed."""
    try:
        if os.stat(path).st_size:
            _rename(path, target)
            return True
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _unwritable(target, error) from error
    drop(target)
    return False


def _rename(path: str, target: str) -> None:
    try:
        os.rename(path, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.rename(path, target)


def _unwritable(path: str, error: OSError) -> StateError:
    return StateError(f"cannot write {_FOLDER}: {error.strerror}", facts=[("file", path)])


def drop(path: str) -> None:
    """Remove a file that may not be there, or a folder with all that is in it."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError:
        if not os.path.isdir(path):
            raise
        import shutil  # noqa: PLC0415  # 6 ms that nearly no build needs

        shutil.rmtree(path)
