"""`sh`: run a command inside a Python task."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, CommandFailed
from pymake.model.fields import FieldError, field_names
from pymake.model.task import CommandText
from pymake.planner.commands import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.model.fields import FieldValue

    Words = Sequence[str | os.PathLike[str]]

_KEPT_LINES = 20
_KEPT_BYTES = 16_384
_CHUNK = 65_536
_LOOK_AFTER = 50
"""Milliseconds without output until a command is looked after."""
_IGNORED_BY_WORKERS = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGHUP)


def sh(command: str | Words | Sequence[Words], /, **names: object) -> None:
    """Run a command; `{name}` is the caller's local variable or one of `names`, quoted as the place needs it.

    A text is run by `/bin/sh` only if it needs a shell; a list of texts never is; of a list of such lists each is run
    after the other. Everything that it prints goes to the job's output. It returns when the command has ended; what
    that left in the background ends with the job.

        sh("cc -c {inputs[0]} -o {output}")
        sh(["sort", "--output", "{output}", "{inputs}"])

    Raises:
        CommandFailed: a status other than 0, a signal, or a program that is not there; with the end of the output.
        BuildFileError: a field that no variable fills.
    """
    text = _command_text(command)
    values = {**sys._getframe(1).f_locals, **names}
    try:
        used = {name for part in _texts(text) for name in field_names(part)}
        fields = {name: _field_value(name, values[name]) for name in used if name in values}
        rendered = render(text, fields, cwd=None)
    except FieldError as error:
        hint = error.hint or "sh sees local variables; give it others by name: sh(…, cc=CC)"
        raise BuildFileError(f"sh: {error.message}", facts=[("command", _shown(command))], hint=hint) from None
    for part in rendered.commands:
        argv = ("/bin/sh", "-c", part) if isinstance(part, str) else part
        _run(argv, part if isinstance(part, str) else " ".join(part))


def _command_text(command: object) -> CommandText:
    if isinstance(command, str):
        return CommandText(commands=(command,))
    if isinstance(command, (list, tuple)) and command:
        lists = command if isinstance(command[0], (list, tuple)) else [command]
        return CommandText(commands=tuple(tuple(map(_word, words)) for words in lists))
    raise BuildFileError(f"sh: {command!r} is not a text, a list of texts, or a list of such lists")


def _word(word: object) -> str:
    """One argument of a list: braces in a `Path` are part of the name."""
    if isinstance(word, os.PathLike):
        return str(os.fspath(word)).replace("{", "{{").replace("}", "}}")
    if isinstance(word, str):
        return word
    raise BuildFileError(f"sh: {word!r} in a list is not a text", hint=f"write it as text: {str(word)!r}")


def _texts(text: CommandText) -> Iterable[str]:
    for part in text.commands:
        yield from (part,) if isinstance(part, str) else part


def _field_value(name: str, value: object) -> FieldValue:
    if isinstance(value, (str, os.PathLike)):
        return str(os.fspath(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return tuple(_field_value(name, item) for item in value)
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(map(str, value)))
    raise FieldError(f"{{{name}}} is a {type(value).__name__}, not a text, a number or a list of these")


def _shown(command: object) -> str:
    return command if isinstance(command, str) else repr(command)


def _run(argv: tuple[str, ...], shown: str) -> None:
    """Run one program, its output going to the output of this process as it comes."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()  # what the function printed so far comes first
    reading, writing = os.pipe()
    try:
        try:
            child = _start(argv, writing, os.environ)
        except OSError as error:
            problem = f"cannot start {argv[0]!r}: {error.strerror}"
            raise CommandFailed(problem, facts=[("command", shown)]) from None
        finally:
            os.close(writing)
        tail, status = _pass_on(reading, child)
    finally:
        os.close(reading)
    if status == 0:
        return
    facts = [("command", shown)]
    if tail:
        facts.append(("output", "\n    ".join(tail.splitlines()[-_KEPT_LINES:])))
    raise CommandFailed(_ended(status), facts=facts)


def _start(argv: tuple[str, ...], output: int, environ: Mapping[str, str]) -> int:
    """Not by `subprocess`, which takes 12 ms to import in each worker."""
    actions = [(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)]
    return os.posix_spawnp(argv[0], argv, environ, file_actions=actions, setsigdef=_IGNORED_BY_WORKERS)


def _pass_on(reading: int, child: int) -> tuple[str, int]:
    """Copy everything to the output of this process until the child has ended; the end of it, and the exit code.

    The output usually ends with the child. A process that it left in the background holds it open: so when nothing
    comes for a while, the child is looked after.
    """
    poll, tail, ended, status = select.poll(), b"", 0, 0
    poll.register(reading, select.POLLIN)
    while True:
        if not poll.poll(0 if ended else _LOOK_AFTER):
            if ended:
                break
            ended, status = os.waitpid(child, os.WNOHANG)
            continue
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            break
        tail = (tail + chunk)[-_KEPT_BYTES:]
        while chunk:
            chunk = chunk[os.write(1, chunk) :]
    if not ended:
        status = os.waitpid(child, 0)[1]
    return tail.decode("utf-8", "replace"), os.waitstatus_to_exitcode(status)


def _ended(status: int) -> str:
    if status > 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
