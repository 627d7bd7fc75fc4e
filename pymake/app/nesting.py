"""Builds inside builds: a job may run pymake elsewhere, but not in a folder that waits for the job."""

from __future__ import annotations

import os

from pymake.errors import UsageError

BUILDING = "PYMAKE_BUILDING"
"""Environment of every job: the roots that are being built above it, separated as in PATH."""


def refuse_nested(root: str) -> None:
    """Make sure that no build above this one is building `root`: it would wait for itself.

    Raises:
        UsageError: one is.
    """
    if root in os.environ.get(BUILDING, "").split(os.pathsep):
        raise UsageError(
            "this pymake was started by a job of the build it would wait for",
            facts=[("folder", root)],
            hint="declare what it would build as an input of the job",
        )


def roots_below(root: str) -> str:
    """The value of `BUILDING` for jobs of `root`."""
    above = os.environ.get(BUILDING)
    return f"{above}{os.pathsep}{root}" if above else root
