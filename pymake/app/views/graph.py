"""`graph`: files and jobs, or tasks alone, as text for Graphviz or Mermaid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pymake.model.ids import TaskId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.app.session import Session
    from pymake.model.plan import Plan


class Drawing(NamedTuple):
    """Boxes by id, with text and shape (`job` or `file`), and arrows between ids (`solid` or `dashed`)."""

    boxes: dict[str, tuple[str, str]]
    arrows: list[tuple[str, str, str]]


def task_drawing(session: Session) -> Drawing:
    """Tasks of the wanted jobs, an arrow where one reads what the other makes; dashed where it only waits."""
    plan, wanted = session.plan, session.wanted
    boxes: dict[str, tuple[str, str]] = {}
    arrows: dict[tuple[str, str, str], None] = {}
    for job in plan.jobs():
        if not wanted[job]:
            continue
        task = plan.task_of(job)
        boxes.setdefault(f"t{task}", (plan.task(task).name, "job"))
        for files, style in ((plan.dirtying(job), "solid"), (plan.order_only(job), "dashed")):
            for file in files:
                producer = plan.producer(file)
                if producer is not None and plan.task_of(producer) != task:
                    arrows[f"t{plan.task_of(producer)}", f"t{task}", style] = None
        for followed in plan.followed(task):
            arrows[f"t{followed}", f"t{task}", "dashed"] = None
    for number in range(plan.task_count):
        _group(plan, TaskId(number), boxes, arrows)
    return Drawing(boxes, [arrow for arrow in arrows if arrow[0] in boxes and arrow[1] in boxes])


def file_drawing(session: Session) -> Drawing:
    """Every wanted job and its files."""
    plan = session.plan
    boxes: dict[str, tuple[str, str]] = {}
    arrows: list[tuple[str, str, str]] = []
    for job in plan.jobs():
        if not session.wanted[job]:
            continue
        boxes[f"j{job}"] = (plan.task(plan.task_of(job)).name, "job")
        for files, style in ((plan.dirtying(job), "solid"), (plan.order_only(job), "dashed")):
            for file in files:
                boxes[f"f{file}"] = (plan.path(file), "file")
                arrows.append((f"f{file}", f"j{job}", style))
        for file in plan.outputs(job):
            boxes[f"f{file}"] = (plan.path(file), "file")
            arrows.append((f"j{job}", f"f{file}", "solid"))
    return Drawing(boxes, arrows)


def dot(drawing: Drawing) -> Iterator[str]:
    """The drawing for Graphviz."""
    yield "digraph pymake {"
    yield "  rankdir=LR;"
    for name, (text, shape) in drawing.boxes.items():
        look = "shape=box, style=rounded" if shape == "job" else "shape=plaintext"
        yield f"  {name} [label={_quoted(text)}, {look}];"
    for tail, head, style in drawing.arrows:
        yield f"  {tail} -> {head}{' [style=dashed]' if style == 'dashed' else ''};"
    yield "}"


def mermaid(drawing: Drawing) -> Iterator[str]:
    """The drawing for Mermaid."""
    yield "flowchart LR"
    for name, (text, shape) in drawing.boxes.items():
        safe = "".join(char if char.isalnum() or char in " ._-/" else f"#{ord(char)};" for char in text)
        yield f'  {name}("{safe}")' if shape == "job" else f'  {name}["{safe}"]'
    for tail, head, style in drawing.arrows:
        yield f"  {tail} {'-.->' if style == 'dashed' else '-->'} {head}"


def _group(
    plan: Plan, task: TaskId, boxes: dict[str, tuple[str, str]], arrows: dict[tuple[str, str, str], None]
) -> None:
    """A group has no job: draw it if it stands for something that is drawn."""
    tails = [f"t{plan.task_of(job)}" for job in map(plan.producer, plan.group_inputs(task)) if job is not None]
    if plan.task(task).action is None and any(tail in boxes for tail in tails):
        boxes[f"t{task}"] = (plan.task(task).name, "job")
        arrows.update(dict.fromkeys((tail, f"t{task}", "solid") for tail in tails))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
