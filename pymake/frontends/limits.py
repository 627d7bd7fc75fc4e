"""`jobs_limit` as pools: the same limit under the same name, and no slot is held by a job that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.errors import BuildFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.task import Task


def limited(tasks: Sequence[Task]) -> tuple[tuple[Task, ...], dict[str, int]]:
    """The tasks with their limits as pools, and the pools.

    Raises:
        BuildFileError: two limits of one name differ, or a task has a pool besides.
    """
    pools: dict[str, int] = {}
    first: dict[str, Task] = {}
    found: list[Task] = []
    for task in tasks:
        limit = task.jobs_limit
        if limit is None:
            found.append(task)
            continue
        if task.pool is not None:
            raise BuildFileError(
                f"task {task.name} has both jobs_limit and the pool {task.pool!r}",
                place=task.place,
                hint="leave one of them out: a named jobs_limit is a pool of its own",
            )
        pool = f"jobs_limit of {limit.of or task.name}" if limit.name is None else f"jobs_limit {limit.name}"
        if pools.setdefault(pool, limit.count) != limit.count:
            shown = pool if limit.name is None else f"jobs_limit {limit.name!r}"
            raise BuildFileError(
                f"{shown} is {limit.count} here and {pools[pool]} elsewhere",
                place=task.place,
                facts=[(first[pool].name, first[pool].place)],
                hint="give both the same number, or two names",
            )
        first.setdefault(pool, task)
        found.append(replace(task, pool=pool))
    return tuple(found), pools
