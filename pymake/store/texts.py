"""Small texts that files held, so that a later build can show which lines changed.

`.pymake/cache/texts`, in the format of `kept`: the key is the digest of the content. Kept is what was hashed anyway, as
long as it is small (LONGEST bytes) and no more than MOST files or ROOM bytes in one build. Nothing in it decides:
without it only the difference cannot be shown.
"""

from __future__ import annotations

from pymake.model.trace import DIGEST_BYTES
from pymake.store.kept import Keeping, Kept

MAGIC = b"pymake texts\n"
TEXTS_VERSION = 1
HEADER = MAGIC + bytes([TEXTS_VERSION])
LARGEST = 4 << 20
LONGEST = 16 << 10
MOST = 2_000
ROOM = 2 << 20


class Texts:
    r"""The remembered texts below a root, by digest. One process writes: the one that holds the build lock.

    >>> texts = Texts("/no/such/root")
    >>> texts.keep(bytes(16), b"a line\n")
    >>> texts.recall(bytes(16)), texts.recall(b"1" * 16)
    ('a line\n', None)
    """

    def __init__(self, root: str) -> None:
        self._kept = Kept(root, Keeping(name="texts", header=HEADER, key=DIGEST_BYTES, largest=LARGEST))
        self._new: dict[bytes, bytes] = {}
        self._room = ROOM

    def keep(self, digest: bytes, data: bytes) -> None:
        """This content was hashed; it is kept if it is small enough, by the next `save`."""
        if len(data) <= min(LONGEST, self._room) and len(self._new) < MOST and digest not in self._new:
            self._new[digest] = data
            self._room -= len(data)

    def recall(self, digest: bytes) -> str | None:
        """The text with this digest; None if it was not kept, or is none."""
        data = self._new.get(digest)
        if data is None:
            data = self._kept.recall(digest)
        return None if data is None else text_of(data)

    def save(self) -> None:
        """Write what is new. What the system refuses is left out."""
        if self._new:
            self._kept.add({digest: data for digest, data in self._new.items() if b"\0" not in data})
            self._new.clear()


def text_of(data: bytes) -> str | None:
    """The content as text; None if it is none, or too long to be shown."""
    if len(data) > LONGEST or b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
