"""The workers of an executor: hired when a call needs one, replaced when they die."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymake.executors.groups import send
from pymake.executors.wire import Request, pack
from pymake.executors.zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.executors.groups import GroupTable
    from pymake.executors.slotlog import SlotLog
    from pymake.executors.waiting import Waits
    from pymake.executors.wire import Line
    from pymake.executors.worker import Worker
    from pymake.model.job import Call


@dataclass(slots=True, kw_only=True)
class Hired:
    """A worker process, which leads its group; the line to it; and which of the slot's log files it writes to."""

    process: int
    line: Line
    log_serial: int = 0


class Staff:
    """Owns the zygote and at most one worker for each slot.

    `logs` are the slots' log files, `places` the places of their workers in the table of groups. `bequest` is
    what the guard does last.
    """

    def __init__(
        self,
        *,
        worker: Worker,
        groups: GroupTable,
        logs: Sequence[str],
        places: Callable[[int], int],
        waits: Waits,
        bequest: Callable[[], None] | None = None,
    ) -> None:
        self._worker = worker
        self._groups = groups
        self._logs = logs
        self._place = places
        self._waits = waits
        self._bequest = bequest
        self._zygote: Zygote | None = None
        self._hired: dict[int, Hired] = {}
        self._slot_of: dict[int, int] = {}

    def prepare(self) -> None:
        """Fork the zygote, if that has not been done."""
        if self._zygote is None:
            self._zygote = Zygote(self._worker.serve, self._groups, self._logs, self._bequest)

    def close(self) -> None:
        """End every worker, and the zygote."""
        for slot in list(self._hired):
            self.dismiss(slot)
        if self._zygote is not None:
            self._zygote.close()

    def slot_of(self, fd: int) -> int | None:
        """Whose worker's line this file is."""
        return self._slot_of.get(fd)

    def send(self, slot: int, call: Call, *, folder: str | None, env: tuple[tuple[str, str], ...], log: SlotLog) -> int:
        """Have the worker of a slot, a new one if there is none, call a function. Returns its process group.

        Raises:
            StateError: the system allows no further process.
            Exception: an argument cannot be pickled.
        """
        hired = self._hired.get(slot) or self._hire(slot)
        try:
            self._request(hired, call, folder, env, log)
        except OSError:  # it died while it was idle, which is nobody's failure
            self.dismiss(slot)
            hired = self._hire(slot)
            self._request(hired, call, folder, env, log)
        return hired.process

    def receive(self, slot: int) -> bytes | None:
        """What the worker of a slot says; b"" if that is not complete, None if it has gone."""
        return self._hired[slot].line.receive()

    def dismiss(self, slot: int, *, spare_children: bool = False) -> int:
        """End the worker of a slot, if it has not ended, and its group; the wait status of the worker."""
        hired = self._hired.pop(slot)
        fd = hired.line.fileno()
        del self._slot_of[fd]
        self._waits.forget_file(fd)
        # How a worker that is ending ends is decided, a signal does not change it. Its number stays its own until the
        # zygote is asked to reap it.
        if spare_children:
            os.kill(hired.process, signal.SIGKILL)
        else:
            send(hired.process, signal.SIGKILL)
        hired.line.close()
        self._groups[self._place(slot)] = 0
        assert self._zygote is not None, "it has forked this worker"
        return self._zygote.reap(hired.process)

    def _hire(self, slot: int) -> Hired:
        self.prepare()
        assert self._zygote is not None, "prepare() has made it"
        process, line = self._zygote.fork_worker()
        hired = self._hired[slot] = Hired(process=process, line=line)
        self._groups[self._place(slot)] = process
        self._slot_of[line.fileno()] = slot
        self._waits.watch_file(line.fileno())
        return hired

    def _request(
        self, hired: Hired, call: Call, folder: str | None, env: tuple[tuple[str, str], ...], log: SlotLog
    ) -> None:
        path = None if hired.log_serial == log.serial else log.path
        hired.line.send(pack(Request(task=call.task, arguments=call.arguments, env=env, cwd=folder, log=path)))
        hired.log_serial = log.serial
