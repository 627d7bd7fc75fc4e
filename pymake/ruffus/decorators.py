"""The decorators: each makes its function a task of the pipeline `main`, or says more of it, and returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pymake.ruffus.indicators import FoldersFirst
from pymake.ruffus.pipelines import main_pipeline
from pymake.ruffus.ruffus_exceptions import (
    JobsLimitArgumentError,
    error_decorator_args,
    error_task_decorator_takes_no_args,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymake.ruffus.tasks import Task

    F = TypeVar("F", bound=Callable[..., object])
else:
    F = TypeVar("F")


class task_decorator:
    """Owns the arguments of one decorator until it meets its function."""

    def __init__(self, *args: object, **named_args: object) -> None:
        self.args = args
        self.named_args = named_args

    def __call__(self, task_func: F) -> F:
        """Say it of the task of this function, a new one if it has none."""
        main = main_pipeline()
        known = [task for task in main.tasks_of(task_func) if task.created_via_decorator]
        task = known[0] if known else main.create_task(task_func)
        task.created_via_decorator = True
        self._say(task)
        return task_func

    def _say(self, task: Task) -> None:
        task.declare(type(self).__name__, self.args, self.named_args)

    def _alone(self) -> tuple[object, ...]:
        """The arguments of a decorator that takes none by name."""
        if self.named_args:
            raise error_decorator_args(f"Unexpected named arguments in @{type(self).__name__}: {self.named_args}")
        return self.args


class originate(task_decorator):
    """One job for each output; no input."""


class split(task_decorator):
    """One job with many outputs."""


class transform(task_decorator):
    """One job for each input."""


class subdivide(task_decorator):
    """One job for each input, each with many outputs."""


class merge(task_decorator):
    """One job of all inputs."""


class collate(task_decorator):
    """One job for all inputs that lead to the same output."""


class product(task_decorator):
    """One job for each way to take an input from every set."""


class permutations(task_decorator):
    """One job for each choice of some inputs, in every order."""


class combinations(task_decorator):
    """One job for each choice of some inputs."""


class combinations_with_replacement(task_decorator):
    """One job for each choice of some inputs, each of them any number of times."""


class files(task_decorator):
    """Jobs whose parameters are written out, or made by a function."""


class files_re(task_decorator):
    """An older spelling of `transform` and `collate` with an expression."""


class parallel(task_decorator):
    """Jobs with parameters that are no files."""


class mkdir(task_decorator, FoldersFirst):
    """Makes folders before the task; also an argument of `follows`."""

    def _say(self, task: Task) -> None:
        task.mkdir(*self.args, **self.named_args)


class follows(task_decorator):
    """Waits for other tasks."""

    def _say(self, task: Task) -> None:
        task.follows(*self._alone())


class posttask(task_decorator):
    """Calls functions, or touches files, when the task is finished."""

    def _say(self, task: Task) -> None:
        task.posttask(*self._alone())


class jobs_limit(task_decorator):
    """Runs at most so many jobs at a time."""

    def _say(self, task: Task) -> None:
        limit, *name = [*self.args, *self.named_args.values()]
        if not isinstance(limit, int) or not all(isinstance(each, str) for each in name):
            raise JobsLimitArgumentError(f"@jobs_limit takes a number and a name, not {limit!r}, {name!r}")
        task.jobs_limit(limit, *map(str, name))


class active_if(task_decorator):
    """Takes part only if all of these are true."""

    def _say(self, task: Task) -> None:
        task.active_if(*self._alone())


class graphviz(task_decorator):
    """Attributes for the flowchart."""

    def _say(self, task: Task) -> None:
        task.graphviz(*self.args, **self.named_args)


class check_if_uptodate(task_decorator):
    """Judges the jobs by a function."""

    def _say(self, task: Task) -> None:
        functions = self._alone()
        if len(functions) != 1 or not callable(functions[0]):
            raise error_decorator_args(f"@check_if_uptodate takes one function, not {functions!r}")
        task.check_if_uptodate(functions[0])


class run_in_main_process(task_decorator):
    """Runs the jobs in the process that runs the pipeline."""

    def _say(self, task: Task) -> None:
        if self.args or self.named_args:
            raise error_task_decorator_takes_no_args("@run_in_main_process() takes no arguments")
        task.run_in_main_process()
