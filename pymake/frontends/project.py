"""All build files of a root, as one project."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, TypeVar

from pymake.dataclass import replace
from pymake.errors import BuildFileError, Place, UsageError, nearest
from pymake.frontends import toml
from pymake.frontends.finding import build_files, no_build_file
from pymake.model.task import Function, Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymake.frontends.code import Code
    from pymake.interfaces import Analyses
    from pymake.model.task import Task, VariableValue

_V = TypeVar("_V")


def load_project(
    root: str, files: Sequence[str] | None, overrides: Mapping[str, str], analyses: Analyses | None = None
) -> Project:
    """Load the build files of a root and lay `NAME=VALUE` over their variables.

    Args:
        root: the folder of the build files, absolute.
        files: only these files, of whatever name, relative to `root` or absolute; None for the usual ones.
        overrides: variables from the command line; they win over every file and every task.
        analyses: what earlier builds found out about the modules of the project, and what this one does.

    Raises:
        BuildFileError: a build file is broken, or two do not fit together.
        UsageError: there is no build file, or none of them has such a variable.
    """
    paths = build_files(root) if files is None else [os.path.relpath(os.path.join(root, file), root) for file in files]
    if not paths:
        raise no_build_file(root)
    origin = "" if files is None else f"-f {' '.join(sorted(paths))}"
    loading = _Loading(root, analyses)
    project = _joined(root, loading.parts(paths))
    loading.fill_in(project.tasks)
    return replace(_overridden(project, overrides), origin=origin)


class _Loading:
    """One loading of the build files of a root. Owns what is known of the code that they reach, if they do."""

    def __init__(self, root: str, analyses: Analyses | None) -> None:
        self._root = root
        self._analyses = analyses
        self._code: Code | None = None

    def parts(self, paths: Sequence[str]) -> dict[str, Project]:
        """What each file declares. Those in Python are loaded first: a function that TOML names then is theirs."""
        loaded = {path: self._load(path) for path in sorted(paths, key=lambda path: not path.endswith(".py"))}
        return {path: _with_modules(loaded[path]) for path in paths}

    def fill_in(self, tasks: Sequence[Task]) -> None:
        """Give the tasks the keys of their code, now that all of it is loaded."""
        if self._code is None:
            return
        from pymake.frontends.python import rare_collections  # noqa: PLC0415 # it is loaded

        with rare_collections():
            self._code.fill_in(tasks)

    def _load(self, path: str) -> Project:
        if path.endswith(".toml"):
            return toml.load(path, self._root, self._resolve)
        if path.endswith(".py"):
            from pymake.frontends import python  # noqa: PLC0415 # it costs time that a TOML file alone does not need

            return python.declare(path, self._root, self._opened_code())
        raise UsageError(f"{path} is no build file", hint="a build file ends in .toml or .py")

    def _resolve(self, spec: str, root: str, place: Place) -> Function:
        from pymake.frontends import python  # noqa: PLC0415 # as above

        first = self._code is None
        self._opened_code()
        return python.resolve(spec, root=root, place=place, anew=first)

    def _opened_code(self) -> Code:
        from pymake.frontends.analyses import NOTHING_KEPT  # noqa: PLC0415 # as above
        from pymake.frontends.code import Code  # noqa: PLC0415 # as above

        if self._code is None:
            self._code = Code(self._root, self._analyses or NOTHING_KEPT)
        return self._code


def _with_modules(part: Project) -> Project:
    """The part, with the modules that its functions came from among its files."""
    if not any(isinstance(task.action, Function) for task in part.tasks):
        return part
    from pymake.frontends.modules import project_files  # noqa: PLC0415 # as above

    return replace(part, files=tuple(dict.fromkeys([*part.files, *project_files(part.root)])))


def _joined(root: str, parts: Mapping[str, Project]) -> Project:
    """One project of all parts; what two of them say is an error."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    return Project(
        root=root,
        files=tuple(dict.fromkeys(file for part in parts.values() for file in part.files)),
        tasks=_all_tasks(parts.values()),
        default=tuple(dict.fromkeys(name for part in parts.values() for name in part.default)),
        default_place=next((part.default_place for part in parts.values() if part.default_place is not None), None),
        variables=_united("variable", {path: part.variables for path, part in parts.items()}),
        env=_united("environment variable", {path: part.env for path, part in parts.items()}),
        pools=_united("pool", {path: part.pools for path, part in parts.items()}),
    )


def _all_tasks(parts: Iterable[Project]) -> tuple[Task, ...]:
    tasks: dict[str, Task] = {}
    for part in parts:
        for task in part.tasks:
            first = tasks.setdefault(task.name, task)
            if first is not task:
                raise BuildFileError(
                    f"two tasks with the name {task.name!r}",
                    place=task.place,
                    facts=[("the first", first.place)],
                    hint="rename one of them",
                )
    return tuple(tasks.values())


def _united(what: str, tables: Mapping[str, Mapping[str, _V]]) -> dict[str, _V]:
    """One table of the tables of several files."""
    united: dict[str, _V] = {}
    homes: dict[str, str] = {}
    for path, table in tables.items():
        for name, value in table.items():
            if name in united:
                raise BuildFileError(
                    f"{what} {name!r} is set in two build files",
                    place=Place(path=path),
                    facts=[("the first", homes[name])],
                    hint="keep one of them",
                )
            united[name] = value
            homes[name] = path
    return united


def _overridden(project: Project, overrides: Mapping[str, str]) -> Project:
    """The project with the values of the command line wherever it has such a variable."""
    if not overrides:
        return project
    known = {name for task in project.tasks for name in task.variables}.union(project.variables)
    for name, text in overrides.items():
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                f"no build file has a variable {name!r}",
                facts=[("nearest", ", ".join(near))] if near else [],
                hint=f"write ./{name}={text} for a file of that name",
            )
    return replace(
        project,
        variables=_with_overrides(project.variables, overrides),
        tasks=tuple(
            replace(task, variables=_with_overrides(task.variables, overrides))
            if not task.variables.keys().isdisjoint(overrides)
            else task
            for task in project.tasks
        ),
    )


def _with_overrides(variables: Mapping[str, VariableValue], overrides: Mapping[str, str]) -> dict[str, VariableValue]:
    return {
        name: _override(name, overrides[name], value) if name in overrides else value
        for name, value in variables.items()
    }


def _override(name: str, text: str, replaced: VariableValue) -> VariableValue:
    """The new value, in the form of the one it replaces: a list is written as in a shell."""
    if isinstance(replaced, str):
        return text
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            f"the list {name}={text} cannot be split into words",
            facts=[("reason", str(error))],
            hint="quote it as for a shell",
        ) from error
