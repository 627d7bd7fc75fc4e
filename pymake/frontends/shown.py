"""The normalised text of a piece of code, as people see it in a difference."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, TypeVar

from pymake.frontends.syntax import says_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.frontends.syntax import Defined

_Annotated = TypeVar("_Annotated", ast.FunctionDef, ast.AsyncFunctionDef)


def shown_definition(part: Defined) -> str:
    r"""A function without its own name, decorators and the values of its defaults; a class as it is.

    >>> shown_definition(ast.parse("def f(a: int, b=[1]) -> str:\n    'Doc.'\n    return a  # why").body[0])
    'def _(a, b=...):\n    return a'
    """
    found = _Shown().visit(copy.deepcopy(part))
    if not isinstance(found, ast.ClassDef):
        found.args.defaults = [ast.Constant(...) for _ in found.args.defaults]
        found.args.kw_defaults = [given and ast.Constant(...) for given in found.args.kw_defaults]
    if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)):
        found.name = "_"
        found.decorator_list = []
    return ast.unparse(ast.fix_missing_locations(found))


def shown_statements(statements: Iterable[ast.stmt]) -> str:
    """Statements, one after the other."""
    return "\n".join(ast.unparse(ast.fix_missing_locations(_Shown().visit(copy.deepcopy(part)))) for part in statements)


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
