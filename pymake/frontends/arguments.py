"""The arguments of a declaration: what each may be, and what becomes of it. A new one is an entry in `ARGUMENTS`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from pymake.dataclass import dataclass
from pymake.frontends.forms import bind, check_names, known_names, numbered_inputs
from pymake.frontends.references import (
    ChangedInputs,
    Folders,
    OutputFrom,
    Refer,
    Referable,
    Unsuitable,
    for_system,
    parameter,
    path,
)
from pymake.model.sizes import bytes_of
from pymake.model.task import (
    LONGEST_SECONDS,
    MOST_PORT,
    AddInputs,
    CommandText,
    FolderRule,
    Formatter,
    InputSet,
    JobsLimit,
    Kind,
    Regex,
    ReplaceInputs,
    Suffix,
    TaskRef,
    TouchFile,
)

Convert = Callable[[object, Refer], object]
"""Makes the value in a `Task` of the value as written; raises `Unsuitable`."""


_DEEPEST = 100
"""Deeper structures are taken for mistakes: most that walk through them, pickle too, would hit a limit of Python."""

WITHOUT_DECORATOR = ("order_only", "depfile", "vars", "env", "cwd")
"""Further arguments of the decorators that make jobs; everything else has a decorator of its own."""


def command(value: object) -> CommandText:
    """A command as written: a text, a list of texts, or a list of such lists.

    Raises:
        Unsuitable: it is none of them.
    """
    if isinstance(value, str) and value.strip():
        return CommandText(commands=(for_system(value),))
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(part, (list, tuple)) for part in value):
            return CommandText(commands=tuple(_words(part) for part in value))
        return CommandText(commands=(_words(value),))
    raise Unsuitable(f"command is {value!r}, not a text, a list of texts, or a list of such lists")


def _words(value: object) -> tuple[str, ...]:
    words = value if isinstance(value, (list, tuple)) else ()
    for word in words:
        if not isinstance(word, (str, os.PathLike)):
            raise Unsuitable(f"command has {word!r} in it, not a text", hint=f"write it as text: {str(word)!r}")
    if not words:
        raise Unsuitable("command has an empty list in it")
    return tuple(for_system(str(os.fspath(word))) for word in words)


def _parameter(value: object, refer: Refer) -> object:
    return parameter(value, refer)


def _output(value: object, _refer: Refer) -> object:
    def refuse(task: object) -> TaskRef:
        name = getattr(task, "__name__", task)
        raise Unsuitable(f"{name!r} is no file name: an output names the files that are made")

    named = parameter(value, refuse)
    if not _may_be_output(named):
        raise Unsuitable(f"output is {value!r}, which names no file", hint="None stands for no output")
    return named


def _may_be_output(value: object) -> bool:
    """Whether there is a file name in it, or nothing at all."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return not value or any(map(_may_be_output, value))
    return value is None or isinstance(value, str)


def _filter(value: object, _refer: Refer) -> object:
    return value  # the form of the kind has looked at it


def gathered(bound: dict[str, object]) -> dict[str, object]:
    """The arguments of a declaration, with the numbered inputs of a product as one."""
    pairs = numbered_inputs(bound)
    if pairs:
        bound["sets"] = pairs
    return bound


def _sets(value: object, refer: Refer) -> object:
    pairs = value if isinstance(value, list) else []
    return tuple(
        InputSet(input=parameter(given, refer), filter=chosen if isinstance(chosen, Formatter) else None)
        for given, chosen in pairs
    )


def _added(value: object, refer: Refer) -> object:
    given = value.inputs if isinstance(value, ChangedInputs) else value
    several = given if isinstance(given, (list, tuple)) else (given,)
    return AddInputs(inputs=tuple(_members_of_tuple(several, refer)))


def _members_of_tuple(values: Iterable[object], refer: Refer) -> list[object]:
    named = parameter(tuple(values), refer)
    return list(named) if isinstance(named, tuple) else []


def _replaced(value: object, refer: Refer) -> object:
    given = value.inputs[0] if isinstance(value, ChangedInputs) else value
    return ReplaceInputs(input=parameter(given, refer))


_MKDIR = "mkdir(input, filter, output)"


def folders(names: tuple[object, ...], named: Mapping[str, object]) -> Folders:
    """What `mkdir(…)` says: folders, or with a filter the rule by which each input names some.

    Raises:
        Unsuitable: it names none.
    """
    if named or any(isinstance(name, (Suffix, Regex, Formatter)) for name in names):
        check_names("mkdir", named, known_names(Kind.TRANSFORM, ()) - {"extras"})
        try:
            _, bound = bind(Kind.TRANSFORM, names, named)
        except Unsuitable as error:
            raise Unsuitable(str(error).replace("transform", "mkdir"), facts=error.facts, hint=_MKDIR) from None
        if "extras" in bound:
            raise Unsuitable("mkdir takes no extras", hint=_MKDIR)
        return Folders((), bound)
    if not names or any(map(callable, names)):
        raise Unsuitable("mkdir names no folder", hint='write it: mkdir("build")')
    return Folders(names)


