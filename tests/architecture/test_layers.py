"""Imports point down: layers, siblings, circles, one module for each library, and who may touch the world."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.architecture.source import Module, modules, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

ADAPTERS = ("engine", "frontends", "planner", "fs", "store", "executors", "caches", "reporters", "watchers")
BELOW = {"errors", "model", "interfaces"}

MAY_IMPORT: Mapping[str, Collection[str]] = {
    "_version": set(),
    "dataclass": set(),
    "errors": set(),
    "model": {"errors"},
    "interfaces": {"errors", "model"},
    **dict.fromkeys(ADAPTERS, BELOW),
    "bell": set(),
    "door": {"bell"},
    "store": {*BELOW, "door"},
    "testing": BELOW,
    "app": {*BELOW, *ADAPTERS, "bell", "door"},
    "ruffus": {*BELOW, *ADAPTERS, "app"},
    "__init__": {*BELOW, *ADAPTERS, "app", "__main__"},
    "__main__": {"app", "door", "errors"},
}
"""What each part of pymake may import beside itself, the version and the dataclasses."""

THIRD_PARTY: Mapping[str, str] = {
    "rich": "pymake.reporters.live",
    "tomli": "pymake.frontends.toml",
    "tomllib": "pymake.frontends.toml",  # the name of tomli in the standard library, from 3.11 on
    "watchdog": "pymake.watchers",
    "xxhash": "pymake.fs.digest",
}
"""The one module (or package) that imports a library. A new line needs a reason in docs/design/0002-dependencies.md."""

PURE = ("errors", "model", "interfaces", "engine")
WORLD = {
    *("asyncio", "datetime", "glob", "io", "logging", "multiprocessing", "pathlib", "random", "select", "shutil"),
    *("signal", "socket", "subprocess", "sys", "tempfile", "threading", "time"),
}
"""What the deciding parts reach only through `pymake.interfaces`: disk, clock, processes, terminal, environment."""
HARMLESS = {"PathLike", "fspath"}
"""What `os` has for values."""


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported: at the top, late, for the type checker, or by `import_module`."""
    for part in ast.walk(module.tree):
        match part:
            case ast.Import(names=names):
                yield from ((part.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                origin = ".".join(filter(None, [_ancestor(module, level), name]))
                yield from ((part.lineno, f"{origin}.{alias.name}") for alias in names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield part.lineno, name
            case _:
                pass


def _ancestor(module: Module, level: int) -> str:
    parts = module.package.split(".")
    return ".".join(parts[: len(parts) - level + 1]) if level else ""


def part_of(name: str) -> str:
    """The part of pymake that a module belongs to: `engine` for `pymake.engine.loop`, `__init__` for `pymake`."""
    return name.split(".")[1] if "." in name else "__init__"


def module_of(imported: str, names: Collection[str]) -> str:
    """The module behind an imported name: `pymake.model.ids` for `pymake.model.ids.JobId`."""
    while imported not in names and "." in imported:
        imported = imported.rpartition(".")[0]
    return imported


def layer_breaks(found: Iterable[Module], names: Collection[str]) -> list[str]:
    """Imports between parts of pymake that the layers forbid."""
    breaks = []
    for module in found:
        own = part_of(module.name)
        for line, imported in imports(module):
            if imported.split(".")[0] != "pymake":
                continue
            other = part_of(module_of(imported, names))
            if other not in {own, "_version", "dataclass", *MAY_IMPORT[own]}:
                breaks.append(f"{module.at(line)}: {own} imports {imported}")
    return breaks


def circle(imported: Mapping[str, Collection[str]]) -> list[str]:
    """Modules that import each other in a circle, the first repeated at the end; empty if there is none."""
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def foreign_imports(found: Iterable[Module]) -> list[str]:
    """Imports of libraries, outside the module that is there for them."""
    breaks = []
    for module in found:
        for line, imported in imports(module):
            library = imported.split(".")[0]
            if library == "pymake" or (library in sys.stdlib_module_names and library not in THIRD_PARTY):
                continue
            home = THIRD_PARTY.get(library)
            if home is None or not f"{module.name}.".startswith(f"{home}."):
                breaks.append(f"{module.at(line)}: imports {library}, which belongs to {home or 'no module'}")
    return breaks


def touches_of_the_world(found: Iterable[Module]) -> list[str]:
    """Where a deciding part imports what reaches disk, clock, processes or environment, or opens and prints."""
    breaks = []
    for module in found:
        if part_of(module.name) in PURE:
            lines = [(line, name) for line, name in imports(module) if name.split(".")[0] in WORLD]
            breaks += [f"{module.at(line)}: {name}" for line, name in [*lines, *_direct_touches(module)]]
    return breaks


def _direct_touches(module: Module) -> Iterator[tuple[int, str]]:
    for part in ast.walk(module.tree):
        match part:
            case ast.Call(func=ast.Name(id="open" | "print" | "input" as name)):
                yield part.lineno, f"{name}()"
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name not in HARMLESS:
                yield part.lineno, f"os.{name}"
            case ast.ImportFrom(module="os", names=names):
                yield from ((part.lineno, f"os.{alias.name}") for alias in names if alias.name not in HARMLESS)
            case _:
                pass


def test_every_part_of_the_package_has_a_layer() -> None:
    assert sorted({part_of(module.name) for module in modules()} - MAY_IMPORT.keys()) == []


def test_imports_point_down_and_never_to_a_sibling() -> None:
    assert layer_breaks(modules(), {module.name for module in modules()}) == []


def test_no_module_imports_itself_through_others() -> None:
    names = {module.name for module in modules()}
    imported = {module.name: {module_of(name, names) for _, name in imports(module)} for module in modules()}
    assert circle({name: others & names for name, others in imported.items()}) == []


def test_a_library_is_imported_in_one_module() -> None:
    assert foreign_imports(modules()) == []


def test_deciding_parts_reach_the_world_through_interfaces_only() -> None:
    assert touches_of_the_world(modules()) == []


NAMES = {
    "pymake",
    "pymake._version",
    "pymake.app.session",
    "pymake.engine",
    "pymake.fs.disk",
    "pymake.model",
    "pymake.model.ids",
}


@pytest.mark.parametrize(
    ("path", "text", "broken"),
    [
        ("pymake/engine/a.py", "from pymake.model.ids import JobId", False),
        ("pymake/engine/a.py", "from pymake.engine import survey", False),
        ("pymake/engine/a.py", "from pymake import __version__", True),
        ("pymake/engine/a.py", "from pymake import _version", False),
        ("pymake/engine/a.py", "from pymake.fs.disk import RealDisk", True),
        ("pymake/engine/a.py", "from ..fs.disk import RealDisk", True),
        ("pymake/engine/a.py", "from .. import fs", True),
        ("pymake/engine/a.py", "def late():\n    import pymake.fs.disk", True),
        ("pymake/engine/a.py", "if TYPE_CHECKING:\n    from pymake.app.session import Session", True),
        ("pymake/engine/a.py", "import importlib\nimportlib.import_module('pymake.fs.disk')", True),
        ("pymake/model/a.py", "import pymake.engine", True),
        ("pymake/testing.py", "from pymake.fs.disk import RealDisk", True),
        ("pymake/app/a.py", "from pymake.fs.disk import RealDisk", False),
        ("pymake/__init__.py", "from .app.session import build", False),
    ],
)
def test_a_layer_break_is_found(path: str, text: str, broken: bool) -> None:
    assert bool(layer_breaks([parse(text, path)], NAMES)) is broken


@pytest.mark.parametrize(
    ("imported", "found"),
    [
        ({"a": ["b", "c"], "b": ["c"], "c": []}, set()),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, {"b", "c"}),
        ({"a": ["a"]}, {"a"}),
    ],
)
def test_a_circle_is_found(imported: Mapping[str, Collection[str]], found: set[str]) -> None:
    assert set(circle(imported)) == found


@pytest.mark.parametrize(
    ("path", "text", "broken"),
    [
        ("pymake/fs/digest.py", "import xxhash", False),
        ("pymake/fs/disk.py", "import xxhash", True),
        ("pymake/frontends/toml.py", "import tomli", False),
        ("pymake/frontends/keys.py", "def late():\n    import tomli", True),
        ("pymake/app/session.py", "import numpy", True),
        ("pymake/app/session.py", "import json, os.path", False),
    ],
)
def test_a_library_in_the_wrong_module_is_found(path: str, text: str, broken: bool) -> None:
    assert bool(foreign_imports([parse(text, path)])) is broken


@pytest.mark.parametrize(
    ("path", "text", "broken"),
    [
        ("pymake/engine/loop.py", "import time", True),
        ("pymake/engine/loop.py", "from os import path", True),
        ("pymake/engine/loop.py", "import os\nos.stat('a')", True),
        ("pymake/engine/loop.py", "import os.path\nos.path.exists('a')", True),
        ("pymake/model/plan.py", "import os\nos.fspath(a)", False),
        ("pymake/model/plan.py", "open('a')", True),
        ("pymake/model/plan.py", "import posixpath", False),
        ("pymake/fs/disk.py", "import os", False),
    ],
)
def test_a_touch_of_the_world_is_found(path: str, text: str, broken: bool) -> None:
    assert bool(touches_of_the_world([parse(text, path)])) is broken
