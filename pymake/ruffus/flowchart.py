"""Flowcharts: tasks and what waits for what, in the dot language, or by the program `dot` in any of its formats."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Protocol

from pymake.app.views.colours import LABELS, NORMAL, Colouring, Part
from pymake.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pymake.ruffus.readying import Ready
    from pymake.ruffus.tasks import Task

    Colours = Mapping[str, object]


class ByteStream(Protocol):
    """Where a picture is written."""

    def write(self, data: bytes, /) -> object:
        """Take a piece of it."""


Drawing = str | ByteStream


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How a flowchart looks: see the parameters of `pipeline_printout_graph`.

    Without `look_at_all`, what is below a task that has to run is not asked whether it has a reason of its own.
    """

    vertical: bool = True
    ignore_below: bool = False
    skip_up_to_date: bool = False
    legend: bool = True
    minimal_legend: bool = True
    colours: Colours = field(default_factory=dict)
    title: str = "Pipeline:"
    size: tuple[float, float] = (11, 8)
    dpi: int = 120
    look_at_all: bool = True


def draw(ready: Ready, chart: Chart, stream: Drawing, output_format: str | None) -> None:
    """Draw into a file or a stream of bytes; the format is by default the ending of the file's name.

    Raises:
        CalledProcessError: the program `dot` failed.
        FileNotFoundError: it is not there.
    """
    if output_format is None:
        output_format = os.path.splitext(stream)[1].lstrip(".") if isinstance(stream, str) else "dot"
    text = "".join(f"{line}\n" for line in _Graph(ready, chart).lines())
    data = text.encode()
    data = _converted(data, output_format, str(chart.dpi))
    if isinstance(stream, str):
        with open(stream, "wb") as file:
            file.write(data)
    else:
        stream.write(data)


