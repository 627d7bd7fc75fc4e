"""Whether the parameters of jobs can travel to worker processes, known before anything runs."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from pymake.model.canonical import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.ruffus.book import Book
    from pymake.ruffus.tasks import Task


def check_parameters(book: Book) -> None:
    """Make sure that what the tasks of a run say of their jobs can be pickled, as far as it is known.

    Raises:
        RethrownJobError: it cannot; the text names the task, the parameter and its type.
    """
    for task in book.tasks:
        if task.in_main_process or not task.is_active:
            continue
        for name, value in _known(task):
            if is_plain(value):
                continue
            try:
                pickle.dumps(value)
            except Exception as error:  # an object may raise anything
                book.parameters_failed(task, _refusal(task, name, value, error))
                raise book.failed from error


def _known(task: Task) -> Iterator[tuple[str, object]]:
    """The parameters of the jobs of a task that are known before its inputs are."""
    extras, jobs = task.parsed_args.get("extras"), task.parsed_args.get("jobs")
    if isinstance(extras, list):
        yield from ((f"extras[{at}]", value) for at, value in enumerate(extras))
    if isinstance(jobs, list):
        first = 0 if task.kind == "parallel" else 1
        for job in jobs:
            yield from ((f"parameter {at + 1}", value) for at, value in enumerate(job) if at >= first)


def _refusal(task: Task, name: str, value: object, error: Exception) -> TypeError:
    kind = type(value)
    return TypeError(
        f"{name} of task {task.display_name!r} cannot be sent to a worker process: "
        f"{kind.__module__}.{kind.__qualname__} ({error}). "
        "Run with multiprocess=1 or multithread, or make the object inside of the function."
    )
