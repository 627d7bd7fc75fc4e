"""How to hear of changes on this system, below this root."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pymake.watchers.deaf import DeafWatcher

if TYPE_CHECKING:
    from pymake.interfaces import Watcher

SILENT = frozenset(
    [
        *("9p", "afs", "ceph", "cifs", "fuse", "fuseblk", "gfs2", "glusterfs", "lustre", "nfs", "nfs4", "ocfs2"),
        *("prl_fs", "smb2", "smb3", "smbfs", "sshfs", "vboxsf", "virtiofs", "vmhgfs"),
    ]
)
"""File systems on which others change files without this system telling of it."""

_MOUNTS = "/proc/self/mounts"


def watcher_for(root: str, platform: str = sys.platform) -> Watcher:
    """The Watcher for a root (absolute); one that hears nothing where there is nothing to be heard."""
    try:
        if is_silent(root, _mounts()):
            return DeafWatcher()
        if platform == "linux":
            from pymake.watchers.inotify import InotifyWatcher  # noqa: PLC0415  # not on every system

            return InotifyWatcher(root)
        from pymake.watchers.observer import ObserverWatcher  # noqa: PLC0415  # as above

        return ObserverWatcher(root)
    except OSError:
        return DeafWatcher()


def is_silent(root: str, mounts: str) -> bool:
    r"""Whether what others do below this root goes without an event. `mounts` is the text of `/proc/self/mounts`.

    >>> is_silent("/net/home/ann", "/dev/sda1 / ext4 rw 0 0\nserver:/home /net/home nfs4 rw 0 0\n")
    True
    """
    best, kind = "", ""
    for line in mounts.splitlines():
        _, place, form, *_ = [*line.split(" "), "", "", ""]
        place = place.replace("\\040", " ")
        if len(place) >= len(best) and (root == place or root.startswith(os.path.join(place, ""))):
            best, kind = place, form
    return kind in SILENT or kind.startswith("fuse.")


def _mounts() -> str:
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def is_prompt(watcher: Watcher) -> bool:
    """Whether it tells of all that was done before it is asked; else some of it may come later."""
    if sys.platform != "linux":
        return False
    from pymake.watchers.inotify import InotifyWatcher  # noqa: PLC0415  # only here, and on use

    return isinstance(watcher, InotifyWatcher)
