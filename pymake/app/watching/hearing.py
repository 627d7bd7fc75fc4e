"""All that a watch waits for, in one place: changes, signals, keys, companions, moments."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymake.app.signals import SignalCatcher
    from pymake.app.watching.keys import Keys
    from pymake.interfaces import Clock, Companion, Visitor, Watcher
    from pymake.model.heard import Heard


class Hearing:
    """Owns what has come in and nobody has dealt with yet."""

    def __init__(
        self, *, watcher: Watcher, signals: SignalCatcher, keys: Keys, companions: Sequence[Companion], clock: Clock
    ) -> None:
        self.watcher = watcher
        self.signals = signals
        self._keys = keys
        self._companions = companions
        self._clock = clock
        self.visitors: list[Visitor] = []
        self.keys = ""

    def wait(self, due: Iterable[float | None]) -> None:
        """Block until something comes in, or one of these moments is there."""
        moments = [moment for moment in (*due, *self._moments()) if moment is not None]
        patience = max(min(moments) - self._clock.monotonic(), 0.0) if moments else None
        self._poll(patience)

    def take(self) -> Heard:
        """Take in what is there, without blocking; what was heard of the disk is the answer."""
        self._poll(0.0)
        for companion in self._companions:
            self.visitors += companion.attend()
        return self.watcher.heard()

    def is_interrupted(self) -> bool:
        """Whether a signal came that ends the watch."""
        return bool(self.signals.received())

    def _moments(self) -> list[float | None]:
        return [self.watcher.due(), *(companion.due() for companion in self._companions)]

    def _poll(self, patience: float | None) -> None:
        keys = self._keys.files()
        poll = select.poll()
        for fd in (self.signals.wake, *self.watcher.files(), *keys, *self._files()):
            poll.register(fd, select.POLLIN)
        ready = poll.poll(None if patience is None else patience * 1000)
        if any(fd in keys for fd, _ in ready):
            self.keys += self._keys.pressed()

    def _files(self) -> list[int]:
        return [fd for companion in self._companions for fd in companion.files()]
