"""Digests of files, folders, links and what is neither."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pymake.errors import PymakeError
from pymake.fs.digest import BLOCK, SMALL, Digester, digest_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("size", [0, 1, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL, 2 * SMALL + BLOCK, 3 * BLOCK + 7])
def test_all_sizes_are_hashed_whole(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    (tmp_path / "f").write_bytes(data)
    digester = Digester()
    assert digester.digest(str(tmp_path / "f"), "f") == digest_bytes(data)
    assert digester.digest(str(tmp_path / "f"), "f") == digest_bytes(data)


def test_one_other_byte_is_another_digest(tmp_path: Path) -> None:
    data = bytearray(2 * BLOCK)
    (tmp_path / "f").write_bytes(data)
    digester = Digester()
    before = digester.digest(str(tmp_path / "f"), "f")
    data[-1] = 1
    (tmp_path / "f").write_bytes(data)
    assert digester.digest(str(tmp_path / "f"), "f") != before


def rename(folder: Path) -> None:
    (folder / "a").rename(folder / "c")


def swap(folder: Path) -> None:
    (folder / "a").write_text("2")
    (folder / "sub" / "b").write_text("1")


def move_down(folder: Path) -> None:
    (folder / "a").rename(folder / "sub" / "a")


def turn_into_folder(folder: Path) -> None:
    (folder / "a").unlink()
    (folder / "a").mkdir()


def add_dangling(folder: Path) -> None:
    (folder / "link").symlink_to("nowhere")


@pytest.mark.parametrize("change", [rename, swap, move_down, turn_into_folder, add_dangling])
def test_a_folder_is_names_kinds_and_contents(tmp_path: Path, change: Callable[[Path], None]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_text("1")
    (tmp_path / "sub" / "b").write_text("2")
    before = Digester().digest(str(tmp_path), "d")
    change(tmp_path)
    assert Digester().digest(str(tmp_path), "d") != before


def test_an_empty_file_is_no_empty_folder(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "x").touch()
    (tmp_path / "other" / "x").mkdir()
    digester = Digester()
    assert digester.digest(str(tmp_path / "one"), "one") != digester.digest(str(tmp_path / "other"), "other")


def test_links_count_as_what_they_point_at(tmp_path: Path) -> None:
    for name in ("real", "linked", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "elsewhere" / "x").write_text("1")
    (tmp_path / "real" / "x").write_text("1")
    (tmp_path / "linked" / "x").symlink_to("../elsewhere/x")
    digester = Digester()
    before = digester.digest(str(tmp_path / "linked"), "linked")
    assert before == digester.digest(str(tmp_path / "real"), "real")
    (tmp_path / "elsewhere" / "x").write_text("2")
    assert digester.digest(str(tmp_path / "linked"), "linked") != before


def test_a_dangling_link_counts_as_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("one")
    before = Digester().digest(str(tmp_path), "d")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("two")
    assert Digester().digest(str(tmp_path), "d") != before


def test_a_link_back_into_its_own_folder_ends(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to("..")
    (tmp_path / "self").symlink_to("self")
    assert Digester().digest(str(tmp_path), "d") is not None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert Digester().digest(str(tmp_path / "pipe"), "pipe") == digest_bytes(b"")


def test_an_endless_device_is_refused() -> None:
    with pytest.raises(PymakeError) as caught:
        Digester().digest("/dev/zero", "zero")
    assert str(caught.value) == "cannot read zero\n  reason: neither a file nor a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    (tmp_path / "f").chmod(0)
    with pytest.raises(PymakeError) as caught:
        Digester().digest(str(tmp_path / "f"), "some/f")
    assert str(caught.value) == "cannot read some/f\n  reason: Permission denied"
