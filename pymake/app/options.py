"""What the user asks for, as values: from the command line or from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which project: `directory` to start from (None: the current folder), and build files named by `-f`."""

    directory: str | None = None
    files: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build. `jobs` None means one slot for each usable CPU; `inline` runs Python calls in this process."""

    targets: tuple[str, ...] = ()
    jobs: int | None = None
    keep_going: bool = False
    always_make: bool = False
    keep_failed: bool = False
    no_wait: bool = False
    timeout: float | None = None
    retries: int = 0
    inline: bool = False
