"""Names of colour schemes that scripts import from here."""

from __future__ import annotations

from pymake.ruffus.graph import SCHEMES as CNT_COLOUR_SCHEMES

__all__ = ["CNT_COLOUR_SCHEMES"]
