"""Meanings are kept over builds, bounded, and no damage to their file does harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.errors import Place
from pymake.model.code import CodePart, KeyedPart
from pymake.model.task import Function
from pymake.store import meanings as module
from pymake.store.meanings import HEADER, Meanings

if TYPE_CHECKING:
    from pathlib import Path


def function(number: int, text: str = "pass") -> Function:
    """A function; the ninth uses the fourth, and calls it by another name."""
    part = CodePart(name=f"m:f{number}", place=Place(path="m.py", line=number), text=text)
    key, half = f"{number:032x}", f"{number // 2:032x}"
    uses = ((half, "m:other"),) if number == 9 else ()
    keyed = KeyedPart(key=key, part=part, uses=uses)
    return Function(name=part.name, target=print, code_key=key, parts=lambda known: [keyed] if not known(key) else [])


def parts_of(number: int) -> tuple[CodePart, ...]:
    return tuple(keyed.part for keyed in function(number).parts(lambda _: False))


def names(root: Path) -> list[str]:
    kept = (Meanings(str(root)).recall(function(number).code_key) for number in range(10))
    return [part.name for meaning in kept for part in meaning or ()]


def file_of(root: Path) -> Path:
    return root / ".pymake" / "cache" / "meanings"


def test_later_builds_find_what_was_kept(tmp_path: Path) -> None:
    Meanings(str(tmp_path)).remember([function(1), function(2)])
    assert file_of(tmp_path).read_bytes().startswith(b"pymake meanings\n\x02")
    Meanings(str(tmp_path)).remember([function(2), function(3)])
    assert names(tmp_path) == ["m:f1", "m:f2", "m:f3"]
    assert Meanings(str(tmp_path)).recall(function(1).code_key) == parts_of(1)


def test_what_a_part_uses_is_found_under_the_name_that_it_has_there(tmp_path: Path) -> None:
    Meanings(str(tmp_path)).remember([function(4), function(9)])
    found = Meanings(str(tmp_path)).recall(function(9).code_key)
    assert [(part.name, part.place.line) for part in found or ()] == [("m:f9", 9), ("m:other", 4)]


def test_what_was_lost_of_a_meaning_is_left_out(tmp_path: Path) -> None:
    Meanings(str(tmp_path)).remember([function(9)])
    assert Meanings(str(tmp_path)).recall(function(9).code_key) == parts_of(9)


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    Meanings(str(tmp_path)).remember([])
    assert not file_of(tmp_path).exists()
    Meanings(str(tmp_path)).remember([function(1)])
    before = file_of(tmp_path).stat()
    Meanings(str(tmp_path)).remember([function(1)])
    assert file_of(tmp_path).stat() == before


def test_any_truncation_leaves_what_lies_before(tmp_path: Path) -> None:
    Meanings(str(tmp_path)).remember([function(1)])
    first = len(file_of(tmp_path).read_bytes())
    Meanings(str(tmp_path)).remember([function(2)])
    whole = file_of(tmp_path).read_bytes()
    for length in range(len(whole)):
        file_of(tmp_path).write_bytes(whole[:length])
        assert names(tmp_path) == (["m:f1"] if length >= first else [])
    Meanings(str(tmp_path)).remember([function(3)])
    assert names(tmp_path) == ["m:f1", "m:f3"]


@pytest.mark.parametrize("data", [b"", b"something else", HEADER[:-1] + b"\x09more", HEADER + bytes(100)])
def test_a_foreign_file_begins_anew(tmp_path: Path, data: bytes) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    file_of(tmp_path).write_bytes(data)
    assert names(tmp_path) == []
    Meanings(str(tmp_path)).remember([function(1)])
    assert names(tmp_path) == ["m:f1"]


def test_a_file_that_grew_too_large_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 300)
    for number in range(10):
        Meanings(str(tmp_path)).remember([function(number)])
        assert file_of(tmp_path).stat().st_size <= 300
    assert names(tmp_path)[-1] == "m:f9"
    assert len(names(tmp_path)) < 10


def test_what_the_system_refuses_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".pymake").write_text("a file in the way")
    kept = Meanings(str(tmp_path))
    kept.remember([function(1)])
    assert kept.recall(function(1).code_key) is not None
