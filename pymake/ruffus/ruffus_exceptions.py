"""The exceptions of Ruffus: same names, same bases, same members.

All derive from `error_task`, which knows the tasks it is about and indents its text. They are what scripts catch; what
pymake itself raises underneath is translated before it gets here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class NamedTask(Protocol):
    """What an exception must know of a task."""

    _name: str


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


class error_task(Exception):
    """Anything that is wrong with a task or a run. `tasks` are the tasks it is about, `main_msg` is its headline."""

    def __init__(self, *errmsg: object) -> None:
        super().__init__(*errmsg)
        self.tasks: set[NamedTask] = set()
        self.main_msg = ""

    def get_main_msg(self) -> str:
        """The headline, and the names of the tasks, one on a line."""
        names = sorted(f"task = {task._name!r}" for task in self.tasks)
        headline = f"\n\n{self.main_msg} for\n" if self.main_msg else "\n\n"
        return "\n".join([headline, *names, ""] if names else [headline])

    def __str__(self) -> str:
        return _indented("    " + self.get_main_msg() + "\n" * (not self.tasks) + " ".join(map(str, self.args)))

    def specify_task(self, task: NamedTask, main_msg: str) -> error_task:
        """Say which task it is about; returns the exception itself, so it can be raised in the same line."""
        self.tasks.add(task)
        self.main_msg = main_msg
        return self


class error_task_contruction(error_task):
    """A task that cannot be set up."""

    def __init__(self, task: NamedTask, main_msg: str, *errmsg: object) -> None:
        super().__init__(*errmsg)
        self.specify_task(task, main_msg)


class RethrownJobError(error_task):
    """What went wrong in jobs.

    `job_exceptions` holds, for each, `[task name, job name, "module.Class", "(message)" or "", traceback]`, all texts.
    """

    def __init__(self, job_exceptions: Iterable[list[str]] = ()) -> None:
        super().__init__()
        self.job_exceptions: list[list[str]] = list(job_exceptions)

    def __len__(self) -> int:
        return len(self.job_exceptions)

    def __bool__(self) -> bool:
        return True  # an exception is one, also before anything was appended

    def append(self, job_exception: list[str]) -> None:
        """Take in one more."""
        self.job_exceptions.append(job_exception)

    def task_to_func_name(self, task_name: str) -> str:
        """The task as its function is written: `def name(...):`."""
        return task_name if "mkdir " in task_name[:6] else f"def {task_name.rpartition('.')[2]}(...):"

    def get_nth_exception_str(self, nn: int = -1) -> str:
        """The text of one of them, the last by default."""
        if nn < 0:
            nn += len(self.job_exceptions)
        task_name, job_name, kind, value, trace = self.job_exceptions[nn]
        lines = [
            "",
            f"Exception #{nn + 1}",
            f"  '{kind}{value}' raised in ...",
            f"   Task = {self.task_to_func_name(task_name)}",
            f"   {job_name}",
            "",
            f"{trace}",
            "",
        ]
        return "\n    ".join("\n".join(lines).split("\n"))

    def __str__(self) -> str:
        heading = "Original exceptions:" if len(self.job_exceptions) > 1 else "Original exception:"
        texts = [self.get_nth_exception_str(number) for number in range(len(self.job_exceptions))]
        return f"\n    {_indented(self.get_main_msg())}\n    \n{heading}\n" + "".join(texts)


class error_input_file_does_not_match(error_task):
    """A file name does not match a filter: there is no job for it."""


class fatal_error_input_file_does_not_match(error_task):
    """A substitution that can never work, such as a group that the expression does not have."""


class task_FilesArgumentsError(error_task):
    """Arguments of `files` that make no job."""


class task_FilesreArgumentsError(error_task):
    """Arguments of `files_re` that make no job."""


class MissingInputFileError(error_task):
    """A job was to start and an input is not there."""


class JobSignalledBreak(error_task):
    """Raised by a job: stop at once."""


class JobSignalledSuspend(error_task):
    """Raised by a job of a cluster that is suspended."""


class JobSignalledResume(error_task):
    """Raised by a job of a cluster that goes on."""


class JobFailed(error_task):
    """A job of a cluster failed."""


class PostTaskArgumentError(error_task):
    """`posttask` of something that is no function and no `touch_file`."""


class JobsLimitArgumentError(error_task):
    """`jobs_limit` below 1, or a second limit under one name."""


class error_task_get_output(error_task_contruction):
    """The output of a task is asked for, and it has none to tell."""


class error_task_transform_inputs_multiple_args(error_task_contruction):
    """`inputs` with more than one argument, in `transform`."""


class error_task_transform(error_task_contruction):
    """Wrong arguments of `transform`."""


class error_task_product(error_task_contruction):
    """Wrong arguments of `product`."""


class error_task_mkdir(error_task_contruction):
    """Wrong arguments of `mkdir`."""


class error_task_permutations(error_task_contruction):
    """Wrong arguments of `permutations`."""


class error_task_combinations(error_task_contruction):
    """Wrong arguments of `combinations`."""


class error_task_combinations_with_replacement(error_task_contruction):
    """Wrong arguments of `combinations_with_replacement`."""


class error_task_merge(error_task_contruction):
    """Wrong arguments of `merge`."""


class error_task_subdivide(error_task_contruction):
    """Wrong arguments of `subdivide`."""


class error_task_originate(error_task_contruction):
    """Wrong arguments of `originate`."""


class error_task_collate(error_task_contruction):
    """Wrong arguments of `collate`."""


class error_task_collate_inputs_multiple_args(error_task_contruction):
    """`inputs` with more than one argument, in `collate`."""


class error_task_split(error_task_contruction):
    """Wrong arguments of `split`."""


class error_task_files_re(error_task_contruction):
    """Wrong arguments of `files_re`."""


class error_task_files(error_task_contruction):
    """Wrong arguments of `files`."""


class error_task_parallel(error_task_contruction):
    """Wrong arguments of `parallel`."""


class error_making_directory(error_task):
    """A folder cannot be made."""


class error_duplicate_task_name(error_task):
    """Two tasks of one pipeline have one name."""


class error_decorator_args(error_task):
    """A function with two rules, or a decorator that cannot be applied."""


class error_task_name_lookup_failed(error_task):
    """There is no task of that name."""


class error_task_decorator_takes_no_args(error_task):
    """A decorator without arguments got some."""


class error_function_is_not_a_task(error_task):
    """A function that no decorator has made a task."""


class error_ambiguous_task(error_task):
    """A name or function that stands for several tasks."""


class error_not_a_pipeline(error_task):
    """A name that is no pipeline's."""


