"""What code in build files looks at, so that it is not run again while all of that holds.

Python tells an audit hook of every file that is opened, every folder that is listed and every process that is
started. It tells nobody of `os.stat` and of the environment, so these are watched in another way while build files are
read: `os.stat` and its kin note and pass on, and the class of `os.environ` is exchanged for one that notes.

What cannot be followed (a process, a connection, a file written) is a doubt: such build files are evaluated every
time. What a module that is not of the project does while it is imported is left alone: it does the same each time, and
the files of the module itself are noted. Clocks and random numbers are not seen.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES
from typing import TYPE_CHECKING

from pymake.fs.watched import WatchedDisk, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from pymake.model.observed import Observed

_STANDARD = os.path.dirname(os.__file__) + os.sep
_OWN = os.path.dirname(os.path.dirname(__file__)) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_NO_FILES = ("/dev/", "/proc/", "/sys/")
_BYTE_CODE = f"{os.sep}__pycache__{os.sep}"
_IMPORTER = "<frozen importlib"

_HARMLESS = (
    *("array.", "builtins.", "code.", "compile", "cpython.", "exec", "function.", "gc.", "glob.", "import"),
    *("marshal.", "object.", "os.fwalk", "os.getxattr", "os.listxattr", "os.walk", "pathlib.", "pickle.", "sys."),
    *("setopencode", "_thread."),
)
"""Events of which no other build can take notice; they start so."""

_KINDS = frozenset(
    ["exists", "lexists", "isfile", "isdir", "islink", "is_file", "is_dir", "is_symlink", "_exists", "which"]
)
"""Functions that ask `os.stat` what is there and nothing else."""

_LOOKING = ("stat", "lstat", "access", "readlink")


class _Ear:
    """The one audit hook of the process: they cannot be taken away. Owns who listens."""

    def __init__(self) -> None:
        self.tracker: Tracker | None = None
        self._hooked = False

    def listen(self, tracker: Tracker | None) -> Tracker | None:
        """Let another tracker hear; returns the one before."""
        if not self._hooked:
            sys.addaudithook(self._heard)
            self._hooked = True
        before, self.tracker = self.tracker, tracker
        return before

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.tracker is not None:
            self.tracker.hear(event, arguments)


_EAR = _Ear()


@contextmanager
def tracked(root: str, observed: Observed) -> Iterator[None]:
    """Note in `observed` what is looked at meanwhile. `root` (absolute) is the current folder."""
    tracker = Tracker(root, observed)
    before = _EAR.listen(tracker)
    real = {name: getattr(os, name) for name in _LOOKING}
    kind = type(os.environ)
    try:
        for name, function in real.items():
            _replace(name, function, tracker.watched(function))
        os.environ.__class__ = _WatchedEnviron
        yield
    finally:
        os.environ.__class__ = kind
        for name, function in real.items():
            _replace(name, getattr(os, name), function)
        _EAR.listen(before)
        tracker.finish()


def _replace(name: str, old: object, new: object) -> None:
    """Exchange a function of `os`, also in the sets that say what it can do."""
    setattr(os, name, new)
    for known in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids"):
        functions: set[object] = getattr(os, known)
        if old in functions:
            functions.add(new)


class _WatchedEnviron(os._Environ[str]):
    """The class of `os.environ` while somebody listens."""

    def __getitem__(self, name: str) -> str:
        if _EAR.tracker is not None:
            _EAR.tracker.ask(name)
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        if _EAR.tracker is not None:
            _EAR.tracker.ask_all()
        yield from super().__iter__()


class Tracker:
    """Owns the notes of one evaluation."""

    def __init__(self, root: str, observed: Observed) -> None:
        self._root = root
        self._observed = observed
        self._environ = dict(os.environ)
        self._disk = WatchedDisk(root, observed, at_root=True)
        self._made: dict[str, None] = {}
        self._names: set[str] = set()
        self._is_busy = False

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take notice of one event."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            if event == "open":
                self._open(*arguments)
            elif event == "import":
                self._import(str(arguments[0]))
            elif event in ("os.listdir", "os.scandir"):
                self._list(arguments[0])
            elif event == "os.mkdir":
                self._made[self._path(arguments[0]) or "."] = None
            elif not event.startswith(_HARMLESS) and self._is_of_user():
                self._observed.doubt(f"a build file did what cannot be followed: {event}")
        finally:
            self._is_busy = False

    def watched(self, function: Callable[..., object]) -> Callable[..., object]:
        """The same function of `os`, noting what it is asked."""

        def look(path: object, *arguments: object, **named: object) -> object:
            if not self._is_busy:
                self._look(path, named, sys._getframe(1))
            return function(path, *arguments, **named)

        return look

    def ask(self, name: str) -> None:
        """A variable is asked for. What pymake was started with counts: later changes are a doubt of their own."""
        self._observed.add_variable(name, self._environ.get(name))

    def ask_all(self) -> None:
        """All variables are asked for."""
        if self._is_of_user():
            self._observed.doubt("a build file read the whole environment")

    def finish(self) -> None:
        """Note what could only be noted afterwards."""
        self._observed.root = self._root
        self._observed.add_variable("PYTHONPATH", os.environ.get("PYTHONPATH"))
        for path in self._made:
            self._observed.add_kind(path, kind_of(self._disk.stamp(path)))

    def _open(self, path: object, mode: object = None, flags: object = 0) -> None:
        name = self._path(path)
        if name is None or name.startswith(_NO_FILES):
            return
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if writes or (isinstance(mode, str) and not set("wax+").isdisjoint(mode)):
            if _BYTE_CODE not in os.path.join(os.sep, name) and self._is_of_user():
                self._observed.doubt(f"a build file wrote {name}")
        elif not self._is_standard(name):
            self._disk.note_content(self._source(name))

    def _source(self, name: str) -> str:
        """The source of byte code: that is what Python compares the byte code with."""
        folder, cached, file = name.rpartition(_BYTE_CODE)
        source = f"{folder}{os.sep}{file.partition('.')[0]}.py" if cached else name
        return source if source == name or os.path.exists(source) else name

    def _import(self, name: str) -> None:
        """A module of that name is looked for: where it could be in the project, it may come."""
        path = name.replace(".", os.sep)
        if name in self._names or ("." in name and not os.path.isdir(os.path.dirname(path))):
            return
        self._names.add(name)
        for end in ("", ".py", *EXTENSION_SUFFIXES):
            self._disk.stamp(path + end)

    def _list(self, folder: object) -> None:
        name = self._path(folder)
        if name is None:
            self._observed.doubt("a build file listed a folder that has no name")
            return
        if _is_importer(sys._getframe(3)):
            if os.path.isabs(name) and not self._is_standard(name + os.sep):
                self._disk.note_folder(name)
            return
        self._disk.note_folder(name)
        for link in self._disk.links(name):
            self._disk.stamp(os.path.join(name, link))

    def _look(self, path: object, named: dict[str, object], frame: FrameType | None) -> None:
        self._is_busy = True
        try:
            name = self._path(path)
            if named.get("dir_fd") is not None:
                self._observed.doubt("a build file looked at a file in a folder that has no name")
            elif name is None or name.startswith(_NO_FILES) or self._is_standard(name):
                return
            elif frame is not None and _asks_for_kind(frame):
                self._disk.stamp(name)
            else:
                self._disk.note_content(name)
        finally:
            self._is_busy = False

    def _path(self, path: object) -> str | None:
        """As in a plan: relative to the root if it lies below; None for a descriptor."""
        if path is None:
            return "."
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None
        name = os.path.normpath(os.fsdecode(path))
        below = os.path.join(self._root, "")
        return name.removeprefix(below) if name != self._root else "."

    def _is_standard(self, name: str) -> bool:
        """Whether it goes with this Python or this pymake, which the snapshot has the versions of."""
        return name.startswith((_STANDARD, _OWN)) and not any(part in name for part in _INSTALLED)

    def _is_of_user(self) -> bool:
        """Whether code of the project does this, and not a module that is being imported, nor pymake itself."""
        frame: FrameType | None = sys._getframe(2)
        below = os.path.join(self._root, "")
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(_IMPORTER):
                return False
            if file.startswith(below) and not any(part in file for part in _INSTALLED):
                return True
            frame = frame.f_back
        return False


def _asks_for_kind(frame: FrameType) -> bool:
    """Whether the caller of `os.stat`, or the caller of a method `stat`, asks what is there and nothing else."""
    name, behind = frame.f_code.co_name, frame.f_back
    return name in _KINDS or (name in _LOOKING and behind is not None and behind.f_code.co_name in _KINDS)


def _is_importer(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_IMPORTER)
