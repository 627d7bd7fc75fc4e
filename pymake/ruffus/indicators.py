"""Words that stand inside the arguments of a task: filters, replaced inputs, tasks by name, values of a run."""

from __future__ import annotations

__all__ = [
    "add_inputs",
    "combine",
    "formatter",
    "inputs",
    "output_from",
    "regex",
    "runtime_parameter",
    "suffix",
]


class Indicator:
    """Owns the arguments it was given, as they are."""

    def __init__(self, *args: object) -> None:
        self.args = args

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.args))})"


class suffix(Indicator):
    """Inputs that end so; the output replaces that end."""


class regex(Indicator):
    """Inputs in which the expression is found; the output replaces *every* match and keeps the rest of the name."""


class formatter(Indicator):
    """Inputs taken apart as absolute paths, one optional expression for each; outputs are built from the fields."""


class inputs(Indicator):
    """What a job gets instead of its input."""


class add_inputs(Indicator):
    """What a job gets beside its input, which becomes a tuple."""


class output_from(Indicator):
    """The texts inside are names of tasks, functions or pipelines, not of files."""


class combine(Indicator):
    """In `files_re`: jobs with equal arguments become one."""


class runtime_parameter(Indicator):
    """The value that `runtime_data` has under this name when the pipeline runs."""


class touch_file(Indicator):
    """For `posttask`: files that are made or touched."""


class FoldersFirst:
    """What `mkdir(…)` is where it stands as an argument: its own arguments, to make folders before a task."""

    args: tuple[object, ...]
    named_args: dict[str, object]
