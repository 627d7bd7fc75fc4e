"""The history: one SQLite file with a record for each output of a job that ended well.

Design. It is the only state there is: whoever removes the file has removed the memory. The table `data(key, value)`
is that of Ruffus, the key is the output's path relative to the folder of the file, so a project can be moved. The
value is JSON, never a pickle: nothing on disk can run code. A record of another form, such as one that Ruffus itself
wrote, counts as none; its job runs once more. A file that is no database is set aside with a warning.

Records of a job's outputs are dropped before it runs and written soon after it has ended well, so half-made outputs of
a killed run have none. A commit is not synced: a power cut may lose records, which costs runs and never a wrong answer;
SQLite's own rollback journal keeps the file whole when the process is killed.
"""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

IN_MEMORY = ":memory:"
WRITE_EVERY = 0.2
"""Seconds: writing takes milliseconds where the disk is slow, and many jobs take less. A run that is killed loses the
records of this time, and its jobs run once more."""
_FORMAT = ("path_format", "relative to the folder of this file")
_LEGACY = "ruffus_legacy_history"
_NOT_PLAIN = re.compile(r"^[/.]|/[/.]|/$|^$")
"""In a path that may be written in a shorter way."""


class Record(NamedTuple):
    """What is remembered of an output: when it was complete (seconds), and digests of function and extras."""

    outfile: str
    mtime: float
    chksum_params: str
    chksum_func: str


class Table(MutableMapping[str, object]):
    """A table of texts on disk as a mapping; values are whatever JSON can say, or a `Record`.

    Owns its connection.
    """

    def __init__(self, path: str) -> None:
        self.con = _connected(path)

    def __getitem__(self, key: str) -> object:
        row = self.con.execute("SELECT value FROM data WHERE key=?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return _read(row[0])

    def __setitem__(self, key: str, value: object) -> None:
        with self.con:
            self.con.execute("REPLACE INTO data (key, value) VALUES (?, ?)", (key, _written(value)))

    def __delitem__(self, key: str) -> None:
        with self.con:
            if not self.con.execute("DELETE FROM data WHERE key=?", (key,)).rowcount:
                raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter([row[0] for row in self.con.execute("SELECT key FROM data ORDER BY key")])

    def __len__(self) -> int:
        count = self.con.execute("SELECT COUNT(*) FROM data").fetchone()[0]
        assert isinstance(count, int), "SQLite counts in numbers"
        return count

    def replace(self, records: Iterable[tuple[str, Record]]) -> None:
        """Write many records in one go."""
        rows = [(key, _written(record)) for key, record in records]
        with self.con:
            self.con.executemany("REPLACE INTO data (key, value) VALUES (?, ?)", rows)

    def drop(self, keys: Iterable[str]) -> None:
        """Remove many records in one go; nothing where there is none."""
        with self.con:
            self.con.executemany("DELETE FROM data WHERE key=?", [(key,) for key in keys])

    def pickle_loads(self, text: object) -> object:
        """The value in a row, which is no pickle, whatever the name says."""
        return _read(text)

    def close(self) -> None:
        """Close the file."""
        self.con.close()


class History(Table):
    """The table of records, keyed by path. Lookups of a run are answered from memory.

    New records are written together: at once when the last writing is `WRITE_EVERY` ago, at the latest by `flush`.
    """

    def __init__(self, path: str) -> None:
        self.base = os.getcwd() if path == IN_MEMORY else os.path.dirname(os.path.abspath(path))
        self._keys: dict[str, str] = {}
        self._is_here = self.base == os.getcwd()
        self._known: dict[str, Record | None] | None = None
        self._waiting: dict[str, Record] = {}
        self._written_at = 0.0
        try:
            super().__init__(path)
        except _database_error():
            _set_aside(path)
            super().__init__(path)
        _mark(self.con)

    def key(self, name: str) -> str:
        """The key of an output: its path, links kept, relative to the folder of the history."""
        found = self._keys.get(name)
        if found is None:
            plain = self._is_here and _NOT_PLAIN.search(name) is None
            found = name if plain else os.path.relpath(os.path.abspath(name), self.base)
            self._keys[name] = found
        return found

    def record(self, name: str) -> Record | None:
        """What is remembered of this output."""
        if self._known is None:
            rows = [(row[0], _read(row[1])) for row in self.con.execute("SELECT key, value FROM data")]
            self._known = {key: value for key, value in rows if isinstance(value, Record)}
        return self._known.get(self.key(name))

    def remember(self, records: dict[str, Record]) -> None:
        """Take the records of these outputs."""
        keyed = {self.key(name): record for name, record in records.items()}
        if self._known is not None:
            self._known.update(keyed)
        self._waiting.update(keyed)
        if time.monotonic() - self._written_at > WRITE_EVERY:
            self.flush()

    def forget(self, names: Iterable[str]) -> None:
        """Drop the records of these outputs, on disk too."""
        keys = [self.key(name) for name in names if self.record(name) is not None]
        if keys and self._known is not None:
            self._known.update(dict.fromkeys(keys))
            self.flush()
            self.drop(keys)

    def flush(self) -> None:
        """Write what waits to be written."""
        if self._waiting:
            self.replace(self._waiting.items())
            self._waiting = {}
            self._written_at = time.monotonic()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self.flush()
        super().close()


def _database_error() -> type[Exception]:
    import sqlite3  # noqa: PLC0415  # 5 ms that importing the package need not take

    return sqlite3.DatabaseError


def _connected(path: str) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415  # as above

    connection = sqlite3.connect(path, timeout=30.0, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS data (key PRIMARY KEY, value)")
        connection.execute("SELECT key, value FROM data LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _set_aside(path: str) -> None:
    aside = f"{path}.damaged"
    os.replace(path, aside)
    warnings.warn(f"{path} cannot be read as a history: it is now {aside}, and everything runs once more", stacklevel=4)


def _mark(connection: sqlite3.Connection) -> None:
    """Say what keys mean. Records that were there without such a mark are kept aside: their keys mean other paths."""
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS ruffus_metadata (key PRIMARY KEY, value)")
        marked = connection.execute("SELECT value FROM ruffus_metadata WHERE key=?", _FORMAT[:1]).fetchone()
        if marked is not None:
            return
        if connection.execute("SELECT 1 FROM data LIMIT 1").fetchone() is not None:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {_LEGACY} (key PRIMARY KEY, value)")
            connection.execute(f"REPLACE INTO {_LEGACY} SELECT key, value FROM data")  # noqa: S608  # a constant
            connection.execute("DELETE FROM data")
            warnings.warn(
                "the records of this history are working-directory-relative, of an older version: they are kept in "
                f"the table {_LEGACY} and not used, so everything runs once more",
                stacklevel=4,
            )
        connection.execute("REPLACE INTO ruffus_metadata VALUES (?, ?)", _FORMAT)


def _written(value: object) -> str:
    import json  # noqa: PLC0415  # 7 ms that importing the package need not take

    if isinstance(value, Record):
        return json.dumps([value.outfile, value.mtime, value.chksum_params, value.chksum_func])
    return json.dumps({"value": value})


def _read(text: object) -> object:
    """The value in a row; None where it is of another form."""
    import json  # noqa: PLC0415  # as above

    try:
        match json.loads(text) if isinstance(text, str) else None:
            case [str(outfile), float() | int() as mtime, str(params), str(func)]:
                return Record(outfile=outfile, mtime=mtime, chksum_params=params, chksum_func=func)
            case {"value": value}:
                return value
            case _:
                return None
    except ValueError:
        return None