def _folder_rules(value: object, refer: Refer) -> object:
    rules = value if isinstance(value, list) else []
    make: Callable[..., FolderRule] = FolderRule  # the form of transform made the fields fit
    return tuple(
        make(**{ARGUMENTS[name].field: ARGUMENTS[name].convert(given, refer) for name, given in rule.items()})
        for rule in rules
    )


def _tuple_size(value: object, _refer: Refer) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Unsuitable(f"tuple_size is {value!r}, not a number from 1")
    return value


def _posttask(value: object, _refer: Refer) -> object:
    actions = _flat(value)
    for action in actions:
        if not callable(action) and not isinstance(action, TouchFile):
            raise Unsuitable(f"posttask has {action!r}, not a function or touch_file(…)")
    return tuple(actions)


def _jobs_limit(value: object, _refer: Refer) -> object:
    count, name = value if isinstance(value, tuple) else (value, None)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise Unsuitable(f"jobs_limit is {count!r}, not a number from 1")
    if name is not None and (not isinstance(name, str) or not name):
        raise Unsuitable(f"jobs_limit has the name {name!r}, not a text")
    return JobsLimit(count=count, name=name)


def _check(value: object, _refer: Refer) -> object:
    if not callable(value):
        raise Unsuitable(f"check_if_uptodate is {value!r}, not a function")
    return value


def _graphviz(value: object, _refer: Refer) -> object:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}


def _extras(value: object, _refer: Refer) -> object:
    if not isinstance(value, (list, tuple)):
        raise Unsuitable(f"extras is {value!r}, not a list", hint="extras=[…], one member for each argument")
    for item in value:
        if isinstance(item, (OutputFrom, Referable)):
            raise Unsuitable("extras has a task in it", hint="files of another task go into the input")
    _check_depth(value, _DEEPEST)
    return tuple(value)


def _check_depth(value: object, left: int) -> None:
    if not left:
        raise Unsuitable("extras holds itself, or is nested too deep", hint="give the job plain values")
    inner = list(value.values()) if isinstance(value, dict) else value
    if isinstance(inner, (list, tuple, set, frozenset)):
        for item in inner:
            _check_depth(item, left - 1)


def _path(value: object, _refer: Refer) -> object:
    return path(value)


def _paths(value: object, _refer: Refer) -> tuple[str, ...]:
    return tuple(path(item) for item in _flat(value))


def _flat(value: object) -> list[object]:
    """The members of lists and tuples, at any depth; of a single value, itself."""
    if isinstance(value, (list, tuple)):
        return [item for member in value for item in _flat(member)]
    return [value]


def _follows(value: object, refer: Refer) -> object:
    named = [_flat(task.tasks) if isinstance(task, OutputFrom) else [task] for task in _flat(value)]
    return tuple(refer(task) for tasks in named for task in tasks)


def _texts(expected: str) -> Convert:
    def convert(value: object, _refer: Refer) -> object:
        texts = _flat(value)
        for text in texts:
            if not isinstance(text, str) or not text:
                raise Unsuitable(f"{text!r} is not {expected}")
            for_system(text)
        return tuple(texts)

    return convert


def _text(name: str) -> Convert:
    def convert(value: object, _refer: Refer) -> object:
        if not isinstance(value, str):
            raise Unsuitable(f"{name} is {value!r}, not a text")
        return value

    return convert


def _number(name: str, expected: str, fits: Callable[[float], bool], *, whole: bool = False) -> Convert:
    kinds = (int,) if whole else (int, float)

    def convert(value: object, _refer: Refer) -> object:
        if isinstance(value, bool) or not isinstance(value, kinds) or not fits(value):
            raise Unsuitable(f"{name} is {value!r}, not {expected}")
        return value if whole else float(min(value, LONGEST_SECONDS))

    return convert


def _memory(value: object, _refer: Refer) -> object:
    try:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        return bytes_of(value if isinstance(value, str) else "")
    except ValueError:
        raise Unsuitable(f"memory is {value!r}, not an amount such as '2G' or a number of bytes") from None


def _boolean(name: str) -> Convert:
    def convert(value: object, _refer: Refer) -> object:
        if not isinstance(value, bool):
            raise Unsuitable(f"{name} is {value!r}, not True or False")
        return value

    return convert


def _audit(value: object, _refer: Refer) -> object:
    if value != "record":
        raise Unsuitable(f'audit is {value!r}, not "record"', hint="pymake build --audit reports, whatever a task says")
    return True


