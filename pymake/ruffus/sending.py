"""Whether the parameters of jobs can travel to worker processes, known before anything runs."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from pymake.model.arguments import culprit_of, travels
from pymake.model.canonical import is_plain
from pymake.ruffus.arguments import ADD
from pymake.ruffus.inputs import has_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymake.ruffus.book import Book
    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.tasks import Task


def check_parameters(book: Book) -> None:
    """Make sure that the parameters of the jobs of a run can be pickled, as far as they are known.

    Raises:
        RethrownJobError: one cannot; the text names the task, the parameter and its type.
    """
    for task in book.tasks:
        if task.in_main_process or not task.is_active or (task.prepared is not None and task.prepared.makes_folders):
            continue
        for name, value in _known(task, book):
            if is_plain(value):
                continue
            try:
                pickle.dumps(value)
            except Exception as error:  # an object may raise anything
                book.parameters_failed(task, _refusal(task, name, value, error))
                raise book.failed from error


def _known(task: Task, book: Book) -> Iterator[tuple[str, object]]:
    """What the jobs of a task are given, as far as it is known before its inputs are made."""
    extras, jobs, changes = (task.parsed_args.get(word) for word in ("extras", "jobs", "modify_inputs_mode"))
    if "output" in task.parsed_args:
        yield "output", task.parsed_args["output"]
    if task.prepared is not None and task.prepared.changed is not None:
        yield "add_inputs" if changes == ADD else "inputs", task.prepared.changed
    if isinstance(extras, list):
        yield from ((f"extras[{at}]", value) for at, value in enumerate(extras))
    if isinstance(jobs, list):
        first = 0 if task.kind == "parallel" else 1
        for job in jobs:
            yield from ((f"parameter {at + 1}", value) for at, value in enumerate(job) if at >= first)
    yield from _of_jobs_now(task, book)


def _of_jobs_now(task: Task, book: Book) -> Iterator[tuple[str, object]]:
    """What the jobs that there are already are given.

    Asked only where it may say more than the declaration: what a function makes, and inputs that hold an object. An
    element with such an object is no mistake where it makes no job.
    """
    generated = callable(task.parsed_args.get("function"))
    if not generated and not _may_hold_objects(task):
        return
    written = task.kind == "files"
    for job in _jobs_now(task, book):
        for at, value in enumerate(job.call if generated else job.call[:1]):
            yield f"parameter {at + 1}" if written else "input", value


def _may_hold_objects(task: Task) -> bool:
    given = None if task.prepared is None else task.prepared.given
    return not is_plain(given) and (has_values(given) or not travels(given))


def _jobs_now(task: Task, book: Book) -> Sequence[Parameters]:
    try:
        return book.now.jobs(task).parameters
    except Exception:  # noqa: BLE001  # it is said when the task enters: files that come until then may mend it
        return ()


def _refusal(task: Task, name: str, value: object, error: Exception) -> TypeError:
    where, culprit = culprit_of(value)
    kind = type(culprit)
    return TypeError(
        f"{name}{where} of task {task.display_name!r} cannot be sent to a worker process: "
        f"{kind.__module__}.{kind.__qualname__} ({error}). "
        "Run with multiprocess=1 or multithread, or make the object inside of the function."
    )
