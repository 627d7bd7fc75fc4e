"""A task as Ruffus has it: a function, a rule that makes its jobs, and what was said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pymake.ruffus.arguments import parse_task_arguments
from pymake.ruffus.forms import EXPECTS
from pymake.ruffus.indicators import FoldersFirst, regex, touch_file
from pymake.ruffus.oldstyle import files_arguments, files_re_arguments, parallel_arguments
from pymake.ruffus.ruffus_exceptions import (
    JobsLimitArgumentError,
    PostTaskArgumentError,
    error_decorator_args,
    error_set_input,
    error_set_output,
    error_task_decorator_takes_no_args,
)
from pymake.ruffus.structure import names_in
from pymake.ruffus.touching import touch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pymake.ruffus.jobs import Maker


class Home(Protocol):
    """What a task asks of its pipeline."""

    name: str
    command_str_callback: Callable[..., object] | None

    def add_mkdir(self, name: str | None, unnamed: tuple[object, ...], named: Mapping[str, object]) -> Task:
        """Add a task that makes folders."""


PLAIN = "task"
"""The kind of a task without a rule."""


class Limit(NamedTuple):
    """At most so many jobs at a time, of all tasks with this name of a limit."""

    name: str
    most: int


class Follows(NamedTuple):
    """What `follows` was given, names not yet looked up, and the call as the user wrote it."""

    parents: tuple[object, ...]
    call: str


_limits: dict[str, int] = {}  # every named limit of this process: a second value is an error


class Prepared(NamedTuple):
    """What a run needs of a task.

    `jobs` makes them, as the files are now, and tells of inputs that make none. With `plain`, the function is called
    once, without parameters. `parents` are waited for, those of them that are `sources` give their outputs. With
    `many`, readers see each output of a job apart. With `looks`, the jobs depend on which files there are. `judged`
    tells whether files decide about its jobs. `given` are the inputs as they are declared, and `changed` what is put
    in their place or beside them, both with references to tasks.
    """

    jobs: Maker
    parents: tuple[Task, ...]
    sources: tuple[Task, ...] = ()
    many: bool = False
    looks: bool = False
    judged: bool = True
    makes_folders: bool = False
    plain: bool = False
    given: object = None
    changed: object = None


class Task:
    """One task of a pipeline. Every modifier returns the task, so calls can be chained.

    What a run makes of it, `prepared`, is made anew for every run.
    """

    def __init__(
        self,
        func: Callable[..., object],
        task_name: str,
        pipeline: Home | None = None,
        command_str: str | None = None,
    ) -> None:
        if pipeline is None:
            raise error_decorator_args(f"A task needs a pipeline: Pipeline(...).transform(..., name={task_name!r})")
        self.pipeline = pipeline
        self._name = task_name
        self.user_defined_work_func = func
        self.func_name: str = getattr(func, "__name__", type(func).__name__)
        self.func_module_name: str = getattr(func, "__module__", "")
        self.func_description: str = command_str or getattr(func, "__doc__", None) or ""
        self.kind = PLAIN
        self.syntax = f"pipeline.{PLAIN}"
        self.parsed_args: dict[str, object] = {}
        self.follow_params: list[Follows] = []
        self.posttask_functions: list[Callable[[], object]] = []
        self.limit: Limit | None = None
        self.active_if_checks: list[object] | None = None
        self.is_active = True
        self.needs_update_func: Callable[..., object] | None = None
        self.graphviz_attributes: dict[str, object] = {}
        self.in_main_process = False
        self.count_of_mkdirs = 0
        self.created_via_decorator = False
        self.prepared: Prepared | None = None

    def __repr__(self) -> str:
        return f"<Task {self._get_display_name()}>"

    # Names

    def _get_display_name(self) -> str:
        """The name in messages: with its pipeline unless that is `main`, without `__main__.`."""
        name = self._name if self.pipeline.name == "main" else f"{self.pipeline.name}::{self._name}"
        return name.replace("__main__.", "")

    @property
    def reference(self) -> str:
        """What stands for the task in the inputs of others."""
        return f"{self.pipeline.name}::{self._name}"

    @property
    def display_name(self) -> str:
        """The name in messages."""
        return self._get_display_name()

    def call(self, syntax: str | None = None) -> str:
        """The declaration in messages, `%s` for its arguments."""
        syntax = syntax or self.syntax
        if self.created_via_decorator:
            return f"@{syntax.removeprefix('pipeline.')}(%s)\ndef {self.display_name}(...):\n    ...\n"
        shown = f"{self.pipeline.name}::{self._name}"
        return f"{syntax}(name = {shown!r}, task_func = {self.func_name}, %s)"

    # Rules

    def declare(self, kind: str, unnamed: tuple[object, ...], named: Mapping[str, object]) -> Task:
        """Give the task its rule.

        Raises:
            error_decorator_args: it has one already.
            error_task: the arguments make no rule.
        """
        if self.kind != PLAIN:
            raise error_decorator_args(
                f"Duplicate task for:\n\n{self.call(f'pipeline.{kind}') % '...'}\n\n"
                "This has already been specified with a the same name or function\n"
                f"({self.display_name!r}, task_{self.kind} and task_{kind})\n"
            )
        if kind == "split" and len(unnamed) > 1 and isinstance(unnamed[1], regex):
            kind = "subdivide"  # an old spelling
        self.syntax = f"pipeline.{kind}"
        self.kind = kind
        if kind == "files":
            self.parsed_args = files_arguments(self, unnamed, named)
        elif kind == "files_re":
            self.parsed_args = files_re_arguments(self, unnamed, named)
        elif kind == "parallel":
            self.parsed_args = parallel_arguments(self, unnamed, named)
        else:
            self.parsed_args = parse_task_arguments(unnamed, named, EXPECTS[kind], self.call())
        return self

    def set_input(self, **args: object) -> None:
        """Give the task other inputs: `input=`, for a `product` also `input2=`, ….

        Raises:
            error_set_input: it has no inputs, or an argument is unknown.
        """
        if "input" not in self.parsed_args:
            raise error_set_input(f"{self.display_name} has no input to set")
        if "input" not in args:
            raise error_set_input("Missing the input argument in set_input(input=xxx)")
        own = self.parsed_args["input"]
        if self.kind == "product":
            assert isinstance(own, list), "a product has a list of inputs"
            places = {"input" if at == 0 else f"input{at + 1}": at for at in range(len(own))}
        else:
            places = {"input": 0}
        unknown = sorted(args.keys() - places.keys())
        if unknown:
            raise error_set_input(f"Unexpected arguments in set_input(...): {', '.join(unknown)}")
        if self.kind == "product":
            assert isinstance(own, list), "as above"
            self.parsed_args["input"] = [args.get(name, own[at]) for name, at in places.items()]
        else:
            self.parsed_args["input"] = args["input"]

    def set_output(self, **args: object) -> None:
        """Give an `originate` another `output=`.

        Raises:
            error_set_output: it is no `originate`, or the argument is missing or unknown.
        """
        if self.kind != "originate":
            raise error_set_output("Can only set output for originate tasks")
        if "output" not in args:
            raise error_set_output("Missing the output argument in set_output(output=xxx)")
        if len(args) > 1:
            raise error_set_output(f"Unexpected arguments in set_output(...): {', '.join(args.keys() - {'output'})}")
        self.parsed_args["output"] = args["output"]

    # Modifiers

    def follows(self, *unnamed_args: object) -> Task:
        """Wait for these tasks: functions, names, tasks, pipelines, or `mkdir(…)`."""
        call = f"{self.call() % '...'}.follows({', '.join(map(_shown, unnamed_args))})"
        parents = tuple(self._parent(word) for word in unnamed_args)
        self.follow_params.append(Follows(parents=parents, call=call))
        if self.kind == PLAIN:
            self.syntax = "pipeline.follows"
        return self

    def _parent(self, word: object) -> object:
        return self._preceding_mkdir(word.args, word.named_args) if isinstance(word, FoldersFirst) else word

    def mkdir(self, *unnamed_args: object, **named_args: object) -> Task:
        """Add a task before this one that makes folders."""
        parent = self._preceding_mkdir(unnamed_args, named_args)
        self.follow_params.append(Follows(parents=(parent,), call=self.call() % "..."))
        return self

    def _preceding_mkdir(self, unnamed: tuple[object, ...], named: Mapping[str, object]) -> Task:
        self.count_of_mkdirs += 1
        number = f" #{self.count_of_mkdirs}" if self.count_of_mkdirs > 1 else ""
        shown = ",   ".join([*map(repr, unnamed), *(f"{name}={value!r}" for name, value in named.items())])
        name = f"mkdir({shown}){number}   before {self._name} "
        return self.pipeline.add_mkdir(name, unnamed, named)

    def posttask(self, *funcs: object) -> Task:
        """Call these functions, or touch these files, when the task is finished in a run.

        Raises:
            PostTaskArgumentError: something else was given.
        """
        for func in funcs:
            if isinstance(func, touch_file):
                self.posttask_functions += [_Toucher(name) for name in names_in(list(func.args))]
            elif callable(func):
                self.posttask_functions.append(func)
            else:
                raise PostTaskArgumentError(
                    f"Expecting simple functions or touch_file() in \n{self.call() % '...'}.posttask({func!r})"
                )
        return self

    def run_in_main_process(self) -> Task:
        """Run the jobs of this task one at a time in the process that runs the pipeline."""
        self.in_main_process = True
        return self

    def jobs_limit(self, maximum_jobs_in_parallel: int, limit_name: str | None = None) -> Task:
        """Run at most so many jobs of this task, or of all tasks with this limit, at a time.

        Raises:
            JobsLimitArgumentError: it is below 1, or another number than before under this name.
        """
        shown = ", ".join(filter(None, [repr(maximum_jobs_in_parallel), limit_name]))
        call = f"{self.call() % '...'}.jobs_limit({shown})"
        if not _is_positive(maximum_jobs_in_parallel):
            raise JobsLimitArgumentError(f"Expecting a positive integer > 1 in \n{call}")
        if limit_name is not None:
            former = _limits.setdefault(limit_name, maximum_jobs_in_parallel)
            if former != maximum_jobs_in_parallel:
                raise JobsLimitArgumentError(
                    f"The job limit {limit_name!r} cannot re-defined from the former limit of {former} in \n{call}"
                )
        name = f"{self.pipeline.name}:{self._name}" if limit_name is None else limit_name
        self.limit = Limit(name=name, most=maximum_jobs_in_parallel)
        return self

    def active_if(self, *active_if_checks: object) -> Task:
        """Take part in a run only if all of these are true: values, or functions that are asked then."""
        self.active_if_checks = [*(self.active_if_checks or ()), *active_if_checks]
        return self

    def update_active_state(self) -> None:
        """Ask the conditions of `active_if`."""
        if self.active_if_checks is not None:
            self.is_active = all(check() if callable(check) else bool(check) for check in self.active_if_checks)

    def graphviz(self, *unnamed_args: object, **named_args: object) -> Task:
        """Attributes for the flowchart.

        Raises:
            error_task_decorator_takes_no_args: something was given without a name.
        """
        if unnamed_args:
            raise error_task_decorator_takes_no_args(
                f"Only named arguments expected in \n{self.call() % '...'}.graphviz({unnamed_args!r})"
            )
        self.graphviz_attributes = named_args
        return self

    def check_if_uptodate(self, func: Callable[..., object]) -> Task:
        """Ask this function, with the parameters of a job, in place of the usual rule: `(needs update, message)`.

        Raises:
            error_decorator_args: it is no function.
        """
        if not callable(func):
            raise error_decorator_args(
                f"Expected a single function or Callable object in \n{self.call() % '...'}.check_if_uptodate({func!r})"
            )
        self.needs_update_func = func
        return self

    def set_command_str_callback(self, command_str_callback: Callable[..., object]) -> None:
        """Taken for compatibility: a command in the place of a function never worked, and is refused."""
        self.pipeline.command_str_callback = command_str_callback


class _Toucher:
    """Makes or touches one file."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self) -> None:
        touch(self._name)


def _shown(word: object) -> str:
    return getattr(word, "__name__", None) or repr(word)


def _is_positive(number: object) -> bool:
    return isinstance(number, int) and number >= 1
