"""Flowcharts: tasks as boxes, coloured by what is expected of them, with a legend; in the language of `dot`."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from pymake.app.views.colours import LABELS, NORMAL, Colouring, Part
from pymake.app.views.prospects import forecasts
from pymake.dataclass import dataclass, field
from pymake.engine.forecast import Prospect
from pymake.errors import UsageError
from pymake.model.ids import TaskId
from pymake.model.task import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from pymake.app.session import Session

_OWN_LABELS: Mapping[Part, str] = {
    **{part: label for part, label in LABELS.items() if part is not Part.CYCLE},
    Part.DRAGGED_ALONG: "Task that may run",
    Part.FORCED: "Task that was forced to run",
    Part.BLOCKED: "Task that cannot run",
}
"""How the legend says it. A cycle is an error here, and is never drawn."""

_SPREADING: Mapping[str, object] = {"shape": "house", "peripheries": 2}
_GATHERING: Mapping[str, object] = {"shape": "invhouse", "peripheries": 2, "height": 1.1}
_SHAPES: Mapping[Kind, Mapping[str, object]] = {
    Kind.SPLIT: _SPREADING,
    Kind.SUBDIVIDE: _SPREADING,
    Kind.MERGE: _GATHERING,
    Kind.COLLATE: _GATHERING,
}
_BOX: Mapping[str, object] = {"shape": "box3d"}

_PARTS = {
    Prospect.WILL: Part.TO_RUN,
    Prospect.MAY: Part.DRAGGED_ALONG,
    Prospect.BLOCKED: Part.BLOCKED,
    Prospect.CLEAN: Part.UP_TO_DATE,
}
_STRENGTH = (Prospect.CLEAN, Prospect.MAY, Prospect.WILL, Prospect.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How a flowchart looks: see the parameters of `pipeline_printout_graph`. `targets` and `forced` are names."""

    vertical: bool = True
    with_downstream: bool = True
    skip_up_to_date: bool = False
    own_reasons: bool = True
    legend: bool = True
    minimal_legend: bool = True
    colours: Mapping[str, object] = field(default_factory=dict)
    title: str = "Pipeline:"
    size: tuple[float, float] = (11, 8)
    dpi: int = 120
    targets: frozenset[str] = frozenset()
    forced: frozenset[str] = frozenset()


def write_flowchart(
    session: Session, chart: Chart, stream: str | os.PathLike[str] | BinaryIO, output_format: str | None
) -> None:
    """Write the drawing into a file, or a binary stream. Without a format, the end of the file's name is it.

    Raises:
        UsageError: the format is not known, or `dot` is not there or refuses.
    """
    form = output_format or _format_of(stream)
    data = ("\n".join(flowchart_lines(session, chart)) + "\n").encode()
    if form != "dot":
        data = _drawn(data, form, chart.dpi)
    if not isinstance(stream, (str, os.PathLike)):
        stream.write(data)
        return
    with open(stream, "wb") as file:
        file.write(data)


def flowchart_lines(session: Session, chart: Chart) -> Iterator[str]:
    """The drawing in the language of `dot`."""
    drawing = _Flowchart(session, chart)
    colouring = Colouring(chart.colours)
    width, height = chart.size
    yield f"digraph {_quoted(chart.title)} {{"
    yield f'  size="{width:g},{height:g}"; splines=true; fontsize=30; ranksep=0.3; node [fontsize=20];'
    yield f"  rankdir={'TB' if chart.vertical else 'LR'};"
    yield f"  subgraph clustertasks {{ label={_quoted(chart.title)}; fontcolor={colouring.title};"
    for task, part in drawing.parts.items():
        yield f"    t{task} [{_attributes({**colouring.of(part), **_own(session, task)})}];"
    for above, below, is_read in drawing.arrows:
        line = colouring.line(drawing.parts[above], drawing.parts[below])
        style = {} if is_read else {"style": "dashed"}
        yield f"    t{above} -> t{below} [{_attributes({**line, **style})}];"
    yield "  }"
    if chart.legend:
        shown = set(drawing.parts.values()) if chart.minimal_legend else set(_OWN_LABELS)
        yield from _legend(colouring, [part for part in _OWN_LABELS if part in shown])
    yield "}"


def _legend(colouring: Colouring, shown: Iterable[Part]) -> Iterator[str]:
    yield f"  subgraph cluster_legend {{ label=Key; fontcolor={colouring.key_font}; style=filled;"
    yield f"    color={colouring.key_fill}; node [fontsize=14];"
    before = None
    for part in shown:
        label = '"' + _OWN_LABELS[part] + '"'
        yield f"    k{part.name} [{_attributes({**colouring.of(part), **_BOX, 'label': label})}];"
        if before is not None:
            yield f"    k{before.name} -> k{part.name} [{_attributes({**colouring.line(before, part), **NORMAL})}];"
        before = part
    yield "  }"


