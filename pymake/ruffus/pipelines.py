"""`Pipeline`: a set of tasks that can be run, printed and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.ruffus import functions, taskset
from pymake.ruffus.taskset import TaskSet

if TYPE_CHECKING:
    from pymake.ruffus.flowchart import Drawing


class Pipeline(TaskSet):
    """A pipeline of its own name.

    >>> Pipeline("of the docs").name
    'of the docs'
    """

    def run(self, *unnamed_args: object, **named_args: object) -> None:
        """Bring its tasks up to date; takes what `pipeline_run` takes."""
        _call(functions.pipeline_run, unnamed_args, {"pipeline": self, **named_args})

    def printout(self, *unnamed_args: object, **named_args: object) -> None:
        """Print what would run; takes what `pipeline_printout` takes."""
        _call(functions.pipeline_printout, unnamed_args, {"pipeline": self, **named_args})

    def printout_graph(self, stream: Drawing, *unnamed_args: object, **named_args: object) -> None:
        """Draw its tasks; takes what `pipeline_printout_graph` takes."""
        _call(functions.pipeline_printout_graph, (stream, *unnamed_args), {"pipeline": self, **named_args})


def _call(function: object, unnamed: tuple[object, ...], named: dict[str, object]) -> None:
    assert callable(function), "one of the three above"
    function(*unnamed, **named)


Pipeline("main")


def main_pipeline() -> TaskSet:
    """The pipeline that decorators fill; made anew after `clear_all`."""
    known = TaskSet.pipelines.get("main")
    return Pipeline("main") if known is None else known


def lookup_pipeline(pipeline: TaskSet | str | None) -> TaskSet:
    """The pipeline of this name; `main` for None.

    Raises:
        error_not_a_pipeline: there is none.
    """
    return main_pipeline() if pipeline is None else taskset.lookup_pipeline(pipeline)
