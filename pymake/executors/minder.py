"""The minder of one service: a process between the watch and the service, which ends with the one and ends the other.

    python -I -S minder.py CONTROL WATCH PATIENCE END PROGRAM WORDS...

It is a program of its own, not a fork: a watch has threads, and a process with threads must not be forked. It imports
nothing of pymake. The service leads a process group of its own and has the standard files of the minder. CONTROL is
one end of a socket pair; when the watch says anything there, or nobody holds the other end any more, or the process
WATCH is not the parent any more (`kill -9`), the service gets SIGTERM, PATIENCE seconds later what is left of it
SIGKILL: its group, and every process that came out of it. On Linux the minder adopts those that left the group or lost
their parent, and should it be killed itself, the service is killed with it.

END says when it is over: `first`, when the process that was started has ended, what it leaves behind is ended too; or
`last`, when the last of all has.

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
    control.set_inheritable(False)
    wake = _hear_signals(watch)
    try:
        process = _start(words[4:])
    except OSError as error:
        _say(control, f"refused {error.strerror}")
        return 1
    _say(control, f"began {process}")
    status = _ended_by_itself(control, wake, process, watch)
    if status is not None and words[3] == "last":
        _last_ended(control, wake, process, watch)
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
    while _may_go_on(control, wake, watch):
        status, _ = _reaped(process)
        if status is not None:
            return status
    return None


def _last_ended(control: socket.socket, wake: int, process: int, watch: int) -> None:
    """Wait until nothing is left, unless that has to end."""
    while _is_anything_left(process, _reaped(process)[1]) and _may_go_on(control, wake, watch):
        pass


def _may_go_on(control: socket.socket, wake: int, watch: int) -> bool:
    """Wait for a child to end; false if everything has to."""
    patience = None if sys.platform == "linux" else 1.0  # elsewhere nothing tells of the end of a parent
    readable, _, _ = select.select([control.fileno(), wake], [], [], patience)
    if wake in readable:
        os.read(wake, 4096)
    return control.fileno() not in readable and os.getppid() == watch


def _reaped(process: int) -> tuple[int | None, bool]:
    """Take note of every child that has ended; the status of the service if it did, and whether one is left."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                return found, True
            if ended == process:
                found = status
    return found, False


def _is_anything_left(group: int, has_children: bool) -> bool:  # noqa: FBT001 # it is what `_reaped` found
    """Whether anything of the service lives.

    On Linux that is whether there is a child, since this process adopts all: a look at `/proc` takes time, and what
    loses its parent meanwhile may not be seen there.
    """
    return has_children or (sys.platform != "linux" and bool(_left(group)))


def _end(group: int, patience: float) -> int:
    """End the group and all descendants; the wait status of the service, 0 if it is known already."""
    status = 0
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, _DEATH)):
        until = time.monotonic() + seconds
        told: set[int] = set()
        while True:
            found, has_children = _reaped(group)
            status = found or status
            if not _is_anything_left(group, has_children):
                return status
            left = _left(group)
            _send(group if number == signal.SIGKILL or not told else None, left - told, number)  # TERM once for each
            told |= left
            if time.monotonic() >= until:
                break
            time.sleep(0.01)
    return status


def _left(group: int) -> set[int]:
    """What came out of the service; without a `/proc`, the group as a whole."""
    parents = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        names = []
    for name in names:
        with (
            contextlib.suppress(OSError, ValueError),
            open(f"/proc/{int(name)}/stat", encoding="utf-8", errors="replace") as file,
        ):
            parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
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


def _send(group: int | None, processes: set[int], number: int) -> None:
    """Send a signal to a group at once, and to those of the processes that are not in it."""
    if group is not None:
        with contextlib.suppress(OSError):
            os.killpg(group, number)
    for process in processes:
        with contextlib.suppress(OSError):
            if os.getpgid(process) != group:
                os.kill(process, number)


def _say(control: socket.socket, text: str) -> None:
    with contextlib.suppress(OSError):
        control.sendall(f"{text}\n".encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
