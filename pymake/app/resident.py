"""The resident: a watch answers the commands that are given in other terminals of its project, and builds for them.

Owns the socket, which only the user may open, and the lines to those who ask. What may be answered is decided in
`asking`; what the frames mean, and what a command does that hears nothing, stands in `pymake.bell`.

Nobody is told "nothing to do" from what the watch knew before the question came: a command becomes a `Visitor`, and the
watch looks at the world for each visitor, as it does after a burst of changes.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import socket
from typing import TYPE_CHECKING

from pymake.app.asking import wanted
from pymake.bell import CODE, ERR, NO, QUESTION, TAKEN, frame, frames
from pymake.door import SOCKET
from pymake.model.events import BuildEnded, Note, ServiceEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pymake.app.asking import Wanted, Ways
    from pymake.bell import Question
    from pymake.errors import PymakeError
    from pymake.interfaces import Clock, Visitor
    from pymake.model.built import Built
    from pymake.model.events import Event

_LONGEST_PATH = 100
"""Bytes of a path that every system takes for a socket (macOS: 104)."""
_LONGEST_QUESTION = 1 << 22
_MOST_UNREAD = 1 << 20
"""Bytes that wait for somebody who does not read, such as a stopped command; then it is on its own."""
_BEAT = 1.0
"""Seconds between two signs of life."""
_BEATS_IN_SILENCE = 2
_BACKLOG = 16
_LAST_WAIT = 0.1
"""Seconds that somebody gets to read the rest."""


class Asker:
    """One command that asks: a `Visitor` from its question on."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        line.setblocking(False)
        self._data = b""
        self._unsent = b""
        self._wanted: Wanted | None = None
        self._code: int | None = None
        self._beats: int | None = 0
        self.is_gone = False

    @property
    def targets(self) -> tuple[str, ...]:
        """See `Visitor.targets`."""
        return () if self._wanted is None else self._wanted.targets

    @property
    def where(self) -> str:
        """See `Visitor.where`."""
        return "" if self._wanted is None else self._wanted.where

    def fileno(self) -> int:
        """The descriptor of the line."""
        return self._line.fileno()

    def question(self) -> Question | None:
        """What it asks, once that is complete. After that nothing comes but the end."""
        try:
            while data := self._line.recv(1 << 16):
                self._data += data
            self.leave()
        except (BlockingIOError, InterruptedError):
            pass  # that was all so far
        except OSError:
            self.leave()
        if self.is_gone or len(self._data) > _LONGEST_QUESTION:
            self.leave()
            return None
        found, self._data = frames(self._data)
        for kind, rest in found:
            if kind == QUESTION and self._wanted is None:
                question: Question = marshal.loads(rest)  # noqa: S302 # from a process of the same user
                return question
        return None

    def take(self, wanted: Wanted) -> None:
        """It is to be served."""
        self._wanted = wanted
        self.send(TAKEN)

    def handle(self, event: Event) -> None:
        """See `Reporter.handle`."""
        if self._wanted is None or isinstance(event, ServiceEvent):
            return
        self._beats = None
        if text := self._wanted.lines.of(event):
            self.send(ERR, text.encode("utf-8", "backslashreplace"))
        if isinstance(event, BuildEnded) and event.summary.interrupted is None:
            self._code = 1 if event.summary.errors else 0

    def beat(self) -> None:
        """Give a sign of life; who hears nothing else for longer is told why."""
        self.send(TAKEN)
        if self._beats is None or self._wanted is None:
            return
        self._beats += 1
        if self._beats == _BEATS_IN_SILENCE:
            self.handle(Note(text="waiting for the watch to end the build that it has under way"))

    def refuse(self, error: PymakeError) -> None:
        """See `Visitor.refuse`."""
        self.send(ERR, f"pymake: {error}\n".encode("utf-8", "backslashreplace"))
        self._code = error.exit_code

    def follow(self, tail: Callable[[int], str]) -> None:
        """What a running job prints is told when it has ended."""

    def close(self) -> None:
        """See `Visitor`: the end of its build. Of one that did not end, the command makes its own."""
        if self.is_gone:
            return
        self.send(*(NO, b"") if self._code is None else (CODE, bytes([self._code])))
        if self._unsent and not self.is_gone:
            self._line.settimeout(_LAST_WAIT)
            self.send_more()
        self.leave()

    def send(self, kind: bytes, rest: bytes = b"") -> None:
        """Let it hear one frame."""
        self._unsent += frame(kind, rest)
        self.send_more()

    def send_more(self) -> None:
        """Send what it can take now."""
        try:
            while self._unsent and not self.is_gone:
                self._unsent = self._unsent[self._line.send(self._unsent) :]
        except (BlockingIOError, InterruptedError, TimeoutError):
            pass  # the rest goes when it has read
        except OSError:
            self.leave()
        if len(self._unsent) > _MOST_UNREAD:
            self.leave()

    def leave(self) -> None:
        """Say nothing more."""
        if not self.is_gone:
            self.is_gone = True
            self._line.close()


