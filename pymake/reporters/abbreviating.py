"""Paths cut to their last parts, or to so many letters, for whoever has long ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.model.events import JobEnded, JobStarted, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.interfaces import Reporter
    from pymake.model.events import Event

_PATH = re.compile(r"[^\s,'\"()\[\]:]*/[^\s,'\"()\[\]:]+")
_CUT = "<???> "


class AbbreviatingReporter:
    """Shows events by another reporter, with the paths in labels, reasons and notes cut as `abbreviated` says.

    What a failed job says stays whole: there a path is what one looks for.
    """

    def __init__(self, inner: Reporter, levels: int) -> None:
        self._inner = inner
        self._levels = levels

    def handle(self, event: Event) -> None:
        """Show the event."""
        match event:
            case JobStarted(label=label, reason=reason):
                event = replace(event, label=self._cut(label), reason=self._cut(reason))
            case JobEnded(label=label):
                event = replace(event, label=self._cut(label))
            case Note(text=text):
                event = Note(text=self._cut(text))
            case _:
                pass
        self._inner.handle(event)

    def follow(self, tail: Callable[[int], str]) -> None:
        """As the other reporter does."""
        self._inner.follow(tail)

    def close(self) -> None:
        """As the other reporter does."""
        self._inner.close()

    def _cut(self, text: str) -> str:
        return with_abbreviated(text, self._levels)


def with_abbreviated(text: str, levels: int) -> str:
    """A text with all paths in it abbreviated.

    >>> with_abbreviated("join x/y/z.txt: input a/b/c.txt changed", 2)
    'join .../y/z.txt: input .../b/c.txt changed'
    """
    return _PATH.sub(lambda found: abbreviated(found[0], levels), text) if levels else text


def abbreviated(path: str, levels: int) -> str:
    """At most so many last parts of a path, with `.../` in front of what is cut.

    A negative number is how many letters there is room for: as many parts as fit, or the end of the last one.

    >>> abbreviated("a/b/c.txt", 2), abbreviated("c.txt", 2), abbreviated("/x/c.txt", 0)
    ('.../b/c.txt', 'c.txt', '/x/c.txt')
    >>> abbreviated("a/b/c.txt", -11), abbreviated("a/b/long-name.txt", -14), abbreviated("a/b.c", -20)
    ('.../b/c.txt', '<???> name.txt', 'a/b.c')
    """
    parts = path.split("/")
    if levels >= 0:
        return path if not levels or len(parts) <= levels else ".../" + "/".join(parts[-levels:])
    room = -levels
    fitting = [abbreviated(path, count) for count in range(len(parts), 0, -1)]
    found = next((text for text in fitting if len(text) <= room), None)
    return found or _CUT + path[len(path) - max(room - len(_CUT), 1) :]
