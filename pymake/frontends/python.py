"""Build files in Python, and functions of the project named by other build files."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

from pymake.dataclass import replace
from pymake.errors import BuildFileError, Place, PymakeError, nearest
from pymake.frontends.code import Code, unkeyed
from pymake.frontends.context import evaluating
from pymake.frontends.failures import failure
from pymake.frontends.made import declared
from pymake.frontends.modules import (
    ProjectLoader,
    forget_modules,
    is_any_stale,
    open_root,
    project_files,
    read_folders_anew,
)
from pymake.frontends.places import relative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.model.task import Function, Project

MODULE = "pymakefile"
"""The module that a build file runs as, whatever its name, so that pickle finds what is defined in it."""

_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def load(path: str, root: str) -> Project:
    """Run a build file, and return what it declares, with the keys of its code: see `declare`."""
    code = Code(root)
    found = declare(path, root, code)
    code.fill_in(found.tasks)
    return found


def declare(path: str, root: str, code: Code) -> Project:
    """Run a build file (absolute, or relative to `root`), and return what it declares. Functions have no keys yet.

    `root` (absolute) comes first on the path of modules and stays there, for what functions import when they run. The
    file and every project module that it imports are read anew. `files` of the project are all of these.

    Raises:
        BuildFileError: the file cannot be read, is no Python, raises, exits, or declares what cannot be.
    """
    filename = os.path.join(root, path)
    open_root(root)
    forget_modules()
    with evaluating(root) as context, rare_collections():
        with _telling(relative(filename, root), root):
            _run(filename, relative(filename, root))
        context.check_used()
        return replace(declared(context, root, code), files=project_files(root))


def resolve(spec: str, *, root: str, place: Place, anew: bool = True) -> Function:
    """The function that `module:function` names, imported with `root` (absolute) first on the path of modules.

    It has no key yet. Without `anew`, modules that are loaded count as read just now.

    Raises:
        BuildFileError: there is no such module or function, or the module raises.
    """
    module_name, _, function_name = spec.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *function_name.split("."))):
        raise BuildFileError(f"{spec!r} names no function", place=place, hint='write "module:function"')
    open_root(root)
    if anew and is_any_stale():
        forget_modules()
    else:
        read_folders_anew()
    module = _imported(module_name, root, place)
    target: object = module
    for part in function_name.split("."):
        target = getattr(target, part, None)
    if not callable(target):
        names = [name for name, value in vars(module).items() if callable(value)]
        facts = [("nearest", ", ".join(near))] if (near := nearest(function_name, names)) else []
        what = "no function" if target is None else "something else than a function called"
        raise BuildFileError(f"module {module_name} has {what} {function_name!r}", place=place, facts=facts)
    return unkeyed(target)


def _run(filename: str, path: str) -> None:
    """Run a file as the module `pymakefile`. It stays importable, also after a failure, which may refer to it."""
    loader = ProjectLoader(MODULE, filename)
    module = ModuleType(MODULE)
    module.__file__ = filename
    module.__loader__ = loader
    module.__spec__ = ModuleSpec(MODULE, loader, origin=filename)
    sys.modules[MODULE] = module
    try:
        code = loader.get_code(MODULE)
    except OSError as error:
        raise BuildFileError(f"cannot be read: {error.strerror}", place=Place(path=path)) from error
    exec(code, module.__dict__)  # noqa: S102 # it is what a build file in Python is for


def _imported(name: str, root: str, place: Place) -> ModuleType:
    with evaluating(root), _telling(place.path, root):  # what it declares belongs to no build file
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            raise BuildFileError(
                f"there is no module {error.name!r}",
                place=place,
                facts=[("nearest", ", ".join(near))] if (near := nearest(error.name, _modules_at(root))) else [],
                hint=f"it would be {error.name.replace('.', '/')}.py in the folder of the build file",
            ) from None


def _modules_at(root: str) -> list[str]:
    return [name.removesuffix(".py") for name in sorted(os.listdir(root)) if name.endswith(".py")]


@contextmanager
def _telling(path: str, root: str) -> Iterator[None]:
    """Tell whatever the user's code raises as an error of the build file."""
    try:
        yield
    except (PymakeError, KeyboardInterrupt):
        raise
    except BaseException as error:  # the user's code may raise anything, `SystemExit` too
        raise failure(error, path, root) from error


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage less often: 100,000 tasks are declared in 1.1 s instead of 2.2 s, and all of them stay."""
    earlier = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *earlier[1:])
    try:
        yield
    finally:
        gc.set_threshold(*earlier)
