"""A `pymake watch` that a test talks to: it edits files, and waits for what the watch says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.e2e.workspace import PATIENCE, Result, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BUILT = re.compile(r"pymake: (nothing to do .*|\d+ ran, .*)\n")


class Watching:
    """One running watch. A thread of its own reads what it says, so that a full pipe stops nobody."""

    def __init__(self, workspace: Workspace, words: tuple[str, ...], env: Mapping[str, str]) -> None:
        self.workspace = workspace
        self.process = subprocess.Popen(
            workspace.command("watch", *words),
            cwd=workspace.root,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._seen = 0
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self._lines.append(line)
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def until(self, pattern: str) -> str:
        """What is said up to a line that has this pattern in it; nothing of it is given twice."""
        deadline = time.monotonic() + PATIENCE
        at = self._seen
        with self._more:
            while True:
                while at < len(self._lines):
                    at += 1
                    if re.search(pattern, self._lines[at - 1]):
                        found = "".join(self._lines[self._seen : at])
                        self._seen = at
                        return found
                alive = self._reader.is_alive()
                assert alive, f"it ended without saying {pattern!r}:\n{''.join(self._lines)}"
                left = deadline - time.monotonic()
                assert left > 0, f"it did not say {pattern!r}:\n{''.join(self._lines)}"
                self._more.wait(min(left, 1.0))

    def built(self) -> str:
        """What is said up to the end of the next build."""
        return self.until(_BUILT.pattern.rstrip("\n"))

    def end(self, number: signal.Signals = signal.SIGINT) -> Result:
        """End it, and say how it ended and what was not yet given."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> Result:
        """Wait for its end."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end:\n{''.join(self._lines)}") from None
        self._reader.join(PATIENCE)
        return Result(code=code, out="", err="".join(self._lines[self._seen :]))

    def kill(self) -> None:
        """Whatever happened, nothing is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def watching(workspace: Workspace, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Watching]:
    """A watch in a folder, ended at the latest when the block is."""
    found = Watching(workspace, words, env or {})
    try:
        yield found
    finally:
        found.kill()
