"""Numbers that stand for things inside one plan or one journal."""

from __future__ import annotations

from typing import NewType

FileId = NewType("FileId", int)
"""A file of a plan: its row in the file columns, from 0."""

JobId = NewType("JobId", int)
"""A job of a plan: its row in the job columns, from 0. Jobs of one task are neighbours."""

TaskId = NewType("TaskId", int)
"""A task of a plan, in the order of declaration, from 0."""

VersionId = NewType("VersionId", int)
"""A content that a path once had (path and digest), numbered by the journal, from 0."""

ABSENT = VersionId(-1)
"""The version of a path at which there is no file."""
