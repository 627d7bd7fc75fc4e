"""Which tasks enter a run, and in which order."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from pymake.ruffus.ruffus_exceptions import error_circular_dependencies

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pymake.ruffus.tasks import Task

    Graph = Mapping[Task, Sequence[Task]]


def ancestors(targets: Iterable[Task], parents: Callable[[Task], Sequence[Task]]) -> dict[Task, Sequence[Task]]:
    """The targets and everything above them, each with its parents."""
    graph: dict[Task, Sequence[Task]] = {}
    open_tasks = list(targets)
    while open_tasks:
        task = open_tasks.pop()
        if task not in graph:
            graph[task] = parents(task)
            open_tasks += graph[task]
    return graph


def ordered(graph: Graph, declared: Sequence[Task]) -> list[Task]:
    """Parents first; among those that could come next, the one declared first. Equal pipelines give equal orders.

    Raises:
        error_circular_dependencies: tasks wait for each other.
    """
    rank = {task: number for number, task in enumerate(declared)}
    sorter = TopologicalSorter({task: graph[task] for task in sorted(graph, key=lambda task: rank[task])})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = sorted(set(error.args[1]), key=lambda task: rank[task])
        names = ", ".join(task.display_name for task in circle)
        raise error_circular_dependencies(
            f"Circular dependencies found in the pipeline involving one or more of ({names})"
        ) from None
    result: list[Task] = []
    ready: list[Task] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda task: rank[task])
        task = ready.pop(0)
        result.append(task)
        sorter.done(task)
    return result


def on_circles(graph: Graph) -> frozenset[Task]:
    """The tasks that wait for themselves, through others or not."""
    found = set()
    for task in graph:
        seen: set[Task] = set()
        above = list(graph[task])
        while above and task not in seen:
            parent = above.pop()
            if parent not in seen:
                seen.add(parent)
                above += graph[parent]
        if task in seen:
            found.add(task)
    return frozenset(found)


def entering(
    order: Sequence[Task],
    graph: Graph,
    *,
    forced: Collection[Task],
    needs_update: Callable[[Task], bool],
    targets: Collection[Task] = (),
    maximal: bool = True,
) -> tuple[list[Task], list[Task]]:
    """The tasks that enter the run, and those that are up to date; both parents first.

    A task enters if it needs an update, is forced, or one of its parents enters. In the minimal way, only those are
    looked at that are reached from the `targets` without passing one that is up to date.
    """
    stale: dict[Task, bool] = {}

    def is_stale(task: Task) -> bool:
        if task not in stale:
            stale[task] = task in forced or needs_update(task)
        return stale[task]

    looked_at = set(order) if maximal else _reached(graph, targets, forced, is_stale)
    enters: dict[Task, bool] = {}
    for task in order:
        behind = any(enters[parent] for parent in graph[task])
        enters[task] = task in looked_at and (behind or is_stale(task))
    return [task for task in order if enters[task]], [task for task in order if task in looked_at and not enters[task]]


def _reached(
    graph: Graph, targets: Collection[Task], forced: Collection[Task], is_stale: Callable[[Task], bool]
) -> set[Task]:
    """What is looked at in the minimal way; and forced tasks, with everything between them and the targets."""
    reached: set[Task] = set()
    open_tasks = list(targets)
    while open_tasks:
        task = open_tasks.pop()
        if task not in reached:
            reached.add(task)
            if is_stale(task):
                open_tasks += graph[task]
    below = {task for task in graph if task in forced}
    grown = True
    while grown:
        behind = {task for task in graph if task not in below and not below.isdisjoint(graph[task])}
        grown = bool(behind)
        below |= behind
    return reached | below