def _converted(data: bytes, output_format: str, dpi: str) -> bytes:
    if output_format == "dot":
        return data
    command = ["dot", f"-Gdpi={dpi}", f"-T{output_format}"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def draw_schemes(count: int, output_format: str, *, size: str, dpi: str) -> bytes:
    """A picture of the first `count` colour schemes, each with its number."""
    lines = ["digraph Colours", "{", f'size="{size}";', 'node[fontsize="14"];']
    for number in range(count):
        colouring = Colouring({"colour_scheme_index": number})
        lines += [f"subgraph clusterkey{number}", "{", f'label = "Colour scheme {number}";']
        lines.append(f"fontcolor = {colouring.title};")
        for at, part in enumerate(LABELS):
            label = {"label": f'"{LABELS[part]}"', "shape": "box3d"}
            lines.append(f"k{at}_{number}[{dot_attributes({**colouring.of(part), **label})}];")
            if at:
                lines.append(f"k{at - 1}_{number} -> k{at}_{number};")
        lines.append("}")
    return _converted("\n".join([*lines, "}", ""]).encode(), output_format, dpi)


class _Graph:
    """Owns what is drawn: which tasks, and each one's part."""

    def __init__(self, ready: Ready, chart: Chart) -> None:
        self._ready = ready
        self._chart = chart
        self._colouring = Colouring(chart.colours)
        self._number = {task: at for at, task in enumerate(ready.declared)}
        entering, _ = ready.selected()
        self._entering = set(entering)
        self._parts = {task: self._part(task) for task in self._drawn()}

    def _drawn(self) -> list[Task]:
        """Targets with everything above; unless unwanted, also what is below, with everything above that."""
        drawn = list(self._ready.order)
        if not self._chart.ignore_below:
            drawn += [task for task in self._below() if task not in self._ready.graph]
        if self._chart.skip_up_to_date:
            targets = set(self._ready.targets)
            drawn = [task for task in drawn if task in self._entering or task in targets]
        return drawn

    def _below(self) -> list[Task]:
        known = set(self._ready.targets)
        found: list[Task] = []
        grown = True
        while grown:
            new = [task for task in self._ready.declared if task not in known and not known.isdisjoint(_parents(task))]
            grown = bool(new)
            known.update(new)
            found += new
        above = [parent for task in found for parent in _parents(task)]
        while above:
            task = above.pop()
            if task not in found and task not in self._ready.graph:
                found.insert(0, task)
                above += _parents(task)
        return found

    def _part(self, task: Task) -> Part:
        if task in self._ready.circular:
            return Part.CYCLE
        if task in self._ready.forced:
            return Part.FORCED
        if task not in self._ready.graph:
            return Part.BELOW
        if task in self._ready.targets:
            return Part.TARGET if task in self._entering else Part.TARGET_UP_TO_DATE
        if task not in self._entering:
            return Part.UP_TO_DATE
        asked = self._chart.look_at_all
        return Part.TO_RUN if not asked or self._ready.needs_update(task) else Part.DRAGGED_ALONG

    def lines(self) -> Iterator[str]:
        """The graph in the dot language."""
        width, height = self._chart.size
        yield f'digraph "{_quoted(self._chart.title)}"'
        yield from ("{", f'size="{height:g},{width:g}";', "splines=true;", 'fontsize="30";', "ranksep = 0.3;")
        yield from ('node[fontsize="20"];', 'graph[clusterrank="local"];')
        if not self._chart.vertical:
            yield 'rankdir="LR";'
        yield from ("subgraph clustertasks", "{", 'rank="min";')
        yield f"fontcolor = {self._colouring.title};"
        yield f'label = "{_quoted(self._chart.title)}";'
        for task in self._parts:
            yield from self._task_lines(task)
        yield "}"
        if self._chart.legend:
            yield from self._legend()
        yield "}"

    def _task_lines(self, task: Task) -> Iterator[str]:
        number = self._number[task]
        yield f"t{number}[{dot_attributes({**self._colouring.of(self._parts[task]), **_own_attributes(task)})}];"
        for parent in _parents(task):
            if parent in self._parts:
                line = self._colouring.line(self._parts[parent], self._parts[task])
                yield f"t{self._number[parent]} -> t{number}[{dot_attributes(line, end='arrowtype')}];"

    def _legend(self) -> Iterator[str]:
        used = set(self._parts.values())
        shown = [part for part in LABELS if part in used or not self._chart.minimal_legend]
        yield from ("subgraph clusterkey1", "{", 'rank="min";', "style=filled;", "fontsize=20;")
        yield from (f"color={self._colouring.key_fill};", 'label = "Key:";')
        yield f'fontcolor = {self._colouring.key_font};node[margin="0.2,0.2", fontsize="14"];'
        for at, part in enumerate(shown, start=1):
            label = f'"{LABELS[part]}"'
            yield f"k{at}_1[{dot_attributes({**self._colouring.of(part), 'label': label, 'shape': 'box3d'})}];"
            if at > 1:
                line = self._colouring.line(shown[at - 2], part)
                yield f"k{at - 1}_1 -> k{at}_1[{dot_attributes({**line, **NORMAL}, end='arrowtype')}];"
        yield "}"


def _parents(task: Task) -> Sequence[Task]:
    return task.prepared.parents if task.prepared is not None else ()


def _own_attributes(task: Task) -> dict[str, object]:
    """Shape and label by kind, then what the user said."""
    found: dict[str, object] = {"shape": "box3d"}
    kind = "split" if task.kind == "subdivide" else task.kind
    if kind == "split":
        found = {"shape": "house", "peripheries": 2}
    elif kind in ("merge", "collate"):
        found = {"shape": "invhouse", "peripheries": 2, "height": 1.1}
    said = dict(task.graphviz_attributes)
    before, after = said.pop("label_prefix", ""), said.pop("label_suffix", "")
    label = str(said.pop("label", task._name.removeprefix("__main__.").replace("   before ", " \\nbefore ")))
    if label.startswith("<") and label.endswith(">"):
        label = f"<{before}{label[1:-1]}{after}>"
    else:
        label = label[1:-1] if label.startswith('"') and label.endswith('"') and len(label) > 1 else label
        label = f'"{before}{_quoted(label)}{after}"'
    return {**found, **said, "label": label}


def _quoted(text: str) -> str:
    return text.replace('"', '\\"')


def dot_attributes(values: Mapping[str, object], end: str = "") -> str:
    """`key=value` by the order of keys; `end` is the one that stands last."""
    names: Iterable[str] = sorted(values, key=lambda name: (name == end, name))
    return ", ".join(f"{name}={values[name]}" for name in names)
