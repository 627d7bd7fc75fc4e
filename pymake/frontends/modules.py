"""Importing the modules of a project, always from their source.

Python's own byte code is believed when size and second of the source agree, which two quick edits do. So modules
below the root are compiled from their text, and neither read from nor written to `__pycache__`; installed packages
are none of the project's, also those of a virtual environment inside it. What is found where stays Python's decision.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import FileFinder, ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING

from pymake.frontends.places import PACKAGE, relative

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_INSTALLED = {"site-packages", "dist-packages"}
STANDARD = os.path.dirname(os.__file__) + os.sep
"""The folder of Python's own modules."""


def is_of_project(filename: str, root: str) -> bool:
    """Whether a source file is the project's own: below its root, not installed, not pymake."""
    below = os.path.join(root, "")
    if not filename.startswith(below) or filename.startswith((STANDARD, PACKAGE)):
        return False
    return _INSTALLED.isdisjoint(filename[len(below) :].split(os.sep))


class ProjectLoader(SourceFileLoader):
    """Loads one source file of the project. `loaded_text` is the text that runs, whatever becomes of the file."""

    loaded_text: str | None = None
    loaded_bytes: bytes | None = None

    def get_code(self, fullname: str) -> CodeType:
        """The code of the file as it is now."""
        path = self.get_filename(fullname)
        self.loaded_bytes = self.get_data(path)
        if b"\0" in self.loaded_bytes:  # each version of Python says it in another way, and none says where
            line = self.loaded_bytes.count(b"\n", 0, self.loaded_bytes.index(b"\0")) + 1
            raise SyntaxError("the file holds the character NUL", (path, line, None, None))
        code: CodeType = self.source_to_code(self.loaded_bytes, path)
        self.loaded_text = self.get_source(fullname)
        return code

    def get_source(self, fullname: str) -> str | None:
        """The text that was loaded; before that, the text of the file."""
        return super().get_source(fullname) if self.loaded_text is None else self.loaded_text

    def is_stale(self) -> bool:
        """Whether the file is not what was loaded any more."""
        try:
            return self.get_data(self.path) != self.loaded_bytes
        except OSError:
            return True


class ProjectFinder:
    """Stands in front of Python's finder of source files, for one root at a time, and remembers what was loaded."""

    def __init__(self, root: str) -> None:
        self.root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What Python finds, with a loader that reads the source if it is the project's."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return spec
        filename = os.path.abspath(spec.loader.path)
        if is_of_project(filename, self.root):
            spec.loader = ProjectLoader(fullname, filename)
            spec.origin = filename
            spec.cached = None
        return spec


def open_root(root: str) -> None:
    """Make `root` (absolute) the first folder of modules, in this process and those that it forks."""
    for finder in sys.meta_path:
        if isinstance(finder, ProjectFinder):
            if finder.root == root:
                return
            close_roots()
            break
    sys.path.insert(0, root)
    sys.path_importer_cache.pop(root, None)
    python = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)
    sys.meta_path.insert(python, ProjectFinder(root))


def close_roots() -> None:
    """Undo `open_root`: the modules of the project are forgotten, and its folder is not searched any more."""
    forget_modules()
    for finder in [finder for finder in sys.meta_path if isinstance(finder, ProjectFinder)]:
        sys.meta_path.remove(finder)
        if finder.root in sys.path:
            sys.path.remove(finder.root)


def forget_modules() -> None:
    """Let every module of the project be loaded anew when it is imported again."""
    for name, loader in _loaders().items():
        sys.modules.pop(name, None)
        parent, _, last = name.rpartition(".")
        space = vars(sys.modules[parent]) if parent in sys.modules else {}
        if getattr(space.get(last), "__loader__", None) is loader:
            del space[last]
    for name in _packages_without_file():
        sys.modules.pop(name, None)
    read_folders_anew()


def read_folders_anew() -> None:
    """Let Python see modules that were just made; `importlib.invalidate_caches` would import 20 ms of other things."""
    for finder in sys.path_importer_cache.values():
        if isinstance(finder, FileFinder):
            finder.invalidate_caches()


def is_any_stale() -> bool:
    """Whether a loaded module of the project was edited since."""
    return any(loader.is_stale() for loader in _loaders().values())


def project_files(root: str) -> tuple[str, ...]:
    """The source files of the project modules that are loaded, relative to the root, sorted."""
    return tuple(sorted({relative(loader.path, root) for loader in _loaders().values()}))


def _packages_without_file() -> list[str]:
    """The loaded packages of the project that have no `__init__`: they are what their folders were when imported."""
    roots = [os.path.join(finder.root, "") for finder in sys.meta_path if isinstance(finder, ProjectFinder)]
    found: list[str] = []
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) is None and hasattr(module, "__path__"):
            folders = [os.path.join(folder, "") for folder in module.__path__]
            if any(folder.startswith(root) for folder in folders for root in roots):
                found.append(name)
    return found


def _loaders() -> dict[str, ProjectLoader]:
    found = {name: getattr(module, "__loader__", None) for name, module in list(sys.modules.items())}
    return {name: loader for name, loader in found.items() if isinstance(loader, ProjectLoader)}
