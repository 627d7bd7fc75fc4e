"""Code as people see it in a difference: the source is kept, and what does not decide is left out when asked."""

from __future__ import annotations

import ast
from typing import TypeVar

from pymake.dataclass import replace
from pymake.frontends.syntax import says_nothing
from pymake.model.code import SEPARATOR, CodePart, SourceKind

_Annotated = TypeVar("_Annotated", ast.FunctionDef, ast.AsyncFunctionDef)


def as_shown(part: CodePart) -> CodePart:
    r"""The part with its text as people see it: without comments, docstrings, annotations, and formatted by Python.

    A function comes without its own name, decorators and the values of its defaults; a class as it is. A text that is
    no whole definition, since it was too long to be kept, stays as it is.

    >>> from pymake.errors import Place
    >>> source = "def f(a: int, b=[1]) -> str:\n    'Doc.'\n    return a  # why"
    >>> as_shown(CodePart(name="f", place=Place(path="m.py"), text=source, kind=SourceKind.FUNCTION)).text
    'def _(a, b=...):\n    return a'
    """
    if part.kind is SourceKind.TEXT:
        return part
    try:
        texts = [_shown(source, part.kind) for source in part.text.split(SEPARATOR)]
    except (SyntaxError, ValueError):
        texts = part.text.split(SEPARATOR)
    return replace(part, kind=SourceKind.TEXT, text="\n".join([*texts, *part.held]), held=())


def _shown(source: str, kind: SourceKind) -> str:
    if kind is SourceKind.LAMBDA:
        found = ast.parse(f"({source})", mode="eval").body
        if isinstance(found, ast.Lambda):
            _without_defaults(found.args)
        return ast.unparse(found)
    inside = source[:1] in (" ", "\t")
    body = ast.parse(f"if 1:\n{source}" if inside else source).body
    first = body[0]
    if inside and isinstance(first, ast.If):
        body = first.body
    return "\n".join([_statement(part, kind) for part in body])


def _statement(part: ast.stmt, kind: SourceKind) -> str:
    found = _Shown().visit(part)
    if kind is SourceKind.FUNCTION and isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)):
        _without_defaults(found.args)
        found.name = "_"
        found.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(found))


def _without_defaults(arguments: ast.arguments) -> None:
    arguments.defaults = [ast.Constant(...) for _ in arguments.defaults]
    arguments.kw_defaults = [given and ast.Constant(...) for given in arguments.kw_defaults]


class _Shown(ast.NodeTransformer):
    """Takes out of a tree, in place, what does not decide."""

    def visit_FunctionDef(self, definition: ast.FunctionDef) -> ast.AST:
        return self._function(definition)

    def visit_AsyncFunctionDef(self, definition: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(definition)

    def _function(self, definition: _Annotated) -> _Annotated:
        definition.returns = None
        definition.type_comment = None
        if hasattr(definition, "type_params"):
            definition.type_params = []
        self.generic_visit(definition)
        definition.body = _that_do(definition.body)
        return definition

    def visit_ClassDef(self, definition: ast.ClassDef) -> ast.AST:
        """Annotations in the body of a class stay: they are the fields of a dataclass."""
        body = _that_do(definition.body)
        definition.body = [part if isinstance(part, ast.AnnAssign) else self.visit(part) for part in body]
        return definition

    def visit_arg(self, argument: ast.arg) -> ast.AST:
        argument.annotation = None
        argument.type_comment = None
        return argument

    def visit_AnnAssign(self, statement: ast.AnnAssign) -> ast.AST:
        if statement.value is None:
            return ast.Pass()
        return ast.Assign(targets=[statement.target], value=self.visit(statement.value), lineno=statement.lineno)


def _that_do(body: list[ast.stmt]) -> list[ast.stmt]:
    return [part for part in body if not says_nothing(part)] or [ast.Pass()]