def _env(value: object, _refer: Refer) -> object:
    if not isinstance(value, Mapping):
        raise Unsuitable(f"env is {value!r}, not a dictionary of texts")
    for name, text in value.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise Unsuitable(f"env has {name!r}: {text!r} in it, and both must be texts")
        for_system(text)
    return dict(value)


def _vars(value: object, _refer: Refer) -> object:
    if not isinstance(value, Mapping):
        raise Unsuitable(f"vars is {value!r}, not a dictionary")
    return {name: _variable(name, given) for name, given in value.items()}


def _variable(name: object, value: object) -> str | tuple[str, ...]:
    if isinstance(name, str):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, os.PathLike, int, float)):
            return for_system(str(value))
        if isinstance(value, (list, tuple)) and all(isinstance(item, (str, os.PathLike)) for item in value):
            return tuple(for_system(str(item)) for item in value)
    raise Unsuitable(f"vars has {name!r}: {value!r} in it, not a name with a text, a number or a list of texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """What becomes of one argument: the field of `model.task.Task`, and whether a second one adds to the first."""

    field: str
    convert: Convert
    adds: bool = False


ARGUMENTS: Mapping[str, Argument] = {
    "input": Argument(field="input", convert=_parameter),
    "filter": Argument(field="filter", convert=_filter),
    "output": Argument(field="output", convert=_output),
    "extras": Argument(field="extras", convert=_extras),
    "output_dir": Argument(field="output_dir", convert=_path),
    "sets": Argument(field="sets", convert=_sets),
    "tuple_size": Argument(field="tuple_size", convert=_tuple_size),
    "add_inputs": Argument(field="input_change", convert=_added),
    "replace_inputs": Argument(field="input_change", convert=_replaced),
    "order_only": Argument(field="order_only", convert=_parameter),
    "depfile": Argument(field="depfile", convert=_path),
    "follows": Argument(field="follows", convert=_follows, adds=True),
    "mkdir": Argument(field="mkdir", convert=_paths, adds=True),
    "folder_rules": Argument(field="folder_rules", convert=_folder_rules, adds=True),
    "vars": Argument(field="variables", convert=_vars),
    "env": Argument(field="env", convert=_env),
    "uses_env": Argument(field="uses_env", convert=_texts("the name of an environment variable"), adds=True),
    "tools": Argument(field="tools", convert=_texts("the name of a program"), adds=True),
    "packages": Argument(field="packages", convert=_texts("the name of an installed package"), adds=True),
    "files": Argument(field="files", convert=_paths, adds=True),
    "cwd": Argument(field="cwd", convert=_path),
    "pool": Argument(field="pool", convert=_text("pool")),
    "cores": Argument(field="cores", convert=_number("cores", "a number from 1", lambda n: n >= 1, whole=True)),
    "memory": Argument(field="memory", convert=_memory),
    "timeout": Argument(field="timeout", convert=_number("timeout", "a number of seconds above 0", lambda n: n > 0)),
    "retries": Argument(field="retries", convert=_number("retries", "a number from 0", lambda n: n >= 0, whole=True)),
    "retry_delay": Argument(
        field="retry_delay", convert=_number("retry_delay", "a number of seconds from 0", lambda n: n >= 0)
    ),
    "temporary": Argument(field="temporary", convert=_boolean("temporary")),
    "retry_backoff": Argument(
        field="retry_backoff", convert=_number("retry_backoff", "a number from 1", lambda n: n >= 1)
    ),
    "fresh_process": Argument(field="fresh_process", convert=_boolean("fresh_process")),
    "protected": Argument(field="protected", convert=_boolean("protected")),
    "interactive": Argument(field="interactive", convert=_boolean("interactive")),
    "service": Argument(field="service", convert=_boolean("service")),
    "port": Argument(
        field="port", convert=_number("port", f"a port, 1 to {MOST_PORT}", lambda n: 1 <= n <= MOST_PORT, whole=True)
    ),
    "audit": Argument(field="records_reads", convert=_audit),
    "always": Argument(field="always", convert=_boolean("always")),
    "posttask": Argument(field="posttask", convert=_posttask, adds=True),
    "jobs_limit": Argument(field="jobs_limit", convert=_jobs_limit),
    "check_if_uptodate": Argument(field="check_if_uptodate", convert=_check),
    "graphviz": Argument(field="graphviz", convert=_graphviz),
    "tags": Argument(field="tags", convert=_texts("a tag"), adds=True),
    "doc": Argument(field="doc", convert=_text("doc")),
}
"""Every argument that ends in a field of a task. What makes jobs comes first, the rest fits every kind."""

_MAKING_JOBS = frozenset(
    (
        *("input", "filter", "output", "extras", "output_dir"),
        *("sets", "tuple_size", "add_inputs", "replace_inputs", "folder_rules"),
    )
)
FOR_EVERY_KIND = tuple(name for name in ARGUMENTS if name not in _MAKING_JOBS)
