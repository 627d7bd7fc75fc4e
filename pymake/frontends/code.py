"""The code key of a function: a digest of what it means, not of how it is written.

What counts is the function's own normalised source (no name of its own, comments, docstrings, annotations,
decorators, line numbers or formatting), the values of its defaults and what it closes over. A callable without
source (typed into a shell, made by `exec`, a lambda) is keyed by its byte code instead, which an upgrade of Python
may change.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import linecache
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, TypeVar

from pymake.model.canonical import canonical, digest_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Definition = ast.FunctionDef | ast.AsyncFunctionDef
_Annotated = TypeVar("_Annotated", ast.FunctionDef, ast.AsyncFunctionDef)


def function_key(function: Callable[..., object]) -> tuple[str, str]:
    """The digest (32 hex digits) of a callable's meaning, and the normalised text that it is made from."""
    text = _meaning(function, ())
    return digest_text(text), text


def has_body(function: Callable[..., object]) -> bool:
    """Whether a function does anything; not so if there is nothing in it but a docstring, `pass` or `...`."""
    code = getattr(function, "__code__", None)
    text = _normalised(_source(function), code) if isinstance(function, FunctionType) and code is not None else None
    if text is None:
        return True
    definition = ast.parse(text).body[0]
    return not isinstance(definition, _Definition) or not all(map(_says_nothing, definition.body))


def _says_nothing(statement: ast.stmt) -> bool:
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or constant


def _meaning(function: object, outer: tuple[object, ...]) -> str:
    """`outer` holds the functions whose defaults or closure led here, to end at one that closes over itself."""
    if isinstance(function, functools.partial):
        inner = _meaning(function.func, outer)
        return f"{inner}\npartial: {canonical(function.args)} {canonical(function.keywords)}"
    if isinstance(function, MethodType):
        return f"{_meaning(function.__func__, outer)}\nself: {canonical(function.__self__)}"
    if not isinstance(function, FunctionType):
        call = getattr(type(function), "__call__", None)  # noqa: B004 - its code is wanted, not whether it is there
        if isinstance(call, FunctionType):
            return f"{_meaning(call, outer)}\nself: {canonical(function)}"
        return canonical(function)
    if any(function is other for other in outer):
        return "itself"
    text = _normalised(_source(function), function.__code__)
    lines = [_byte_code(function.__code__) if text is None else text]
    lines += (f"{name} = {_value(value, (*outer, function))}" for name, value in _values(function))
    return "\n".join(lines)


def _values(function: FunctionType) -> Iterator[tuple[str, object]]:
    """The values that a function was made with: its defaults and what it closes over, by name."""
    code = function.__code__
    defaults = function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    yield from zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not bound yet
            yield name, cell.cell_contents


def _value(value: object, outer: tuple[object, ...]) -> str:
    if isinstance(value, (FunctionType, MethodType, functools.partial)):
        return _meaning(value, outer).replace("\n", "\n  ")
    return canonical(value)


def _source(function: object) -> str:
    """The text of the file that a function was compiled from; empty if there is none.

    The loader knows best: the file may have been edited since.
    """
    code = getattr(function, "__code__", None)
    space = getattr(function, "__globals__", {})
    text = getattr(space.get("__loader__"), "loaded_text", None)
    if isinstance(text, str) and code is not None and code.co_filename == space.get("__file__"):
        return text
    if code is None:
        return ""
    linecache.checkcache(code.co_filename)
    return "".join(linecache.getlines(code.co_filename, space))


@functools.lru_cache(maxsize=4096)
def _normalised(source: str, code: CodeType) -> str | None:
    """The normalised text of the function with this code, None if it is not to be found in the source."""
    definition = _definitions(source).get((code.co_firstlineno, code.co_name))
    if definition is None:
        return None
    return ast.unparse(_outermost(copy.deepcopy(definition)))


@functools.lru_cache(maxsize=64)
def _definitions(source: str) -> dict[tuple[int, str], _Definition]:
    """The functions defined in a text, by first line (of their decorators) and name."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    found = (part for part in ast.walk(tree) if isinstance(part, _Definition))
    return {(min([part.lineno, *(line.lineno for line in part.decorator_list)]), part.name): part for part in found}


def _outermost(definition: _Definition) -> _Definition:
    """The definition, normalised in place, without its name, decorators and defaults (their values stand elsewhere)."""
    _Normaliser().visit(definition)
    definition.name = "_"
    definition.decorator_list = []
    definition.args.defaults = [ast.Constant(...) for _ in definition.args.defaults]
    definition.args.kw_defaults = [given and ast.Constant(...) for given in definition.args.kw_defaults]
    return ast.fix_missing_locations(definition)


class _Normaliser(ast.NodeTransformer):
    """Takes out of a definition, in place, what does not decide."""

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
        definition.body = _without_docstring(definition.body)
        return definition

    def visit_ClassDef(self, definition: ast.ClassDef) -> ast.AST:
        """Annotations in the body of a class stay: they are the fields of a dataclass."""
        body = _without_docstring(definition.body)
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


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        body = body[1:]
    return body or [ast.Pass()]


def _byte_code(code: CodeType) -> str:
    """What the interpreter would run, and nothing about where it was written."""
    shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    constants = (_byte_code(item) if isinstance(item, CodeType) else canonical(item) for item in code.co_consts)
    return f"code {shape} {names} {code.co_code.hex()} [{', '.join(constants)}]"
