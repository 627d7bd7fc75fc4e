"""Commands: from the text that a build file holds to what is started, and which files that names by itself.

A text runs without a shell when its literal parts ask for none. Whether they do is found out once for each text, not
once for each job.
"""

from __future__ import annotations

import functools
import posixpath
import re
import shlex
from itertools import product
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.fields import Field, FieldError, escape, field_value, flat, joined, parse
from pymake.model.job import Command
from pymake.planner.quoting import SLOT, Spot, quote, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pymake.model.fields import FieldValue
    from pymake.model.task import CommandText

_PIECE = re.compile(r"""([ \t]+)|('[^']*'|"[^"$`\\]*")|([^\s|&;<>()$`\\"'*?\[#~!{}]+)""")
"""Space, a quoted piece, or characters that mean nothing to a shell."""

_OF_THE_SHELL = frozenset(
    {
        *(".", ":", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue", "declare", "do", "done"),
        *("elif", "else", "esac", "eval", "exec", "exit", "export", "fg", "fi", "for", "function", "getopts", "hash"),
        *("if", "jobs", "let", "local", "read", "readonly", "return", "select", "set", "shift", "source", "then"),
        *("time", "times", "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while"),
    }
)
"""First words that no program on `PATH` stands for."""


def render(text: CommandText, values: Mapping[str, FieldValue], *, cwd: str | None = None) -> Command:
    """Replace the fields of a command and decide how it is started. `cwd` is relative to the root, None for the root.

    Raises:
        FieldError: an unknown field, a field where its value cannot be quoted, an empty command.
    """
    return Command(
        commands=tuple(
            [_from_text(one, values) if isinstance(one, str) else _from_list(one, values) for one in text.commands]
        ),
        cwd=cwd,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """A command without a shell: constant words, fields that are whole words, and words of several parts."""

    words: tuple[str | Field | tuple[str | Field, ...], ...]
    text: str


@dataclass(frozen=True, slots=True)
class _ShellText:
    """A command for the shell: literal parts, and fields with the place they stand at."""

    parts: tuple[str | tuple[Field, Spot], ...]
    text: str


def _from_text(text: str, values: Mapping[str, FieldValue]) -> str | tuple[str, ...]:
    template = _template(text)
    if template is None:
        # Raw values are part of the text that the shell reads, so they decide too.
        text = "".join(_with_raw_values(text, values))
        template = _read(text)
    if isinstance(template, _ShellText):
        return _shell_text(template, values)
    arguments = _arguments(template, values)
    return arguments if arguments[0] not in _OF_THE_SHELL else _shell_text(_for_shell(template.text), values)


def _from_list(texts: tuple[str, ...], values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    return _arguments(_listed(texts), values)


def _arguments(template: _Words, values: Mapping[str, FieldValue]) -> tuple[str, ...]:
    arguments: list[str] = []
    for word in template.words:
        if isinstance(word, str):
            arguments.append(word)
        elif isinstance(word, Field):
            value = field_value(word, values, template.text)
            if isinstance(value, str):
                arguments.append(value)
            else:
                arguments.extend(flat(value))
        else:
            arguments.append(
                "".join(
                    part if isinstance(part, str) else joined(field_value(part, values, template.text)) for part in word
                )
            )
    if not arguments or not arguments[0]:
        raise FieldError("the command is empty" if not template.words else "the command has no program")
    return tuple(arguments)


def _shell_text(template: _ShellText, values: Mapping[str, FieldValue]) -> str:
    return "".join(
        part if isinstance(part, str) else quote(field_value(part[0], values, template.text), part[1])
        for part in template.parts
    )


def _with_raw_values(text: str, values: Mapping[str, FieldValue]) -> Iterator[str]:
    """The pieces of the text in which raw values stand like literal text."""
    for part in parse(text):
        if isinstance(part, str):
            yield escape(part)
        elif part.raw:
            yield escape(joined(field_value(part, values, text)))
        else:
            yield part.text


@functools.lru_cache(maxsize=1024)
def _template(text: str) -> _Words | _ShellText | None:
    """How the text is started; None if values decide about that."""
    return None if any(isinstance(part, Field) and part.raw for part in parse(text)) else _read(text)


@functools.lru_cache(maxsize=1024)
def _read(text: str) -> _Words | _ShellText:
    fields, flat_text = _slots(text)
    words = _plain_words(flat_text.strip())
    if words is None or "=" in words[0] or words[0] in _OF_THE_SHELL:
        return _for_shell(text)
    left = iter(fields)
    return _Words(tuple(_word(word, left) for word in words), text)


@functools.lru_cache(maxsize=1024)
def _for_shell(text: str) -> _ShellText:
    fields, flat_text = _slots(text)
    reading = read(flat_text.strip())
    literals = reading.text.split(SLOT)
    # As under `make`, each line counts, not only the last one.
    if "\n" in reading.text:
        literals[0] = f"set -e\n{literals[0]}"
    parts: list[str | tuple[Field, Spot]] = [literals[0]]
    for field, spot, literal in zip(fields, reading.spots, literals[1:], strict=True):
        parts += [(field, spot), literal]
    return _ShellText(tuple(part for part in parts if part), text)


@functools.lru_cache(maxsize=1024)
def _listed(texts: tuple[str, ...]) -> _Words:
    words: list[str | Field | tuple[str | Field, ...]] = []
    for text in texts:
        parts = parse(text)
        words.append("" if not parts else parts[0] if len(parts) == 1 else parts)
    return _Words(tuple(words), " ".join(texts))


def _slots(text: str) -> tuple[tuple[Field, ...], str]:
    """The fields of a text, and the text with a `SLOT` for each."""
    if SLOT in text:
        raise FieldError("a command cannot hold the character NUL")
    parts = parse(text)
    fields = tuple(part for part in parts if isinstance(part, Field))
    return fields, "".join(part if isinstance(part, str) else SLOT for part in parts)


def _plain_words(text: str) -> list[str] | None:
    """The words, quotes removed, or None if only a shell can tell what the text means."""
    words: list[str] = []
    at, inside = 0, False
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            return None
        space, quoted, plain = found.groups()
        if space is None:
            piece = plain if quoted is None else quoted[1:-1]
            words[-1:] = [words[-1] + piece] if inside else [*words[-1:], piece]
        inside = space is None
        at = found.end()
    if not words:
        raise FieldError("the command is empty")
    return words


def _word(word: str, fields: Iterator[Field]) -> str | Field | tuple[str | Field, ...]:
    """A word with its fields in place again."""
    if word == SLOT:
        return next(fields)
    if SLOT not in word:
        return word
    first, *rest = word.split(SLOT)
    parts: list[str | Field] = [first]
    for literal in rest:
        parts += [next(fields), literal]
    return tuple(part for part in parts if part)


# Files that a command names by itself

_START = re.compile(
    r"""(?:^|[;|&\n(]|\b(?:do|then|else|if|elif|while|until)\b|[{!]\s)[ \t]*(?:[A-Za-z_]\w*=[^\s;|&]*[ \t]+)*"""
)
_SHELL_WORD = re.compile(r"""[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s|&;<>()'"\\])+)""")


@dataclass(frozen=True, slots=True)
class _Interpreter:
    """Letters of options: after `stop` there is no script, after `apart` comes a word that is none, or sticks to it."""

    stop: str
    apart: str = ""


_SHELL = _Interpreter("cs", "oO")
_PYTHON = _Interpreter("cm", "WX")
_INTERPRETERS = {
    **dict.fromkeys(("sh", "bash", "dash", "zsh"), _SHELL),
    **dict.fromkeys(("python", "python3"), _PYTHON),
    "perl": _Interpreter("eE", "IMm"),
    "ruby": _Interpreter("e", "rIC"),
    "node": _Interpreter("ep", "rC"),
    "Rscript": _Interpreter("e"),
}
_WRAPPERS = {
    **dict.fromkeys(("exec", "command", "nohup", "time", "setsid"), ""),
    "env": "uC",
    "nice": "n",
    "ionice": "cn",
    "stdbuf": "ioe",
    "timeout": "ks",
}
"""Programs that start the one named behind their options, with the letters of options that take a word."""
_SETTING = re.compile(r"[A-Za-z_]\w*=")
_VERSIONED_PYTHON = re.compile(r"python3\.[0-9]+")


def implied_inputs(command: Command, is_file: Callable[[str], bool]) -> tuple[str, ...]:
    """The files of the project that a command starts without declaring them, relative to the root.

    That is a program given as a relative path, and the script given to an interpreter; also behind `env` and its like,
    and in the folder of a `cd` before. `is_file` answers for paths relative to the root.
    """
    found: dict[str, None] = {}
    for one in command.commands:
        folders = [command.cwd or ""]
        for words in [one] if isinstance(one, tuple) else _started(one):
            if words[0] == "cd" and len(words) == 2:
                folders.append(posixpath.join(folders[-1], words[1]))
                continue
            paths = [posixpath.normpath(posixpath.join(*pair)) for pair in product(folders, _own_files(words))]
            found.update((path, None) for path in paths if not path.startswith(("/", "../")) and is_file(path))
    return tuple(found)


def _own_files(words: tuple[str, ...]) -> Iterator[str]:
    words = _unwrapped(words)
    program = words[0]
    if "/" in program and not program.startswith("/"):
        yield program
    interpreter = _interpreter(program)
    if interpreter is None:
        return
    script = _script(words, interpreter)
    if script is not None:
        yield script


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of what is started in the end: `env A=1 nice -n 5 python x.py` starts `python x.py`."""
    at = 0
    while words[at] in _WRAPPERS:
        wrapper, at = words[at], at + 1
        while at < len(words) and words[at].startswith("-") and words[at] != "--":
            at += 2 if words[at][1:] and words[at][1:] in _WRAPPERS[wrapper] else 1
        at += words[at : at + 1] == ("--",)
        while wrapper == "env" and at < len(words) and _SETTING.match(words[at]):
            at += 1
        at += wrapper == "timeout"
        if at >= len(words):
            return words
    return words[at:]


def _interpreter(program: str) -> _Interpreter | None:
    name = program.rpartition("/")[2]
    found = _INTERPRETERS.get(name)
    return _PYTHON if found is None and _VERSIONED_PYTHON.fullmatch(name) else found


def _script(words: tuple[str, ...], interpreter: _Interpreter) -> str | None:
    """The first word that is neither an option nor the value of one; None if there is no script."""
    rest = iter(words[1:])
    for word in rest:
        if word == "--":
            return next(rest, None)
        if word == "-" or word.startswith(("--eval", "--print")):
            return None
        if not word.startswith(("-", "+")):
            return word
        letters = "" if word.startswith("--") else word[1:]
        special = next(
            (at for at, letter in enumerate(letters) if letter in interpreter.stop + interpreter.apart), None
        )
        if special is not None and letters[special] in interpreter.stop:
            return None
        if special is not None and special == len(letters) - 1:
            next(rest, None)
    return None


def _started(text: str) -> Iterator[tuple[str, ...]]:
    """The words of the commands in a shell text; only the first one where the others do not matter."""
    for start in _START.finditer(text):
        first = _SHELL_WORD.match(text, start.end())
        if first is None:
            continue
        words = [_unquoted(first[1])]
        matters = words[0] == "cd" or words[0] in _WRAPPERS or _interpreter(words[0]) is not None
        more = _SHELL_WORD.match(text, first.end()) if matters else None
        while more is not None:
            words.append(_unquoted(more[1]))
            more = _SHELL_WORD.match(text, more.end())
        yield tuple(words)


def _unquoted(word: str) -> str:
    if not {"'", '"', "\\"}.intersection(word):
        return word
    return "".join(shlex.split(word)) or word
