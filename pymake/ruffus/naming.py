"""Which tasks a name, a function, a task or a pipeline stands for, seen from a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus.indicators import Indicator
from pymake.ruffus.ruffus_exceptions import error_ambiguous_task, error_no_tail_tasks, error_node_not_task
from pymake.ruffus.tasks import Task
from pymake.ruffus.taskset import TaskSet, all_tasks, lookup_pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def tasks_in_input(word: object, own: TaskSet) -> Sequence[Task] | None:
    """The tasks that a word inside an input stands for; None if it stands for none, such as a number.

    A text must be a name here: the caller knows where texts are file names.
    """
    if isinstance(word, Task):
        return [word]
    if isinstance(word, TaskSet):
        return tails(word)
    if isinstance(word, str):
        return named_tasks(word, own)
    if callable(word) and not isinstance(word, Indicator):
        return [task_of_function(word, own)]
    return None


def followed_tasks(word: object, own: TaskSet, call: str) -> Sequence[Task]:
    """The tasks that an argument of `follows` stands for. `call` is where it stands, for the error."""
    if isinstance(word, (list, tuple, set)):
        return [task for member in word for task in followed_tasks(member, own, call)]
    try:
        found = tasks_in_input(word, own)
    except error_node_not_task as unknown:
        raise error_node_not_task(*unknown.args, f"\n{call}") from None
    if found is None:
        raise error_node_not_task(f"{word!r} is no task\n{call}")
    return found


def tails(pipeline: TaskSet) -> list[Task]:
    """The tail tasks.

    Raises:
        error_no_tail_tasks: there are none.
    """
    if not pipeline.tail_tasks:
        raise error_no_tail_tasks(
            f"Pipeline '{pipeline.name}' has no tail tasks defined.\n"
            f"Which task in '{pipeline.name}' are you referring to?"
        )
    return pipeline.tail_tasks


def named_tasks(name: str, own: TaskSet | None, *, whole: bool = False) -> list[Task]:
    """The tasks behind a name.

    It is `pipe::task`, a task of `own`, a pipeline (its tails, or with `whole` all of it), or a task anywhere.

    Raises:
        error_node_not_task: there is none.
        error_ambiguous_task: there are several.
    """
    pipeline, found, task = name.partition("::")
    if found and pipeline in TaskSet.pipelines:
        return [_only(TaskSet.pipelines[pipeline].tasks_of(task), name)]
    if own is not None and (tasks := own.tasks_of(name)):
        return [_only(tasks, name)]
    if name in TaskSet.pipelines:
        own = TaskSet.pipelines[name]
        return list(own.list_of_tasks) if whole else tails(own)
    return [_only([task for each in TaskSet.pipelines.values() for task in each.tasks_of(name)], name)]


def task_of_function(function: Callable[..., object], own: TaskSet) -> Task:
    """The task of a function; one that no pipeline knows becomes a task of `main` without parameters."""
    found = own.tasks_of(function) or [task for each in TaskSet.pipelines.values() for task in each.tasks_of(function)]
    if found:
        return _only(found, getattr(function, "__name__", repr(function)))
    main = TaskSet.pipelines.get("main")
    return (type(own)("main") if main is None else main).create_task(function)


def _only(tasks: list[Task], name: str) -> Task:
    if len(tasks) == 1:
        return tasks[0]
    if tasks:
        names = ", ".join(f"{task.pipeline.name}::{task._name}" for task in tasks)
        raise error_ambiguous_task(f"{name} is ambiguous: it stands for {names}")
    from pymake.errors import nearest  # noqa: PLC0415  # only a message needs it

    near = nearest(name, {task._name for task in all_tasks(TaskSet.pipelines.values())})
    hint = f" The nearest names are {', '.join(near)}." if near else ""
    raise error_node_not_task(
        f"task '{name}' is not a pipelined task in Ruffus. Have you mis-spelt the function or task name?{hint}"
    )


def target_tasks(words: object, pipeline: TaskSet | str | None) -> list[Task]:
    """The tasks that `target_tasks` or `forcedtorun_tasks` name, each once.

    Raises:
        TypeError: something stands there that can be no task.
    """
    own = lookup_pipeline(pipeline) if pipeline is not None else TaskSet.pipelines.get("main")
    listed = words if isinstance(words, (list, tuple, set)) else [words]
    found: list[Task] = []
    for word in listed:
        found += _target(word, own)
    return list(dict.fromkeys(found))


def _target(word: object, own: TaskSet | None) -> list[Task]:
    if isinstance(word, Task):
        return [word]
    if isinstance(word, TaskSet):
        return list(word.list_of_tasks)
    if isinstance(word, str):
        return named_tasks(word, own, whole=True)
    if not callable(word):
        raise TypeError("Expecting a string or function, or a Ruffus Task or Pipeline object")
    found = own.tasks_of(word) if own is not None else []
    found = found or [task for each in TaskSet.pipelines.values() for task in each.tasks_of(word)]
    return [_only(found, getattr(word, "__name__", repr(word)))]
