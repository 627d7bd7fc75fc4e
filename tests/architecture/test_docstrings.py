"""Every file says what it is for, and every public name of pymake what it promises."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.architecture.source import FunctionTree, Module, modules, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def public_definitions(module: Module) -> Iterator[tuple[str, ast.ClassDef | FunctionTree]]:
    """Classes and functions that other modules may use, and the methods of those classes."""
    for part in _public(module.tree.body):
        yield part.name, part
        if isinstance(part, ast.ClassDef):
            yield from ((f"{part.name}.{inner.name}", inner) for inner in _public(part.body))


def _public(body: Iterable[ast.stmt]) -> Iterator[ast.ClassDef | FunctionTree]:
    found = (part for part in body if isinstance(part, ast.ClassDef | FunctionTree))
    return (part for part in found if not part.name.startswith("_") and not _is_variant(part))


def _is_variant(part: ast.ClassDef | FunctionTree) -> bool:
    """Whether it is one form of a definition (`@overload`, a setter) whose docstring stands elsewhere."""
    names = {getattr(mark, "attr", getattr(mark, "id", "")) for mark in part.decorator_list}
    return not names.isdisjoint({"overload", "setter"})


def silent_modules(found: Iterable[Module]) -> list[str]:
    """Modules without a docstring; an empty file needs none."""
    return [module.path for module in found if module.tree.body and ast.get_docstring(module.tree) is None]


def silent_names(found: Iterable[Module]) -> list[str]:
    """Public names of public modules without a docstring."""
    public = [module for module in found if not module.name.rpartition(".")[2].startswith("_")]
    return [
        f"{module.at(part.lineno)} {name}"
        for module in public
        for name, part in public_definitions(module)
        if ast.get_docstring(part) is None
    ]


def unknown_arguments(found: Iterable[Module]) -> list[str]:
    """Names in an `Args:` section that are no parameters."""
    return [
        f"{module.at(part.lineno)} {name}: {said}"
        for module in found
        for name, part in public_definitions(module)
        if not isinstance(part, ast.ClassDef)
        for said in _said_arguments(ast.get_docstring(part) or "")
        if said not in {inner.arg for inner in ast.walk(part.args) if isinstance(inner, ast.arg)}
    ]


def _said_arguments(docstring: str) -> Iterator[str]:
    lines = iter(docstring.splitlines())
    for line in lines:
        if line == "Args:":
            break
    for line in lines:
        if not line.startswith("    "):
            break
        if not line.startswith("     "):
            yield line.split(":")[0].split("(")[0].strip(" *")


def test_every_file_says_what_it_is_for() -> None:
    assert silent_modules([*modules("pymake"), *modules("tests")]) == []


def test_every_public_name_says_what_it_promises() -> None:
    assert silent_names(modules()) == []


def test_docstrings_name_the_parameters_there_are() -> None:
    assert unknown_arguments(modules()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(): pass", ["f"]),
        ("class C:\n    'Doc.'\n    def f(self): pass\n    def _g(self): pass\n    def __len__(self): pass", ["C.f"]),
        ("def _f(): pass\nclass _C:\n    def f(self): pass", []),
        ("def f():\n    'Doc.'\n    def inner(): pass", []),
        ("class C:\n    'Doc.'\n    @overload\n    def f(self): pass\n    @x.setter\n    def x(self, to): pass", []),
    ],
)
def test_a_silent_name_is_found(text: str, found: list[str]) -> None:
    assert [line.split()[-1] for line in silent_names([parse(text)])] == found


def test_a_silent_module_is_found() -> None:
    found = [parse("x = 1", "pymake/a.py"), parse("'Doc.'", "pymake/b.py"), parse("", "pymake/c/__init__.py")]
    assert silent_modules(found) == ["pymake/a.py"]


def test_an_argument_that_is_not_there_is_found() -> None:
    said = "Do.\n\n    Args:\n        a: one\n            long line: more\n        *more: two\n        b: no.\n    "
    text = f'def f(a, *more):\n    """{said}"""'
    assert unknown_arguments([parse(text)]) == ["pymake/engine/sample.py:1 f: b"]
