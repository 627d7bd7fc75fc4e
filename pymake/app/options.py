"""What the user asks for, as values: from the command line or from Python."""

from __future__ import annotations

from dataclasses import dataclass

from pymake.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How to build. `jobs` None means one slot for each usable CPU; `inline` runs Python calls in this process.

    Raises:
        UsageError: a number that makes no sense.
    """

    targets: tuple[str, ...] = ()
    jobs: int | None = None
    keep_going: bool = False
    always_make: bool = False
    keep_failed: bool = False
    no_wait: bool = False
    timeout: float | None = None
    retries: int = 0
    inline: bool = False

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"jobs is {self.jobs}, and must be at least 1", hint="leave it out for one job a CPU")
        if self.timeout is not None and not self.timeout > 0:  # written so that NaN is refused too
            raise UsageError(f"timeout is {self.timeout:g} s, and must be above 0", hint="leave it out for no limit")
        if self.retries < 0:
            raise UsageError(f"retries is {self.retries}, and must be at least 0")
