"""Every Watcher against the same real folders: what happens right in a watched folder is heard, and nothing else."""

from __future__ import annotations

import os
import select
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pymake.model.heard import NOTHING_HEARD, Heard
from pymake.watchers.choose import is_prompt, is_silent, watcher_for
from pymake.watchers.deaf import DeafWatcher
from pymake.watchers.observer import ObserverWatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pymake.interfaces import Watcher

PATIENCE = 20.0

linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is of Linux")


def inotify(root: str) -> Watcher:
    from pymake.watchers.inotify import InotifyWatcher  # noqa: PLC0415  # not on every system

    return InotifyWatcher(root)


@pytest.fixture(params=[pytest.param(inotify, marks=linux), ObserverWatcher])
def watcher(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watcher]:
    for folder in ("src", "other", "src/below"):
        (tmp_path / folder).mkdir()
    make: Callable[[str], Watcher] = request.param
    found = make(str(tmp_path))
    yield found
    found.close()


def heard(watcher: Watcher, path: str) -> Heard:
    """All that is heard until this path is."""
    deadline = time.monotonic() + PATIENCE
    found = NOTHING_HEARD
    while path not in found.paths:
        left = deadline - time.monotonic()
        assert left > 0, f"{path} was not heard of, only {found}"
        select.select(watcher.files(), [], [], left)
        found = found.and_also(watcher.heard())
    return found


def test_what_happens_in_a_folder_is_heard(watcher: Watcher, tmp_path: Path) -> None:
    assert list(watcher.watch(["src", ""])) == []
    (tmp_path / "other/a").write_text("not listened to")
    (tmp_path / "src/below/a").write_text("neither")
    (tmp_path / "src/a").write_text("made")
    os.rename(tmp_path / "src/a", tmp_path / "src/b")
    found = heard(watcher, "src/b")
    assert {"src/a", "src/b"} <= found.paths
    assert not {"other/a", "src/below/a"} & found.paths
    (tmp_path / "src/b").unlink()
    heard(watcher, "src/b")
    (tmp_path / "at the root").write_text("")
    heard(watcher, "at the root")
    assert watcher.due() is None


def test_reading_is_not_heard(watcher: Watcher, tmp_path: Path) -> None:
    (tmp_path / "src/a").write_text("a")
    watcher.watch(["src"])
    (tmp_path / "src/a").read_text()
    (tmp_path / "src/z").write_text("the end")
    assert "src/a" not in heard(watcher, "src/z").paths


def test_a_folder_that_comes_and_goes(watcher: Watcher, tmp_path: Path) -> None:
    folders = ["", "src", "new"]
    assert list(watcher.watch(folders)) == []  # what is not there comes with an event of the root
    (tmp_path / "new").mkdir()
    heard(watcher, "new")
    watcher.watch(folders)
    (tmp_path / "new/a").write_text("a")
    heard(watcher, "new/a")
    os.rename(tmp_path / "new", tmp_path / "away")
    heard(watcher, "new")
    (tmp_path / "new").mkdir()
    heard(watcher, "new")
    watcher.watch(folders)  # another folder of the same name
    (tmp_path / "new/b").write_text("b")
    heard(watcher, "new/b")


@linux
def test_what_happens_in_a_folder_that_has_just_come_is_not_missed(tmp_path: Path) -> None:
    watcher = inotify(str(tmp_path))
    assert is_prompt(watcher)
    assert not is_prompt(DeafWatcher())
    assert list(watcher.watch(["", "new", "new/below", "never"])) == []
    (tmp_path / "new/below").mkdir(parents=True)
    assert watcher.heard() == Heard(paths=frozenset({"new"}), everything=True)
    (tmp_path / "new/below/a").write_text("heard at once, though nobody has said again where to listen")
    assert "new/below/a" in watcher.heard().paths
    assert not watcher.heard()
    watcher.close()


def test_a_folder_without_a_watch_is_said(tmp_path: Path) -> None:
    from pymake.watchers.inotify import InotifyWatcher  # noqa: PLC0415  # not on every system

    (tmp_path / "src").mkdir()
    watcher = InotifyWatcher(str(tmp_path), add=lambda _fd, _path, _events: -1)
    assert list(watcher.watch(["src", "nowhere"])) == ["src"]
    watcher.close()


@linux
def test_a_queue_that_overflows_means_everything(tmp_path: Path) -> None:
    watcher = inotify(str(tmp_path))
    watcher.watch([""])
    with open("/proc/sys/fs/inotify/max_queued_events", encoding="utf-8") as limit:
        most = int(limit.read())
    if most > 20_000:
        watcher.close()
        pytest.skip("it takes too long to fill such a queue")
    for number in range(most // 2 + 1):  # each file is two events, made and moved
        path = tmp_path / str(number % 2)
        path.touch()
        os.rename(path, tmp_path / "x")
    assert watcher.heard().everything
    watcher.close()


def test_where_nothing_is_heard_all_folders_are_said() -> None:
    assert list(DeafWatcher().watch(["a", "b"])) == ["a", "b"]
    assert not DeafWatcher().heard()


@pytest.mark.parametrize(
    ("root", "is_so"),
    [("/home/ann", False), ("/net/ann", True), ("/net", True), ("/netted", False), ("/a b/c", True), ("/x", True)],
)
def test_file_systems_that_tell_nothing(root: str, is_so: bool) -> None:
    mounts = "/dev/sda / ext4 rw 0 0\ns:/n /net nfs4 rw 0 0\nx /a\\040b 9p rw 0 0\ny /x fuse.sshfs rw 0 0\n"
    assert is_silent(root, mounts) is is_so


def test_the_watcher_of_this_system(tmp_path: Path) -> None:
    watcher = watcher_for(str(tmp_path), platform="other")
    assert isinstance(watcher, ObserverWatcher)
    watcher.close()
