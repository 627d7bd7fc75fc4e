"""What can be said of inputs and outputs before anything is matched: it decides in which order tasks are expanded.

All of it errs on the side of too much: a pattern that may match more, an output that may be called anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pymake.model.fields import FieldError, parse
from pymake.model.filters import REFERENCE
from pymake.model.patterns import is_glob, read
from pymake.model.task import Formatter, Regex, Suffix, TaskRef
from pymake.planner.structure import members, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.model.filters import Filter
    from pymake.model.patterns import Pattern

_FROM_START = re.compile(r"(?:\((?:\?P<\w+>|\?:)?)?(?:\^|\.\*)")
_TO_END = re.compile(r"(?<!\\)(?:\$|\.\*\)?)$")
"""Expressions that take a name from its very start, and to its very end."""

_ANYTHING = "{{open{}:.*}}"


def looked_for(inputs: Iterable[object]) -> tuple[tuple[Pattern, ...], tuple[str, ...]]:
    """The patterns and the tasks anywhere in the inputs."""
    patterns: list[Pattern] = []
    needs: dict[str, None] = {}
    stack: list[object] = [value for value in inputs if value]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            found = read(value)
            if not isinstance(found, str):
                patterns.append(found)
        elif isinstance(value, TaskRef):
            needs[value.name] = None
        else:
            stack.extend(members(value) or ())
    return tuple(patterns), tuple(needs)


def opened(value: object, chosen: Filter | None) -> object:
    """Inputs that a filter names, with everything open that is replaced for each job; names in full are left out."""
    if isinstance(value, str):
        return _opened(value, chosen) or ()
    inner = members(value)
    return value if inner is None else [opened(item, chosen) for item in inner]


def _opened(text: str, chosen: Filter | None) -> str | None:
    pieces = [piece if isinstance(piece, str) else "\\1" for piece in parse(text)]
    if not any(is_glob(re.sub(r"[{}]", "", piece)) for piece in pieces):
        return None
    around = "\\1" if isinstance(chosen, Regex) else ""
    numbers = iter(range(len(text) + 2))
    return REFERENCE.sub(lambda _: _ANYTHING.format(next(numbers)), f"{around}{''.join(pieces)}{around}")


def likeness(output: object, chosen: Filter | None, output_dir: str | None, given: object) -> tuple[str, str]:
    """How outputs start and end, as far as it is certain; "" where it isn't."""
    known = [_ends(text) for text in written(output)]
    starts, ends = [start for start, _ in known], [end for _, end in known]
    if isinstance(chosen, Suffix):
        first = output_dir + "/x" if output_dir is not None else given
        start = _ends(first)[0] if isinstance(first, str) else ""
        # The prefix ends where the file name may go on: only its folder is certain.
        starts = [start[: start.rfind("/") + 1]]
        if any("\\" in text for text in written(output)):
            starts = [""]
    elif isinstance(chosen, Regex):
        # What lies outside of a match stays as it is in the input.
        starts = starts if _FROM_START.match(chosen.pattern) else [""]
        ends = ends if _TO_END.search(chosen.pattern) else [""]
    elif isinstance(chosen, Formatter):
        starts = ["" if start.startswith("/") else start for start in starts]
    return _common(starts), _common([end[::-1] for end in ends])[::-1]


def _ends(text: str) -> tuple[str, str]:
    """The literal start and end of a text; both are all of it if nothing in it is open."""
    if REFERENCE.search(text) is None and "{" not in text and "}" not in text:
        found = read(text)
        return (found, found) if isinstance(found, str) else (found.prefix, found.suffix)
    try:
        pieces = [REFERENCE.split(piece) if isinstance(piece, str) else ["", ""] for piece in parse(text)]
    except FieldError:  # it is reported when the outputs are made
        return "", ""
    return pieces[0][0].removeprefix("./"), pieces[-1][-1]


def _common(starts: Iterable[str]) -> str:
    found = list(starts)
    if not found:
        return ""
    low, high = min(found), max(found)
    length = next((i for i, letter in enumerate(low) if letter != high[i]), len(low))
    return low[:length]
