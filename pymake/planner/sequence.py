"""In which order tasks are expanded: after every task whose outputs their inputs may be.

Vertices are tasks and the patterns in their inputs; equal patterns share one, so many tasks with one pattern cost no
more than one. Whether a pattern may match the outputs of a task is asked of how both start and end. That errs on the
side of an order too many, and tasks which then seem to need each other come out as one group.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymake.model.patterns import Pattern
    from pymake.planner.declared import Declared


def groups(tasks: Sequence[Declared]) -> list[list[int]]:
    """The indices of tasks in an order for expanding; tasks that may need each other stand together, sorted."""
    below = _needs(tasks)
    count = len(tasks)
    if not any(below):
        return [[index] for index in range(count)]
    return [sorted(found) for group in _connected(below) if (found := [vertex for vertex in group if vertex < count])]


def _needs(tasks: Sequence[Declared]) -> list[list[int]]:
    numbers = {declared.task.name: index for index, declared in enumerate(tasks)}
    below: list[list[int]] = [[numbers[name] for name in declared.needs if name in numbers] for declared in tasks]
    if not any(declared.patterns for declared in tasks):
        return below
    makers = _Makers(tasks)
    vertices: dict[str, int] = {}
    for index, declared in enumerate(tasks):
        for pattern in declared.patterns:
            vertex = vertices.get(pattern.text)
            if vertex is None:
                vertex = vertices[pattern.text] = len(below)
                below.append(list(makers.of(pattern)))
            below[index].append(vertex)
    return below


class _Makers:
    """The tasks by how their outputs start: those that may match a pattern are found without asking all."""

    def __init__(self, tasks: Sequence[Declared]) -> None:
        self._by_start: dict[str, list[tuple[str, int]]] = {}
        for index, declared in enumerate(tasks):
            for path in declared.outputs or ():
                self._by_start.setdefault(path, []).append((path, index))
            if declared.output and (declared.outputs is None or declared.is_open):
                start, end = declared.likeness
                self._by_start.setdefault(start, []).append((end, index))
        self._starts = sorted(self._by_start)

    def of(self, pattern: Pattern) -> Iterator[int]:
        """The tasks of which an output may match."""
        prefix, suffix = pattern.prefix, pattern.suffix
        starts = [prefix[:length] for length in range(len(prefix))]
        first = bisect_left(self._starts, prefix)
        starts += self._starts[first : bisect_left(self._starts, prefix + "\U0010ffff", first)]
        found: dict[int, None] = {}
        for start in starts:
            for end, index in self._by_start.get(start, ()):
                if end.endswith(suffix) or suffix.endswith(end):
                    found[index] = None
        return iter(found)


def _connected(below: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The strongly connected components, each after all it leads to (Tarjan's algorithm, without recursion)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in range(len(below)):
        if root in number:
            continue
        stack = [(root, iter(below[root]))]
        while stack:
            vertex, rest = stack[-1]
            if vertex not in number:
                number[vertex] = low[vertex] = len(number)
                path.append(vertex)
                on_path.add(vertex)
            inner = next((other for other in rest if other not in number or other in on_path), None)
            if inner is not None and inner not in number:
                stack.append((inner, iter(below[inner])))
            elif inner is not None:
                low[vertex] = min(low[vertex], number[inner])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[vertex])
                if low[vertex] == number[vertex]:
                    yield _cut(path, on_path, vertex)


def _cut(path: list[int], on_path: set[int], vertex: int) -> list[int]:
    at = path.index(vertex) if path[-1] != vertex else len(path) - 1
    found = path[at:]
    del path[at:]
    on_path.difference_update(found)
    return found
