"""What stands at the beginning of running, printing and drawing: targets, tasks made ready, what is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.ruffus.failures import parameters_failed
from pymake.ruffus.history import History
from pymake.ruffus.naming import target_tasks
from pymake.ruffus.preparing import prepare
from pymake.ruffus.ruffus_exceptions import error_checksum_level
from pymake.ruffus.ruffus_utility import get_default_checksum_level, get_default_history_file_name
from pymake.ruffus.selection import ancestors, entering, on_circles, ordered
from pymake.ruffus.structure import is_sequence
from pymake.ruffus.taskset import TaskSet, all_tasks, lookup_pipeline
from pymake.ruffus.timestamps import NothingToJudge, is_up_to_date
from pymake.ruffus.world import Now, keeps_records

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pymake.ruffus.jobs import Parameters
    from pymake.ruffus.tasks import Task
    from pymake.ruffus.timestamps import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a call asks for. `level` and `history_file` None stand for the defaults."""

    pipeline: TaskSet | str | None = None
    targets: object = ()
    forced: object = ()
    maximal: bool = True
    runtime_data: Mapping[str, object] | None = None
    level: int | None = None
    history_file: str | None = None
    touch_only: bool | int = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a job has to run, in words; `judgement` where files decided."""

    needs_update: bool
    text: str = ""
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Everything that is known before anything runs.

    `graph` holds the ancestors of the targets with their parents, `order` the same tasks, parents first. `declared` is
    every task that was made ready.
    """

    now: Now
    targets: Sequence[Task]
    forced: Collection[Task]
    graph: Mapping[Task, Sequence[Task]]
    order: Sequence[Task]
    declared: Sequence[Task]
    maximal: bool
    unmatched: list[Task]
    empty: list[Task]
    circular: Collection[Task] = ()

    def selected(self) -> tuple[list[Task], list[Task]]:
        """The tasks that enter, and those that are up to date."""
        return entering(
            self.order,
            _straight(self.graph, self.circular),
            forced=self.forced,
            needs_update=self.needs_update,
            targets=self.targets,
            maximal=self.maximal,
        )

    def needs_update(self, task: Task) -> bool:
        """Whether some job of the task has to run, or nothing could tell.

        Raises:
            RethrownJobError: its parameters cannot be made.
        """
        if not task.is_active or task in self.circular:
            return False
        self.now.look_again()
        try:
            jobs, dropped, _ = self.now.jobs(task)
            if not jobs and dropped:
                self.unmatched.append(task)
            if task.kind == "files" and task.parsed_args.get("jobs") == []:
                self.empty.append(task)
            return any(self.answer(task, job).needs_update for job in jobs)
        except Exception as error:
            raise parameters_failed(task, error) from error

    def answer(self, task: Task, job: Parameters) -> Answer:
        """Whether a job has to run."""
        if task.needs_update_func is not None:
            return _asked(task, job)
        prepared = task.prepared
        assert prepared is not None, "a run prepares every task that it reaches"
        if prepared.makes_folders:
            found = self.now.missing_folders(job)
            missing = not isinstance(found, NothingToJudge)
            return Answer(needs_update=missing, judgement=found)
        if not prepared.judged:
            return Answer(needs_update=True, text="no function to check if up-to-date")
        judgement = self.now.judgement(task, job)
        return Answer(needs_update=not is_up_to_date(judgement), judgement=judgement)


def _asked(task: Task, job: Parameters) -> Answer:
    """The answer of the user's own function, a pair."""
    assert task.needs_update_func is not None, "the caller has looked"
    answer = task.needs_update_func(*job.call)
    if not is_sequence(answer):
        raise TypeError(
            f"check_if_uptodate: {task.needs_update_func!r} must return (needs_update, message), not {answer!r}"
        )
    needs_update, message = answer
    return Answer(needs_update=bool(needs_update), text=str(message))


def ready(aim: Aim, *, circles: bool = False) -> Ready:
    """Make tasks ready, and find targets and their ancestors. With `circles`, tasks may wait for each other.

    Raises:
        error_task: a task or a name is wrong.
        error_circular_dependencies: tasks wait for each other.
    """
    declared = _prepared(aim.pipeline)
    targets = target_tasks(aim.targets, aim.pipeline) if _is_given(aim.targets) else _all(aim.pipeline)
    forced = target_tasks(aim.forced, aim.pipeline) if _is_given(aim.forced) else []
    graph = ancestors(targets, _parents)
    declared = [*declared, *(task for task in graph if task not in declared)]
    circular = on_circles(graph) if circles else frozenset()
    order = ordered(_straight(graph, circular), declared)
    level = _level(aim.level)
    history = None
    if keeps_records(level, aim.history_file):
        history = History(aim.history_file or get_default_history_file_name())
    return Ready(
        now=Now(runtime_data=dict(aim.runtime_data or {}), history=history, level=level),
        targets=targets,
        forced=set(graph) if _all_forced(aim) else set(forced),
        graph=graph,
        order=order,
        declared=declared,
        maximal=aim.maximal,
        unmatched=[],
        empty=[],
        circular=circular,
    )


def _straight(graph: Mapping[Task, Sequence[Task]], circular: Collection[Task]) -> Mapping[Task, Sequence[Task]]:
    """The graph without the lines between tasks on circles."""
    if not circular:
        return graph
    return {
        task: [parent for parent in parents if task not in circular or parent not in circular]
        for task, parents in graph.items()
    }


def _all_forced(aim: Aim) -> bool:
    """With `touch_files_only=2` all records are written anew."""
    return aim.touch_only is not True and aim.touch_only == 2  # True == 1


def _is_given(words: object) -> bool:
    return isinstance(words, TaskSet) or callable(words) or bool(words)


def _all(pipeline: TaskSet | str | None) -> list[Task]:
    """All tasks of the pipeline; without one, of all pipelines."""
    return all_tasks(_pipelines(pipeline))


def _pipelines(pipeline: TaskSet | str | None) -> list[TaskSet]:
    return list(TaskSet.pipelines.values()) if pipeline is None else [lookup_pipeline(pipeline)]


def _prepared(pipeline: TaskSet | str | None) -> list[Task]:
    """Make every task of the pipelines ready, and those of others that they need."""
    done: dict[Task, None] = {}
    todo = all_tasks(_pipelines(pipeline))
    while todo:
        task = todo.pop(0)
        if task in done:
            continue
        done[task] = None
        task.update_active_state()
        task.prepared = prepare(task)
        todo += task.prepared.parents
    return list(done)


def _parents(task: Task) -> Sequence[Task]:
    if task.prepared is None:
        task.update_active_state()
        task.prepared = prepare(task)
    return task.prepared.parents


def _level(level: int | None) -> int:
    if level is None:
        return get_default_checksum_level()
    if level not in (0, 1, 2, 3):
        raise error_checksum_level(f"checksum_level is {level!r}, and must be a number from 0 to 3")
    return int(level)
