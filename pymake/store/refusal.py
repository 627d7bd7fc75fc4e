"""What the system refuses below `.pymake`, in the words of pymake."""

from __future__ import annotations

from pymake.errors import StateError

FOLDER = ".pymake"
"""Where everything lies, relative to the root."""


def refused(what: str, path: str, error: OSError) -> StateError:
    """The error to raise `from` the system's.

    >>> print(refused("write", ".pymake/journal", OSError(28, "No space left on device")))
    cannot write .pymake/journal
      reason: No space left on device
    """
    return StateError(f"cannot {what} {path}", facts=[("reason", error.strerror or error)])
