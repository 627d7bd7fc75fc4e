"""A table of texts on disk as a mapping: what the history is made of, for whoever wants to look into it."""

from __future__ import annotations

from pymake.ruffus.history import Table as DbDict

__all__ = ["DbDict", "dbdict", "open"]


def dbdict(filename: str, picklevalues: bool = False) -> DbDict:
    """The table in this file. Values are kept as JSON, whatever `picklevalues` says: nothing on disk can run code."""
    del picklevalues
    return DbDict(filename)


open = dbdict  # noqa: A001  # the name that scripts use
