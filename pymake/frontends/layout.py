"""What is defined and bound where in the text of a module: found in one pass over its syntax tree, as plain values.

A layout says enough to find a definition, and to follow an import. What a definition means is read from the tree, which
`Tree` holds; a layout that comes from an earlier build needs none (see `texts`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from pymake.dataclass import dataclass, field
from pymake.frontends.syntax import chain_of, imported, says_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymake.frontends.scopes import Chain, Use

_BODIES = ("body", "orelse", "finalbody")
_MAIN = "__main__"


class Stretch(NamedTuple):
    """A piece of a text: lines from 1, columns in bytes from 0, the end behind it."""

    line: int
    column: int
    end: int
    end_column: int


class Defined(NamedTuple):
    """A function, lambda or class. `own_name` is how it can mean itself, if it stands at the top of the module.

    `line` is that of its name, `is_empty` says that there is nothing in it but a docstring, `pass` or `...`.
    """

    kind: str
    stretch: Stretch
    line: int
    own_name: str | None = None
    is_empty: bool = False


class Bound(NamedTuple):
    """A statement at the top of a module that gives a name its value. `use` is what it means, if it is an import."""

    stretch: Stretch
    use: Use | None


class Effect(NamedTuple):
    """A statement at the top of a module that changes something else: `random.seed(1)`, `lib.f = g`.

    `chain` is what it begins with, `target` what it assigns to, if it does.
    """

    stretch: Stretch
    chain: Chain
    target: Chain | None


@dataclass(slots=True)
class Layout:
    """What is where in one text.

    `functions` are known by first line (with decorators) and name, `classes` by qualified name without `<locals>`.
    """

    functions: dict[tuple[int, str], Defined] = field(default_factory=dict)
    classes: dict[str, list[Defined]] = field(default_factory=dict)
    bindings: dict[str, list[Bound]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """The parts of a tree by where they stand. `conditions` are the expressions that a binding depends on."""

    module: ast.Module
    definitions: dict[tuple[str, Stretch], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda] = field(
        default_factory=dict
    )
    statements: dict[Stretch, ast.stmt] = field(default_factory=dict)
    conditions: dict[Stretch, tuple[ast.expr, ...]] = field(default_factory=dict)


def layout_of(tree: ast.Module) -> tuple[Layout, Tree]:
    """Read a tree once."""
    reader = _Reader(Layout(), Tree(module=tree))
    reader.define(tree.body, "", at_top=True)
    reader.bind_all(tree.body, (), None)
    return reader.layout, reader.tree


def stretch_of(part: ast.stmt | ast.expr, first: ast.stmt | ast.expr | None = None) -> Stretch:
    """Where a part stands, from `first` on, if that is another one."""
    start = part if first is None else first
    return Stretch(start.lineno, start.col_offset, part.end_lineno or part.lineno, part.end_col_offset or 0)


class _Reader:
    """One reading. Owns what it fills."""

    def __init__(self, layout: Layout, tree: Tree) -> None:
        self.layout = layout
        self.tree = tree

    def define(self, body: list[ast.stmt], outer: str, *, at_top: bool = False) -> None:
        """Note the functions and classes in a list of statements."""
        for part in body:
            if isinstance(part, ast.ClassDef):
                self._note_class(part, f"{outer}{part.name}", part.name if at_top else None)
                self.define(part.body, f"{outer}{part.name}.")
            elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._note_function(part, part.name if at_top else None)
                self.define(part.body, f"{outer}{part.name}.")
            else:
                for inner in _bodies(part):
                    self.define(inner, outer)

    def _note_class(self, part: ast.ClassDef, qualname: str, own_name: str | None) -> None:
        stretch = stretch_of(part)
        if part.decorator_list:  # the decorators are shown; the sign before the first of them stands one letter before
            first = min(part.decorator_list, key=lambda line: line.lineno)
            stretch = Stretch(first.lineno, first.col_offset - 1, stretch.end, stretch.end_column)
        defined = Defined("class", stretch, part.lineno, own_name)
        self.layout.classes.setdefault(qualname, []).append(defined)
        self.tree.definitions["class", stretch] = part

    def _note_function(self, part: ast.FunctionDef | ast.AsyncFunctionDef, own_name: str | None) -> None:
        first = min([part.lineno, *(line.lineno for line in part.decorator_list)])
        defined = Defined("function", stretch_of(part), part.lineno, own_name, all(map(says_nothing, part.body)))
        self.layout.functions[first, part.name] = defined
        self.tree.definitions["function", defined.stretch] = part

    def bind_all(self, body: list[ast.stmt], conditions: tuple[ast.expr, ...], around: ast.stmt | None) -> None:
        """Note what the statements of a module bind and change; `around` is the outermost statement that holds them."""
        for part in body:
            for name, use in _bound(part):
                stretch = self._statement(part)
                self.tree.conditions[stretch] = conditions
                self.layout.bindings.setdefault(name, []).append(Bound(stretch, use))
            effect = _effect(part)
            if effect is not None:
                chain, target = effect
                self.layout.effects.append(Effect(self._statement(around or part), chain, target))
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            test = getattr(part, "test", None)
            inner = conditions if test is None else (*conditions, test)
            for statements in _bodies(part):
                if statements is getattr(part, "body", None) and _is_for_types_or_main(part):
                    continue
                self.bind_all(statements, inner, around or part)

    def _statement(self, part: ast.stmt) -> Stretch:
        stretch = stretch_of(part)
        self.tree.statements[stretch] = part
        return stretch


def _bodies(part: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements in a statement."""
    for name in _BODIES:
        inner = getattr(part, name, None)
        if isinstance(inner, list):
            yield inner
    for handler in [*getattr(part, "handlers", ()), *getattr(part, "cases", ())]:
        yield handler.body


