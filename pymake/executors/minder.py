"""The minder of one service: a process between the watch and the service, which ends with the one and ends the other.

    python -I -S minder.py CONTROL WATCH PATIENCE PROGRAM WORDS...

It is a program of its own, not a fork: a watch has threads, and a process with threads must not be forked. It imports
nothing of pymake. The service leads a process group of its own and has the standard files of the minder. CONTROL is
one end of a socket pair; when the watch says anything there, or nobody holds the other end any more, or the process
WATCH is not the parent any more (`kill -9`), the service gets SIGTERM, PATIENCE seconds later what is left of it
SIGKILL: its group, and every process that came out of it. On Linux the minder adopts those that left the group or lost
their parent, and should it be killed itself, the service is killed with it.

It says, a line each: `began PROCESS`; `refused REASON` if the program cannot be executed; `ended STATUS` (a wait
status) when the service has ended and nothing of it is left. After the last two it is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_DEATH = 2.0
"""Seconds after which something that was killed is not waited for any longer: it hangs in the system."""
_LEFTOVERS = 0.2
"""Seconds that get those that a service leaves behind when it ends by itself."""
_TO_RESET = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)


def main(words: list[str]) -> int:
    """Run the service until it ends, or has to."""
    control, watch, patience = socket.socket(fileno=int(words[0])), int(words[1]), float(words[2])
    control.setblocking(False)
    wake = _hear_signals(watch)
    try:
        process = _start(words[3:])
    except OSError as error:
        _say(control, f"refused {error.strerror}")
        return 1
    _say(control, f"began {process}")
    status = _ended_by_itself(control, wake, process, watch)
    found = _end(process, _LEFTOVERS if status is not None else patience)
    _say(control, f"ended {status if status is not None else found}")
    return 0


def _hear_signals(watch: int) -> int:
    """A file that becomes readable when a child ended, or the watch did; on Linux, adopt every orphan from now on."""
    reading, writing = os.pipe()
    for fd in (reading, writing):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    _ask_system(_PR_SET_CHILD_SUBREAPER, 1)
    _ask_system(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != watch:
        sys.exit(1)
    return reading


def _ask_system(what: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _start(words: list[str]) -> int:
    """Start the service; raises OSError if its program cannot be executed."""
    reading, writing = os.pipe()  # closed by the system when a program is executed
    minder = os.getpid()
    process = os.fork()
    if not process:
        try:
            _become(words, minder)
        except OSError as error:
            os.write(writing, (error.errno or 1).to_bytes(4, "big"))
        finally:
            os._exit(127)
    os.close(writing)
    refusal = os.read(reading, 4)
    os.close(reading)
    if refusal:
        os.waitpid(process, 0)
        number = int.from_bytes(refusal, "big")
        raise OSError(number, os.strerror(number))
    return process


def _become(words: list[str], minder: int) -> None:
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in _TO_RESET:
        signal.signal(number, signal.SIG_DFL)
    _ask_system(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == minder:
        os.execvp(words[0], words)  # noqa: S606 # the words are those of the build file


def _ended_by_itself(control: socket.socket, wake: int, process: int, watch: int) -> int | None:
    """The wait status of the service when it ended by itself; None if it is to end."""
    patience = None if sys.platform == "linux" else 1.0  # elsewhere nothing tells of the end of a parent
    while True:
        readable, _, _ = select.select([control.fileno(), wake], [], [], patience)
        if control.fileno() in readable or os.getppid() != watch:
            return None
        if wake in readable:
            os.read(wake, 4096)
        status = _reaped(process)
        if status is not None:
            return status


def _reaped(process: int) -> int | None:
    """Take note of every child that has ended; the wait status of the service if it is one of them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                break
            if ended == process:
                found = status
    return found


def _end(group: int, patience: float) -> int:
    """End the group and all descendants; the wait status of the service, 0 if it is known already."""
    status = 0
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, _DEATH)):
        until = time.monotonic() + seconds
        told: set[int] = set()
        while True:
            status = _reaped(group) or status
            left = _left(group)
            if not left:
                return status
            if number == signal.SIGKILL or not told:
                _send(group, left - told, number)
                told |= left
            if time.monotonic() >= until:
                break
            time.sleep(0.01)
    return status


def _left(group: int) -> set[int]:
    """What came out of the service and lives; without a `/proc`, the group as a whole."""
    parents = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        names = []
    for name in names:
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{int(name)}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(name)] = int(parent)
    if parents:
        return _below(os.getpid(), parents)
    try:
        os.killpg(group, 0)
    except OSError:
        return set()
    return {group}


def _below(top: int, parents: dict[int, int]) -> set[int]:
    found = {top}
    while more := {process for process, parent in parents.items() if parent in found and process not in found}:
        found |= more
    return found - {top}


def _send(group: int, others: set[int], number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)
    for process in others:
        with contextlib.suppress(OSError):
            if os.getpgid(process) != group:
                os.kill(process, number)


def _say(control: socket.socket, text: str) -> None:
    with contextlib.suppress(OSError):
        control.sendall(f"{text}\n".encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