class _Flowchart:
    """Owns what is drawn: the tasks with their part, and which of them wait for which; solid where one reads files."""

    def __init__(self, session: Session, chart: Chart) -> None:
        self._session = session
        self._chart = chart
        self._links = dict(_links(session))
        self._wanted = self._wanted_tasks()
        self._targets = self._target_tasks()
        self._prospects = self._forecast()
        self.parts = {task: self._part(task) for task in self._drawn()}
        self.arrows = [(*ends, read) for ends, read in self._links.items() if set(ends) <= self.parts.keys()]

    def _wanted_tasks(self) -> set[TaskId]:
        plan, wanted = self._session.plan, self._session.wanted
        found = {plan.task_of(job) for job in (*plan.jobs(), *plan.expand_jobs()) if wanted[job]}
        groups = [task for task in _tasks(self._session) if plan.task(task).action is None and task not in found]
        behind = {below for above, below in self._links if above in found}
        return found | (behind & set(groups))

    def _target_tasks(self) -> set[TaskId]:
        """The tasks that were asked for; those that nobody waits for if that is all."""
        plan = self._session.plan
        named = {task for task in self._wanted if plan.task(task).name in self._chart.targets}
        if self._chart.targets:
            return named | {plan.task_of(job) for job in self._session.goals}
        return self._wanted - {above for above, below in self._links if below in self._wanted}

    def _forecast(self) -> dict[TaskId, Prospect]:
        """What is expected of each task: the strongest of what is expected of its jobs."""
        plan = self._session.plan
        found: dict[TaskId, Prospect] = {}
        for one in forecasts(self._session):
            task, prospect = plan.task_of(one.job), one.prospect
            if not self._chart.own_reasons and one.upstream and prospect is Prospect.WILL:
                prospect = Prospect.MAY
            found[task] = max(found.get(task, Prospect.CLEAN), prospect, key=_STRENGTH.index)
        return found

    def _drawn(self) -> list[TaskId]:
        chart, drawn = self._chart, set(self._wanted)
        if chart.targets and chart.with_downstream:
            below = _reached(self._links, self._targets)
            drawn |= below | _reached([(b, a) for a, b in self._links], below)
        if chart.skip_up_to_date:
            moving = {task for task, prospect in self._prospects.items() if prospect is not Prospect.CLEAN}
            drawn &= moving | self._targets
        return sorted(drawn)

    def _part(self, task: TaskId) -> Part:
        if task not in self._wanted:
            return Part.BELOW
        if self._session.plan.task(task).name in self._chart.forced:
            return Part.FORCED
        prospect = self._prospects.get(task, Prospect.CLEAN)
        if task not in self._targets or prospect is Prospect.BLOCKED:
            return _PARTS[prospect]
        return Part.TARGET_UP_TO_DATE if prospect is Prospect.CLEAN else Part.TARGET


def _links(session: Session) -> Iterator[tuple[tuple[TaskId, TaskId], bool]]:
    """Which task waits for which, and whether it reads what the other makes; the last word on a pair counts."""
    plan = session.plan
    reads: dict[tuple[TaskId, TaskId], bool] = {}
    for task in _tasks(session):
        for followed in plan.followed(task):
            reads.setdefault((followed, task), False)
        for file in plan.group_inputs(task):
            producer = plan.producer(file)
            if producer is not None:
                reads[plan.task_of(producer), task] = True
    for job in plan.jobs():
        task = plan.task_of(job)
        for files, is_read in ((plan.order_only(job), False), (plan.dirtying(job), True)):
            for producer in map(plan.producer, files):
                if producer is not None:
                    pair = (plan.task_of(producer), task)
                    reads[pair] = reads.get(pair, False) or is_read
    for row in plan.expand_jobs():
        reads.update({(plan.task_of(job), plan.task_of(row)): True for job in plan.awaited(row)})
    return ((pair, is_read) for pair, is_read in reads.items() if pair[0] != pair[1])


def _reached(links: Iterable[tuple[TaskId, TaskId]], start: Iterable[TaskId]) -> set[TaskId]:
    """The tasks at the end of a way from one of the first ones, these too."""
    behind: dict[TaskId, list[TaskId]] = {}
    for above, below in links:
        behind.setdefault(above, []).append(below)
    found, stack = set(start), list(start)
    while stack:
        fresh = [task for task in behind.get(stack.pop(), ()) if task not in found]
        found.update(fresh)
        stack.extend(fresh)
    return found


def _tasks(session: Session) -> Iterator[TaskId]:
    return map(TaskId, range(session.plan.task_count))


def _own(session: Session, number: TaskId) -> dict[str, object]:
    """Shape and label by kind, then what the build file says."""
    task = session.plan.task(number)
    said: dict[str, object] = dict(task.graphviz)
    before, after = said.pop("label_prefix", ""), said.pop("label_suffix", "")
    label = str(said.pop("label", task.name))
    shown = f"<{before}{label[1:-1]}{after}>" if _is_html(label) else _quoted(f"{before}{_bare(label)}{after}")
    return {**_SHAPES.get(task.kind, _BOX), **{name: _value(text) for name, text in said.items()}, "label": shown}


def _is_html(label: str) -> bool:
    return label.startswith("<") and label.endswith(">")


def _bare(label: str) -> str:
    """A label without the quotes that it may be written in."""
    return label[1:-1] if len(label) > 1 and label[0] == label[-1] == '"' else label


def _value(text: object) -> str:
    """The value of an attribute as `dot` reads it; quoted unless it is a plain word, a number, or quoted already."""
    plain = str(text)
    return plain if plain.isidentifier() or plain.isdecimal() or _is_html(plain) else _quoted(_bare(plain))


def _attributes(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={values[name]}" for name in sorted(values))


def _format_of(stream: object) -> str:
    name = stream if isinstance(stream, (str, os.PathLike)) else getattr(stream, "name", None)
    form = os.path.splitext(os.fspath(name))[1][1:] if isinstance(name, (str, os.PathLike)) else ""
    if not form:
        raise UsageError("no format for the graph", hint='name it: output_format="svg", or end the file in .svg')
    return form


def _drawn(data: bytes, form: str, dpi: int) -> bytes:
    try:
        ended = subprocess.run(["dot", f"-Gdpi={dpi}", f"-T{form}"], input=data, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no program dot to draw {form} with", hint='install Graphviz, or write output_format="dot"'
        ) from error
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"dot cannot draw {form}", facts=[("dot says", line) for line in said[:1]])
    return ended.stdout


def _quoted(text: object) -> str:
    plain = str(text).replace('"', '\\"')
    return f'"{plain}"'
