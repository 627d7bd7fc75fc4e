"""Pipelines: named sets of tasks that can be fed, joined and cloned; `main` holds everything that is decorated."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pymake.ruffus.indicators import formatter, regex, suffix
from pymake.ruffus.ruffus_exceptions import (
    error_ambiguous_task,
    error_decorator_args,
    error_duplicate_task_name,
    error_executable_str,
    error_no_head_tasks,
    error_not_a_pipeline,
)
from pymake.ruffus.structure import names_in
from pymake.ruffus.tasks import Follows, Task
from pymake.ruffus.touching import make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


S = TypeVar("S", bound="TaskSet")


class TaskSet(dict[object, Task]):
    """A set of tasks; looks them up by name, function, function name, or `module.function`, as far as unambiguous.

    What it says of running stands in `pipelines.Pipeline`.
    """

    pipelines: ClassVar[dict[str, TaskSet]] = {}
    """Every pipeline of this process, by name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        if name in TaskSet.pipelines:
            raise Exception(  # noqa: TRY002  # scripts catch just this
                f"Error:\nDuplicate pipeline. A pipeline named '{name}' already exists.\n"
            )
        TaskSet.pipelines[name] = self
        self.name = name
        self.list_of_tasks: list[Task] = []
        self.head_tasks: list[Task] = []
        self.tail_tasks: list[Task] = []
        self.command_str_callback: Callable[..., object] | None = None
        self._count_of_mkdirs = 0
        self._aliases: dict[object, list[Task]] = {}
        self._suspended = False

    @classmethod
    def clear_all(cls) -> None:
        """Forget all pipelines."""
        cls.pipelines.clear()

    @property
    def tasks(self) -> set[Task]:
        """The tasks."""
        return set(self.list_of_tasks)

    @property
    def task_names(self) -> set[str]:
        """Their names."""
        return {task._name for task in self.list_of_tasks}

    # Making tasks

    def create_task(self, func: Callable[..., object], name: str | None = None) -> Task:
        """Add a task of this function, named after it unless a name is given.

        Raises:
            error_duplicate_task_name: there is one of this name.
            error_decorator_args: there is one of this function, and no name tells them apart.
        """
        if isinstance(func, str):
            raise error_executable_str(
                f"The command {func!r} stands where a function is needed. Write a function that runs it."
            )
        module, own = getattr(func, "__module__", ""), getattr(func, "__name__", type(func).__name__)
        if name is None:
            name = own if module == "__main__" else f"{module}.{own}"
            self._check_function(own, name)
        self._check_name(name)
        task = Task(func, name, self)
        self.list_of_tasks.append(task)
        self[name] = task
        for alias in (func, own, f"{module}.{own}"):
            self._add_alias(alias, task)
        return task

    def _check_name(self, name: str) -> None:
        if any(task._name == name for task in self.list_of_tasks):
            raise error_duplicate_task_name(
                f"Same task name {name!r} specified twice in the same pipeline ({self.name!r})"
            )

    def _check_function(self, function: str, name: str) -> None:
        if any(task._name == name for task in self.list_of_tasks):
            raise error_decorator_args(
                f"{function} has a task in the pipeline {self.name!r} already. Give each a name of its own: name=..."
            )

    def _add_alias(self, alias: object, task: Task) -> None:
        """Let the task be found by this too, as long as no other is."""
        known = self._aliases.setdefault(alias, [])
        known.append(task)
        if len(known) == 1:
            self.setdefault(alias, task)
        elif alias in self and self[alias] in known and self[alias]._name != alias:
            del self[alias]

    def tasks_of(self, word: object) -> list[Task]:
        """All tasks of this pipeline with this name or function."""
        if isinstance(word, str):
            named = [task for task in self.list_of_tasks if task._name == word]
            if named:
                return named
        try:
            return list(dict.fromkeys(self._aliases.get(word, ())))
        except TypeError:  # it cannot be a key, so it is no task
            return []

    def add_mkdir(self, name: str | None, unnamed: tuple[object, ...], named: Mapping[str, object]) -> Task:
        """Add a task that makes folders; with a filter, it makes them for each input."""
        if name is None:
            self._count_of_mkdirs += 1
            name = "mkdir" if self._count_of_mkdirs == 1 else f"mkdir # {self._count_of_mkdirs}"
        self._check_name(name)
        task = Task(make_folders, name, self)
        task.func_description = ""
        self.list_of_tasks.append(task)
        self[name] = task
        has_filter = "filter" in named or (len(unnamed) > 1 and isinstance(unnamed[1], (suffix, regex, formatter)))
        if has_filter:
            return task.declare("mkdir", unnamed, named)
        task.kind, task.syntax = "mkdir", "pipeline.mkdir"
        task.parsed_args = {"folders": [*unnamed, *named.values()]}
        return task

    def mkdir(self, *unnamed_args: object, **named_args: object) -> Task:
        """Add a task that makes folders, called `mkdir`, `mkdir # 2`, … unless there is a `name=`."""
        name = named_args.pop("name", None)
        return self.add_mkdir(None if name is None else str(name), unnamed_args, named_args)

    def _declared(
        self, kind: str, task_func: Callable[..., object], unnamed: tuple[object, ...], named: dict[str, object]
    ) -> Task:
        name = named.pop("name", None)
        if name is not None and not isinstance(name, str):
            raise error_decorator_args(f"The name of a task must be a text, not {name!r}")
        known = [task for task in self.list_of_tasks if task._name == name] if name is not None else []
        if name is None and not isinstance(task_func, str):
            known = self.tasks_of(task_func)
        known = [task for task in known if task.kind == "task" and not task.parsed_args]
        if known:
            return known[0].declare(kind, unnamed, named)
        task = self.create_task(task_func, name)
        task.syntax = f"pipeline.{kind}"
        return task.declare(kind, unnamed, named)

    def transform(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each input."""
        return self._declared("transform", task_func, unnamed_args, named_args)

    def originate(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each output; no input."""
        return self._declared("originate", task_func, unnamed_args, named_args)

    def split(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job with many outputs."""
        return self._declared("split", task_func, unnamed_args, named_args)

    def subdivide(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each input, each with many outputs."""
        return self._declared("subdivide", task_func, unnamed_args, named_args)

    def merge(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job of all inputs."""
        return self._declared("merge", task_func, unnamed_args, named_args)

    def collate(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for all inputs that lead to the same output."""
        return self._declared("collate", task_func, unnamed_args, named_args)

    def product(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each way to take an input from every set."""
        return self._declared("product", task_func, unnamed_args, named_args)

    def permutations(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each choice of some inputs, in every order."""
        return self._declared("permutations", task_func, unnamed_args, named_args)

    def combinations(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """One job for each choice of some inputs."""
        return self._declared("combinations", task_func, unnamed_args, named_args)

    def combinations_with_replacement(
        self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object
    ) -> Task:
        """One job for each choice of some inputs, each of them any number of times."""
        return self._declared("combinations_with_replacement", task_func, unnamed_args, named_args)

    def files(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """Jobs whose parameters are written out, or made by a function."""
        return self._declared("files", task_func, unnamed_args, named_args)

    def parallel(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """Jobs with parameters that are no files."""
        return self._declared("parallel", task_func, unnamed_args, named_args)

    def _plain(self, task_func: Callable[..., object], named: dict[str, object]) -> Task:
        """The task of a function: the one there is, or a new one that is called without parameters."""
        name = named.pop("name", None)
        if isinstance(name, str):
            known = [task for task in self.list_of_tasks if task._name == name]
        else:
            known = self.tasks_of(task_func)
        if len(known) > 1:
            raise error_ambiguous_task(
                f"{getattr(task_func, '__name__', task_func)!r} stands for several tasks of Pipeline {self.name!r}. "
                "Say which with name=."
            )
        return known[0] if known else self.create_task(task_func, name if isinstance(name, str) else None)

    def follows(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """The task of this function waits for those tasks."""
        task = self._plain(task_func, named_args)
        return task.follows(*unnamed_args)

    def check_if_uptodate(
        self, task_func: Callable[..., object], func: Callable[..., object], **named_args: object
    ) -> Task:
        """The task of this function is judged by that one."""
        return self._plain(task_func, named_args).check_if_uptodate(func)

    def graphviz(self, task_func: Callable[..., object], *unnamed_args: object, **named_args: object) -> Task:
        """The task of this function has these attributes in flowcharts."""
        task = self._plain(task_func, named_args)
        return task.graphviz(*unnamed_args, **named_args)

    # Joining pipelines

    def get_head_tasks(self) -> list[Task]:
        """The tasks that stand for the pipeline when it is fed."""
        return self.head_tasks

    def set_head_tasks(self, head_tasks: list[Task]) -> None:
        """Say which tasks stand for the pipeline when it is fed."""
        self.head_tasks = self._task_list(head_tasks, "set_head_tasks")

    def get_tail_tasks(self) -> list[Task]:
        """The tasks that stand for the pipeline where it is an input."""
        return self.tail_tasks

    def set_tail_tasks(self, tail_tasks: list[Task]) -> None:
        """Say which tasks stand for the pipeline where it is an input."""
        self.tail_tasks = self._task_list(tail_tasks, "set_tail_tasks")

    def _task_list(self, tasks: object, method: str) -> list[Task]:
        if not isinstance(tasks, list):
            raise Exception(  # noqa: TRY002, TRY004  # scripts catch just this
                f"Pipelines['{self.name}'].{method}() expects a list not {type(tasks)}"
            )
        found = []
        for task in tasks:
            known = [task] if isinstance(task, Task) else self.tasks_of(task)
            if len(known) != 1:
                raise Exception(  # noqa: TRY002  # as above
                    f"Pipelines['{self.name}'].{method}() expects Tasks not {task!r}"
                )
            found.append(known[0])
        return found

    def set_input(self, **args: object) -> None:
        """Feed the head tasks.

        Raises:
            error_no_head_tasks: there are none.
        """
        for task in self._fed("set_input"):
            task.set_input(**args)

    def set_output(self, **args: object) -> None:
        """Give the head tasks, each an `originate`, other outputs.

        Raises:
            error_no_head_tasks: there are none.
        """
        for task in self._fed("set_output"):
            task.set_output(**args)

    def _fed(self, method: str) -> list[Task]:
        if not self.head_tasks:
            raise error_no_head_tasks(
                f"Pipeline '{self.name}' has no head tasks defined.\n"
                f"Which task in '{self.name}' do you want to {method}() for?"
            )
        return self.head_tasks

    def clone(self: S, new_name: str) -> S:  # noqa: PYI019  # `Self` comes with Python 3.11
        """A copy; what its tasks say of each other is said of the copies. Limits are shared."""
        twin = type(self)(new_name)
        twins: dict[int, Task] = {}
        for task in self.list_of_tasks:
            twins[id(task)] = _twin(task, twin)
        memo: dict[int, object] = {id(task): other for task in self.list_of_tasks for other in [twins[id(task)]]}
        _keep_foreign(memo, self)
        for task in self.list_of_tasks:
            other = twins[id(task)]
            other.parsed_args = _copied(task.parsed_args, memo)
            other.follow_params = [
                Follows(parents=tuple(_copied({"": word}, memo)[""] for word in follows.parents), call=follows.call)
                for follows in task.follow_params
            ]
        twin.head_tasks = [twins[id(task)] for task in self.head_tasks]
        twin.tail_tasks = [twins[id(task)] for task in self.tail_tasks]
        twin._aliases = {alias: [twins[id(task)] for task in tasks] for alias, tasks in self._aliases.items()}
        twin.update({key: twins[id(task)] for key, task in self.items()})
        return twin

    def get_task_names(self) -> list[str]:
        """The names of its tasks, in the order of their declaration."""
        return [task._name for task in self.list_of_tasks]

    # Jobs of a cluster

    def suspend_jobs(self) -> None:
        """Ask the jobs on a cluster to pause."""
        self._suspended = True

    def resume_jobs(self) -> None:
        """Ask the jobs on a cluster to go on."""
        self._suspended = False

    def is_job_suspended(self) -> bool:
        """Whether jobs on a cluster are to pause."""
        return self._suspended

    def set_command_str_callback(self, command_str_callback: Callable[..., object]) -> None:
        """Taken for compatibility: a command in the place of a function never worked, and is refused."""
        self.command_str_callback = command_str_callback


def _twin(task: Task, pipeline: TaskSet) -> Task:
    """The task in another pipeline, its own parameters not yet copied."""
    other = copy.copy(task)
    other.pipeline = pipeline
    other.prepared = None
    other.graphviz_attributes = {}
    other.posttask_functions = list(task.posttask_functions)
    other.active_if_checks = None if task.active_if_checks is None else list(task.active_if_checks)
    pipeline.list_of_tasks.append(other)
    return other


def _keep_foreign(memo: dict[int, object], own: TaskSet) -> None:
    """Tasks and pipelines of others are not copied."""
    for pipeline in TaskSet.pipelines.values():
        if pipeline is not own:
            memo[id(pipeline)] = pipeline
            memo.update((id(task), task) for task in pipeline.list_of_tasks)


def _copied(arguments: Mapping[str, object], memo: dict[int, object]) -> dict[str, object]:
    return copy.deepcopy(dict(arguments), dict(memo))


def make_folders(folders: object) -> None:
    """What a `mkdir` task does."""
    for name in names_in(folders):
        make_folder(name)


def lookup_pipeline(pipeline: TaskSet | str) -> TaskSet:
    """The pipeline of this name.

    Raises:
        error_not_a_pipeline: there is none.
    """
    if isinstance(pipeline, TaskSet):
        return pipeline
    found = TaskSet.pipelines.get(pipeline)
    if found is None:
        raise error_not_a_pipeline(f"{pipeline} does not name a pipeline.")
    return found


def all_tasks(pipelines: Iterable[TaskSet]) -> list[Task]:
    """The tasks of these pipelines, in order."""
    return [task for pipeline in pipelines for task in pipeline.list_of_tasks]
