"""The fast door: the frame of a snapshot, and that nothing but a whole one is believed."""

from __future__ import annotations

import posix
from typing import TYPE_CHECKING

import pytest

from pymake import door

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = {door.HEAD: b"head", door.PATHS: b"a\0b", door.STAMPS: bytes(64), door.FIRST_LINE: b""}


def read_back(path: Path) -> dict[int, bytes | None] | None:
    file = posix.open(path, posix.O_RDONLY)
    try:
        table = door.table_of(posix.pread(file, door.TABLE, 0))
        return None if table is None else {number: door.section(file, table, number) for number in table}
    finally:
        posix.close(file)


def test_sections_are_read_back(tmp_path: Path) -> None:
    (tmp_path / "snapshot").write_bytes(b"".join(door.packed(SECTIONS)))
    assert read_back(tmp_path / "snapshot") == SECTIONS


@pytest.mark.parametrize("length", [0, 1, 15, 16, 4095, 4096, 4100, 4100 + 66])
def test_a_file_that_is_cut_short_loses_sections_and_invents_none(tmp_path: Path, length: int) -> None:
    whole = b"".join(door.packed(SECTIONS))
    (tmp_path / "snapshot").write_bytes(whole[:length])
    found = read_back(tmp_path / "snapshot")
    assert found is None or all(data in (None, SECTIONS[number]) for number, data in found.items())
    assert found is None or None in found.values()


@pytest.mark.parametrize("at", [*range(0, 160, 3), 4090, 4095, 4096, 4099, 4101, 4110])
def test_a_flipped_byte_is_noticed(tmp_path: Path, at: int) -> None:
    whole = bytearray(b"".join(door.packed(SECTIONS)))
    whole[at] ^= 0x40
    (tmp_path / "snapshot").write_bytes(whole)
    found = read_back(tmp_path / "snapshot")
    assert found is None or list(found.values()).count(None) == 1


def test_another_format_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FORMAT", door.FORMAT + 1)
    pieces = door.packed(SECTIONS)
    monkeypatch.undo()
    assert door.table_of(pieces[0]) is None


def test_without_a_snapshot_the_current_folder_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "pymake.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert door.answer(["-C", "sub"]) is None
    assert posix.getcwd() == str(tmp_path)
