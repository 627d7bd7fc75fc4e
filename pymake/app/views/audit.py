"""The end of `--audit`: what was read and written without being declared, and the lines that declare it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pymake.model.task import CommandText, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymake.engine.audit import Undeclared
    from pymake.model.task import Task

_MOST = 10
"""Files that are named of one task; the lines to add name all."""


def audit_notes(found: Iterable[Undeclared]) -> Iterator[str]:
    """A text of one or more lines for each thing to know."""
    any_watched = any_found = False
    for undeclared in found:
        any_watched = True
        for note in _notes(undeclared):
            any_found = True
            yield note
    if not any_watched:
        yield "audit: no job was watched, since none ran; pymake build --audit -B runs all"
    elif not any_found:
        yield "audit: nothing was read or written without being declared, as far as it could be seen"


def _notes(found: Undeclared) -> Iterator[str]:
    task, who = found.task, f"audit: task {found.task.name} ({found.task.place})"
    if found.unseen and isinstance(task.action, CommandText):
        yield f"{who} runs commands, and there is no strace: what they read and write was not seen"
    elif found.unseen:
        yield f"{who}: what a job opened could not be seen"
    if found.blind:
        yield f"{who} starts other programs: what those read and write was not seen"
    if found.reads:
        yield "\n".join([f"{who} reads without declaring it:", *_files(found, found.reads), *_to_read(found)])
    if found.writes:
        yield "\n".join([f"{who} writes without declaring it:", *_files(found, found.writes), *_to_write(found)])


def _files(found: Undeclared, counts: dict[str, int]) -> Iterator[str]:
    for path, count in sorted(counts.items())[:_MOST]:
        maker = f", which task {found.makers[path]} makes" if path in found.makers else ""
        jobs = f" ({count} of {found.jobs} jobs)" if found.jobs > 1 else ""
        yield f"  {path}{maker}{jobs}"
    if len(counts) > _MOST:
        yield f"  and {len(counts) - _MOST} more"


def _to_read(found: Undeclared) -> Iterator[str]:
    """What every job reads can be declared for the task; what only some read, each has to find out for itself."""
    common = sorted(path for path, count in found.reads.items() if count == found.jobs)
    if common:
        yield f"  add: {_files_line(found.task, common)}"
    if len(common) < len(found.reads):
        yield f"  add: {_audit_line(found.task)}, since not every job reads {'all of these' if common else 'these'}"


def _to_write(found: Undeclared) -> Iterator[str]:
    task, declared = found.task, _texts(found.task.output)
    if found.jobs == 1 and declared is not None:
        yield f"  add: {_equals(task, 'output')}{_list([*declared, *sorted(found.writes)])}"
    else:
        yield "  add them to the outputs, or have them written outside of the project"


def _files_line(task: Task, files: list[str]) -> str:
    """What declares further files; a decorator adds to what others say, a key or a keyword says all."""
    if _is_decorated(task):
        return f"@uses(files={_list(files)})"
    return f"{_equals(task, 'files')}{_list([*task.files, *files])}"


def _audit_line(task: Task) -> str:
    return '@audit("record")' if _is_decorated(task) else f'{_equals(task, "audit")}"record"'


def _equals(task: Task, name: str) -> str:
    return f"{name} = " if task.place.path.endswith(".toml") else f"{name}="


def _is_decorated(task: Task) -> bool:
    """Whether decorators declared the task, as far as one can tell: it is called like its function."""
    in_python = not task.place.path.endswith(".toml")
    return in_python and isinstance(task.action, Function) and getattr(task.action.target, "__name__", "") == task.name


def _texts(output: object) -> list[str] | None:
    """The outputs as written, if they are a plain text or a list of them without fields."""
    texts = [output] if isinstance(output, str) else output
    if not isinstance(texts, (list, tuple)):
        return None
    plain = [text for text in texts if isinstance(text, str) and "{" not in text]
    return plain if len(plain) == len(texts) else None


def _list(values: list[str]) -> str:
    return json.dumps(values, ensure_ascii=False)
