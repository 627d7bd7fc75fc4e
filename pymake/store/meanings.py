"""What code keys were made from, so that a later build can show which function changed, and how.

`.pymake/cache/meanings`, in the format of `kept`: under the key of a part (32 hex digits) its source and the keys of
the parts that it uses (see `model.code`). The key of the function itself is its code key. A part that many functions
reach is kept once, and a changed one costs those that reach it a new record each, not one for each way to it. Nothing
in it decides: without it only the difference cannot be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.model.code import bounded, decode_part, encode_part
from pymake.store.kept import Keeping, Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.model.code import CodePart, KeyedPart, Meaning
    from pymake.model.task import Function

MAGIC = b"pymake meanings\n"
MEANINGS_VERSION = 2
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
        first = self._part(key)
        if first is None:
            return None
        found: dict[tuple[str, str], CodePart] = {(key, first.part.name): first.part}
        order = [*first.uses]
        for use in order:
            if use not in found and (keyed := self._part(use[0])) is not None:
                found[use] = replace(keyed.part, name=use[1])
                order += keyed.uses
        return tuple(found.values())

    def remember(self, functions: Iterable[Function]) -> None:
        """Keep the meanings of these functions that are not kept yet. What the system refuses is left out."""
        new: dict[bytes, bytes] = {}
        for function in functions:
            for keyed in function.parts(lambda key: key.encode() in new or self._kept.knows(key.encode())):
                if len(keyed.key) == _KEY:
                    kept = replace(keyed, part=bounded(keyed.part))
                    new[keyed.key.encode()] = encode_part(kept).encode("utf-8")
        self._kept.add(new)

    def _part(self, key: str) -> KeyedPart | None:
        data = self._kept.recall(key.encode())
        try:
            return None if data is None else decode_part(key, data.decode("utf-8"))
        except UnicodeDecodeError:
            return None
