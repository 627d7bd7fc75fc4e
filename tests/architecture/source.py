"""The modules of pymake as syntax trees: read once, asked by every architecture test."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent

FunctionTree = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module: `name` with dots (a package without `.__init__`), `path` relative to the root, its text and tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    def at(self, line: int) -> str:
        """`path:line`, as findings are named."""
        return f"{self.path}:{line}"


def parse(text: str, path: str = "pymake/engine/sample.py") -> Module:
    """A module from its text, as if it stood at `path`."""
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Module(name=name, path=path, text=text, tree=ast.parse(text, path))


@cache
def modules(folder: str = "pymake") -> tuple[Module, ...]:
    """All modules below a folder of the project, by path."""
    paths = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py"))
    return tuple(parse((ROOT / path).read_text(encoding="utf-8"), path) for path in paths)


def functions(module: Module) -> Iterator[FunctionTree]:
    """Every function and method, nested ones too."""
    return (part for part in ast.walk(module.tree) if isinstance(part, FunctionTree))


def parameters(function: FunctionTree) -> list[ast.arg]:
    """All parameters, with `self`, `*args` and `**names`."""
    found = function.args
    optional = [star for star in (found.vararg, found.kwarg) if star is not None]
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *optional]