class Resident:
    """A `Companion`. `ways` are how the watch builds, `clock` says when the next sign of life is due.

    `deciding` gives the variables of the environment that build files or jobs are known to depend on.

    The current folder has to be the root, since the path of a socket may not be long.

    Raises:
        OSError: there can be no socket in `.pymake`, or another watch has it.
    """

    def __init__(self, ways: Ways, clock: Clock, deciding: Callable[[], Collection[str]]) -> None:
        self._ways = ways
        self._clock = clock
        self._askers: list[Asker] = []
        self._deciding = deciding
        self._beat = 0.0
        self._socket = _bound()
        self._inode = os.stat(SOCKET).st_ino

    def files(self) -> Sequence[int]:
        """See `Companion.files`."""
        return [self._socket.fileno(), *(asker.fileno() for asker in self._askers if not asker.is_gone)]

    def due(self) -> float | None:
        """See `Companion.due`."""
        return self._beat if self._askers else None

    def attend(self) -> Sequence[Visitor]:
        """See `Companion.attend`."""
        self._welcome()
        found = []
        for asker in self._askers:
            question = None if asker.is_gone else asker.question()
            if question is None:
                continue
            wish = wanted(question, self._ways, self._deciding())
            if wish is None:
                asker.close()
            else:
                asker.take(wish)
                found.append(asker)
        self._askers = [asker for asker in self._askers if not asker.is_gone]
        self._give_signs()
        return found

    def built(self, built: Built) -> None:
        """See `Companion.built`: who asked hears of it as a visitor."""

    def close(self) -> None:
        """See `Companion.close`: whoever still waits makes its own build."""
        self._socket.close()
        with contextlib.suppress(OSError):
            if os.stat(SOCKET).st_ino == self._inode:
                os.unlink(SOCKET)
        for asker in self._askers:
            asker.close()

    def _welcome(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            if _is_own(line):
                self._askers.append(Asker(line))
            else:
                line.close()

    def _give_signs(self) -> None:
        now = self._clock.monotonic()
        if now >= self._beat:
            self._beat = now + _BEAT
            for asker in self._askers:
                asker.beat()


def _bound() -> socket.socket:
    """The socket, in the place of one that a killed watch left behind."""
    if _is_answered():
        raise FileExistsError("another watch answers here")
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        own = f"{SOCKET}.{os.getpid()}"
        mask = os.umask(0o177)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(own)
            found.bind(own)
        finally:
            os.umask(mask)
        found.listen(_BACKLOG)
        found.setblocking(False)
        os.rename(own, SOCKET)
    except BaseException:
        found.close()
        raise
    return found


def _is_answered() -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect(SOCKET)
        except (FileNotFoundError, ConnectionError):
            return False
        except OSError:
            return True
        return True


def _is_own(line: socket.socket) -> bool:
    """Whether a process of the same user asks: the mode of the socket says so, where systems heed it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], "little") == os.getuid()
