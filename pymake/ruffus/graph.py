"""Names of drawing that scripts import from here."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from pymake.ruffus.colours import LABELS, Colouring, Part
from pymake.ruffus.flowchart import dot_attributes
from pymake.ruffus.ruffus_exceptions import error_task

if TYPE_CHECKING:
    from pymake.ruffus.flowchart import ByteStream

__all__ = ["graph_colour_demo_printout", "graph_error"]

SCHEMES = 8


class graph_error(error_task):
    """Something is wrong with a graph."""


def graph_colour_demo_printout(stream: ByteStream, output_format: str, size: str = "11,8", dpi: str = "120") -> None:
    """Draw every colour scheme with its number, to choose one."""
    lines = ["digraph Colours", "{", f'size="{size}";', 'node[fontsize="14"];']
    for number in range(SCHEMES):
        colouring = Colouring({"colour_scheme_index": number})
        lines += [f"subgraph clusterkey{number}", "{", f'label = "Colour scheme {number}";']
        lines.append(f"fontcolor = {colouring.title};")
        for at, part in enumerate(Part):
            label = {"label": f'"{LABELS[part]}"', "shape": "box3d"}
            lines.append(f"k{at}_{number}[{dot_attributes({**colouring.of(part), **label})}];")
            if at:
                lines.append(f"k{at - 1}_{number} -> k{at}_{number};")
        lines.append("}")
    data = "\n".join([*lines, "}", ""]).encode()
    if output_format != "dot":
        command = ["dot", f"-Gdpi={dpi}", f"-T{output_format}"]
        data = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    stream.write(data)
