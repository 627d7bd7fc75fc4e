"""Who was found to read which file, by the latest run of each job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.model.ids import FileId, JobId
from pymake.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Discoverers:
    """Owns, by file, the jobs that were found to read it, now or earlier: too many cost a look, and no more.

    >>> found = Discoverers({JobId(0): [FileId(3)]}, jobs=1, files=5)
    >>> found.add(JobId(4), [FileId(3)])
    >>> sorted(found.of(FileId(3)))
    [0, 4]
    """

    def __init__(self, discovered: Mapping[JobId, Sequence[FileId]], *, jobs: int, files: int) -> None:
        rows = Rows()
        for job in range(jobs) if discovered else ():
            rows.append(discovered.get(JobId(job), ()))
        self._rows = rows.inverted(files) if discovered else rows
        self._late: dict[FileId, set[JobId]] = {}

    def of(self, file: FileId) -> Collection[JobId]:
        """The jobs that were found to read the file."""
        known = self._rows[file] if file < len(self._rows) else ()
        return {*map(JobId, known), *self._late.get(file, ())}

    def add(self, job: JobId, files: Sequence[FileId]) -> None:
        """A job turned out to read these files."""
        for file in files:
            self._late.setdefault(file, set()).add(job)
