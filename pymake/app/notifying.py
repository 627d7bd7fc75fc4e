"""Desktop notices about the builds of a watch, by the program that the desktop has for that."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from pymake.model.events import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymake.interfaces import Reporter, Visitor
    from pymake.model.built import Built
    from pymake.model.events import Summary

    Which = Callable[[str], str | None]

_LONGEST = 200
"""Characters of a notice; desktops cut it anyway."""


class Notices:
    """A `Companion`. Tells of every build that ran something or failed, but not of one that found nothing to do.

    `name` is that of the project. Without a program, or if that fails, nothing is shown; with `verbose` that is said
    once.
    """

    def __init__(
        self, name: str, environ: Mapping[str, str], reporter: Reporter, *, verbose: bool, which: Which = shutil.which
    ) -> None:
        self._name = name
        self._environ = environ
        self._reporter = reporter
        self._verbose = verbose
        self._program = next((found for found in map(which, ("notify-send", "osascript")) if found), None)
        self._running: list[int] = []
        if self._program is None:
            self._complain("there is neither notify-send nor osascript on PATH")

    def files(self) -> Sequence[int]:
        """See `Companion.files`."""
        return ()

    def due(self) -> float | None:
        """See `Companion.due`."""
        return None

    def attend(self) -> Sequence[Visitor]:
        """See `Companion.attend`: nobody asks here."""
        for process in list(self._running):
            with contextlib.suppress(ChildProcessError):
                ended, status = os.waitpid(process, os.WNOHANG)
                if not ended:
                    continue
                if status:
                    self._complain(f"{os.path.basename(self._program or '')} failed")
            self._running.remove(process)
        return ()

    def built(self, built: Built) -> None:
        """See `Companion.built`."""
        self.attend()
        summary = built.summary
        if self._program is None or summary.interrupted is not None or not (summary.ran or summary.errors):
            return
        words = notice(self._program, f"pymake: {self._name}", _text(summary), is_good=summary.is_good)
        try:
            null = os.open(os.devnull, os.O_RDWR)
            try:
                actions = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
                self._running.append(os.posix_spawn(self._program, words, self._environ, file_actions=actions))
            finally:
                os.close(null)
        except OSError as error:
            self._complain(str(error))

    def close(self) -> None:
        """See `Companion.close`: the last notice may outlive the watch."""
        self.attend()

    def _complain(self, why: str) -> None:
        if self._verbose:
            self._reporter.handle(Note(text=f"no desktop notices: {why}"))
        self._verbose = False


def notice(program: str, title: str, text: str, *, is_good: bool) -> list[str]:
    """The words that show a notice.

    >>> notice("/usr/bin/osascript", "pymake: site", "done", is_good=True)
    ['/usr/bin/osascript', '-e', 'display notification "done" with title "pymake: site"']
    """
    if os.path.basename(program) == "osascript":
        return [program, "-e", f"display notification {_quoted(text)} with title {_quoted(title)}"]
    urgency = "normal" if is_good else "critical"
    return [program, "--app-name=pymake", f"--urgency={urgency}", "--", title, text]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(summary: Summary) -> str:
    error = next(iter(summary.errors), None)
    text = summary.line() if error is None else f"{error.task or 'build'}: {error.message}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
