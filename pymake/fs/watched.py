"""A disk, an environment and a search for programs that note what was looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pymake.errors import PymakeError
from pymake.fs.disk import RealDisk
from pymake.model.observed import NEVER, Found
from pymake.model.trace import FOLDER_SIZE, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymake.model.observed import Observed


class WatchedDisk(RealDisk):
    """The Disk that a plan is made from. Stamps are taken before the look, so a change during it is news.

    With `contents`, who asks for a stamp is taken to ask for the content.
    """

    def __init__(self, root: str, observed: Observed, *, at_root: bool, contents: bool = False) -> None:
        super().__init__(root, at_root=at_root)
        self._observed = observed
        self._contents = contents

    def stamps(self, paths: Iterable[str]) -> list[Stamp | None]:
        """See `Disk.stamps`. Noted is what is there, not the stamp: planning asks for no more."""
        asked = list(paths)
        found = super().stamps(asked)
        for path, stamp in zip(asked, found, strict=True):
            if self._contents:
                self.note_content(path)
            else:
                self._observed.add_kind(path or ".", kind_of(stamp))
        return found

    def digest(self, path: str) -> bytes | None:
        """See `Disk.digest`. What lies in a folder is not followed."""
        self.note_content(path)
        if path in self._observed.folders:
            self._observed.doubt(f"the digest of the folder {path} decides about the plan")
        return super().digest(path)

    def read(self, path: str) -> bytes | None:
        """See `Disk.read`."""
        self.note_content(path)
        return super().read(path)

    def scan(self, folder: str) -> Sequence[tuple[str, bool]]:
        """See `Disk.scan`. A link may come to lead to a folder, or no longer, without a change of names."""
        self.note_folder(folder)
        names = super().scan(folder)
        for name in self.links(folder):
            self.stamp(f"{folder}/{name}" if folder not in ("", "/") else folder + name)
        return names

    def note_content(self, path: str) -> None:
        """The file is about to be read. Of a folder only its names count."""
        stamp = self._believed(path)
        if stamp is not None and stamp.size == FOLDER_SIZE:
            self._observed.add_folder(path or ".", stamp)
        else:
            self._observed.add_content(path, stamp)
            if (
                self._observed.digests is not None
                and stamp is not None
                and stamp.inode == NEVER.inode
                and path not in self._observed.digests
            ):
                self._observed.digests[path] = super().digest(path)

    def note_folder(self, folder: str) -> None:
        """The names in the folder are about to be read."""
        stamp = self._believed(folder or ".")
        if stamp is None or stamp.size != FOLDER_SIZE:
            self._observed.add_kind(folder or ".", kind_of(stamp))
        else:
            self._observed.add_folder(folder or ".", stamp)
            if self._observed.names is not None:
                self._observed.names.setdefault(folder or ".", frozenset(super().scan(folder)))

    def _believed(self, path: str) -> Stamp | None:
        """The stamp, or NEVER if a change right after this look could leave it as it is."""
        try:
            stamp = super().stamps((path,))[0]
        except PymakeError as error:
            self._observed.doubt(str(error))
            return None
        if stamp is None:
            return None
        plain = stamp._replace(size=0) if stamp.size == FOLDER_SIZE else stamp
        return stamp if not self.is_racy(plain, self.now()) else NEVER._replace(size=stamp.size)


class WatchedEnviron(Mapping[str, str]):
    """The variables of the environment, each noted when it is asked for."""

    def __init__(self, environ: Mapping[str, str], observed: Observed) -> None:
        self._environ = environ
        self._observed = observed

    def __getitem__(self, name: str) -> str:
        self._observed.add_variable(name, self._environ.get(name))
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        self._observed.doubt("all variables of the environment were read")
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)


def watched_which(disk: WatchedDisk, environ: Mapping[str, str], name: str) -> str | None:
    """The program that a shell would find. Noted is every place where it was looked for."""
    path = environ.get("PATH")
    from shutil import which  # noqa: PLC0415  # 3 ms that only evaluating needs

    found = which(name, path=path)
    for folder in [""] if "/" in name else (path or os.defpath).split(os.pathsep):
        candidate = os.path.join(folder, name)
        disk.note_content(candidate)
        if candidate == found:
            break
    return found


def kind_of(stamp: Stamp | None) -> Found:
    """What a stamp tells of the kind of thing.

    >>> kind_of(None), kind_of(Stamp(1, 1, FOLDER_SIZE, 1))
    (<Found.NOTHING: 0>, <Found.FOLDER: 2>)
    """
    if stamp is None:
        return Found.NOTHING
    return Found.FOLDER if stamp.size == FOLDER_SIZE else Found.FILE
