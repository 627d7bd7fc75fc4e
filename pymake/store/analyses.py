"""What was found out about the texts of the modules of a project (see `frontends.analyses`).

`.pymake/cache/analyses`, in the format of `kept`: what it is and when it holds is known to those who make it, and the
content begins with a digest of its own. One that is made anew stands behind the old one, and counts.
"""

from __future__ import annotations

from pymake.store.kept import Keeping, Kept

MAGIC = b"pymake analyses\n"
ANALYSES_VERSION = 1
HEADER = MAGIC + bytes([ANALYSES_VERSION])
LARGEST = 16 << 20

_KEY = 16


class KeptAnalyses:
    """The remembered analyses below a root. One process writes: the one that holds the build lock.

    >>> analyses = KeptAnalyses("/no/such/root")
    >>> analyses.remember(bytes(16), b"found")
    >>> analyses.recall(bytes(16)), analyses.recall(b"1" * 16)
    (b'found', None)
    """

    def __init__(self, root: str) -> None:
        self._kept = Kept(root, Keeping(name="analyses", header=HEADER, key=_KEY, largest=LARGEST))
        self._new: dict[bytes, bytes] = {}

    def recall(self, key: bytes) -> bytes | None:
        """What was remembered last under this key."""
        return self._new[key] if key in self._new else self._kept.recall(key)

    def remember(self, key: bytes, data: bytes) -> None:
        """Keep this, in the place of what there was, by the next `save`."""
        self._new[key] = data

    def save(self) -> None:
        """Write what is new. What the system refuses is left out."""
        if self._new:
            self._kept.put(self._new)
            self._new = {}
