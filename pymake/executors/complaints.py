"""An exception of the user's function as texts: message, the user's own frames, and what it came from."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

from pymake.errors import JobError
from pymake.executors.endings import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_MOST_FRAMES = 12
"""Frames that are shown of one exception; a runaway recursion has a thousand."""
_MOST_TEXT = 4000
"""Characters that are shown of one exception's text."""
_MOST_CAUSES = 8
_MOST_BYTES = 1_000_000

Frame = tuple[str, int, str]
"""File, line, function."""


def complain(error: BaseException, root: str) -> Complaint | None:
    """What to tell the user about an exception; None if it is no failure (`sys.exit(0)`).

    A `JobError`, as `sh()` raises it, keeps its message and facts, and the user's frames say which call it was.
    """
    if isinstance(error, SystemExit) and (error.code is None or error.code == 0):
        return None
    if isinstance(error, JobError):
        facts = tuple((str(name), str(value)) for name, value in error.facts)
        return Complaint(type(error).__name__, str(error.message), (*facts, *_frame_facts(error, root)), error.hint)
    message, rest = _headline(error)
    facts = (*rest, *_frame_facts(error, root), *_origins(error, root))
    return Complaint("CallFailed", message, facts, pickled=_pickled(error))


def _pickled(error: BaseException) -> bytes:
    """The exception for the caller of the build; empty if it can't travel, or is too long to."""
    try:
        pickled = pickle.dumps(error)
    except Exception:  # noqa: BLE001  # a lock, an open file, a class inside of a function: texts are all there is
        return b""
    return pickled if len(pickled) <= _MOST_BYTES else b""


def _headline(error: BaseException) -> tuple[str, list[tuple[str, str]]]:
    """`ValueError: first line`, and the other lines as a fact."""
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}.{kind.__qualname__}"
    )
    try:
        text = f"{error}"[:_MOST_TEXT]
    except Exception:  # noqa: BLE001  # the user's own __str__ may do anything
        text = "(its text cannot be made: str() raises)"
    first, _, rest = text.strip().partition("\n")
    return (f"{name}: {first}" if first else name), ([("more", "\n    ".join(rest.splitlines()))] if rest else [])


def _origins(error: BaseException, root: str) -> Iterator[tuple[str, str]]:
    """The exceptions that led to this one, as Python chains them."""
    seen = {id(error)}
    for _ in range(_MOST_CAUSES):
        cause = error.__cause__
        word = "caused by" if cause is not None else "while handling"
        if cause is None and not error.__suppress_context__:
            cause = error.__context__
        if cause is None or id(cause) in seen:
            return
        error = cause
        seen.add(id(error))
        message, rest = _headline(error)
        yield word, message
        yield from rest
        yield from _frame_facts(error, root)


def _frame_facts(error: BaseException, root: str) -> Iterator[tuple[str, str]]:
    from linecache import getline  # noqa: PLC0415  # 4 ms that only a failure needs

    frames = _users(list(_frames(error.__traceback__)), root)
    left_out = len(frames) - _MOST_FRAMES
    if left_out > 0:
        frames = frames[: _MOST_FRAMES // 2] + frames[-_MOST_FRAMES // 2 :]
    for index, (file, line, function) in enumerate(frames):
        if left_out > 0 and index == _MOST_FRAMES // 2:
            yield "…", f"{left_out} more calls"
        source = getline(file, line).strip()
        yield f"{_shown(file, root)}:{line} in {function}", source


def _frames(trace: TracebackType | None) -> Iterator[Frame]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield code.co_filename, trace.tb_lineno, code.co_name
        trace = trace.tb_next


def _users(frames: Iterable[Frame], root: str) -> list[Frame]:
    """The frames of the project; if there are none, those that are not pymake's."""
    foreign = [frame for frame in frames if not os.path.abspath(frame[0]).startswith(_OWN)]
    return [frame for frame in foreign if is_of_project(frame[0], root)] or foreign


def is_of_project(file: str, root: str) -> bool:
    """Whether a source file is the user's own: below the root, and not an installed package there."""
    path = os.path.join(root, file)
    if file.startswith("<frozen ") or path.startswith(_STANDARD) or any(part in path for part in _INSTALLED):
        return False
    return path.startswith(os.path.join(root, ""))


def _shown(file: str, root: str) -> str:
    return file.removeprefix(os.path.join(root, ""))
