"""What a build leaves behind of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from pymake.model.ids import FileId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a build found of its files.

    `columns` holds mtime, ctime, size and inode of every file of the plan, all 0 where that does not tell what it is;
    `versions` what such a stamp stands for, negative where nobody asked. `changed` are the files whose stamp is another
    one than what was remembered before, if anything was.

    `rows` are the files that were looked at and whose stamps tell; `absent` and `folders` those of which only that is
    known, and that it is enough. `unsure` means that there were further ones.
    """

    columns: Sequence[array[int]]
    versions: array[int]
    changed: Sequence[FileId]
    rows: array[int]
    absent: array[int]
    folders: array[int]
    unsure: bool