def _is_for_types_or_main(part: ast.stmt) -> bool:
    """Whether it is `if TYPE_CHECKING:` or `if __name__ == "__main__":`, whose bodies no import runs."""
    if not isinstance(part, ast.If):
        return False
    if isinstance(part.test, ast.Compare):
        return any(isinstance(side, ast.Constant) and side.value == _MAIN for side in part.test.comparators)
    chain = chain_of(part.test)
    return chain is not None and chain[-1] == "TYPE_CHECKING"


def _bound(part: ast.stmt) -> Iterator[tuple[str, Use | None]]:
    match part:
        case ast.Import() | ast.ImportFrom():
            yield from imported(part)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, None
        case ast.Assign(targets=targets):
            yield from ((name, None) for target in targets for name in _names(target))
        case ast.AnnAssign(target=target, value=ast.expr()) | ast.AugAssign(target=target):
            yield from ((name, None) for name in _names(target))
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from ((name, None) for name in _names(target))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                yield from ((name, None) for name in _names(item.optional_vars))
        case _:
            pass


def _names(target: ast.expr | None) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from _names(item)
    elif isinstance(target, ast.Starred):
        yield from _names(target.value)


def _effect(part: ast.stmt) -> tuple[Chain, Chain | None] | None:
    target: ast.expr | None = None
    match part:
        case ast.Expr(value=ast.Call() as first):
            expression: ast.expr = first
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as first, *_]):
            expression = target = first
        case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as first):
            expression = target = first
        case _:
            return None
    chain = _first_chain(expression)
    if chain is None:
        return None
    return chain, (chain_of(target) if isinstance(target, ast.Attribute) else _set_by_call(expression))


def _set_by_call(call: ast.expr) -> Chain | None:
    """What `setattr(lib, "f", g)` assigns to."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[where, ast.Constant(value=str(name)), _]):
            chain = chain_of(where)
            return None if chain is None else (*chain, name)
        case _:
            return None


def _first_chain(expression: ast.expr) -> Chain | None:
    """The chain that an expression begins with: `decimal.getcontext` of `decimal.getcontext().prec`."""
    while True:
        chain = chain_of(expression)
        if chain is not None:
            return chain
        match expression:
            case ast.Call(func=ast.Name(id="setattr"), args=[inner, *_]):
                expression = inner
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                expression = inner
            case _:
                return None
