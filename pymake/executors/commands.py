"""Commands in a worker: quick ones, which then neither wait for the engine nor make it wait.

Starting a program blocks whoever starts it until the program is in memory, 0.3 ms and more on a busy machine. In the
engine that time is lost to all slots; here the slot's own process waits, and the next job of the slot is already there.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from pymake.errors import CommandFailed
from pymake.executors.endings import command_failed, complaint_of
from pymake.executors.groups import STARTING, send
from pymake.executors.waiting import wait_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.executors.endings import Complaint
    from pymake.executors.groups import SharedNumbers
    from pymake.executors.starting import Starter
    from pymake.executors.wire import Request


class Commands:
    """Runs the commands of a request. Their group stands in `groups[place]` as long as it may be alive.

    `halt` is the number of the signal with which the engine ends what runs here, if it does.
    """

    def __init__(self, starter: Starter, groups: SharedNumbers, place: int, halt: Callable[[], int]) -> None:
        self._starter = starter
        self._groups = groups
        self._place = place
        self._halt = halt

    def run(self, request: Request) -> Complaint | None:
        """Run one after the other until one fails; what is wrong with that. Output goes to this process' own."""
        for command in request.arguments:
            assert isinstance(command, str | tuple), "what a Command holds"
            self._groups[self._place] = STARTING
            try:
                process = self._starter.start(command, cwd=request.cwd, env=request.env, log=1)
            except CommandFailed as error:
                self._groups[self._place] = 0
                return complaint_of(error)
            self._groups[self._place] = process
            status = self._end(process)
            if status:
                return complaint_of(command_failed(command, status))
        return None

    def _end(self, process: int) -> int:
        """Wait for a command; its status. What it leaves in its group is ended, unless the engine is ending it."""
        number = self._halt()
        if number > 0:  # it came while there was no group yet that the engine could have sent it to
            send(process, number)
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)  # its number stays its own until it is reaped
        if self._halt() <= 0:
            send(process, signal.SIGKILL)
        self._groups[self._place] = 0
        return wait_status(process)
