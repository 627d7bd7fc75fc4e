"""What the system refuses, in the words of pymake."""

from __future__ import annotations

from pymake.errors import PymakeError


def refused(what: str, path: str, error: OSError) -> PymakeError:
    """The error to raise `from` the system's: `cannot read a.txt`, and the reason.

    >>> print(refused("read", "a.txt", PermissionError(13, "Permission denied")))
    cannot read a.txt
      reason: Permission denied
    """
    return PymakeError(f"cannot {what} {path}", facts=[("reason", error.strerror or error)])
