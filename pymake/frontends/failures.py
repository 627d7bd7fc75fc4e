"""What goes wrong while the user's Python is read or run, told by the user's own lines."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING

from pymake.errors import BuildFileError, Place
from pymake.frontends.modules import is_of_project
from pymake.frontends.places import relative

if TYPE_CHECKING:
    from types import TracebackType

_MOST_FRAMES = 12


def failure(error: BaseException, path: str, root: str) -> BuildFileError:
    """The user's error of an exception that loading the file at `path` (relative to `root`) raised."""
    if isinstance(error, SyntaxError) and error.filename is not None and is_of_project(error.filename, root):
        return _syntax_error(error, root)
    frames = _frames(error.__traceback__, root)
    place = frames[-1][0] if frames else Place(path=path)
    facts: list[tuple[str, object]] = [("at", _line(*frame)) for frame in frames[-_MOST_FRAMES:]]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        facts.append(("caused by", _summary(cause)))
        facts += [("at", _line(*frame)) for frame in _frames(cause.__traceback__, root)[-_MOST_FRAMES:]]
    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        message = f"the build file ends the whole process: sys.exit({code})"
        return BuildFileError(
            message, place=place, facts=facts, hint="a build file declares tasks and comes to its end"
        )
    return BuildFileError(_summary(error), place=place, facts=facts)


def _syntax_error(error: SyntaxError, root: str) -> BuildFileError:
    place = Place(path=relative(error.filename or "", root), line=error.lineno or None)
    facts = [("line", error.text.strip())] if error.text and error.text.strip() else []
    return BuildFileError(f"syntax error: {error.msg}", place=place, facts=facts)


def _summary(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _frames(traceback: TracebackType | None, root: str) -> list[tuple[Place, str, str]]:
    """Place, function and source line of each frame that is the project's own, innermost last."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_of_project(code.co_filename, root):
            linecache.checkcache(code.co_filename)
            line = linecache.getline(code.co_filename, traceback.tb_lineno, traceback.tb_frame.f_globals)
            place = Place(path=relative(code.co_filename, root), line=traceback.tb_lineno)
            found.append((place, code.co_name, line.strip()))
        traceback = traceback.tb_next
    return found


def _line(place: Place, function: str, source: str) -> str:
    return f"{place} {function}: {source}"
