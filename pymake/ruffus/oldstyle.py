"""The older spellings: `files`, `files_re` and `parallel`, where jobs are written out or come from a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.arguments import KEEP, REPLACE, parse_task_arguments
from pymake.ruffus.indicators import combine, inputs, regex
from pymake.ruffus.ruffus_exceptions import (
    error_missing_args,
    error_task_files,
    error_task_files_re,
    error_task_parallel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    class Named(Protocol):
        """What an error must know of a task."""

        _name: str

        def call(self) -> str:
            """The declaration, `%s` for its arguments."""


def files_arguments(task: Named, unnamed: Sequence[object], named: Mapping[str, object]) -> dict[str, object]:
    """`jobs`, a list of parameters for each job, or the `function` that makes them; `one` if there is just one job.

    Raises:
        error_task_files: the arguments make no jobs.
        error_missing_args: there are no arguments.
    """
    if not unnamed and not named:
        raise error_missing_args(f"Too few arguments in \n{task.call() % ''}")
    if len(unnamed) == 1 and not named:
        if callable(unnamed[0]) and not hasattr(unnamed[0], "prepared"):
            return {"function": unnamed[0]}
        return {"jobs": _written_jobs(task, unnamed[0])}
    found = parse_task_arguments(unnamed, named, ("input", "output", "extras"), task.call())
    extras = found["extras"]
    assert isinstance(extras, list), "extras are always a list"
    return {"jobs": [[found["input"], found["output"], *extras]], "one": True}


def _written_jobs(task: Named, jobs: object) -> list[list[object]]:
    if not isinstance(jobs, (list, tuple)) or not all(isinstance(job, (list, tuple)) and len(job) > 1 for job in jobs):
        raise error_task_files(
            task,
            f"Wrong syntax for @files.\n{task.call() % repr(jobs)}\n"
            "Give the parameters of a single job without brackets, or those of all jobs as a list of lists, "
            "[['input', 'output', ...], ...].",
        )
    return [list(job) for job in jobs]


def files_re_arguments(task: Named, unnamed: Sequence[object], named: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a `transform`, or of a `collate` where something is wrapped in `combine`; then `combined`.

    Raises:
        error_task_files_re: too few arguments, or the expression is none.
    """
    if len(unnamed) < 3 or named:
        raise error_task_files_re(task, f"Too few arguments for @files_re: {task.call() % repr(tuple(unnamed))}")
    source = unnamed[0]
    combined = any(isinstance(value, combine) for value in unnamed)
    expression, *rest = [value.args[0] if isinstance(value, combine) and value.args else value for value in unnamed[1:]]
    change, changed = KEEP, None
    if len(rest) > 1:
        first = rest.pop(0)
        change, changed = REPLACE, first.args[0] if isinstance(first, inputs) and first.args else first
    if not isinstance(expression, regex):
        expression = regex(expression)
    return {
        "input": source,
        "filter": expression,
        "modify_inputs_mode": change,
        "modify_inputs": changed,
        "output": rest[0],
        "extras": rest[1:],
        "combined": combined,
    }


def parallel_arguments(task: Named, unnamed: Sequence[object], named: Mapping[str, object]) -> dict[str, object]:
    """`jobs`, a list of parameters for each job; a function is asked for them at once.

    Raises:
        error_task_parallel: the arguments make no jobs.
    """
    if named:
        raise error_task_parallel(task, f"No named arguments expected: {task.call() % dict(named)!r}")
    if len(unnamed) != 1:
        return {"jobs": [list(unnamed)]} if unnamed else {"jobs": []}
    value = unnamed[0]
    jobs = value() if callable(value) else value
    if isinstance(jobs, str) or not hasattr(jobs, "__iter__"):
        return {"jobs": [[jobs]]}
    found = list(jobs)
    for job in found:
        if isinstance(job, str) or not hasattr(job, "__iter__"):
            raise error_task_parallel(
                task,
                f"Wrong syntax for @parallel.\n{task.call() % repr(value)}\n"
                "Give the parameters of a single job without brackets, or those of all jobs as a list of lists.",
            )
    return {"jobs": [list(job) for job in found]}
