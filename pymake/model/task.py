"""What a build file declares: tasks, and what they share in a project.

Texts in a `Task` are as the user wrote them: variables, captures and patterns are not yet replaced. The planner
does that, once, for tasks from every kind of build file.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence

from pymake.dataclass import dataclass, field
from pymake.errors import Place
from pymake.model.code import KeyedPart

Parameter = object
"""A nested structure of file names (`str`) and `TaskRef`s in lists, tuples and sets; anything else passes through."""

VariableValue = str | tuple[str, ...]
"""A variable is a text, or a list of texts that become several arguments."""


MOST_PORT = 65535
"""No port has a greater number."""

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
    COLLATE = "collate"
    """One job for all inputs that lead to the same output."""
    PRODUCT = "product"
    """One job for each way to take an input from every set."""
    PERMUTATIONS = "permutations"
    """One job for each choice of some inputs, in every order."""
    COMBINATIONS = "combinations"
    """One job for each choice of some inputs."""
    COMBINATIONS_WITH_REPLACEMENT = "combinations_with_replacement"
    """One job for each choice of some inputs, each of them any number of times."""


CHOOSING = (Kind.PERMUTATIONS, Kind.COMBINATIONS, Kind.COMBINATIONS_WITH_REPLACEMENT)
"""The kinds whose jobs take so many inputs of one set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRef:
    """Another task where a file name could stand: all its outputs."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffix:
    """The filter `suffix(".c")`: takes inputs that end so; the output replaces that end."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """The filter `regex("…")`: takes inputs in which it is found; every match is replaced by the output."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatter:
    """The filter `formatter("…", …)`: takes inputs whose absolute paths match, expression by file; None fits all.

    The parts of the paths are fields of the output: `{path[0]}`, `{basename[0]}`, `{1[0]}`.
    """

    patterns: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSet:
    """A further set of inputs of a `product`, with its filter."""

    input: Parameter
    filter: Formatter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddInputs:
    """`add_inputs(…)`: the input of each job becomes a tuple of it and these."""

    inputs: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceInputs:
    """`inputs(…)`: what each job reads instead of its input, which only names things."""

    input: Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """`mkdir(input, filter, output)`: folders to make for each input, named as `transform` names outputs."""

    input: Parameter
    output: Parameter
    filter: Suffix | Regex | Formatter | None = None
    output_dir: str | None = None
    input_change: AddInputs | ReplaceInputs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchFile:
    """`touch_file(…)` in `posttask`: files that are created or touched when the task is done."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsLimit:
    """`jobs_limit(count, name)`: at most so many jobs at a time, of this task or of all that share the name.

    Without a name a clone shares the limit of its original: `of` is that task.
    """

    count: int
    name: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandText:
    """A command as written, fields not yet replaced.

    `commands` are run one after the other, each a text (through the shell only where it needs one) or a list of
    texts (never through the shell).
    """

    commands: tuple[str | tuple[str, ...], ...]


def no_parts(_: Callable[[str], bool]) -> Iterable[KeyedPart]:
    """Of a function that nobody looked into."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A Python function that jobs call.

    `code_key` is the digest (hex) of its meaning. `parts` gives the parts that it was made from, itself first, but not
    those whose keys are known already, nor what these use (see `model.code`): asked for only where they are kept or a
    difference is shown. `name` is `module:qualname`, for people. `notes` say, each with its place, what of the code
    could not be followed.
    """

    name: str
    target: Callable[..., object]
    code_key: str
    parts: Callable[[Callable[[str], bool]], Iterable[KeyedPart]] = no_parts
    notes: tuple[str, ...] = ()


TERMINAL = "the terminal"
"""The pool of interactive jobs, with room for one; no name of a build file can be this one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One declaration. Names are unique in a project; those of other pipelines carry `pipeline::`.

    `action` is None for a group: a task that only stands for its inputs and for what it follows. A `service` runs
    beside the builds of a watch and makes nothing; `port` is where it listens, if that is known beforehand.
    """

    name: str
    kind: Kind = Kind.TASK
    place: Place
    action: CommandText | Function | None = None
    input: Parameter = None
    output: Parameter = None
    extras: tuple[Parameter, ...] = ()
    filter: Suffix | Regex | Formatter | None = None
    sets: tuple[InputSet, ...] = ()
    tuple_size: int | None = None
    input_change: AddInputs | ReplaceInputs | None = None
    output_dir: str | None = None
    order_only: Parameter = ()
    depfile: str | None = None
    follows: tuple[TaskRef, ...] = ()
    mkdir: tuple[str, ...] = ()
    folder_rules: tuple[FolderRule, ...] = ()
    variables: Mapping[str, VariableValue] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    uses_env: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    cwd: str | None = None
    pool: str | None = None
    cores: int = 1
    memory: int = 0
    timeout: float | None = None
    retries: int = 0
    retry_delay: float = 0.0
    temporary: bool = False
    retry_backoff: float = 1.0
    fresh_process: bool = False
    protected: bool = False
    interactive: bool = False
    service: bool = False
    port: int | None = None
    always: bool = False
    records_reads: bool = False
    active: bool = True
    posttask: tuple[Callable[..., object] | TouchFile, ...] = ()
    jobs_limit: JobsLimit | None = None
    check_if_uptodate: Callable[..., object] | None = None
    graphviz: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    doc: str = ""


SCRIPT = "script "
"""Starts the origin of a script. It may declare more after it has built, so nobody knows what it does not declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that the build files of one root declare, before any of it is expanded.

    `root` is the folder of the build files, absolute; `origin` is "" for the usual ones, else it says which others, or
    which script (`SCRIPT`), declare the tasks: each cleans up after itself alone. `files` are the build files and the
    project modules they loaded, relative to the root. `default` holds target names as written; empty means every task.
    `default_place` is where a text says so.
    """

    root: str
    origin: str = ""
    files: tuple[str, ...] = ()
    tasks: Sequence[Task] = ()
    default: tuple[str, ...] = ()
    default_place: Place | None = None
    variables: Mapping[str, VariableValue] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, int] = field(default_factory=dict)
