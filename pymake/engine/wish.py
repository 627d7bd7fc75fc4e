"""What the user asks of one build that goes before what is remembered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`forced`: every job runs (`-B`)."""

    forced: bool = False


NO_WISH = Wish()
