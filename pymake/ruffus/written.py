"""The jobs of `files` and `parallel`: written out, or made by a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.planner.inputs import Made
from pymake.ruffus.jobs import Jobs, Parameters
from pymake.ruffus.kinds import inputs_of
from pymake.ruffus.ruffus_exceptions import error_task_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pymake.ruffus.jobs import Maker, Source, World
    from pymake.ruffus.kinds import Written
    from pymake.ruffus.oldstyle import Named


def written_files(
    jobs: Sequence[Sequence[object]], declared: Written, sources: Mapping[str, Source], *, single: bool
) -> Maker:
    """The jobs of `files`: tasks and patterns in their inputs, which `declared` has, stand for names."""

    def made(world: World) -> Jobs:
        inputs = inputs_of(sources, world, declared)
        return _jobs(((inputs.whole(source), *rest) for source, *rest in jobs), single=single)

    return made


def generated_files(task: Named, function: Callable[[], Iterable[object]]) -> Maker:
    """The jobs of `files` that a function makes, anew each time they are asked for."""

    def generated() -> Iterator[tuple[object, ...]]:
        for job in function():
            if isinstance(job, str) or not hasattr(job, "__iter__"):
                raise error_task_files(
                    task, f"@files: {function!r} must yield the parameters of a job as a list, not {job!r}"
                )
            call = tuple(job)
            if len(call) < 2:
                raise error_task_files(task, f"@files: {function!r} must yield at least input and output, not {call!r}")
            yield call

    return lambda _: _jobs(generated())


def written_jobs(jobs: Iterable[Sequence[object]]) -> Maker:
    """Jobs with these parameters, as they are."""
    return lambda _: _jobs(map(tuple, jobs))


def _jobs(calls: Iterable[tuple[object, ...]], *, single: bool = False) -> Jobs:
    parameters = [Parameters(call=call, shown=call) for call in calls]
    outputs = sorted((job.call[1] for job in parameters if len(job.call) > 1), key=str)
    return Jobs(parameters, (), Made(tuple(outputs), single=single))
