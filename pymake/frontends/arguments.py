"""The arguments of a declaration: which ones each kind takes, in which order, and what each may be.

A new kind is an entry in `FORMS`; a new argument is one in `ARGUMENTS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pymake.errors import nearest
from pymake.frontends.references import OutputFrom, Refer, Referable, Unsuitable, for_system, parameter, path
from pymake.model.task import LONGEST_SECONDS, CommandText, Kind, Suffix, TaskRef

Convert = Callable[[object, Refer], object]
"""Makes the value in a `Task` of the value as written; raises `Unsuitable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The arguments that make the jobs of a kind, in their order; what follows them by position are the extras."""

    positional: tuple[str, ...]
    required: tuple[str, ...]
    named: tuple[str, ...] = ("extras",)


FORMS: Mapping[Kind, Form] = {
    Kind.TASK: Form(positional=("input", "output"), required=()),
    Kind.ORIGINATE: Form(positional=("output",), required=("output",)),
    Kind.TRANSFORM: Form(
        positional=("input", "filter", "output"), required=("output",), named=("extras", "output_dir")
    ),
    Kind.SPLIT: Form(positional=("input", "output"), required=("output",)),
    Kind.SUBDIVIDE: Form(
        positional=("input", "filter", "output"), required=("output",), named=("extras", "output_dir")
    ),
    Kind.MERGE: Form(positional=("input", "output"), required=("output",)),
}

_DEEPEST = 100
"""Deeper structures are taken for mistakes: most that walk through them, pickle too, would hit a limit of Python."""

WITHOUT_DECORATOR = ("order_only", "depfile", "vars", "env", "cwd")
"""Further arguments of the decorators that make jobs; everything else has a decorator of its own."""


def bind(kind: Kind, positional: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
    """All arguments of a declaration by name, as written.

    Raises:
        Unsuitable: one is missing, or given twice.
    """
    form = FORMS[kind]
    bound: dict[str, object] = {}
    rest = list(positional)
    for name in form.positional:
        if not rest:
            break
        if name != "filter" or isinstance(rest[0], Suffix):
            bound[name] = rest.pop(0)
    if rest:
        bound["extras"] = rest
    for name, value in named.items():
        if name in bound:
            raise Unsuitable(f"{kind.value} has {name!r} twice: by position and by name", hint=usage(kind))
        bound[name] = value
    _check_complete(kind, form, bound)
    return bound


def _check_complete(kind: Kind, form: Form, bound: Mapping[str, object]) -> None:
    for name in form.required:
        if name not in bound:
            raise Unsuitable(f"{kind.value} has no {name!r}", hint=usage(kind))
    if "filter" not in form.positional or "filter" in bound:
        return
    if "{" not in repr(bound.get("input")):
        raise Unsuitable(f"{kind.value} has no filter", hint=f'{usage(kind)}, or an input such as "src/{{name}}.c"')
    if "output_dir" in bound:
        raise Unsuitable("output_dir goes with suffix(…) only", hint="write the folder into the output")


def usage(kind: Kind) -> str:
    """How a kind is called.

    >>> usage(Kind.TRANSFORM)
    'transform(input, filter, output, *extras)'
    """
    return f"{kind.value}({', '.join(FORMS[kind].positional)}, *extras)"


def known_names(kind: Kind, further: tuple[str, ...]) -> frozenset[str]:
    """The names of the arguments that a kind takes, with `further` ones that do not depend on the kind."""
    form = FORMS[kind]
    return frozenset((*form.positional, *form.named, *further))


def check_names(what: str, given: Mapping[str, object], known: frozenset[str]) -> None:
    """Make sure that every argument is known.

    Raises:
        Unsuitable: one is not; it says which known one is near.
    """
    if known.issuperset(given):
        return
    name = next(name for name in given if name not in known)
    near = nearest(name, sorted(known))
    facts = [("nearest", ", ".join(near))] if near else [("known", ", ".join(sorted(known)))]
    raise Unsuitable(f"{what} has no argument {name!r}", facts=facts)


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
    if not isinstance(value, Suffix):
        raise Unsuitable(f"filter is {value!r}, not suffix(…)")
    return value


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


def _boolean(name: str) -> Convert:
    def convert(value: object, _refer: Refer) -> object:
        if not isinstance(value, bool):
            raise Unsuitable(f"{name} is {value!r}, not True or False")
        return value

    return convert


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
    "order_only": Argument(field="order_only", convert=_parameter),
    "depfile": Argument(field="depfile", convert=_path),
    "follows": Argument(field="follows", convert=_follows, adds=True),
    "mkdir": Argument(field="mkdir", convert=_paths, adds=True),
    "vars": Argument(field="variables", convert=_vars),
    "env": Argument(field="env", convert=_env),
    "uses_env": Argument(field="uses_env", convert=_texts("the name of an environment variable"), adds=True),
    "tools": Argument(field="tools", convert=_texts("the name of a program"), adds=True),
    "files": Argument(field="files", convert=_paths, adds=True),
    "cwd": Argument(field="cwd", convert=_path),
    "pool": Argument(field="pool", convert=_text("pool")),
    "cores": Argument(field="cores", convert=_number("cores", "a number from 1", lambda n: n >= 1, whole=True)),
    "timeout": Argument(field="timeout", convert=_number("timeout", "a number of seconds above 0", lambda n: n > 0)),
    "retries": Argument(field="retries", convert=_number("retries", "a number from 0", lambda n: n >= 0, whole=True)),
    "retry_delay": Argument(
        field="retry_delay", convert=_number("retry_delay", "a number of seconds from 0", lambda n: n >= 0)
    ),
    "protected": Argument(field="protected", convert=_boolean("protected")),
    "always": Argument(field="always", convert=_boolean("always")),
    "tags": Argument(field="tags", convert=_texts("a tag"), adds=True),
    "doc": Argument(field="doc", convert=_text("doc")),
}
"""Every argument that ends in a field of a task. What makes jobs comes first, the rest fits every kind."""

FOR_EVERY_KIND = tuple(name for name in ARGUMENTS if name not in {"input", "filter", "output", "extras", "output_dir"})
