"""`pipeline_printout_graph`: tasks as boxes, coloured by what is expected of them, with a legend."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pymake.app.views.graph import Drawing, dot, task_drawing
from pymake.app.views.prospects import forecasts
from pymake.engine.forecast import Prospect
from pymake.errors import UsageError
from pymake.model.ids import TaskId

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from pymake.app.session import Session

_COLORS = {
    Prospect.WILL: "#f4b183",
    Prospect.MAY: "#ffe699",
    Prospect.BLOCKED: "#ff9999",
    Prospect.CLEAN: "#c6e0b4",
}


def write_flowchart(
    session: Session, stream: str | os.PathLike[str] | BinaryIO, output_format: str | None, *, with_legend: bool
) -> None:
    """Write the drawing into a file, or a binary stream.

    Raises:
        UsageError: the format is not known, or `dot` is not there or refuses.
    """
    if isinstance(stream, (str, os.PathLike)):
        path = os.fspath(stream)
        with open(path, "wb") as file:
            write_flowchart(session, file, output_format or os.path.splitext(path)[1][1:], with_legend=with_legend)
        return
    form = output_format
    if not form:
        raise UsageError("no format for the graph", hint='name it: output_format="svg", or end the file in .svg')
    data = ("\n".join(flowchart_lines(session, with_legend=with_legend)) + "\n").encode()
    if form != "dot":
        data = _drawn(data, form)
    stream.write(data)


def flowchart_lines(session: Session, *, with_legend: bool) -> Iterator[str]:
    """The drawing in the language of `dot`."""
    drawing = task_drawing(session)
    *lines, end = dot(Drawing(drawing.boxes, drawing.arrows))
    yield from lines
    yield '  node [style="rounded,filled"];'
    states = _states(session)
    for number in range(session.plan.task_count):
        task = session.plan.task(TaskId(number))
        if f"t{number}" in drawing.boxes:
            own = "".join(f", {name}={_quoted(value)}" for name, value in sorted(task.graphviz.items()))
            yield f'  t{number} [style="rounded,filled", fillcolor="{_COLORS[states[number]]}"{own}];'
    if with_legend:
        yield '  subgraph cluster_legend { label="";'
        for prospect, color in _COLORS.items():
            yield f'    "{prospect.value}" [shape=box, style="rounded,filled", fillcolor="{color}"];'
        yield "  }"
    yield end


def _states(session: Session) -> list[Prospect]:
    """What is expected of each task: the strongest of what is expected of its jobs."""
    states = [Prospect.CLEAN] * session.plan.task_count
    order = [Prospect.CLEAN, Prospect.MAY, Prospect.WILL, Prospect.BLOCKED]
    for found in forecasts(session):
        task = session.plan.task_of(found.job)
        states[task] = max(states[task], found.prospect, key=order.index)
    return states


def _drawn(data: bytes, form: str) -> bytes:
    try:
        ended = subprocess.run(["dot", f"-T{form}"], input=data, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no program dot to draw {form} with", hint='install Graphviz, or write output_format="dot"'
        ) from error
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"dot cannot draw {form}", facts=[("dot says", line) for line in said[:1]])
    return ended.stdout


def _quoted(text: object) -> str:
    plain = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
