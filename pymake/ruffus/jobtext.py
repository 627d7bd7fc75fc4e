"""How jobs are written in messages: parameters without quotes, paths cut to what fits."""

from __future__ import annotations

import os
import textwrap
import time
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.structure import members
from pymake.ruffus.structure import names_in
from pymake.ruffus.timestamps import (
    Compared,
    Missing,
    NothingToJudge,
    OtherExtras,
    OtherFunction,
    Unrecorded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymake.ruffus.timestamps import Dated, Judgement

_CUT = "<???> "
_LEAST = 9


def nested_levels(path: str, levels: int) -> str:
    """The last `levels` parts of a path, with `.../` in front if there are more; 0 or less: the path as it is.

    >>> nested_levels("/a/b/c/d.txt", 2), nested_levels("b/c", 2), nested_levels("/a", 1)
    ('.../c/d.txt', 'b/c', '/a')
    """
    parts = [part for part in path.split("/") if part]
    if levels <= 0 or len(parts) <= levels + (path[:1] != "/"):
        return path
    return ".../" + "/".join(parts[-levels:])


def shortened(value: object, abbreviated: int) -> str:
    """A parameter as it is shown.

    `abbreviated` is the number of path levels; 0 for absolute paths; below 0, about so many letters for the whole.

    >>> shortened(["/x/y/a.txt", ("b", 5, None)], 2)
    '[.../y/a.txt, [b, 5, None]]'
    """
    if abbreviated == 0:
        return _text(value, os.path.abspath)
    if abbreviated > 0:
        return nested(value, abbreviated)
    return _fitting(value, -abbreviated)


def _fitting(value: object, length: int) -> str:
    """As many levels as do not go beyond the length; then the end of the text."""
    levels, text = 1, nested(value, 1)
    while len(text) <= length and "..." in text:
        levels += 1
        text = nested(value, levels)
    most = max(length, _LEAST) - 5
    return text if len(text) < most else _CUT + text[-most:]


def nested(value: object, levels: int) -> str:
    """A parameter with so many levels of each path."""
    return _text(value, lambda name: nested_levels(name, levels))


def _text(value: object, shorten: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return shorten(value)
    inner = members(value)
    if inner is not None:
        return f"[{', '.join(_text(member, shorten) for member in inner)}]"
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobText:
    """A job in words, for one line or for several."""

    line: str
    lines: tuple[str, ...]


def job_text(shown: Sequence[object], abbreviated: int, *, folders: bool, many: bool) -> JobText:
    """The words for a job with these parameters. `folders`: it makes them; `many`: its outputs stand one on a line."""
    if folders:
        text = f"Make directories {shortened(names_in(shown[-1] if len(shown) == 1 else shown[1]), abbreviated)}"
        return JobText(line=text, lines=(text,))
    if not shown:
        return JobText(line="Job", lines=("Job",))
    first = shortened(shown[0], abbreviated)
    if len(shown) == 1:
        return JobText(line=f"Job  = [{first}]", lines=(f"Job  = [{first}]",))
    output, *extras = shown[1:]
    rest = "".join(f", {shortened(extra, abbreviated)}" for extra in extras)
    line = f"Job  = [{first} -> {shortened(output, abbreviated)}{rest}]"
    if many:
        members = list(output) if isinstance(output, (list, tuple)) else [output]
        lines = [f"Job  = [{first}", *(f"      -> {shortened(member, abbreviated)}" for member in members)]
        lines += [f"       {rest}"] if rest else []
        lines[-1] += "]"
        return JobText(line=line, lines=tuple(lines))
    return JobText(line=line, lines=(f"Job  = [{first}", f"      -> {shortened(output, abbreviated)}{rest}]"))


def reason_lines(judgement: Judgement, abbreviated: int) -> tuple[str, ...]:
    """A judgement in words: what stands behind the job, then further lines."""
    match judgement:
        case NothingToJudge(text=text):
            return (text,)
        case Missing(names=names):
            return ("...", f"Missing file{'s' * (len(names) > 1)} {shortened(list(names), abbreviated)}")
        case Unrecorded(names=names):
            what = f"Uncheckpointed file{'s' * (len(names) > 1)} (left over from a failed run?):"
            return (what, shortened(list(names), abbreviated))
        case OtherFunction(names=names):
            return ("Pipeline function has changed:", shortened(list(names), abbreviated))
        case OtherExtras(names=names):
            return ("Pipeline parameters have changed:", shortened(list(names), abbreviated))
        case Compared():
            return ("",)


def time_lines(judgement: Compared, abbreviated: int) -> list[str]:
    """The times that were compared, with a star at those that are to blame."""
    lines = []
    for heading, files in (("Input files:", judgement.inputs), ("Output files:", judgement.outputs)):
        if files:
            lines.append(f"  {heading}")
            lines += [_time_line(each, abbreviated) for each in files]
    return lines


def _time_line(each: Dated, abbreviated: int) -> str:
    star = "*" if each.blamed else " "
    return f"   {star} {shown_time(each.time)}: {shortened(each.name, abbreviated)}"


def shown_time(seconds: float) -> str:
    """A time for people, in UTC, to a hundredth of a second.

    >>> shown_time(1306366660.125)
    '25 May 2011 23:37:40.12'
    """
    hundredths = int((seconds - int(seconds)) * 100)
    return time.strftime(f"%d %b %Y %H:%M:%S.{hundredths:02d}", time.gmtime(seconds))


def wrapped(text: str, width: int, indent: int, further: int) -> str:
    """A text indented, and wrapped at `width` with `further` spaces before what does not fit."""
    return "\n".join(
        textwrap.wrap(
            text,
            width=width,
            initial_indent=" " * indent,
            subsequent_indent=" " * further,
            break_long_words=True,
            replace_whitespace=False,
        )
        or [""]
    )
