"""How two meanings differ, and how a meaning is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pymake.errors import Place
from pymake.model.code import (
    LONGEST_DIFFERENCE,
    LONGEST_MEANING,
    CodeChange,
    CodePart,
    Meaning,
    PartAdded,
    PartChanged,
    PartRemoved,
    bounded,
    code_changes,
    decode_meaning,
    encode_meaning,
)


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
    long = tuple(part(f"f{i}", "x" * 3_000 + str(i)) for i in range(1_000))
    kept = bounded(long)
    assert sum(len(part.text) for part in kept) < LONGEST_MEANING + 1_000 * 101
    assert bounded(kept) == kept
    assert code_changes(kept, long) == ()
    other = (*long[:-1], replace(long[-1], text="y" + long[-1].text[1:]))
    assert [change.part.name for change in code_changes(kept, other)] == ["m:f999"]


def test_a_source_survives_as_text() -> None:
    meaning = (COUNT, replace(LONG, place=Place(path="<typed>")), part("ä", "'\udc80\n'"))
    assert decode_meaning(encode_meaning(meaning)) == meaning


@pytest.mark.parametrize("text", ["", "{", "1", "[1]", '[["a"]]', '[["a","b","c","d"]]', "[[1,2,3,4,5]]"])
def test_a_text_that_holds_no_source(text: str) -> None:
    assert decode_meaning(text) is None
