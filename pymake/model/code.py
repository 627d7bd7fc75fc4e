"""What a Python function means, as parts that a person can read, and how two such meanings differ.

A *meaning* is all that a code key was made from: the function itself first, then what it reaches in the project, each
as a part with a name, a place and its normalised text. Meanings are remembered (see `store.meanings`), so that a later
build can say which part changed. Pure: knows neither files nor Python objects.
"""

from __future__ import annotations

from pymake.dataclass import dataclass, replace
from pymake.errors import Place
from pymake.model.trace import LONGEST_FACET, shortened

LONGEST_MEANING = 64_000
"""Characters of all texts of one meaning that are remembered; the texts behind that are kept as their digest."""

_SHORT = 100

LONGEST_DIFFERENCE = 60
"""Lines of the difference between two texts; a person who wants more has the version control."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePart:
    """One function, class, constant or statement. `name` is `module:qualname`, `text` its normal form."""

    name: str
    place: Place
    text: str


Meaning = tuple[CodePart, ...]
"""The function itself, then what it reaches, in the order in which it is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAdded:
    """The function reaches something that it did not reach."""

    part: CodePart


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRemoved:
    """The function does not reach this any more. Its place is where it once was."""

    part: CodePart


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChanged:
    """Something means something else. `lines` is a unified difference of the normalised texts, without its header."""

    part: CodePart
    lines: tuple[str, ...]


CodeChange = PartAdded | PartRemoved | PartChanged


def code_changes(before: Meaning, after: Meaning) -> tuple[CodeChange, ...]:
    """How two meanings differ, in the order of the newer one, what is gone last.

    A part that only has another name or place is no difference, nor is the name of the function itself. Either may be
    as remembered (see `bounded`).

    >>> here = Place(path="pymakefile.py", line=3)
    >>> old = CodePart(name="pymakefile:LEAST", place=here, text="LEAST = 2")
    >>> new = CodePart(name="pymakefile:LEAST", place=here, text="LEAST = 3")
    >>> [change.lines for change in code_changes((old,), (new,))]
    [('-LEAST = 2', '+LEAST = 3')]
    """
    before, after = bounded(before), bounded(after)
    changes: list[CodeChange] = []
    gone = {part.name: part for part in before[1:]}
    texts = {part.text for part in before[1:]}
    if before and after and before[0].text != after[0].text:
        changes.append(_changed(before[0], after[0]))
    for part in after[1:] if before else after:
        earlier = gone.pop(part.name, None)
        if earlier is None:
            if part.text not in texts:
                changes.append(PartAdded(part=part))
        elif earlier.text != part.text:
            changes.append(_changed(earlier, part))
    present = {part.text for part in after}
    changes += [PartRemoved(part=part) for part in gone.values() if part.text not in present]
    return tuple(changes)


def _changed(before: CodePart, after: CodePart) -> PartChanged:
    import difflib  # noqa: PLC0415  # 4 ms, only for who asks why

    lines = difflib.unified_diff(before.text.split("\n"), after.text.split("\n"), n=1, lineterm="")
    found = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    if len(found) > LONGEST_DIFFERENCE:
        found[LONGEST_DIFFERENCE:] = [f" [{len(found) - LONGEST_DIFFERENCE} more lines]"]
    return PartChanged(part=after, lines=tuple(found))


def bounded(meaning: Meaning) -> Meaning:
    """The meaning as it is remembered: long texts by their head and digest, so equal ones stay equal.

    Doing it twice changes nothing.
    """
    left = LONGEST_MEANING
    kept = []
    for part in meaning:
        text = shortened(part.text, longest=LONGEST_FACET if left > 0 else _SHORT)
        left -= len(text)
        kept.append(replace(part, text=text))
    return tuple(kept)


def encode_meaning(meaning: Meaning) -> str:
    """A meaning as text, for the memory; `decode_meaning` is its inverse."""
    import json  # noqa: PLC0415  # 3 ms that a build with nothing to do need not pay

    rows = [(part.name, part.place.path, part.place.line, part.text) for part in meaning]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def _place(path: object, line: object) -> Place:
    return Place(path=str(path), line=line if isinstance(line, int) else None)


def decode_meaning(data: str) -> Meaning | None:
    """The meaning that a text holds; None if it holds none."""
    import json  # noqa: PLC0415  # as above

    try:
        rows = json.loads(data)
        return tuple(
            CodePart(
                name=str(name), place=Place(path=str(path), line=None if line is None else int(line)), text=str(body)
            )
            for name, path, line, body in rows
        )
    except (ValueError, TypeError):
        return None
