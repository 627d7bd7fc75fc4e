"""What was heard of changes on the disk: a reason to look, and no more."""

from __future__ import annotations

from pymake.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Paths of which something was heard, as in a plan; `everything` if nobody knows which they were.

    >>> Heard(paths=frozenset({"a"})).and_also(Heard(everything=True))
    Heard(paths=frozenset({'a'}), everything=True)
    """

    paths: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.paths) or self.everything

    def and_also(self, other: Heard) -> Heard:
        """Both."""
        return Heard(paths=self.paths | other.paths, everything=self.everything or other.everything)


NOTHING_HEARD = Heard()
