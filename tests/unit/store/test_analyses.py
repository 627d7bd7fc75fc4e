"""Analyses are kept over builds, the last of a key counts, and a file without room keeps what is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.store import analyses as module
from pymake.store.analyses import KeptAnalyses

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEYS = [bytes([number]) * 16 for number in range(10)]


def test_later_builds_find_what_was_saved_last(tmp_path: Path) -> None:
    kept = KeptAnalyses(str(tmp_path))
    kept.remember(KEYS[0], b"first")
    assert kept.recall(KEYS[0]) == b"first"
    assert KeptAnalyses(str(tmp_path)).recall(KEYS[0]) is None
    kept.save()
    kept.remember(KEYS[0], b"second")
    kept.save()
    assert KeptAnalyses(str(tmp_path)).recall(KEYS[0]) == b"second"
    assert (tmp_path / ".pymake/cache/analyses").read_bytes().startswith(b"pymake analyses\n\x01")


def test_a_file_without_room_begins_anew_with_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 200)
    for number, key in enumerate(KEYS):
        kept = KeptAnalyses(str(tmp_path))
        assert number == 0 or kept.recall(KEYS[0]) == b"\x00", number
        kept.remember(key, bytes([number]))
        kept.save()
        assert (tmp_path / ".pymake/cache/analyses").stat().st_size <= 200
    found = [KeptAnalyses(str(tmp_path)).recall(key) is not None for key in KEYS]
    assert (found[0], found[-1]) == (True, True)
    assert not all(found)


def test_another_build_may_have_written_meanwhile(tmp_path: Path) -> None:
    early = KeptAnalyses(str(tmp_path))
    assert early.recall(KEYS[0]) is None
    other = KeptAnalyses(str(tmp_path))
    other.remember(KEYS[0], b"other")
    other.save()
    early.remember(KEYS[1], b"early")
    early.save()
    assert [KeptAnalyses(str(tmp_path)).recall(key) for key in KEYS[:2]] == [b"other", b"early"]
