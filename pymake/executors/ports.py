"""Ports on which services listen: whether one is free, and which ones a process tree has."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LISTENING = "0A"
"""The state of a socket in `/proc/net/tcp`."""
_PLACES = ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))  # noqa: S104 # not to listen


def is_free(port: int) -> bool:
    """Whether a program could listen on a port of this machine.

    Connections of the server before, which the system remembers for a minute, do not count: servers say so too.
    """
    return all(_can_bind(family, host, port) for family, host in _PLACES)


def _can_bind(family: int, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno != errno.EADDRINUSE
    return True


def listening(group: int) -> set[int]:
    """The ports that members of a process group, or what came out of them, listen on; none without a `/proc`."""
    sockets = {inode for process in _tree(group) for inode in _sockets(process)}
    return {port for port, inode in _listeners() if inode in sockets}


def holder(port: int) -> str:
    """Who listens on a port, for people."""
    inodes = {inode for found, inode in _listeners() if found == port}
    for process in _processes():
        if not inodes.isdisjoint(_sockets(process)):
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{process}/comm", encoding="utf-8", errors="replace") as file,
            ):
                return f"{file.read().strip()} (process {process})"
    return "another program"


def _tree(group: int) -> set[int]:
    """The members of a group and all their descendants."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for process in _processes():
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            parents[process] = int(fields[1])
            if int(fields[2]) == group:
                found.add(process)
    while more := {process for process, parent in parents.items() if parent in found and process not in found}:
        found |= more
    return found


def _processes() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def _sockets(process: int) -> Iterator[str]:
    """The inodes of the sockets of a process."""
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{process}/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/proc/{process}/fd/{name}")
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def _listeners() -> Iterator[tuple[int, str]]:
    """Port and inode of every listening socket."""
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            yield from _rows(file)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        fields = line.split()
        if len(fields) > 9 and fields[3] == _LISTENING:
            yield int(fields[1].rpartition(":")[2], 16), fields[9]
