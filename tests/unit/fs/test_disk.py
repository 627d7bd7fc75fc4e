"""What is true of the real disk only; the rest is in the contract tests."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from pymake.errors import InternalError, PymakeError
from pymake.fs.disk import COARSE_MARGIN, MARGIN, NS, RealDisk
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from pathlib import Path

FINE = 1_700_000_000 * NS + 123_456_789
WHOLE = 1_700_000_000 * NS


@pytest.mark.parametrize(
    ("mtime", "ctime", "hashed_at", "racy"),
    [
        (FINE, FINE, FINE, True),
        (FINE, FINE, FINE + MARGIN - 1, True),
        (FINE, FINE, FINE + MARGIN, False),
        (FINE - 10 * NS, FINE, FINE + 1, True),
        (FINE, FINE - 10 * NS, FINE + 1, True),
        (FINE + 100 * NS, FINE, FINE + MARGIN, False),
        (FINE - 10 * NS, FINE + 100 * NS, FINE + NS, True),
        (WHOLE, WHOLE, WHOLE + COARSE_MARGIN - 1, True),
        (WHOLE, WHOLE, WHOLE + COARSE_MARGIN, False),
        (WHOLE, FINE, FINE + MARGIN, False),
    ],
)
def test_a_stamp_is_believed_when_it_is_clearly_older(mtime: int, ctime: int, hashed_at: int, racy: bool) -> None:
    stamp = Stamp(mtime, ctime, 1, 1)
    assert RealDisk("/", at_root=False).is_racy(stamp, hashed_at) is racy


def test_a_stamp_is_what_the_system_says(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("four")
    os.utime(tmp_path / "f", ns=(1, 12_345))
    status = (tmp_path / "f").stat()
    stamp = RealDisk(str(tmp_path), at_root=False).stamp("f")
    assert stamp == Stamp(12_345, status.st_ctime_ns, 4, status.st_ino)


def test_links_are_followed_and_dangling_ones_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "f").write_text("x")
    for name, target in (("to-f", "f"), ("to-d", "d"), ("to-nothing", "gone"), ("circle", "circle")):
        (tmp_path / name).symlink_to(target)
    disk = RealDisk(str(tmp_path), at_root=False)
    assert disk.stamp("to-f") == disk.stamp("f")
    folder = disk.stamp("to-d")
    assert folder is not None
    assert folder.size == FOLDER_SIZE
    assert disk.stamps(["to-nothing", "circle", "nul\0"]) == [None, None, None]
    assert disk.digest("to-nothing") is None


def test_absolute_paths_lie_outside_the_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "f").write_text("x")
    disk = RealDisk(str(tmp_path / "root"), at_root=False)
    assert disk.read(str(tmp_path / "f")) == b"x"
    assert disk.stamp(str(tmp_path / "f")) == disk.stamp("../f")


def test_at_the_root_paths_are_those_of_the_process(tmp_path: Path) -> None:
    here = RealDisk(str(tmp_path), at_root=True)
    assert here.stamp("") == RealDisk(os.getcwd(), at_root=False).stamp(".")
    assert here.scan("") == RealDisk(os.getcwd(), at_root=False).scan("")


def test_removing_a_link_leaves_what_it_points_at(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    (tmp_path / "link").symlink_to("d")
    (tmp_path / "dangling").symlink_to("gone")
    disk = RealDisk(str(tmp_path), at_root=False)
    disk.remove("link")
    disk.remove("dangling")
    assert disk.scan("") == [("d", True)]
    assert disk.read("d/x") == b"x"


def test_a_name_that_no_file_can_have_is_as_good_as_removed(tmp_path: Path) -> None:
    RealDisk(str(tmp_path), at_root=False).remove("x" * 5000)


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK])
def test_a_device_is_not_removed(tmp_path: Path, kind: int) -> None:
    try:
        os.mknod(tmp_path / "device", kind | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    RealDisk(str(tmp_path), at_root=False).remove("device")
    assert stat.S_IFMT((tmp_path / "device").stat().st_mode) == kind


@pytest.mark.parametrize("path", ["", ".", "./"])
def test_the_root_is_never_removed(tmp_path: Path, path: str) -> None:
    with pytest.raises(InternalError) as caught:
        RealDisk(str(tmp_path), at_root=False).remove(path)
    assert str(caught.value) == "asked to remove the root"
    assert tmp_path.is_dir()


def test_a_file_in_the_way_of_a_folder_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(PymakeError) as caught:
        RealDisk(str(tmp_path), at_root=False).make_folder("f")
    assert str(caught.value) == "cannot make the folder f\n  reason: File exists"


def test_names_that_are_no_utf8_are_names(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    try:
        (tmp_path / name).write_text("x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    disk = RealDisk(str(tmp_path), at_root=False)
    assert disk.scan("") == [(name, False)]
    assert disk.read(name) == b"x"


def test_the_clock_is_measured_once_and_leaves_nothing(tmp_path: Path) -> None:
    disk = RealDisk(str(tmp_path), at_root=False, probe="probe")
    first = disk.now()
    assert disk.now() >= first
    (tmp_path / "f").write_text("x")
    assert first <= (tmp_path / "f").stat().st_mtime_ns
    assert disk.scan("") == [("f", False)]


def test_a_probe_that_cannot_be_made_does_no_harm(tmp_path: Path) -> None:
    assert RealDisk(str(tmp_path), at_root=False, probe="no/such/folder/probe").now() > FINE
