"""One build at a time, with the locks of the kernel and without."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BusyError, StateError
from pymake.store.lock import BuildLock, kernel_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def no_locks_here(descriptor: int, wait: bool) -> bool:
    raise OSError(errno.ENOLCK, "No locks available")


def broken(descriptor: int, wait: bool) -> bool:
    raise OSError(errno.EIO, "Input/output error")


def timeless(text: str) -> str:
    """The text with the moment since when as `T`."""
    return re.sub(r"since (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d", "since T", text)


def unasked(text: str) -> None:
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("take", "more"),
    [
        (kernel_lock, ""),
        (no_locks_here, "; if that process is gone, remove .pymake/lock.holder"),
    ],
)
def test_a_busy_folder_is_an_error_that_names_the_holder(
    tmp_path: Path, take: Callable[[int, bool], bool], more: str
) -> None:
    first = BuildLock(str(tmp_path), command="pymake -j5 app", take=take)
    second = BuildLock(str(tmp_path), command="pymake", take=take)
    first.acquire(wait=False, on_wait=unasked)
    with pytest.raises(BusyError) as caught:
        second.acquire(wait=False, on_wait=unasked)
    assert timeless(str(caught.value)) == (
        "another build runs in this folder\n"
        f"  holder: process {os.getpid()} since T: pymake -j5 app\n"
        f"  try: leave out --no-wait to wait for it{more}"
    )
    assert caught.value.exit_code == 1
    first.release()
    first.release()
    second.acquire(wait=False, on_wait=unasked)
    second.release()


@pytest.mark.parametrize(
    ("take", "more"),
    [(kernel_lock, ""), (no_locks_here, "; if that process is gone, remove .pymake/lock.holder")],
)
def test_waiting_says_for_whom_and_ends_when_the_other_does(
    tmp_path: Path, take: Callable[[int, bool], bool], more: str
) -> None:
    first = BuildLock(str(tmp_path), command="pymake app", take=take)
    second = BuildLock(str(tmp_path), command="pymake", take=take)
    first.acquire(wait=True, on_wait=unasked)
    told: list[str] = []
    releasing = threading.Event()

    def on_wait(text: str) -> None:
        told.append(text)
        releasing.set()

    def release_when_told() -> None:
        releasing.wait()
        first.release()

    other = threading.Thread(target=release_when_told)
    other.start()
    second.acquire(wait=True, on_wait=on_wait)
    other.join()
    text = f"waiting for another build in this folder (process {os.getpid()} since T: pymake app){more}"
    assert list(map(timeless, told)) == [text]
    second.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys; from pymake.store.lock import BuildLock; import os, signal\n"
        "BuildLock(sys.argv[1]).acquire(wait=False, on_wait=print); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert ended.returncode == -9
    lock = BuildLock(str(tmp_path))
    lock.acquire(wait=False, on_wait=unasked)
    lock.release()


def gone_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_lock_file_of_a_process_that_is_gone_is_stale(tmp_path: Path) -> None:
    (tmp_path / ".pymake").mkdir()
    (tmp_path / ".pymake" / "lock.holder").write_text(f"{gone_process()}\n{socket.gethostname()}\npymake\n")
    lock = BuildLock(str(tmp_path), take=no_locks_here)
    lock.acquire(wait=False, on_wait=unasked)
    told = lock.note
    assert (tmp_path / ".pymake" / "lock.holder").read_text().startswith(f"{os.getpid()}\n")
    lock.release()
    note = "no locks on this file system: .pymake/lock.holder keeps other builds away; remove it if none runs"
    assert (told, lock.note) == (note, None)
    assert sorted(p.name for p in (tmp_path / ".pymake").iterdir()) == [".gitignore", "format", "lock"]


def test_a_lock_file_of_another_host_is_believed(tmp_path: Path) -> None:
    (tmp_path / ".pymake").mkdir()
    (tmp_path / ".pymake" / "lock.holder").write_text("1\nfar.example\n1700000000\npymake app\n")
    with pytest.raises(BusyError) as caught:
        BuildLock(str(tmp_path), take=no_locks_here).acquire(wait=False, on_wait=unasked)
    ((name, holder),) = caught.value.facts
    assert (name, timeless(holder)) == ("holder", "process 1 on far.example since T: pymake app")


def test_another_trouble_with_locks_is_an_error_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(StateError) as caught:
        BuildLock(str(tmp_path), take=broken).acquire(wait=True, on_wait=unasked)
    assert str(caught.value) == "cannot lock .pymake/lock\n  reason: Input/output error"


def test_a_foreign_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / ".pymake").mkdir()
    (tmp_path / ".pymake" / "thesis.txt").write_text("mine")
    with pytest.raises(StateError):
        BuildLock(str(tmp_path)).acquire(wait=True, on_wait=unasked)
    assert [p.name for p in (tmp_path / ".pymake").iterdir()] == ["thesis.txt"]
