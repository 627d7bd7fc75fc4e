"""Parts of a build that have nothing to do in a run of Ruffus: no logs, no keys, no temporary files, no live view."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.engine.scheduler import JobState
    from pymake.model.events import Event
    from pymake.model.ids import JobId


class Silent:
    """A reporter that shows nothing: what Ruffus says is said by `Messages`, in its own order."""

    def handle(self, event: Event) -> None:
        """Nothing."""

    def follow(self, tail: Callable[[int], str]) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class NoInterrupts:
    """Signals do what they do in any script: Ctrl-C raises in the middle of it."""

    def received(self) -> Sequence[int]:
        """None."""
        return ()


class NoLogs:
    """What jobs print goes where the script prints."""

    def path(self, _key: str) -> str:
        """Nowhere."""
        return ""

    def excerpt(self, _path: str) -> tuple[str, int]:
        """Nothing."""
        return "", 0


class NoKeys:
    """Outputs are remembered by their paths, and jobs are not."""

    def key(self, _job: JobId) -> str:
        """Nothing."""
        return ""


class NothingPasses:
    """No output is temporary."""

    def settled(self, reader: JobId, state: Callable[[JobId], JobState]) -> None:
        """Nothing."""

    def sweep(self, state: Callable[[JobId], JobState]) -> None:
        """Nothing."""
