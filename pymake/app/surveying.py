"""What jobs are looked at with, before anything runs and while a plan grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pymake.engine.files import FileTable
    from pymake.engine.rebuilders import VerifyingTraces
    from pymake.engine.survey import Surveyor
    from pymake.interfaces import Disk


class Surveying(NamedTuple):
    """The parts of a session that a survey is made with, and whether it is made to run something."""

    surveyor: Surveyor
    rebuilder: VerifyingTraces
    files: FileTable
    disk: Disk
    is_build: bool
