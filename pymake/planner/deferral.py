"""Which tasks wait for outputs that are known only after a run, and for which tasks they wait.

A task is deferred if it may read what an open task makes, or what a deferred one makes. Whether it may is asked of the
*shapes* of outputs: expressions, since nobody knows the names yet. That errs on the side of waiting too much, so what
would make two tasks wait for each other only because of a vague shape is left out: the one reads what is there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import PlanError
from pymake.model.fields import Field, FieldError, parse
from pymake.model.outputs import open_texts
from pymake.model.patterns import Pattern, pieces, read
from pymake.planner.structure import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pymake.planner.declared import Declared


class Shape(NamedTuple):
    """What is known of the names of outputs. `depth` counts slashes, None if unknown; a vague shape is a guess."""

    regex: re.Pattern[str]
    start: str
    end: str
    depth: int | None
    is_vague: bool


def shapes_of(declared: Declared) -> tuple[Shape, ...]:
    """The shapes of the outputs of a task; of open outputs alone, where the others are known by name."""
    named = open_texts(declared.output)
    if declared.outputs is None:
        named += texts(declared.output)
    if declared.filter is not None and named:
        return (_vague(*declared.likeness),)
    return tuple(map(_shape, named))


def makers_shapes(declared: Declared) -> tuple[Shape, ...]:
    """The shapes of all that a task makes and that nobody knows yet.

    Those are the open outputs of an open task, and all outputs of a deferred one: its jobs come later.
    """
    known = () if declared.is_open or declared.outputs is None else map(_literal, declared.outputs)
    return (*shapes_of(declared), *known)


class OwnOutputs:
    """The outputs of an open task, which none of its own patterns matches: also those of earlier runs."""

    def __init__(self, known: Iterable[str], shapes: Sequence[Shape]) -> None:
        self._known = frozenset(known)
        self._shapes = [shape.regex for shape in shapes if not shape.is_vague]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and (path in self._known or any(shape.fullmatch(path) for shape in self._shapes))


def deferred_tasks(tasks: Sequence[Declared], is_source: Callable[[str], bool]) -> Mapping[str, tuple[str, ...]]:
    """The deferred tasks, each after those it waits for, with the open and deferred tasks that it may read.

    `is_source` tells of a path whether it is a file that no earlier build made.

    Raises:
        PlanError: deferred tasks have each other as input.
    """
    if not any(declared.is_open for declared in tasks):
        return {}
    return _Deferral(tasks, is_source).found()


class _Deferral:
    """Owns the graph of who may read whom, among open tasks and what comes after them."""

    def __init__(self, tasks: Sequence[Declared], is_source: Callable[[str], bool]) -> None:
        self._tasks = {declared.task.name: declared for declared in tasks}
        self._named = {name: tuple(named_inputs(declared)) for name, declared in self._tasks.items()}
        self._is_source = is_source
        self._reads: dict[str, dict[str, None]] = {name: {} for name in self._tasks}

    def found(self) -> dict[str, tuple[str, ...]]:
        strong, weak = self._links()
        for reader, maker in strong:
            self._reads[reader][maker] = None
        self._check_circle(strong)
        for reader, maker in weak:
            if not self._leads_to(maker, reader):
                self._reads[reader][maker] = None
        self._prune()
        return {name: tuple(self._reads[name]) for name in self._in_order()}

    def _links(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Reader and maker: where the reader names the task, and where a path or pattern of it may fit."""
        strong: list[tuple[str, str]] = []
        weak: list[tuple[str, str]] = []
        queue = dict.fromkeys(name for name, declared in self._tasks.items() if declared.is_open)
        done = 0
        while done < len(queue):
            maker = list(queue)[done]
            done += 1
            shapes = makers_shapes(self._tasks[maker])
            for name, declared in self._tasks.items():
                if name == maker:
                    continue
                if maker in declared.needs:
                    strong.append((name, maker))
                elif self._may_read(name, declared, shapes):
                    weak.append((name, maker))
                else:
                    continue
                queue.setdefault(name)
        return strong, weak

    def _may_read(self, name: str, declared: Declared, shapes: tuple[Shape, ...]) -> bool:
        return any(
            any(may_meet(pattern, shape) for pattern in declared.patterns)
            or any(self._may_be(path, shape) for path in self._named[name])
            for shape in shapes
        )

    def _may_be(self, path: str, shape: Shape) -> bool:
        return may_be(path, shape) and not (shape.is_vague and self._is_source(path))

    def _leads_to(self, start: str, goal: str) -> bool:
        """Whether `start` waits for `goal`, directly or not."""
        seen = {start}
        stack = [start]
        while stack:
            for upstream in self._reads[stack.pop()]:
                if upstream == goal:
                    return True
                if upstream not in seen:
                    seen.add(upstream)
                    stack.append(upstream)
        return start == goal

    def _prune(self) -> None:
        """Only open and deferred tasks are waited for; what a left-out link made deferred is so no more."""
        while True:
            idle = [name for name, reads in self._reads.items() if not reads and not self._tasks[name].is_open]
            gone = [(reader, name) for reader, reads in self._reads.items() for name in idle if name in reads]
            if not gone:
                return
            for reader, name in gone:
                del self._reads[reader][name]

    def _in_order(self) -> Iterator[str]:
        """The deferred tasks, each after those that it reads."""
        left = {name: reads for name, reads in self._reads.items() if reads}
        while left:
            free = [name for name, reads in left.items() if not any(read in left for read in reads)]
            for name in free:
                del left[name]
            yield from free

    def _check_circle(self, links: Iterable[tuple[str, str]]) -> None:
        for reader, maker in links:
            if self._leads_to(maker, reader):
                circle = [name for name in self._tasks if self._leads_to(name, reader) and self._leads_to(reader, name)]
                raise PlanError(
                    "a cycle of tasks: each has the next one as input",
                    place=self._tasks[circle[0]].task.place,
                    facts=[(name, self._tasks[name].task.place) for name in circle],
                    hint="name files instead of a task in one of them",
                )


