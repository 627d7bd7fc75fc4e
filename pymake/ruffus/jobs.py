"""The jobs of a task of Ruffus, and what their making asks of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pymake.dataclass import dataclass
from pymake.planner.inputs import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Maker = Callable[["World"], "Jobs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of one job: `call` as its function gets them, `shown` with patterns as they were written."""

    call: tuple[object, ...]
    shown: tuple[object, ...]


class Jobs(NamedTuple):
    """The jobs of a task as the files are now.

    `dropped` says of each input that makes no job why; `made` is what readers see of all jobs.
    """

    parameters: Sequence[Parameters]
    dropped: Sequence[str] = ()
    made: Made = Made()


class Source(Protocol):
    """A task whose outputs are an input."""

    @property
    def reference(self) -> str:
        """What stands for it where a file name could stand."""


class World(Protocol):
    """What a run knows: the values for `runtime_parameter`, and what tasks make as the files are now."""

    runtime_data: Mapping[str, object]

    def made(self, task: Source) -> Made:
        """What readers see of the jobs of a task; remembered as long as nothing can have changed it."""
