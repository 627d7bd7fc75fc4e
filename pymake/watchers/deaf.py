"""Where the system tells nothing: network file systems, folders shared with a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.heard import NOTHING_HEARD, Heard

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class DeafWatcher:
    """A Watcher that hears nothing, so that everything has to be looked at every now and then.

    >>> DeafWatcher().watch(["src"])
    ['src']
    """

    def watch(self, folders: Collection[str]) -> Collection[str]:
        """Nothing can be heard of any folder."""
        return list(folders)

    def files(self) -> Sequence[int]:
        """None."""
        return ()

    def due(self) -> float | None:
        """Never."""
        return None

    def heard(self) -> Heard:
        """Nothing."""
        return NOTHING_HEARD

    def close(self) -> None:
        """Nothing to let go of."""
