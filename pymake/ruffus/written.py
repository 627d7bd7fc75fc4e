"""The jobs of `files` and `parallel`: written out, or made by a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.inputs import expanded
from pymake.ruffus.kinds import Parameters
from pymake.ruffus.ruffus_exceptions import error_task_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pymake.ruffus.inputs import World
    from pymake.ruffus.kinds import Made
    from pymake.ruffus.oldstyle import Named


def written_files(jobs: Iterable[Sequence[object]]) -> Callable[[World], Iterator[Made]]:
    """The jobs of `files`: tasks and patterns in their inputs stand for names."""

    def made(world: World) -> Iterator[Made]:
        for source, output, *extras in jobs:
            call = (expanded(source, world, bare=True), output, *extras)
            yield Parameters(call=call, shown=call)

    return made


def generated_files(task: Named, function: Callable[[], Iterable[object]]) -> Callable[[World], Iterator[Made]]:
    """The jobs of `files` that a function makes, anew each time they are asked for."""

    def made(_: World) -> Iterator[Made]:
        for job in function():
            if isinstance(job, str) or not hasattr(job, "__iter__"):
                raise error_task_files(
                    task, f"@files: {function!r} must yield the parameters of a job as a list, not {job!r}"
                )
            call = tuple(job)
            if len(call) < 2:
                raise error_task_files(task, f"@files: {function!r} must yield at least input and output, not {call!r}")
            yield Parameters(call=call, shown=call)

    return made


def written_parallel(jobs: Iterable[Sequence[object]]) -> Callable[[World], Iterator[Made]]:
    """The jobs of `parallel`, as they are."""

    def made(_: World) -> Iterator[Made]:
        for job in jobs:
            yield Parameters(call=tuple(job), shown=tuple(job))

    return made
