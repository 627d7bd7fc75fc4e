"""One word for one thing: no second names for what the glossary names, nothing left to do, exemptions with reasons."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

from tests.architecture.source import ROOT, Module, functions, modules, parameters, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BANNED = ("node", "edge", "step", "artefact", "artifact", "product", "manager", "helper", "util")
BANNED_FORMS = {form for word in BANNED for form in (word, f"{word}s")}

KINDS = {"product", "PRODUCT", "Product"}
"""`product` is also the name of a kind of task, as in Ruffus: alone, it is no second name for an output."""

RUFFUS = {"error_node_not_task", "error_task_product", "pool_manager"}
"""Names that scripts for Ruffus use."""

LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|\bfor now\b")
TYPE_EXEMPTION = re.compile(r"#\s*type:\s*ignore")
REASONED_EXEMPTION = re.compile(r"#\s*type: ignore\[[a-z-]+(, ?[a-z-]+)*\]  # \S")
MOST_EXEMPTIONS = 7


def words(name: str) -> list[str]:
    """`next_jobState2` → `next`, `job`, `state`."""
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def given_names(module: Module) -> Iterator[tuple[int, str]]:
    """The names that a module gives: itself, classes, functions, parameters, variables, attributes, import aliases."""
    yield 1, module.name.rpartition(".")[2]
    for part in ast.walk(module.tree):
        match part:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield part.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield part.lineno, name
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((part.lineno, alias.asname) for alias in aliases if alias.asname)
            case _:
                pass


def banned_names(found: Iterable[Module]) -> list[str]:
    """Names that use a word the glossary has another one for."""
    return [
        f"{module.at(line)}: {name}"
        for module in found
        for line, name in given_names(module)
        if name not in KINDS | RUFFUS and not BANNED_FORMS.isdisjoint(words(name))
    ]


def comments(module: Module) -> Iterator[tuple[int, str]]:
    """Line and text of every comment."""
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    return ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)


def exemptions(found: Iterable[Module]) -> list[tuple[str, str]]:
    """Where the type checker is told to look away, and the comment."""
    return [
        (module.at(line), text) for module in found for line, text in comments(module) if TYPE_EXEMPTION.search(text)
    ]


def untyped_signatures(found: Iterable[Module]) -> list[str]:
    """Functions with `Any` in their signature."""
    return [
        f"{module.at(function.lineno)} {function.name}"
        for module in found
        for function in functions(module)
        if any(_says_any(said) for said in [function.returns, *(p.annotation for p in parameters(function))])
    ]


def _says_any(annotation: ast.expr | None) -> bool:
    parts = ast.walk(annotation) if annotation is not None else ()
    return any(getattr(part, "id", getattr(part, "attr", None)) == "Any" for part in parts)


def left_over(found: Iterable[Module]) -> list[str]:
    """Lines that speak of work still to be done."""
    return [
        f"{module.at(number)}: {line.strip()}"
        for module in found
        for number, line in enumerate(module.text.splitlines(), start=1)
        if LEFT_OVER.search(line)
    ]


def test_no_name_uses_a_banned_word() -> None:
    assert banned_names(modules()) == []


def test_every_banned_word_is_named_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    last = glossary[glossary.index("## Words we do not use") :]
    assert [word for word in BANNED if word not in last] == []


def test_nothing_is_left_to_do() -> None:
    assert left_over(modules()) == []


def test_the_type_checker_is_told_to_look_away_rarely_and_with_a_reason() -> None:
    found = exemptions(modules())
    assert [where for where, text in found if not REASONED_EXEMPTION.search(text)] == []
    assert len(found) <= MOST_EXEMPTIONS, found


def test_no_signature_says_any() -> None:
    assert untyped_signatures(modules()) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("class JobNode: pass", ["JobNode"]),
        ("def next_step(): pass", ["next_step"]),
        ("class A:\n    def f(self, edges): self.helper = edges", ["edges", "helper"]),
        ("import path_utils as utils", ["utils"]),
        ("for node2 in []: pass", ["node2"]),
        ("product = itertools.product", []),
        ("by_product = 1", ["by_product"]),
        ("import ast\nknowledge, stepped, future = 1, 2, ast.NodeVisitor", []),
    ],
)
def test_a_banned_name_is_found(text: str, names: list[str]) -> None:
    found = banned_names([parse(text)])
    assert [line.rpartition(": ")[2] for line in found] == names


def test_a_module_with_a_banned_name_is_found() -> None:
    assert banned_names([parse("", "pymake/fs/path_utils.py")]) == ["pymake/fs/path_utils.py:1: path_utils"]


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [
        ("# type: ignore[arg-type]  # the stub is wrong", True),
        ("# type: ignore[arg-type, misc]  # the stub is wrong", True),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore  # because", False),
    ],
)
def test_an_exemption_without_a_reason_is_found(comment: str, reasoned: bool) -> None:
    [(_, text)] = exemptions([parse(f"x = 1  {comment}")])
    assert bool(REASONED_EXEMPTION.search(text)) is reasoned


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("(a: object) -> None", False),
        ("(a: Any) -> None", True),
        ("(*a: dict[str, Any]) -> None", True),
        ("() -> typing.Any", True),
    ],
)
def test_any_in_a_signature_is_found(signature: str, found: bool) -> None:
    assert bool(untyped_signatures([parse(f"def f{signature}: pass")])) is found


@pytest.mark.parametrize("line", ["# TODO: more", "raise NotImplementedError", "x = 1  # enough for now"])
def test_what_is_left_to_do_is_found(line: str) -> None:
    assert left_over([parse(f"{line}\n")]) == [f"pymake/engine/sample.py:1: {line}"]
