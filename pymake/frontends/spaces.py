"""Finding what a name means: in modules that are loaded by looking, in others by reading. Nothing is imported.

A module that is loaded lately, inside a function, may be slow to import or not yet be there, so it is read only.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from types import ModuleType
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.frontends.analyses import module_text
from pymake.frontends.modules import is_of_project
from pymake.frontends.texts import ModuleText, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.frontends.scopes import Chain, Use
    from pymake.interfaces import Analyses

Namespace = dict[str, object]
"""The names of a loaded module."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value that is there: `name` of `space`, which is None if it was not found by a name."""

    value: object
    space: Namespace | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A name in a module of the project that is not loaded."""

    file: SourceModule
    name: str


@dataclass(frozen=True, slots=True)
class SourceModule:
    """A module of the project that is not loaded. `package` is what its relative imports start from."""

    name: str
    package: str
    filename: str
    text: ModuleText


@dataclass(frozen=True, slots=True)
class Unknown:
    """A module of the project makes such names when it is asked: `name`, by the `__getattr__` of `space`."""

    space: Namespace
    name: str


Meant = Found | Written | SourceModule | Unknown | None
"""None is what does not count: no code of the project, or nothing at all."""


class Spaces:
    """Owns which folders are the project's, and the texts and modules that were read."""

    def __init__(self, root: str, analyses: Analyses) -> None:
        self._roots = [root]
        self._analyses = analyses
        self._owned: dict[object, bool] = {}
        self._read: dict[str, SourceModule | None] = {}
        self._texts: dict[tuple[int, str], tuple[Namespace, ModuleText | None]] = {}

    def adopt(self, filename: str) -> None:
        """Count the folder of a file too, if it is nobody's package: a script may be started from anywhere."""
        folder = os.path.dirname(os.path.abspath(filename))
        if not filename.startswith("<") and not self.owns(filename) and is_of_project(filename, folder):
            self._roots.append(folder)
            self._owned.clear()

    def owns(self, filename: object) -> bool:
        """Whether a source file is the project's own."""
        known = self._owned.get(filename)
        if known is None:
            path = os.path.abspath(filename) if isinstance(filename, str) and filename[:1] != "<" else ""
            known = self._owned[filename] = any(is_of_project(path, root) for root in self._roots)
        return known

    def owns_module(self, module: ModuleType) -> bool:
        """Whether a loaded module is the project's own; a package without a file is where its folder is."""
        filename = getattr(module, "__file__", None)
        if filename is None:
            folders: Iterable[object] = getattr(module, "__path__", ())
            return any(self.owns(f"{folder}{os.sep}__init__.py") for folder in folders)
        return self.owns(filename)

    def resolve(self, use: Use, space: Namespace) -> Meant:
        """What a use means in a loaded module."""
        if use.module is not None:
            package = space.get("__package__") or ""
            return self._in_module(_absolute(use.module, str(package)), use.chain)
        name, rest = use.chain[0], use.chain[1:]
        return self.walk(Found(space[name], space, name), rest) if name in space else None

    def resolve_written(self, use: Use, file: SourceModule) -> Meant:
        """What a use means in a module that is not loaded."""
        if use.module is not None:
            return self._in_module(_absolute(use.module, file.package), use.chain)
        return self._in_source(file, use.chain)

    def walk(self, found: Found, rest: Chain) -> Meant:
        """What attributes of a value mean: those of modules; of other values, the value with all it has."""
        for at, name in enumerate(rest):
            module = found.value
            if not isinstance(module, ModuleType) or not self.owns_module(module):
                return found
            space = vars(module)
            if name in space:
                found = Found(space[name], space, name)
            elif f"{module.__name__}.{name}" in sys.modules:
                found = Found(sys.modules[f"{module.__name__}.{name}"])
            elif "__getattr__" in space:
                return Unknown(space, name)
            else:
                return self._in_module(f"{module.__name__}.{name}", rest[at + 1 :])
        return found

    def text(self, space: Namespace, filename: str) -> ModuleText | None:
        """The text of a loaded module, or of another file that one of its functions is from."""
        key = (id(space), filename)
        if key not in self._texts:
            self._texts[key] = space, module_text(text_of(space, filename), self._analyses)
        return self._texts[key][1]

    def texts(self) -> Iterable[ModuleText]:
        """The texts that were looked into so far."""
        loaded = [text for _, text in self._texts.values() if text is not None]
        return [*loaded, *(module.text for module in self._read.values() if module is not None)]

    def _in_module(self, name: str, chain: Chain) -> Meant:
        module = sys.modules.get(name)
        if module is not None:
            return self.walk(Found(module), chain)
        file = self._source(name)
        return None if file is None else self._in_source(file, chain)

    def _in_source(self, file: SourceModule, chain: Chain) -> Meant:
        if not chain:
            return file
        name, rest = chain[0], chain[1:]
        bindings = file.text.layout.bindings.get(name, ())
        for binding in bindings:
            if binding.use is not None:
                use = binding.use
                return self._in_module(_absolute(use.module or "", file.package), (*use.chain, *rest))
        if bindings:
            return Written(file, name)
        inner = self._in_module(f"{file.name}.{name}", rest)
        if inner is not None:
            return inner
        for use in file.text.star_imports():
            meant = self._in_module(_absolute(use.module or "", file.package), chain)
            if meant is not None:
                return meant
        return None

    def _source(self, name: str) -> SourceModule | None:
        if name not in self._read:
            self._read[name] = self._found(name)
        return self._read[name]

    def _found(self, name: str) -> SourceModule | None:
        """The source of a module below the folders of its packages, without importing any of them."""
        folders: Iterable[str] | None = None
        spec = None
        parts = name.split(".")
        for at in range(len(parts)):
            spec = PathFinder.find_spec(".".join(parts[: at + 1]), None if folders is None else list(folders))
            if spec is None:
                return None
            folders = spec.submodule_search_locations or ()
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or not self.owns(spec.loader.path):
            return None
        filename = spec.loader.path
        try:
            text = module_text(spec.loader.get_source(name) or "", self._analyses)
        except (ImportError, SyntaxError, OSError):
            return None
        package = name if spec.submodule_search_locations is not None else name.rpartition(".")[0]
        return None if text is None else SourceModule(name, package, filename, text)


def _absolute(module: str, package: str) -> str:
    """The full name of a module, dots in front replaced by the package they mean."""
    name = module.lstrip(".")
    level = len(module) - len(name)
    if not level:
        return module
    parts = package.split(".")
    return ".".join(part for part in [*parts[: len(parts) - level + 1], name] if part)
