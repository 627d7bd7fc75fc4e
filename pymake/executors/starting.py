"""Starting programs: which file a command means, and `posix_spawn` with everything a job must not inherit undone."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import CommandFailed
from pymake.executors.endings import command_text
from pymake.executors.watching import WATCH, under_strace

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESET = [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ]
"""Python ignores two of these, a shell in the background two others: a job begins with none ignored. SIGHUP stays as
it is, for `nohup`."""

_ENTER = 'cd "$1" && shift && exec "$@"'
"""`posix_spawn` cannot change the folder, and the engine must not change its own for a moment: a thread of the script
that embeds pymake may look. A shell costs 0.3 ms, only where a job has a folder of its own; `subprocess` costs 12 ms
to import, has no process groups before Python 3.11, and would be a second way to set up a job."""

Words = tuple[str, ...]


class _Environment(NamedTuple):
    """The environment of a job, and the same as the system wants it: else each start would encode each variable."""

    texts: dict[str, str]
    encoded: dict[bytes, bytes]


class Starter:
    """Starts commands, each as the leader of a process group of its own.

    Owns the memory of which file a program name means. A name is only remembered when no folder of the project comes
    before it in PATH, since a job may make a program of that name.
    """

    def __init__(self, root: str, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = dict(environ)
        self._environments: dict[tuple[tuple[str, str], ...], _Environment] = {}
        self._found: dict[tuple[str, str], str] = {}
        self._at_root = os.path.samefile(root, os.curdir)
        self._null = os.open(os.devnull, os.O_RDONLY)
        # The C library looks at each signal, and sets it if it is not ignored; of those named here it only does the
        # latter. All that have their default now are named, which changes nothing and halves the calls in each child.
        default = [number for number in signal.valid_signals() if signal.getsignal(number) == signal.SIG_DFL]
        self._reset = sorted({*_RESET, *default} - {signal.SIGKILL, signal.SIGSTOP})

    def close(self) -> None:
        """Nothing is started any more."""
        os.close(self._null)

    def start(self, command: str | Words, *, cwd: str | None, env: tuple[tuple[str, str], ...], log: int | None) -> int:
        """Start a command with its output going to the open file `log`; returns the process, which leads its group.

        With None for the log it has the files of this process; its output goes to a terminal if there is one.

        Raises:
            CommandFailed: it cannot be started.
        """
        environ = self._environments.get(env) or self._environment(env)
        folder = self._root if cwd is None else os.path.join(self._root, cwd)
        try:
            if isinstance(command, tuple) and cwd is None and self._at_root:
                known = self._known(command, environ)
                with contextlib.suppress(FileNotFoundError, PermissionError):  # it has moved: search for it again
                    if known is not None:
                        return self._spawn(known, command, environ, log)
            program, words = self._words(command, folder, environ.texts)
            if WATCH in environ.texts:
                program, words = under_strace(program, words, environ.texts)
            if cwd is not None or not self._at_root:
                if not os.path.isdir(folder):
                    raise _refusal(command, f"no folder {cwd or folder}", 1)
                program, words = "/bin/sh", ("/bin/sh", "-c", _ENTER, "sh", folder, program, *words[1:])
            return self._spawn(program, words, environ, log)
        except OSError as error:
            status = 127 if error.errno == errno.ENOENT else 126
            raise _refusal(command, error.strerror or str(error), status) from error
        except ValueError as error:  # a null byte in an argument or a variable
            raise _refusal(command, str(error), 126) from error

    def _known(self, words: Words, environ: _Environment) -> str | None:
        """Where a program was found before, if nothing is to be done but to start it."""
        if not words or WATCH in environ.texts:
            return None
        return self._found.get((environ.texts.get("PATH", os.defpath), words[0]))

    def _spawn(self, program: str, words: Words, environ: _Environment, log: int | None) -> int:
        dup = os.POSIX_SPAWN_DUP2
        if log is not None:
            actions = [(dup, self._null, 0), (dup, log, 1), (dup, log, 2)]
        else:
            actions = [] if os.isatty(1) else [(dup, 2, 1)]  # what is not for people may be events for a program
        return os.posix_spawn(
            program, words, environ.encoded, file_actions=actions, setpgroup=0, setsigmask=(), setsigdef=self._reset
        )

    def _environment(self, env: tuple[tuple[str, str], ...]) -> _Environment:
        texts = {**self._environ, **dict(env)}
        encoded = {os.fsencode(name): os.fsencode(value) for name, value in texts.items()}
        found = self._environments[env] = _Environment(texts, encoded)
        return found

    def _words(self, command: str | Words, folder: str, environ: Mapping[str, str]) -> tuple[str, Words]:
        """The program file and the argument list."""
        if isinstance(command, str):
            return "/bin/sh", ("/bin/sh", "-c", command)
        if not command or not command[0]:
            raise _refusal(command, "it names no program", 127)
        name = command[0]
        if "/" in name:
            return self._check(command, os.path.join(folder, name)), command
        path = environ.get("PATH", os.defpath)
        program = self._found.get((path, name))
        if program is None or not os.access(program, os.X_OK):
            program = self._search(command, folder, path)
        return program, command

    def _check(self, command: Words, program: str) -> str:
        if os.access(program, os.X_OK) and not os.path.isdir(program):
            return program
        there = os.path.exists(program)
        raise _refusal(command, "it is not executable" if there else "no such file", 126 if there else 127)

    def _search(self, command: Words, folder: str, path: str) -> str:
        name, lasting = command[0], True
        for entry in path.split(os.pathsep):
            place = os.path.join(folder, entry)
            lasting = lasting and os.path.isabs(entry) and not f"{place}/".startswith(f"{self._root}/")
            program = os.path.join(place, name)
            if os.access(program, os.X_OK) and not os.path.isdir(program):
                if lasting:
                    self._found[path, name] = program
                return program
        raise _refusal(command, f"no program {name} on PATH", 127)


def _refusal(command: str | Words, why: str, status: int) -> CommandFailed:
    """The statuses are those by which a shell says the same."""
    return CommandFailed(f"cannot be started: {why} (exit status {status})", facts=[("command", command_text(command))])
