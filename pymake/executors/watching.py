"""Seeing what a job opens: by an audit hook in the process of a call, by `strace` around a command.

A job is watched if its environment names a file, in `WATCH`, for what was seen. A call notes there what Python opened
in its process, as `R`, `W` or `P` (a program was started), the path, and a null byte. For a command it is the output of
strace. Either way the job itself does not get to see the variable. Not seen are files that a library opens without
Python, and those of programs that a call starts.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

from pymake.model.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WATCH = "PYMAKE_WATCH"

_WRITING = os.O_WRONLY | os.O_RDWR
_STARTS = ("subprocess.Popen", "os.posix_spawn", "os.system", "os.exec", "os.fork", "os.forkpty", "pty.spawn")
_IMPORTERS = ("<frozen importlib", "<frozen zipimport", "<frozen runpy")
_TRACEBACKS = (f"{os.sep}linecache.py", f"{os.sep}tokenize.py")
_CALLS = "trace=open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
_OPENED = re.compile(r"^\d+ +(?:open|openat|openat2|creat)\b(.*) = (?:\d+<(.*)>|-1 ENOENT .*)$")
_NAMED = re.compile(r'^\((?:(?:AT_FDCWD|\d+)<(.*?)>, )?"((?:[^"\\]|\\.)*)"')
_MOVED = re.compile(
    r'^\d+ +(?:rename|link|symlink)\w*\(.*, (?:(?:AT_FDCWD|\d+)<(.*?)>, )?"((?:[^"\\]|\\.)*)"(?:, \w+)?\) = 0$'
)
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-f]{2}|.)")
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


class _Ear:
    """The one audit hook of the process: none can be taken away. Owns what the call that runs opened."""

    def __init__(self) -> None:
        self._hooked = False
        self._found: dict[str, None] | None = None

    def listen(self, found: dict[str, None] | None) -> None:
        """From now on put into `found` what is opened; None: nowhere."""
        if not self._hooked and found is not None:
            sys.addaudithook(self._heard)
            self._hooked = True
        self._found = found

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        found = self._found
        if found is None:
            return
        if event == "open":
            self._open(found, *arguments)
        elif event in ("os.rename", "os.link", "os.symlink"):
            found["W" + _full(arguments[1])] = None
        elif event.startswith(_STARTS):
            found["P"] = None

    def _open(self, found: dict[str, None], path: object, mode: object = None, flags: object = 0) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a descriptor: it was opened by somebody before
        if (isinstance(mode, str) and not set("wax+").isdisjoint(mode)) or (
            not isinstance(mode, str) and isinstance(flags, int) and flags & _WRITING
        ):
            found["W" + _full(path)] = None
        elif not sys._getframe(2).f_code.co_filename.startswith(_IMPORTERS) and not _is_for_traceback():
            found["R" + _full(path)] = None


_EAR = _Ear()


def _is_for_traceback() -> bool:
    return sys._getframe(3).f_code.co_filename.endswith(_TRACEBACKS)


def _full(path: object) -> str:
    """The path from the top, as it is meant at this moment."""
    text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
    return os.path.abspath(text)


class Watched:
    """A function of a task, of which is noted what it opens, if the environment asks for it."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> object:
        """Call the function."""
        file = os.environ.pop(WATCH, None)
        if file is None:
            return self._function(*arguments)
        file = os.path.abspath(file)
        found: dict[str, None] = {}
        _EAR.listen(found)
        try:
            return self._function(*arguments)
        finally:
            _EAR.listen(None)
            with open(file, "wb") as out:
                out.write(b"".join(os.fsencode(line) + b"\0" for line in found))


def under_strace(program: str, words: tuple[str, ...], environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The program and words that run a command and note what it opens in the file that `environ` names."""
    strace = shutil.which("strace", path=environ.get("PATH")) or "strace"
    flags = ("-f", "-y", "-qq", "-A", "-e", _CALLS, "-e", "signal=none", "-E", WATCH, "-o", environ[WATCH])
    return strace, ("strace", *flags, "--", program, *words[1:])


def seen_by_call(file: str, root: str) -> Seen | None:
    """What a call noted in a file (absolute), which is removed; None if there is nothing."""
    data = _taken(file)
    if data is None:
        return None
    lines = [os.fsdecode(line) for line in data.split(b"\0") if line]
    return _seen(((line[0], line[1:]) for line in lines), root)


def seen_by_strace(file: str, root: str) -> Seen | None:
    """What strace noted of a command in a file (absolute), which is removed; None if there is nothing."""
    data = _taken(file)
    return None if data is None else _seen(_traced(data.decode("utf-8", "surrogateescape")), root)


def _taken(file: str) -> bytes | None:
    try:
        with open(file, "rb") as opened:
            data = opened.read()
        os.remove(file)
    except OSError:
        return None
    return data


def _traced(text: str) -> Iterator[tuple[str, str]]:
    for line in _whole_calls(text):
        opened = _OPENED.match(line)
        if opened is not None:
            path = _plain(opened[2]) if opened[2] is not None else _named(opened[1])
            if path is not None:
                yield ("W" if _WRITES.search(opened[1].rpartition('"')[2]) else "R"), path
            continue
        moved = _MOVED.match(line)
        if moved is not None:
            yield "W", os.path.join(_plain(moved[1] or ""), _plain(moved[2]))


def _whole_calls(text: str) -> Iterator[str]:
    """The lines; a call that others interrupted, and that strace shows in two parts, as one."""
    open_calls: dict[str, str] = {}
    for line in text.split("\n"):
        process, _, rest = line.partition(" ")
        if rest.endswith("<unfinished ...>"):
            open_calls[process] = rest.removesuffix("<unfinished ...>")
        elif rest.lstrip().startswith("<... "):
            begun = open_calls.pop(process, "")
            yield f"{process} {begun.rstrip()}{rest.partition(' resumed>')[2]}"
        else:
            yield line


def _named(arguments: str) -> str | None:
    found = _NAMED.match(arguments)
    return None if found is None else os.path.join(_plain(found[1] or ""), _plain(found[2]))


def _plain(text: str) -> str:
    """A text of strace without its escapes."""

    def letter(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code.isdigit():
            return bytes([int(code, 8) & 255])
        return bytes.fromhex(code[1:].decode()) if len(code) == 3 else _LETTERS.get(code, code)

    return os.fsdecode(_ESCAPE.sub(letter, text.encode("utf-8", "surrogateescape")))


def _seen(found: Iterator[tuple[str, str]], root: str) -> Seen:
    below = os.path.join(root, "")
    reads: dict[str, None] = {}
    writes: dict[str, None] = {}
    blind = False
    for what, path in found:
        if what == "P":
            blind = True
            continue
        name = os.path.normpath(path).removeprefix(below)
        if what == "W":
            writes[name] = None
        elif name not in writes:
            reads[name] = None
    return Seen(reads=tuple(reads), writes=tuple(writes), blind=blind)
