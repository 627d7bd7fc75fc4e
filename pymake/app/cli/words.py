"""From the words of a command line to a request: which command, its options, targets and variables.

`getopt` reads the words, in the manner of every make: `-j5`, `-j 5`, `-kj5`, `--jobs=5`, `--jobs 5`. It takes 1 ms;
libraries that build a parser from functions take 50 and more, and "nothing to do" takes less than that. Options may
stand anywhere, also where the environment asks for POSIX order.
"""

from __future__ import annotations

import getopt
import re
from typing import TYPE_CHECKING

from pymake.app.cli.requests import COMMANDS, BuildRequest, Request
from pymake.app.flags import filled, flags_of
from pymake.app.options import BuildOptions
from pymake.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from pymake.app.flags import Flag

    Options = Mapping[str, tuple[str, Flag]]
    """By every name of an option: the field it fills, and how it is written."""

ASKING = {"-h": "help", "--help": "help", "--version": "version"}
"""What is answered without a build file, whatever else the words say."""

_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


def request_of(words: Sequence[str]) -> Request | tuple[str, str]:
    """The request that the words of a command line make, or the command and the answer that they ask for.

    >>> request_of(["list", "-C", "sub", "--json", "app"]).words
    ('app',)
    >>> request_of(["list", "-h"])
    ('list', 'help')

    Raises:
        UsageError: an unknown option, or a value that an option does not take.
    """
    command, rest = split_command(words)
    options = options_of(command)
    given, targets = _split_options(command, options, rest)
    for name, _ in given:
        if name in ASKING:
            return command, ASKING[name]
    values: dict[str, object] = {"words": tuple(targets)}
    for name, text in given:
        field, flag = options[name]
        values[field] = (*_texts(values.get(field)), text) if flag.many else _read(name, flag, text)
    kind = COMMANDS[command]
    if kind.building:
        building = {field: values.pop(field) for field in kind.building if field in values}
        values["options"] = filled(BuildOptions, building)
    return filled(kind, values)


def options_of(command: str) -> Options:
    """The options of a command."""
    kind = COMMANDS[command]
    common = dict(flags_of(Request))
    own = [found for found in flags_of(kind) if found[0] not in common]
    building = [found for found in flags_of(BuildOptions) if found[0] in kind.building]
    return {name: found for found in (*building, *own, *common.items()) for name in found[1].names}


def split_command(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command and the other words, in order. The first word that is no option decides; `build` is the default.

    >>> split_command(["-j", "5", "app"])
    ('build', ['-j', '5', 'app'])
    >>> split_command(["-C", "list", "list", "app"])
    ('list', ['-C', 'list', 'app'])
    """
    every = {name: found for command in COMMANDS for name, found in options_of(command).items()}
    try:
        _, rest = getopt.getopt(words, *_grammar(every))
    except getopt.GetoptError:
        rest = []
    at = len(words) - len(rest)
    if rest and rest[0] in COMMANDS and words[at - 1 : at] != ["--"]:
        return rest[0], [*words[:at], *rest[1:]]
    return BuildRequest.command, list(words)


def split_variables(words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Targets, and `NAME=VALUE` words as a dictionary; the last value of a name counts.

    >>> split_variables(["app", "CFLAGS=-O0", "./a=b"])
    (('app', './a=b'), {'CFLAGS': '-O0'})
    """
    targets: list[str] = []
    variables: dict[str, str] = {}
    for word in words:
        match = _VARIABLE.fullmatch(word)
        if match:
            variables[match[1]] = match[2]
        else:
            targets.append(word)
    return tuple(targets), variables


def _split_options(command: str, options: Options, words: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Options with their texts, in order, and the other words."""
    dashes = words.index("--") if "--" in words else len(words)
    given: list[tuple[str, str]] = []
    others: list[str] = []
    rest = list(words[:dashes])
    while rest:
        try:
            found, left = getopt.getopt(rest, *_grammar(options))
        except getopt.GetoptError as error:
            raise _refusal(command, options, error.opt) from None
        for name in _cut_short(rest[: len(rest) - len(left)], options, {text for _, text in found}):
            raise _refusal(command, options, name)
        given += found
        others += left[:1]
        rest = left[1:]
    return given, [*others, *words[dashes + 1 :]]


def _cut_short(words: Iterable[str], options: Options, texts: Container[str]) -> Iterator[str]:
    """Long names that `getopt` took for the only option that begins so: a slip of the finger must not build."""
    for word in words:
        name = word.partition("=")[0]
        if name.startswith("--") and name not in options and name not in ASKING and word not in texts:
            yield name[2:]


def _grammar(options: Options) -> tuple[str, list[str]]:
    """The options in the words of `getopt`."""
    names = {**dict.fromkeys(ASKING, False), **{name: flag.takes_value for name, (_, flag) in options.items()}}
    short = "".join(name[1] + ":" * takes for name, takes in names.items() if not name.startswith("--"))
    return short, [name[2:] + "=" * takes for name, takes in names.items() if name.startswith("--")]


def _read(name: str, flag: Flag, text: str) -> object:
    if flag.read is None:
        return True
    try:
        return flag.read(text)
    except ValueError as error:
        near = nearest(text, flag.choices)
        facts = [("nearest", near[0])] if near else []
        raise UsageError(f"{name} takes {error}, not {text!r}", facts=facts) from None


def _refusal(command: str, options: Options, name: str) -> UsageError:
    """What is wrong with an option that `getopt` refuses, which says so in the language of the user's locale."""
    name = f"-{name}" if len(name) == 1 else f"--{name}"
    if name in options:
        flag = options[name][1]
        return UsageError(
            f"{name} needs a value: {name} {flag.metavar}" if flag.takes_value else f"{name} takes no value"
        )
    program = "pymake" if command == BuildRequest.command else f"pymake {command}"
    hint = f"{program} --help shows all options"
    starting = [known for known in (*options, *ASKING) if name.startswith("--") and known.startswith(name)]
    facts = [("nearest", ", ".join(near))] if (near := starting or nearest(name, [*options, *ASKING])) else []
    if elsewhere := [other for other in COMMANDS if other != command and name in options_of(other)]:
        facts = [("known to", ", ".join(f"pymake {other}" for other in elsewhere))]
    message = f"no option {name}" if command == BuildRequest.command else f"{program} has no option {name}"
    return UsageError(message, facts=facts, hint=hint)


def _texts(value: object) -> Iterable[str]:
    return value if isinstance(value, tuple) else ()
