"""What tasks have as posttask, as something to call."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from pymake.model.task import TouchFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymake.model.task import Project


def posttasks_of(project: Project) -> Mapping[str, Sequence[Callable[[], object]]]:
    """The actions of each task that has some; `touch_file` names files relative to the root."""
    return {
        task.name: [
            partial(touch, project.root, action.names) if isinstance(action, TouchFile) else action
            for action in task.posttask
        ]
        for task in project.tasks
        if task.posttask
    }


def touch(root: str, names: Sequence[str]) -> None:
    """Make these files, empty, or give them the present time."""
    for name in names:
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab"):
            os.utime(path)
