"""The workers of an executor: hired when a call needs one, replaced when they die."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.executors.groups import send
from pymake.executors.wire import reply_of
from pymake.executors.zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.executors.endings import Death
    from pymake.executors.groups import GroupTable
    from pymake.executors.waiting import Waits
    from pymake.executors.wire import Line, Reply
    from pymake.executors.worker import Worker


@dataclass(slots=True, kw_only=True)
class Hired:
    """A worker process, which leads its group, and the line to it."""

    process: int
    line: Line


class Staff:
    """Owns the zygote and at most one worker for each slot.

    `logs` are the files that the first places of `groups` write to, `place(slot)` is the place of a slot's worker.
    `bequest` is what the guard does last.
    """

    def __init__(
        self,
        *,
        worker: Worker,
        groups: GroupTable,
        logs: Sequence[str],
        place: Callable[[int], int],
        waits: Waits,
        bequest: Callable[[], None] | None = None,
    ) -> None:
        self._worker = worker
        self._groups = groups
        self._logs = logs
        self._place = place
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

    def send(self, slot: int, request: bytes) -> int:
        """Give a request to the worker of a slot, a new one if there is none. Returns its process group.

        Raises:
            StateError: the system allows no further process.
        """
        hired = self._hired.get(slot) or self._hire(slot)
        try:
            hired.line.send(request)
        except OSError:  # it died while it was idle, which is nobody's failure
            self.dismiss(slot)
            hired = self._hire(slot)
            hired.line.send(request)
        return hired.process

    def send_ahead(self, slot: int, requests: Sequence[bytes]) -> None:
        """Give further requests to a worker that has one. If it is gone, that will be heard by `receive`."""
        with contextlib.suppress(OSError):
            self._hired[slot].line.send(*requests)

    def receive(self, slot: int) -> list[Reply] | None:
        """What the worker of a slot says, if it is complete; None if it has gone."""
        messages = self._hired[slot].line.receive()
        return None if messages is None else [reply_of(message) for message in messages]

    def dismiss(self, slot: int, *, spare_children: bool = False) -> Death:
        """End the worker of a slot, if it has not ended, and its group; how it ended."""
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

    def let_go(self, slot: int) -> None:
        """End the worker of a slot, which has nothing to do, if there is one."""
        if slot in self._hired:
            self.dismiss(slot)

    def _hire(self, slot: int) -> Hired:
        self.prepare()
        assert self._zygote is not None, "prepare() has made it"
        process, line = self._zygote.fork_worker(slot)
        hired = self._hired[slot] = Hired(process=process, line=line)
        self._groups[self._place(slot)] = process
        self._slot_of[line.fileno()] = slot
        self._waits.watch_file(line.fileno())
        return hired
