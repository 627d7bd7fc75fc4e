"""Small texts are kept, within bounds, and nothing that is damaged is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.store import texts as store
from pymake.store.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path


def digest(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_kept_texts_are_there_later_and_others_are_not(tmp_path: Path) -> None:
    texts = Texts(str(tmp_path))
    texts.keep(digest(1), "naïve\n".encode())
    texts.keep(digest(2), b"\0binary")
    texts.keep(digest(3), b"\xff")
    texts.keep(digest(4), b"x" * (store.LONGEST + 1))
    texts.save()
    later = Texts(str(tmp_path))
    assert [later.recall(digest(number)) for number in range(1, 5)] == ["naïve\n", None, None, None]


def test_one_build_keeps_a_limited_number_of_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 3)
    texts = Texts(str(tmp_path))
    for number in range(5):
        texts.keep(digest(number), b"x")
    texts.save()
    assert [Texts(str(tmp_path)).recall(digest(number)) for number in range(5)] == ["x", "x", "x", None, None]


def test_a_file_that_would_grow_too_large_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LARGEST", 100)
    for number in (1, 2):
        texts = Texts(str(tmp_path))
        texts.keep(digest(number), bytes(range(32, 100)))
        texts.save()
    later = Texts(str(tmp_path))
    assert later.recall(digest(1)) is None
    assert later.recall(digest(2)) is not None


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"pymake texts\n\x63", b"pymake texts\n\x01\1\2\3"])
def test_what_is_damaged_is_dropped(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / ".pymake/cache/texts"
    file.parent.mkdir(parents=True)
    file.write_bytes(damage)
    texts = Texts(str(tmp_path))
    assert texts.recall(digest(1)) is None
    texts.keep(digest(1), b"x")
    texts.save()
    assert Texts(str(tmp_path)).recall(digest(1)) == "x"


def test_every_cut_of_the_file_is_readable(tmp_path: Path) -> None:
    texts = Texts(str(tmp_path))
    for number in (1, 2):
        texts.keep(digest(number), b"text")
    texts.save()
    file = tmp_path / ".pymake/cache/texts"
    whole = file.read_bytes()
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        assert Texts(str(tmp_path)).recall(digest(1)) in ("text", None)
        assert Texts(str(tmp_path)).recall(digest(2)) is None