class error_circular_dependencies(error_task):
    """Tasks that wait for each other."""


class error_not_a_directory(error_task):
    """A file is where a folder was to be made."""


class error_missing_output(error_task):
    """An output is not there."""


class error_job_signalled_interrupt(error_task):
    """A signal ended a job."""


class error_node_not_task(error_task):
    """Something that is no task stands where one is needed."""


class error_missing_runtime_parameter(error_task):
    """`runtime_data` has no such entry."""


class error_unescaped_regular_expression_forms(error_task):
    """A control character where a back reference was meant: a raw string is missing."""


class error_checksum_level(error_task):
    """A checksum level that is none of 0 to 3."""


class error_missing_args(error_task):
    """An argument that a task needs is missing."""


class error_too_many_args(error_task):
    """An argument that a task does not know, or that was given twice."""


class error_inputs_multiple_args(error_task):
    """`inputs` takes one argument."""


class error_set_input(error_task):
    """`set_input` of a task without inputs, or with an argument that it does not know."""


class error_set_output(error_task):
    """`set_output` of a task that is no `originate`."""


class error_no_head_tasks(error_task):
    """A pipeline without head tasks was fed."""


class error_no_tail_tasks(error_task):
    """A pipeline without tail tasks is used as an input."""


class error_executable_str(error_task):
    """A command in the place of a function."""


class error_extras_wrong_type(error_task):
    """`extras=` that is no list."""


__all__ = [name for name, found in vars().items() if isinstance(found, type) and issubclass(found, error_task)]
