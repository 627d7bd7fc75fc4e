"""The text of a module, and what is defined and bound where in it. Nothing is run."""

from __future__ import annotations

import ast
import functools
import linecache
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass, field
from pymake.frontends.normal import piece_of
from pymake.frontends.scopes import Chain, Use
from pymake.frontends.syntax import Defined, Piece, chain_of, imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

_BODIES = ("body", "orelse", "finalbody")
_MAIN = "__main__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A statement at the top of a module that gives a name its value. `use` is what it means, if it is an import.

    `conditions` are the expressions of the statements around it, such as the test of an `if`.
    """

    statement: ast.stmt
    use: Use | None = None
    conditions: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A statement at the top of a module that changes something else: `random.seed(1)`, `lib.f = g`.

    `chain` is what it begins with, `target` what it assigns to, if it does.
    """

    statement: ast.stmt
    chain: Chain
    target: Chain | None = None


@dataclass(slots=True)
class ModuleText:
    """One text, read once: equal texts are one object, so what was read of them is shared.

    `definitions` are all functions by first line (with decorators) and name; `named` functions and classes by their
    qualified name without `<locals>`, `top` those of them that no other definition holds.
    """

    text: str
    tree: ast.Module
    definitions: dict[tuple[int, str], ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    named: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]] = field(default_factory=dict)
    top: set[int] = field(default_factory=set)
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    pieces: dict[int, Piece] = field(default_factory=dict)

    def definition(self, code: CodeType) -> Defined | None:
        """The function or lambda that was compiled to this code, None if it is not to be found."""
        if code.co_name != "<lambda>":
            return self.definitions.get((code.co_firstlineno, code.co_name))
        found = [part for part in self._lambdas() if part.lineno == code.co_firstlineno]
        return found[0] if len(found) == 1 else _at(code, found)

    def class_named(self, qualname: str, lines: Iterable[int]) -> ast.ClassDef | None:
        """The class of this qualified name; of several the one around the first of these lines."""
        found = [part for part in self.named.get(_plain(qualname), ()) if isinstance(part, ast.ClassDef)]
        for line in lines:
            around = [part for part in found if part.lineno <= line <= (part.end_lineno or line)]
            if around:
                return around[0]
        return found[-1] if found else None

    def piece(self, part: Defined, *, whole: bool) -> Piece:
        """What a definition is in normal form."""
        known = self.pieces.get(id(part))
        if known is None:
            known = self.pieces[id(part)] = piece_of(part, own_name=self.own_name(part), whole=whole)
        return known

    def own_name(self, part: Defined) -> str | None:
        """The name by which a definition at the top of the module can mean itself."""
        return part.name if not isinstance(part, ast.Lambda) and id(part) in self.top else None

    def statements(self, name: str) -> tuple[list[ast.stmt], list[ast.AST]]:
        """The statements that give a name its value and change it, and the same with what they depend on.

        Decorators of pymake are left out: they declare a task, and change nothing.
        """
        bindings = [binding for binding in self.bindings.get(name, ()) if binding.use is None]
        statements = [binding.statement for binding in bindings]
        statements += [effect.statement for effect in self.effects if effect.chain[0] == name]
        parts: list[ast.AST] = [condition for binding in bindings for condition in binding.conditions]
        for statement in statements:
            parts.extend(self._without_declaration(statement))
        return statements, parts

    def _without_declaration(self, statement: ast.stmt) -> list[ast.AST]:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return [statement]
        decorators = [line for line in statement.decorator_list if not self._declares(line)]
        kw_defaults = [given for given in statement.args.kw_defaults if given is not None]
        return [*decorators, *statement.args.defaults, *kw_defaults, statement]

    def _declares(self, decorator: ast.expr) -> bool:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator) or ("",)
        uses = [binding.use for binding in self.bindings.get(chain[0], ()) if binding.use is not None]
        return any((use.module or "").partition(".")[0] == "pymake" for use in uses)

    def star_imports(self) -> Iterator[Use]:
        """The modules that all names are imported from."""
        for binding in self.bindings.get("*", ()):
            if binding.use is not None:
                yield Use(binding.use.module, ())

    def _lambdas(self) -> Iterator[ast.Lambda]:
        return (part for part in ast.walk(self.tree) if isinstance(part, ast.Lambda))


@functools.lru_cache(maxsize=256)
def module_text(text: str) -> ModuleText | None:
    """What is defined in a text; None if it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    found = ModuleText(text=text, tree=tree)
    found.top.update(id(part) for part in tree.body)
    _define(found, tree.body, "")
    _bind_all(found, tree.body, (), None)
    return found


def text_of(namespace: dict[str, object], filename: str) -> str:
    """The text that a module was compiled from; empty if there is none.

    The loader knows best: the file may have been edited since.
    """
    text = getattr(namespace.get("__loader__"), "loaded_text", None)
    if isinstance(text, str) and filename == namespace.get("__file__"):
        return text
    linecache.checkcache(filename)
    return "".join(linecache.getlines(filename, namespace))


def _plain(qualname: str) -> str:
    return qualname.replace("<locals>.", "")


def _at(code: CodeType, found: list[ast.Lambda]) -> ast.Lambda | None:
    """Which of several lambdas on one line it is, if this Python knows columns."""
    positions = getattr(code, "co_positions", None)
    if positions is None:
        return None
    columns = [(line, column) for line, _, column, _ in positions() if line is not None and column is not None]
    for part in found:
        body = part.body
        inside = [
            (body.lineno, body.col_offset) <= place < (body.end_lineno, body.end_col_offset)
            for place in columns
            if place != (code.co_firstlineno, 0)
        ]
        if inside and all(inside):
            return part
    return None


def _define(found: ModuleText, body: list[ast.stmt], outer: str) -> None:
    for part in body:
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = f"{outer}{part.name}"
            found.named.setdefault(name, []).append(part)
            if not isinstance(part, ast.ClassDef):
                first = min([part.lineno, *(line.lineno for line in part.decorator_list)])
                found.definitions[first, part.name] = part
            _define(found, part.body, f"{name}.")
        else:
            for inner in _bodies(part):
                _define(found, inner, outer)


def _bodies(part: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The lists of statements in a statement."""
    for name in _BODIES:
        inner = getattr(part, name, None)
        if isinstance(inner, list):
            yield inner
    for handler in [*getattr(part, "handlers", ()), *getattr(part, "cases", ())]:
        yield handler.body


def _bind_all(
    found: ModuleText, body: list[ast.stmt], conditions: tuple[ast.expr, ...], around: ast.stmt | None
) -> None:
    """Note what the statements of a module bind and change; `around` is the outermost statement that holds them."""
    for part in body:
        for name, use in _bound(part):
            found.bindings.setdefault(name, []).append(Binding(statement=part, use=use, conditions=conditions))
        effect = _effect(part, around)
        if effect is not None:
            found.effects.append(effect)
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        test = getattr(part, "test", None)
        inner = conditions if test is None else (*conditions, test)
        for statements in _bodies(part):
            if statements is getattr(part, "body", None) and _is_for_types_or_main(part):
                continue
            _bind_all(found, statements, inner, around or part)


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


def _effect(part: ast.stmt, around: ast.stmt | None) -> Effect | None:
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
    assigned = chain_of(target) if isinstance(target, ast.Attribute) else _set_by_call(expression)
    return Effect(statement=around or part, chain=chain, target=assigned)


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
