"""Signals that end a build: counted, never raised in the middle of a change of state."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, TracebackType

_ENDING = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


class SignalCatcher:
    """Catches SIGINT, SIGTERM and SIGHUP between `__enter__` and `__exit__`; implements `Interrupts`.

    `wake` becomes readable when a signal came, so that a poll returns: Python repeats an interrupted poll (PEP 475),
    and a handler that raises could tear the engine between two changes that belong together. Outside the main thread
    Python cannot catch signals; then none is ever received.
    """

    def __init__(self) -> None:
        self._received: list[int] = []
        self._previous: dict[int, object] = {}
        self.wake, self._write = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._write, False)

    def received(self) -> Sequence[int]:
        """The numbers of the signals so far. A later one wakes the poll again."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake, 4096)
        return self._received

    def __enter__(self) -> SignalCatcher:  # noqa: PYI034  # Self is in typing from 3.11 on
        if threading.current_thread() is threading.main_thread():
            for number in _ENDING:
                if signal.getsignal(number) != signal.SIG_IGN:  # nohup: the caller wants it ignored
                    self._previous[number] = signal.signal(number, self._catch)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal returned, it takes
        os.close(self.wake)
        os.close(self._write)

    def _catch(self, number: int, _frame: FrameType | None) -> None:
        self._received.append(number)
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"!")
