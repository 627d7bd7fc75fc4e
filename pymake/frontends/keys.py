"""The keys of a TOML build file: one table, from which the parser, its messages and the JSON schema derive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.frontends import shapes
from pymake.model.service import NOT_FOR_SERVICES
from pymake.model.task import CHOOSING, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.frontends.shapes import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table: its shape, what it is for, and the attribute of the model it fills."""

    name: str
    shape: Shape
    attribute: str
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What else a task needs or must not have that has `key` (with `value`, if one is given)."""

    key: str
    value: str | bool | None = None
    kinds: tuple[Kind, ...] = ()
    needs: tuple[str, ...] = ()
    refuses: str | None = None
    message: str
    hint: str

    def is_broken_by(self, table: Mapping[str, object]) -> bool:
        """Whether the rule is about this table, and does not hold."""
        if self.key not in table or (self.value is not None and table[self.key] != self.value):
            return False
        if self.kinds and table.get("kind", Kind.TASK.value) not in [kind.value for kind in self.kinds]:
            return True
        return (bool(self.needs) and table.keys().isdisjoint(self.needs)) or self.refuses in table


def _key(name: str, shape: Shape, doc: str, attribute: str | None = None) -> Key:
    return Key(name=name, shape=shape, doc=doc, attribute=attribute or name)


TOP_KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        _key("default", shapes.TEXTS, "Targets when none is named on the command line; without it, every task."),
        _key("vars", shapes.VARIABLES, "Variables, used as {NAME}; NAME=VALUE on the command line wins.", "variables"),
        _key("env", shapes.ENV, "Environment variables of every job. Their values decide whether a job is up to date."),
        _key("pools", shapes.POOLS, "Named limits: how many jobs of a pool run at a time."),
    )
}
"""Keys of the file, beside the tables of the tasks."""

TASK_KEYS: Mapping[str, Key] = {
    key.name: key
    for key in (
        _key("kind", shapes.KIND, "How the task makes jobs; default: task."),
        _key(
            "input",
            shapes.PATHS_AND_TASKS,
            "What the jobs read: paths, globs, templates, tasks.",
        ),
        _key("output", shapes.PATHS, "What the jobs make."),
        _key(
            "command",
            shapes.COMMAND,
            "What a job runs: a text, a list of texts, or several lists.",
            "action",
        ),
        _key("python", shapes.FILLED, 'The Python function that a job calls: "module:function".', "action"),
        _key("suffix", shapes.SUFFIX, "Takes inputs that end so; output replaces that end.", "filter"),
        _key("regex", shapes.REGEX, "Takes inputs in which it is found; output replaces every match.", "filter"),
        _key(
            "formatter",
            shapes.FORMATTER,
            "Takes inputs whose absolute paths match; output names their parts: {basename[0]}.",
            "filter",
        ),
        _key("tuple_size", shapes.whole(1), "How many inputs a job of permutations or combinations takes."),
        _key("add_inputs", shapes.ADD_INPUTS, "What each job reads besides its own input.", "input_change"),
        _key("replace_inputs", shapes.REPLACE_INPUTS, "What each job reads instead of its own input.", "input_change"),
        _key("output_dir", shapes.FILLED, "Folder for the outputs that suffix derives."),
        _key("extras", shapes.EXTRAS, "Further arguments of the function, or {extras[0]} in a command."),
        _key("order_only", shapes.PATHS_AND_TASKS, "What must exist before a job runs, and does not decide."),
        _key("depfile", shapes.FILLED, "Where a run reports, in the form of make, what else it read."),
        _key("follows", shapes.TASK_NAMES, "Tasks that must be done before any job of this one starts."),
        _key("mkdir", shapes.TEXTS, "Folders to make before the jobs run."),
        _key("vars", shapes.VARIABLES, "Variables of this task; they win over those of the file.", "variables"),
        _key("env", shapes.ENV, "Environment variables of this task; they win over those of the file."),
        _key("uses_env", shapes.TEXTS, "Names of environment variables whose values decide."),
        _key("tools", shapes.TEXTS, "Programs on PATH whose content decides."),
        _key("packages", shapes.TEXTS, "Installed Python packages whose versions decide."),
        _key("files", shapes.TEXTS, "Further files whose content decides; not part of {input}."),
        _key("cwd", shapes.FILLED, "The folder that the jobs run in; default: the root."),
        _key("pool", shapes.FILLED, "The pool that limits how many jobs of this task run at a time."),
        _key("cores", shapes.whole(1), "How many processors one job takes; default: 1."),
        _key("memory", shapes.MEMORY, 'How much memory one job takes: "2G"; jobs at a time share what there is.'),
        _key("timeout", shapes.SECONDS, "Seconds after which an attempt is killed and has failed."),
        _key("retries", shapes.whole(0), "How many further attempts a job gets that failed; default: 0."),
        _key("temporary", shapes.BOOLEAN, "Remove the outputs when their last reader is done."),
        _key(
            "retry_delay",
            shapes.number(0, "a number of seconds, 0 or more"),
            "Seconds before a further attempt; default: 0.",
        ),
        _key(
            "retry_backoff",
            shapes.number(1, "a number, 1 or more"),
            "What the delay is multiplied with from attempt to attempt; default: 1.",
        ),
        _key("fresh_process", shapes.BOOLEAN, "Each call of the function gets a process of its own."),
        _key(
            "protected", shapes.BOOLEAN, "Make the outputs read-only, and never overwrite one that was edited by hand."
        ),
        _key("interactive", shapes.BOOLEAN, "The jobs own the terminal, one at a time; their output is not kept."),
        _key("service", shapes.BOOLEAN, "The command runs beside `pymake watch`, and anew when an input changed."),
        _key("port", shapes.PORT, "The port that a service listens on."),
        _key("audit", shapes.AUDIT, "record: what a job is seen to read are its inputs too.", "records_reads"),
        _key("always", shapes.BOOLEAN, "Run the jobs in every build."),
        _key("tags", shapes.TEXTS, "Words to find the task by."),
        _key("active", shapes.BOOLEAN, "false takes the task out of the build."),
        _key("doc", shapes.TEXT, "What the task is for, shown by `pymake list`."),
    )
}
"""Keys of a task."""

_WITH_FILTER = (Kind.TRANSFORM, Kind.SUBDIVIDE, Kind.COLLATE, Kind.PRODUCT, *CHOOSING)

RULES: tuple[Rule, ...] = (
    Rule(
        key="command",
        refuses="python",
        message="both command and python",
        hint="keep the one that the jobs should run",
    ),
    Rule(
        key="output",
        needs=("command", "python"),
        message="an output, but nothing that makes it",
        hint="add a command or python key",
    ),
    Rule(
        key="suffix",
        kinds=(Kind.TRANSFORM, Kind.SUBDIVIDE),
        message="suffix, which is for transform and subdivide only",
        hint='write kind = "transform"',
    ),
    Rule(
        key="regex",
        kinds=(Kind.TRANSFORM, Kind.SUBDIVIDE, Kind.COLLATE),
        message="regex, which is for transform, subdivide and collate only",
        hint='write kind = "transform"',
    ),
    *(
        Rule(
            key=key,
            kinds=_WITH_FILTER,
            message=f"{key}, which goes with a filter or a template only",
            hint='write kind = "transform"',
        )
        for key in ("formatter", "add_inputs", "replace_inputs")
    ),
    Rule(
        key="tuple_size",
        kinds=CHOOSING,
        message="tuple_size, which is for permutations and combinations only",
        hint='write kind = "combinations"',
    ),
    *(
        Rule(
            key="kind",
            value=kind.value,
            needs=("tuple_size",),
            message=f"{kind.value}, but no tuple_size",
            hint="say how many inputs a job takes: tuple_size = 2",
        )
        for kind in CHOOSING
    ),
    *(
        Rule(key=one, refuses=other, message=f"both {one} and {other}", hint="keep one of them")
        for one, other in (
            *(("suffix", "regex"), ("suffix", "formatter"), ("regex", "formatter")),
            ("add_inputs", "replace_inputs"),
        )
    ),
    *(
        Rule(key=key, needs=("output",), message=f"{key}, but no output", hint=hint)
        for key, hint in {
            "suffix": 'write what replaces the suffix, such as output = ".o"',
            "regex": 'write what replaces the match, such as output = "\\\\1.o"',
            "formatter": 'write the output with its fields, such as output = "{basename[0]}.o"',
        }.items()
    ),
    Rule(
        key="interactive",
        refuses="pool",
        message="both interactive and pool",
        hint="leave out pool: interactive jobs run one at a time",
    ),
    *(
        Rule(
            key="service",
            value=True,
            refuses=name,
            message=f"both service and {name}",
            hint=f"leave out {name}: {reason}",
        )
        for name, reason in NOT_FOR_SERVICES.items()
    ),
    Rule(
        key="service",
        value=True,
        needs=("command",),
        message="service, but no command",
        hint='write the command that serves, such as command = "python -m http.server"',
    ),
    Rule(
        key="service",
        value=True,
        kinds=(Kind.TASK,),
        message="service, which is for a task of its own kind only",
        hint="leave out kind: a service is one process",
    ),
    Rule(
        key="port",
        needs=("service",),
        message="port, but no service",
        hint="add service = true, or leave out port",
    ),
    Rule(
        key="output_dir",
        needs=("suffix",),
        message="output_dir without suffix",
        hint="write the folder into output, or add suffix",
    ),
    Rule(
        key="kind",
        value=Kind.ORIGINATE.value,
        refuses="input",
        message="an input, which originate does not have",
        hint='use kind = "task" for one job with an input',
    ),
    Rule(
        key="kind",
        value=Kind.ORIGINATE.value,
        needs=("output",),
        message="originate, but no output",
        hint="say what the jobs make: output = [...]",
    ),
    *(
        Rule(
            key="kind",
            value=kind.value,
            needs=("input",),
            message=f"{kind.value}, but no input",
            hint="say what the jobs read: input = ...",
        )
        for kind in Kind
        if kind not in (Kind.TASK, Kind.ORIGINATE, Kind.SPLIT)
    ),
    *(
        Rule(
            key="kind",
            value=kind.value,
            needs=("command", "python"),
            message=f"{kind.value}, but nothing to run",
            hint="add a command or python key",
        )
        for kind in Kind
        if kind not in (Kind.TASK, Kind.ORIGINATE)
    ),
)
"""What belongs together in a task, beyond the shapes of single keys."""
