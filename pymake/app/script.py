"""Running from a script, in the words of Ruffus: what `pipeline_run` and its like are told, made into options.

A task, its jobs and their order are those of every build; this module only says which options a parameter means.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from pymake.app.options import BuildOptions
from pymake.dataclass import dataclass, field
from pymake.errors import UsageError, nearest
from pymake.frontends import pipeline
from pymake.frontends.context import MAIN, current
from pymake.frontends.declared import DeclaredTask
from pymake.frontends.lookup import Lookup
from pymake.frontends.references import Unsuitable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.frontends.context import Declarations

Target = str | os.PathLike[str] | DeclaredTask | Callable[..., object] | pipeline.Pipeline
"""A task by name, as declared or by its function; a pipeline, for all of its tasks; or a path or glob."""

REGENERATE = 2
"""As `touch_files_only`: what is there is taken as good, and no file is touched."""

_MOST_LEVEL = 3
_IGNORED: Mapping[int, frozenset[str]] = {
    0: frozenset({"code", "arguments"}),
    1: frozenset({"code", "arguments"}),
    2: frozenset({"arguments"}),
    3: frozenset(),
}
"""What does not decide at a checksum level. Contents of files always do."""


class Logger(Protocol):
    """What messages are given to: any logger of `logging` will do."""

    def info(self, text: str) -> object:
        """Progress."""

    def warning(self, text: str) -> object:
        """What the user should know."""

    def error(self, text: str) -> object:
        """A failed job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptOptions:
    """The parameters of `pipeline_run` (see there) and of the functions that only look."""

    multiprocess: int = 1
    logger: Logger | None = None
    gnu_make_maximal_rebuild_mode: bool = True
    verbose: int | None = None
    runtime_data: Mapping[str, object] = field(default_factory=dict)
    one_second_per_job: bool | None = None
    touch_files_only: bool | int = False
    exceptions_terminate_immediately: bool = False
    log_exceptions: bool = False
    checksum_level: int | None = None
    multithread: int = 0
    history_file: str | os.PathLike[str] | None = None
    verbose_abbreviated_path: int | None = None
    pool_manager: str = "multiprocessing"
    keep_going: bool = False
    always_make: bool = False

    @property
    def level(self) -> int:
        """How much is said; 1 if nobody said."""
        return 1 if self.verbose is None else self.verbose

    def build_options(self, targets: tuple[str, ...], forced: frozenset[str]) -> BuildOptions:
        """The same as options of a build.

        Raises:
            UsageError: a value that means nothing.
        """
        for name in ("multiprocess", "multithread"):
            count = getattr(self, name)
            if not isinstance(count, int) or count < (1 if name == "multiprocess" else 0):
                raise UsageError(f"{name} is {count!r}, and must be a number of jobs")
        if self.pool_manager not in ("multiprocessing", "gevent"):
            raise UsageError(
                f"there is no pool_manager {self.pool_manager!r}", hint="leave it out, or write multithread for threads"
            )
        threads = self.multithread > 0 or (self.pool_manager == "gevent" and self.multiprocess > 1)
        return BuildOptions(
            targets=targets,
            jobs=max(self.multiprocess, self.multithread),
            keep_going=self.keep_going,
            always_make=self.always_make,
            inline=self.multiprocess == 1 and not threads,
            threads=threads,
            forced_tasks=forced,
            ignored=ignored_facets(self.checksum_level),
            terminate=self.exceptions_terminate_immediately,
            minimal=not self.gnu_make_maximal_rebuild_mode,
            touching=bool(self.touch_files_only),
            pausing=bool(self.one_second_per_job),
            history=None if self.history_file is None else os.fspath(self.history_file),
        )


def ignored_facets(level: object) -> frozenset[str]:
    """What does not decide at a checksum level; without one, everything does.

    Raises:
        UsageError: no such level.
    """
    if level is None:
        return frozenset()
    if not isinstance(level, int) or level not in _IGNORED:
        raise UsageError(f"checksum_level is {level!r}, and must be 0 to {_MOST_LEVEL}")
    return _IGNORED[level]


def scope_of(given: object) -> Declarations | None:
    """The pipeline that names are looked up in first, given as such or by its name; None for all of them.

    Raises:
        UsageError: there is no such pipeline.
    """
    if given is None:
        return None
    known = current().pipelines
    if isinstance(given, pipeline.Pipeline):
        given = given.name
    if isinstance(given, str) and given in known:
        return known[given]
    near = nearest(given, known) if isinstance(given, str) else ()
    raise UsageError(f"there is no pipeline {given!r}", facts=[("nearest", ", ".join(near))] if near else ())


def targets_of(given: object, scope: Declarations | None) -> tuple[str, ...]:
    """The names of the targets; without any, all tasks of the pipeline, if there is one.

    Raises:
        UsageError: something that is no target, or a pipeline without tasks.
    """
    names = names_of(given, scope)
    if names or scope is None:
        return names
    names = _all_of(scope)
    if not names:
        raise UsageError(f"pipeline {scope.name} has no tasks")
    return names


def names_of(given: object, scope: Declarations | None) -> tuple[str, ...]:
    """The names of tasks, functions and pipelines; a path or glob stays as it is.

    Raises:
        UsageError: something else, or a name that may be any of several tasks.
    """
    if given is None:
        return ()
    targets = given if isinstance(given, (list, tuple, set, frozenset)) else (given,)
    lookup = Lookup(current())
    try:
        return tuple(name for target in targets for name in _names(target, scope, lookup))
    except Unsuitable as error:
        raise UsageError(str(error), facts=error.facts, hint=error.hint) from None


def forced_of(given: object, scope: Declarations | None) -> frozenset[str]:
    """The names of the tasks that are to run whatever their state.

    Raises:
        UsageError: one is no task.
    """
    names = names_of(given, scope)
    known = dict.fromkeys(name for one in current().pipelines.values() for name in _all_of(one))
    for name in names:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                f"forcedtorun_tasks: there is no task {name!r}", facts=[("nearest", ", ".join(near))] if near else ()
            )
    return frozenset(names)


def _names(target: object, scope: Declarations | None, lookup: Lookup) -> tuple[str, ...]:
    if isinstance(target, pipeline.Pipeline):
        return _all_of(current().pipelines[target.name])
    if isinstance(target, DeclaredTask):
        return (target.full_name,)
    if isinstance(target, str):
        return _named(target, scope or current().main, lookup)
    if isinstance(target, os.PathLike):
        return (os.fspath(target),)
    if callable(target):
        return (current().task_of(target, scope).full_name,)
    raise UsageError(f"{target!r} is no target", hint="name a task, a function or a path")


def _named(name: str, home: Declarations, lookup: Lookup) -> tuple[str, ...]:
    """A task at home or in `main`, all tasks of a pipeline of this name, a task of any other, or the name as it is."""
    own = lookup.own(name, home)
    if own is not None:
        return (own.full_name,)
    pipelines = current().pipelines
    if name in pipelines:
        return _all_of(pipelines[name])
    start, _, rest = name.partition("::")
    if start == MAIN and rest in current().main.tasks:
        return (rest,)
    found = lookup.anywhere(name, home)
    return (name if found is None else found.full_name,)


def _all_of(declarations: Declarations) -> tuple[str, ...]:
    return tuple(task.full_name for task in declarations.tasks.values())
