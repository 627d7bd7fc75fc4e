"""The languages that a drawing can be written in: what the command line knows of `views.graph`."""

from __future__ import annotations

import enum


class GraphFormat(enum.Enum):
    """The languages that a drawing can be written in."""

    DOT = "dot"
    MERMAID = "mermaid"
