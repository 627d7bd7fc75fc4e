"""What a Python function means, as parts that a person can read, and how two such meanings differ.

A *meaning* is all that a code key was made from: the function itself first, then what it reaches in the project, each
as a part with a name, a place and its source. Parts are remembered under keys of their own (see `store.meanings`), so
that a later build can say which part changed. Pure: knows neither files nor Python objects.
"""

from __future__ import annotations

import enum

from pymake.dataclass import dataclass, replace
from pymake.errors import Place
from pymake.model.trace import shortened

LONGEST_SOURCE = 16_000
"""Characters of one source that are remembered: that of a function, or the text of a value."""

SEPARATOR = "\0"
"""Between the statements of a source."""

LONGEST_DIFFERENCE = 60
"""Lines of the difference between two texts; a person who wants more has the version control."""


class SourceKind(enum.Enum):
    """What the text of a part is; all but `TEXT` is source as somebody wrote it, of which not everything decides."""

    TEXT = "text"
    FUNCTION = "function"
    LAMBDA = "lambda"
    CLASS = "class"
    STATEMENTS = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePart:
    """One function, class, constant or statement. `name` is `module:qualname`.

    `text` is its source; `held` are lines with the values that it was made with.
    """

    name: str
    place: Place
    text: str
    kind: SourceKind = SourceKind.TEXT
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedPart:
    """A part under the key (32 hex digits) of all that it means.

    `uses` are the keys and the names of the parts that it uses: two that mean the same have one key.
    """

    key: str
    part: CodePart
    uses: tuple[tuple[str, str], ...]


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

    Texts are compared as they are. A part that only has another name or place is no difference, nor is the name of the
    function itself.

    >>> here = Place(path="pymakefile.py", line=3)
    >>> old = CodePart(name="pymakefile:LEAST", place=here, text="LEAST = 2")
    >>> new = CodePart(name="pymakefile:LEAST", place=here, text="LEAST = 3")
    >>> [change.lines for change in code_changes((old,), (new,))]
    [('-LEAST = 2', '+LEAST = 3')]
    """
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


def bounded(part: CodePart) -> CodePart:
    """The part as it is remembered: long texts by their head and digest, so equal ones stay equal.

    Doing it twice changes nothing.
    """
    held = tuple(shortened(line) for line in part.held)
    return replace(part, text=shortened(part.text, longest=LONGEST_SOURCE), held=held)


def encode_part(keyed: KeyedPart) -> str:
    """A part and what it uses as text, for the memory; `decode_part` is its inverse, but for the key."""
    import json  # noqa: PLC0415  # 3 ms that a build with nothing to do need not pay

    part = keyed.part
    row = (part.name, part.place.path, part.place.line, part.kind.value, part.text, part.held, keyed.uses)
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"))


def decode_part(key: str, data: str) -> KeyedPart | None:
    """The part that a text holds; None if it holds none."""
    import json  # noqa: PLC0415  # as above

    try:
        name, path, line, kind, text, held, uses = json.loads(data)
        part = CodePart(
            name=str(name),
            place=Place(path=str(path), line=None if line is None else int(line)),
            text=str(text),
            kind=SourceKind(kind),
            held=tuple(map(str, held)),
        )
        return KeyedPart(key=key, part=part, uses=tuple((str(use), str(of)) for use, of in uses))
    except (ValueError, TypeError):
        return None
