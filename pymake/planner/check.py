"""Whether a plan can be carried out: no cycles, and every input there or made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.errors import PlanError, nearest
from pymake.model.ids import JobId, TaskId
from pymake.model.rows import marked
from pymake.model.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pymake.model.ids import FileId
    from pymake.model.plan import Plan

_MOST_COMPARED = 20_000
"""Names that are compared with a missing one: more would take seconds."""


def check_cycles(plan: Plan) -> None:
    """Make sure that no job waits for itself, be it for a file or for a followed task.

    Raises:
        PlanError: one does; the files of one cycle in their order, with tasks and places.
    """
    if plan.is_in_order():
        return
    wanted = bytearray(b"\1") * plan.job_count
    order = Upstream(plan, wanted, {}).order
    if len(order) < plan.job_count:
        for job in order:
            wanted[job] = 0
        raise _job_cycle(plan, wanted)
    circle = _task_circle(plan)
    if circle:
        raise PlanError(
            "a cycle of tasks that follow each other",
            place=plan.task(circle[0]).place,
            facts=[(plan.task(task).name, plan.task(task).place) for task in circle],
            hint="take one of them out of a follows",
        )


def check_inputs(
    plan: Plan, wanted: bytearray, is_there: Callable[[FileId], bool], names_in: Callable[[str], Iterable[str]]
) -> None:
    """Make sure that every input of the wanted jobs is there or made by a job.

    `names_in` lists a folder (its path relative to the root, "" for the root), for names like a missing one.

    Raises:
        PlanError: one is neither; it names the task that needs it and files with a similar name.
    """
    check_inputs_of(plan, map(JobId, marked(wanted)), is_there, names_in)


def check_inputs_of(
    plan: Plan, jobs: Iterable[JobId], is_there: Callable[[FileId], bool], names_in: Callable[[str], Iterable[str]]
) -> None:
    """The same of these jobs.

    Raises:
        PlanError: as `check_inputs`.
    """
    checked: set[FileId] = set()
    missing: list[tuple[FileId, JobId]] = []
    for job in jobs:
        for file in (*plan.dirtying(job), *plan.order_only(job)):
            if file not in checked:
                checked.add(file)
                if plan.producer(file) is None and not is_there(file) and not _in_made_folder(plan, file):
                    missing.append((file, job))
    if missing:
        folders = _made_folders(plan)
        missing = [(file, job) for file, job in missing if plan.path(file) not in folders]
    if missing:
        raise _missing(plan, missing, _names_like(plan, plan.path(missing[0][0]), is_there, names_in))


def _in_made_folder(plan: Plan, file: FileId) -> bool:
    folder = plan.path(file).rpartition("/")[0]
    while folder:
        above = plan.file(folder)
        if above is not None and plan.producer(above) is not None:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _made_folders(plan: Plan) -> set[str]:
    """Every folder with an output somewhere below."""
    found: set[str] = set()
    for job in plan.jobs():
        for path in plan.output_paths(job):
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
    return found


def _missing(plan: Plan, missing: list[tuple[FileId, JobId]], known: list[str]) -> PlanError:
    file, job = missing[0]
    path = plan.path(file)
    near = nearest(path, known)
    facts = [("needed by", plan.label(job))]
    if near:
        facts.append(("nearest", ", ".join(near)))
    others = [plan.path(other) for other, _ in missing[1:]]
    if others:
        facts.append(("also missing", ", ".join(others[:3]) + (f" and {len(others) - 3} more" if others[3:] else "")))
    return PlanError(
        f"task {plan.task(plan.task_of(job)).name}: the input {path} is not there, and no task makes it",
        place=plan.place(job),
        facts=facts,
        hint="correct the name, or declare the file as the output of a task",
    )


def _names_like(
    plan: Plan, path: str, is_there: Callable[[FileId], bool], names_in: Callable[[str], Iterable[str]]
) -> list[str]:
    """What is in the same folder, and files of the plan that are there or made, those of the same name first."""
    folder, slash, name = path.rpartition("/")
    beside = [folder + slash + other for other in names_in(folder) if other != name]  # a link to nowhere has the name
    found = [other for other in plan.paths() if other != path]
    found.sort(key=lambda other: other.rpartition("/")[0] != folder and other.rpartition("/")[2] != name)
    known = (other for other in found[:_MOST_COMPARED] if _exists(plan, other, is_there))
    return list(dict.fromkeys([*beside, *known]))


def _exists(plan: Plan, path: str, is_there: Callable[[FileId], bool]) -> bool:
    file = plan.file(path)
    return file is not None and (plan.producer(file) is not None or is_there(file))


def _job_cycle(plan: Plan, stuck: bytearray) -> PlanError:
    """Walk upstream among the stuck jobs until one comes again."""
    job = next(job for job in plan.jobs() if stuck[job])
    seen: dict[JobId, int] = {}
    walked: list[tuple[JobId, str]] = []
    while job not in seen:
        seen[job] = len(walked)
        upstream, why = next(_waits_for(plan, job, stuck))
        walked.append((job, why))
        job = upstream
    circle = walked[seen[job] :]
    return PlanError(
        "a cycle: each of these waits for the next",
        place=plan.place(circle[0][0]),
        facts=[_link(plan, job, why) for job, why in circle],
        hint="take one of the inputs away, or write to another file",
    )


def _waits_for(plan: Plan, job: JobId, stuck: bytearray) -> Iterator[tuple[JobId, str]]:
    """The stuck jobs that a stuck job waits for, with the reason."""
    for files, how in ((plan.dirtying(job), "reads"), (plan.order_only(job), "waits for")):
        for file in files:
            producer = plan.producer(file)
            if producer is not None and stuck[producer]:
                yield producer, f"{how} {plan.path(file)}"
    seen: set[TaskId] = set()
    stack = list(reversed(plan.followed(plan.task_of(job))))
    while stack:
        task = stack.pop()
        if task not in seen:
            seen.add(task)
            for other in plan.task_jobs(task):
                if stuck[other]:
                    yield other, f"follows {plan.task(task).name}"
            stack.extend(reversed(plan.followed(task)))


def _link(plan: Plan, job: JobId, why: str) -> tuple[str, str]:
    outputs = plan.output_paths(job)
    name = plan.task(plan.task_of(job)).name
    return (outputs[0] if outputs else name), f"task {name} ({plan.place(job)}) {why}"


def _task_circle(plan: Plan) -> list[TaskId]:
    """Tasks without jobs that follow each other in a circle, if there are any."""
    over: set[TaskId] = set()
    for root in map(TaskId, range(plan.task_count)):
        path = {root: iter(plan.followed(root))} if root not in over else {}
        while path:
            last = next(reversed(path))
            task = next(path[last], None)
            if task is None:
                over.add(last)
                del path[last]
            elif task in path:
                tasks = list(path)
                return tasks[tasks.index(task) :]
            elif task not in over:
                path[task] = iter(plan.followed(task))
    return []