def named_inputs(declared: Declared) -> Iterator[str]:
    """The inputs that are written out as paths."""
    for text in texts([declared.input, declared.order_only, declared.files]):
        found = read(text)
        if isinstance(found, str):
            yield found


def may_be(path: str, shape: Shape) -> bool:
    """Whether a path may be such an output, or a folder that holds some."""
    return shape.start.startswith(path + "/") or shape.regex.fullmatch(path) is not None


def may_meet(pattern: Pattern, shape: Shape) -> bool:
    """Whether a pattern may match such an output."""
    if not _agree(pattern.prefix, shape.start) or not _agree(pattern.suffix[::-1], shape.end[::-1]):
        return False
    return pattern.deep or shape.depth is None or pattern.text.count("/") == shape.depth


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _literal(path: str) -> Shape:
    return Shape(re.compile(re.escape(path)), path, path, path.count("/"), is_vague=False)


def _vague(start: str, end: str) -> Shape:
    return Shape(re.compile(re.escape(start) + ".*" + re.escape(end), re.DOTALL), start, end, None, is_vague=True)


def _shape(text: str) -> Shape:
    """The shape of one output text: a field or `**` may be anything."""
    try:
        found = [(piece, None if is_open else _fixed(piece)) for piece, is_open in pieces(text)]
    except FieldError:  # it is reported when the outputs are made
        return _vague("", "")
    crosses = [literal is None and (piece == "**" or piece[:1] == "{") for piece, literal in found]
    regex = "".join(
        re.escape(literal) if literal is not None else ".*" if crosses[at] else "[^/]*"
        for at, (_, literal) in enumerate(found)
    )
    fixed = [literal for _, literal in found]
    return Shape(
        re.compile(regex, re.DOTALL),
        _leading(fixed),
        _leading([literal and literal[::-1] for literal in reversed(fixed)])[::-1],
        None if any(crosses) else text.count("/"),
        is_vague=crosses[:1] == [True],
    )


def _fixed(piece: str) -> str | None:
    """The text of a piece that is no field."""
    parts = parse(piece)
    return None if any(isinstance(part, Field) for part in parts) else "".join(str(part) for part in parts)


def _leading(fixed: Sequence[str | None]) -> str:
    start = ""
    for literal in fixed:
        if literal is None:
            break
        start += literal
    return start
