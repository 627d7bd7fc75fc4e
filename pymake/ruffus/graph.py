"""Names of drawing that scripts import from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.ruffus_exceptions import error_task

if TYPE_CHECKING:
    from pymake.ruffus.flowchart import ByteStream

__all__ = ["graph_colour_demo_printout", "graph_error"]

SCHEMES = 8


class graph_error(error_task):
    """Something is wrong with a graph."""


def graph_colour_demo_printout(stream: ByteStream, output_format: str, size: str = "11,8", dpi: str = "120") -> None:
    """Draw every colour scheme with its number, to choose one."""
    from pymake.ruffus.flowchart import draw_schemes  # noqa: PLC0415  # a function that few scripts call

    stream.write(draw_schemes(SCHEMES, output_format, size=size, dpi=dpi))
