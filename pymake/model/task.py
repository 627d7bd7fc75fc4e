"""What a build file declares: tasks, and what they share in a project.

Texts in a `Task` are as the user wrote them: variables, captures and patterns are not yet replaced. The planner
does that, once, for tasks from every kind of build file.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pymake.errors import Place
from pymake.model.code import Meaning

Parameter = object
"""A nested structure of file names (`str`) and `TaskRef`s in lists, tuples and sets; anything else passes through."""

VariableValue = str | tuple[str, ...]
"""A variable is a text, or a list of texts that become several arguments."""


LONGEST_SECONDS = 1e9
"""A longer timeout or delay, infinity too, makes no difference to anybody, but to the clocks of the system."""


class Kind(enum.Enum):
    """How a task makes jobs. The value is the word in a build file."""

    TASK = "task"
    """One job, explicit inputs and outputs."""
    ORIGINATE = "originate"
    """No input; one job for each element of the output."""
    TRANSFORM = "transform"
    """One job for each input."""
    SPLIT = "split"
    """One job of all inputs, many outputs, each of them an input of its own to readers."""
    SUBDIVIDE = "subdivide"
    """One job for each input, each with many outputs, as with `split`."""
    MERGE = "merge"
    """One job of all inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRef:
    """Another task where a file name could stand: all its outputs."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffix:
    """The filter `suffix(".c")`: takes inputs that end so; the output replaces that end."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandText:
    """A command as written, fields not yet replaced.

    `commands` are run one after the other, each a text (through the shell only where it needs one) or a list of
    texts (never through the shell).
    """

    commands: tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A Python function that jobs call.

    `code_key` is the digest (hex) of its meaning; `meaning` gives the parts it was made from, for showing a difference
    (see `model.code`): asked for only then, since it costs more than the key. `name` is `module:qualname`, for people.
    """

    name: str
    target: Callable[..., object]
    code_key: str
    meaning: Callable[[], Meaning] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One declaration. Names are unique in a project; those of other pipelines carry `pipeline::`.

    `action` is None for a group: a task that only stands for its inputs and for what it follows.
    """

    name: str
    kind: Kind = Kind.TASK
    place: Place
    action: CommandText | Function | None = None
    input: Parameter = None
    output: Parameter = None
    extras: tuple[Parameter, ...] = ()
    filter: Suffix | None = None
    output_dir: str | None = None
    order_only: Parameter = ()
    depfile: str | None = None
    follows: tuple[TaskRef, ...] = ()
    mkdir: tuple[str, ...] = ()
    variables: Mapping[str, VariableValue] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    uses_env: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    cwd: str | None = None
    pool: str | None = None
    cores: int = 1
    timeout: float | None = None
    retries: int = 0
    retry_delay: float = 0.0
    protected: bool = False
    always: bool = False
    active: bool = True
    tags: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that the build files of one root declare, before any of it is expanded.

    `root` is the folder of the build files, absolute; `files` the build files and the project modules they loaded,
    relative to it. `default` holds target names as written; empty means every task. `default_place`
    is where a text says so.
    """

    root: str
    files: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    default: tuple[str, ...] = ()
    default_place: Place | None = None
    variables: Mapping[str, VariableValue] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, int] = field(default_factory=dict)
