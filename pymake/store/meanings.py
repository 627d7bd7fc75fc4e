"""What code keys were made from, so that a later build can show which function changed, and how.

`.pymake/cache/meanings`, in the format of `kept`: the key is the code key (32 hex digits), the content the meaning (see
`model.code`). Nothing in it decides: without it only the difference cannot be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.code import bounded, decode_meaning, encode_meaning
from pymake.store.kept import Keeping, Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.model.code import Meaning
    from pymake.model.task import Function

MAGIC = b"pymake meanings\n"
MEANINGS_VERSION = 1
HEADER = MAGIC + bytes([MEANINGS_VERSION])
LARGEST = 8 << 20

_KEY = 32


class Meanings:
    """The remembered meanings below a root, by code key. One process writes: the one that holds the build lock.

    >>> Meanings("/no/such/root").recall("0" * 32) is None
    True
    """

    def __init__(self, root: str) -> None:
        self._kept = Kept(root, Keeping(name="meanings", header=HEADER, key=_KEY, largest=LARGEST))

    def recall(self, key: str) -> Meaning | None:
        """The meaning of a code key, as far as it was kept; None if it was not."""
        data = self._kept.recall(key.encode())
        try:
            return None if data is None else decode_meaning(data.decode("utf-8"))
        except UnicodeDecodeError:
            return None

    def remember(self, functions: Iterable[Function]) -> None:
        """Keep the meanings of these functions, if they are not kept yet. What the system refuses is left out."""
        new: dict[bytes, bytes] = {}
        for function in functions:
            key = function.code_key.encode()
            if key not in new and len(key) == _KEY and not self._kept.knows(key):
                new[key] = encode_meaning(bounded(function.meaning())).encode("utf-8")
        self._kept.add(new)
