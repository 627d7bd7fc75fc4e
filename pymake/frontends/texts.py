"""The text of a module, and what is defined and bound where in it. Nothing is run.

What was found out about a text is its *analysis*, which is kept from build to build (see `analyses`): a text that was
analysed earlier is parsed only if something is asked that nobody asked before.
"""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING

from pymake.frontends.layout import Defined, Effect, Layout, Stretch, Tree, layout_of, stretch_of
from pymake.frontends.normal import piece_of
from pymake.frontends.scopes import Use
from pymake.frontends.syntax import chain_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType

    from pymake.frontends.syntax import Piece

PieceKey = tuple[str, Stretch | str]
"""What a piece is of: a kind and where it stands, or a kind and a name."""


class ModuleText:
    """One text. Owns what was found out about it: `layout`, the `lambdas` once one was asked for, and `pieces`.

    `is_new` says that it is more than what is kept. `layout` and what follows is that of an earlier analysis, if there
    was one.
    """

    __slots__ = ("_lines", "_tree", "is_new", "lambdas", "layout", "pieces", "text")

    def __init__(self, text: str, layout: Layout, tree: Tree | None = None) -> None:
        self.text = text
        self.layout = layout
        self.lambdas: list[tuple[Stretch, Defined]] | None = None
        self.pieces: dict[PieceKey, Piece] = {}
        self.is_new = tree is not None
        self._tree = tree
        self._lines: list[str] | None = None

    def definition(self, code: CodeType) -> Defined | None:
        """The function or lambda that was compiled to this code, None if it is not to be found."""
        if code.co_name != "<lambda>":
            return self.layout.functions.get((code.co_firstlineno, code.co_name))
        if self.lambdas is None:
            self.is_new = True
            found = [part for part in ast.walk(self._parsed().module) if isinstance(part, ast.Lambda)]
            self.lambdas = [(stretch_of(part.body), Defined("lambda", stretch_of(part), part.lineno)) for part in found]
        here = [(body, part) for body, part in self.lambdas if part.line == code.co_firstlineno]
        return here[0][1] if len(here) == 1 else _at(code, here)

    def class_named(self, qualname: str, lines: Iterable[int]) -> Defined | None:
        """The class of this qualified name; of several the one around the first of these lines."""
        found = self.layout.classes.get(qualname.replace("<locals>.", ""), [])
        for line in lines:
            around = [part for part in found if part.line <= line <= part.stretch.end]
            if around:
                return around[0]
        return found[-1] if found else None

    def piece(self, part: Defined) -> Piece:
        """What a definition is in normal form: a function without its name, decorators and defaults; a class whole."""

        def read() -> Piece:
            tree = self._parsed()
            found: ast.AST | None = tree.definitions.get((part.kind, part.stretch))
            if found is None:
                found = next(one for one in ast.walk(tree.module) if _is_at(one, part.stretch))
            return piece_of(found, own_name=part.own_name, whole=part.kind == "class")

        return self._piece((part.kind, part.stretch), read)

    def statements(self, name: str) -> list[Stretch]:
        """The statements that give a name its value and change it."""
        bindings = [binding.stretch for binding in self.layout.bindings.get(name, ()) if binding.use is None]
        return bindings + [effect.stretch for effect in self.layout.effects if effect.chain[0] == name]

    def made(self, name: str, *, whole: bool = True) -> Piece:
        """What the statements of a name are in normal form, with what they depend on.

        Without `whole`, functions are read without their names, and without what stands above them anyway.
        """
        return self._piece(
            ("made" if whole else "written", name),
            lambda: piece_of(*self._parts_of(name), own_name=name, whole=whole),
        )

    def changes(self, own_name: str) -> tuple[list[Stretch], Piece]:
        """The statements that change a class or function from outside, with their normal form."""
        stretches = [effect.stretch for effect in self.layout.effects if effect.chain[0] == own_name]
        piece = self._piece(
            ("changes", own_name),
            lambda: piece_of(*(self._parsed().statements[stretch] for stretch in stretches), own_name=own_name),
        )
        return stretches, piece

    def effect(self, effect: Effect) -> Piece:
        """What a statement that changes something else is in normal form."""
        return self._piece(("effect", effect.stretch), lambda: piece_of(self._parsed().statements[effect.stretch]))

    def star_imports(self) -> Iterator[Use]:
        """The modules that all names are imported from."""
        for binding in self.layout.bindings.get("*", ()):
            if binding.use is not None:
                yield Use(binding.use.module, ())

    def source(self, stretch: Stretch) -> str:
        """What stands at a stretch, with the white space in front of it."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        lines = self._lines[stretch.line - 1 : stretch.end]
        lines[-1] = lines[-1].encode()[: stretch.end_column].decode()
        before = lines[0].encode()[: stretch.column]
        if before.strip():
            lines[0] = lines[0].encode()[stretch.column :].decode()
        return "\n".join(lines)

    def _piece(self, key: PieceKey, read: Callable[[], Piece]) -> Piece:
        known = self.pieces.get(key)
        if known is None:
            known = self.pieces[key] = read()
            self.is_new = True
        return known

    def _parsed(self) -> Tree:
        if self._tree is None:
            _, self._tree = layout_of(ast.parse(self.text))
        return self._tree

    def _parts_of(self, name: str) -> Iterator[ast.AST]:
        """The statements of a name and what they depend on; not decorators that declare a task and change nothing."""
        tree = self._parsed()
        for binding in self.layout.bindings.get(name, ()):
            if binding.use is None:
                yield from tree.conditions[binding.stretch]
        for stretch in self.statements(name):
            statement = tree.statements[stretch]
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from (line for line in statement.decorator_list if not self._declares(line))
                yield from statement.args.defaults
                yield from (given for given in statement.args.kw_defaults if given is not None)
            yield statement

    def _declares(self, decorator: ast.expr) -> bool:
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator) or ("",)
        uses = [binding.use for binding in self.layout.bindings.get(chain[0], ()) if binding.use is not None]
        return any((use.module or "").partition(".")[0] == "pymake" for use in uses)


def text_of(namespace: dict[str, object], filename: str) -> str:
    """The text that a module was compiled from; empty if there is none.

    The loader knows best: the file may have been edited since.
    """
    text = getattr(namespace.get("__loader__"), "loaded_text", None)
    if isinstance(text, str) and filename == namespace.get("__file__"):
        return text
    linecache.checkcache(filename)
    return "".join(linecache.getlines(filename, namespace))


def _is_at(part: ast.AST, stretch: Stretch) -> bool:
    return isinstance(part, ast.Lambda) and stretch_of(part) == stretch


def _at(code: CodeType, found: list[tuple[Stretch, Defined]]) -> Defined | None:
    """Which of several lambdas on one line it is, if this Python knows columns."""
    positions = getattr(code, "co_positions", None)
    if positions is None:
        return None
    columns = [(line, column) for line, _, column, _ in positions() if line is not None and column is not None]
    for body, part in found:
        inside = [
            (body.line, body.column) <= place < (body.end, body.end_column)
            for place in columns
            if place != (code.co_firstlineno, 0)
        ]
        if inside and all(inside):
            return part
    return None
