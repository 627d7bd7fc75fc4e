"""How two meanings differ, and how a meaning is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pymake.errors import Place
from pymake.model.code import (
    LONGEST_DIFFERENCE,
    LONGEST_SOURCE,
    CodeChange,
    CodePart,
    KeyedPart,
    Meaning,
    PartAdded,
    PartChanged,
    PartRemoved,
    SourceKind,
    bounded,
    code_changes,
    decode_part,
    encode_part,
)
from pymake.model.trace import LONGEST_FACET


def part(name: str, text: str, line: int = 1) -> CodePart:
    return CodePart(name=f"m:{name}", place=Place(path="m.py", line=line), text=text)


COUNT = part("count", "def _(a):\n    return long(a)")
LONG = part("long", "def _(word):\n    return len(word) >= LEAST")
LEAST = part("LEAST", "LEAST = 2")

CASES: dict[str, tuple[Meaning, Meaning, list[CodeChange]]] = {
    "nothing": ((COUNT, LONG), (COUNT, LONG), []),
    "a line moved": ((COUNT, LONG), (COUNT, replace(LONG, place=Place(path="m.py", line=9))), []),
    "the order": ((COUNT, LONG, LEAST), (COUNT, LEAST, LONG), []),
    "the name of the function itself": ((COUNT, LONG), (replace(COUNT, name="n:total"), LONG), []),
    "another module": ((COUNT, LONG), (COUNT, replace(LONG, name="n:long")), []),
    "the function itself": (
        (COUNT,),
        (part("count", "def _(a):\n    return short(a)"),),
        [
            PartChanged(
                part=part("count", "def _(a):\n    return short(a)"),
                lines=(" def _(a):", "-    return long(a)", "+    return short(a)"),
            )
        ],
    ),
    "a constant": (
        (COUNT, LEAST),
        (COUNT, part("LEAST", "LEAST = 3", line=7)),
        [PartChanged(part=part("LEAST", "LEAST = 3", line=7), lines=("-LEAST = 2", "+LEAST = 3"))],
    ),
    "added": ((COUNT,), (COUNT, LONG), [PartAdded(part=LONG)]),
    "removed": ((COUNT, LONG), (COUNT,), [PartRemoved(part=LONG)]),
    "nothing remembered": ((), (COUNT, LONG), [PartAdded(part=COUNT), PartAdded(part=LONG)]),
}


@pytest.mark.parametrize(("before", "after", "changes"), CASES.values(), ids=CASES.keys())
def test_changes(before: Meaning, after: Meaning, changes: list[CodeChange]) -> None:
    assert list(code_changes(before, after)) == changes


def test_a_long_difference_is_cut() -> None:
    before, after = (part("f", "\n".join(f"{text} {i}" for i in range(50))) for text in ("a", "b"))
    (change,) = code_changes((before,), (after,))
    assert isinstance(change, PartChanged)
    assert change.lines[0] == "-a 0"
    assert change.lines[LONGEST_DIFFERENCE:] == (" [40 more lines]",)


def test_what_is_remembered_is_bounded_and_stays_comparable() -> None:
    long = replace(part("f", "x" * 30_000), held=("y" * 3_000,))
    kept = bounded(long)
    assert len(kept.text) == LONGEST_SOURCE
    assert [len(line) for line in kept.held] == [LONGEST_FACET]
    assert bounded(kept) == kept
    assert bounded(replace(long, text="x" * 29_999 + "y")) != kept


def test_a_part_survives_as_text() -> None:
    for one in (LONG, replace(LONG, place=Place(path="<typed>")), replace(part("ä", "'\udc80\n'"), held=("a = 1",))):
        keyed = KeyedPart(key="k", part=replace(one, kind=SourceKind.CLASS), uses=(("l", "m:l"), ("m", "m:m")))
        assert decode_part("k", encode_part(keyed)) == keyed


@pytest.mark.parametrize("text", ["", "{", "1", "[1]", '[["a"]]', '["a","b",1,"c","d",[],[]]', "[1,2,3,4,5,6,7]"])
def test_a_text_that_holds_no_part(text: str) -> None:
    assert decode_part("k", text) is None
