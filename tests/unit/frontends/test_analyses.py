"""A kept analysis says what reading the text again would say, or is not used."""

from __future__ import annotations

import ast
import marshal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.frontends import analyses
from pymake.frontends.analyses import keep, module_text
from tests.unit.frontends import pinned

if TYPE_CHECKING:
    from pymake.frontends.layout import Defined
    from pymake.frontends.texts import ModuleText

SYNTAX = Path(__file__).with_name("syntax.txt").read_text(encoding="utf-8")
CODE = "X = [1]\nX.append(2)\ndef f(a): return X\nclass C:\n    pass\n"


class Keeping:
    """Keeps analyses in memory."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def recall(self, key: bytes) -> bytes | None:
        return self.kept.get(key)

    def remember(self, key: bytes, data: bytes) -> None:
        self.kept[key] = data


def definitions(text: ModuleText) -> list[Defined]:
    classes = [part for some in text.layout.classes.values() for part in some]
    return [*text.layout.functions.values(), *classes]


def analysed(text: str) -> Keeping:
    """With all pieces of the text read and kept."""
    keeping = Keeping()
    found = module_text(text, keeping)
    assert found is not None
    for part in definitions(found):
        found.piece(part)
    for name in found.layout.bindings:
        found.made(name)
        found.made(name, whole=False)
    for effect in found.layout.effects:
        found.effect(effect)
    keep([found], keeping)
    module_text.cache_clear()
    return keeping


@pytest.mark.parametrize("text", [SYNTAX, CODE, ""], ids=["all syntax", "little code", "nothing"])
def test_what_is_kept_equals_what_is_read(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping, fresh = analysed(text), module_text(text)
    monkeypatch.setattr(ast, "parse", pytest.fail)
    known = module_text(text, keeping)
    assert known is not None
    assert fresh is not None
    assert known.layout == fresh.layout
    assert not known.is_new
    monkeypatch.undo()
    for (kind, what), piece in known.pieces.items():
        fresh.pieces.clear()
        if kind in ("function", "class"):
            assert fresh.piece(next(part for part in definitions(fresh) if part.stretch == what)) == piece
        elif kind == "effect":
            assert fresh.effect(next(one for one in fresh.layout.effects if one.stretch == what)) == piece
        else:
            assert fresh.made(str(what), whole=kind == "made") == piece


def test_what_is_asked_for_the_first_time_is_read_and_kept_too() -> None:
    keeping = Keeping()
    for name, is_new in (("X", True), ("f", True), ("f", False)):
        found = module_text(CODE, keeping)
        assert found is not None
        found.made(name)
        assert found.is_new is is_new
        keep([found], keeping)
        module_text.cache_clear()
    assert len(keeping.kept) == 1


def test_damage_costs_a_reading() -> None:
    keeping, fresh = analysed(CODE), module_text(CODE)
    ((key, whole),) = keeping.kept.items()
    assert fresh is not None
    for at in range(len(whole)):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            keeping.kept[key] = data
            module_text.cache_clear()
            found = module_text(CODE, keeping)
            assert found is not None
            assert found.is_new
            assert found.layout == fresh.layout


def test_another_text_python_or_form_has_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = analysed(CODE)
    for text, salt in ((CODE + "\n", analyses._SALT), (CODE, b"1 cpython 30e0000 ")):
        monkeypatch.setattr(analyses, "_SALT", salt)
        module_text.cache_clear()
        found = module_text(text, keeping)
        assert found is not None
        assert found.is_new
    monkeypatch.undo()
    module_text.cache_clear()
    found = module_text(CODE, keeping)
    assert found is not None
    assert not found.is_new


def test_nothing_is_unpickled() -> None:
    ((_, data),) = analysed(CODE).kept.items()
    assert isinstance(marshal.loads(data[16:]), tuple)  # made by the test


def test_keys_do_not_depend_on_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "kept_syntax.py").write_text(SYNTAX, encoding="utf-8")
    before = pinned.keys(str(tmp_path), "kept_syntax")
    keeping = Keeping()
    assert pinned.keys(str(tmp_path), "kept_syntax", keeping) == before
    module_text.cache_clear()
    assert len(keeping.kept) == 1
    assert pinned.keys(str(tmp_path), "kept_syntax", keeping) == before
