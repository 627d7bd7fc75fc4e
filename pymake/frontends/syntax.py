"""Small questions about syntax trees, and what is found out by reading one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.frontends.scopes import Chain, Use

if TYPE_CHECKING:
    from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Defined = Definition | ast.Lambda | ast.ClassDef

_OF_METHODS = frozenset(
    {
        *("property", "staticmethod", "classmethod", "abstractmethod", "cached_property", "setter", "getter"),
        *("deleter", "overload", "override", "cache", "lru_cache", "contextmanager"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Something that is found only when the code runs. `use` is what it is looked for in, if that is known."""

    line: int
    text: str
    use: Use | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The digest of the normal form of a piece of code (`form`), and what outside of itself it uses.

    `changed` are the chains that it assigns to, or calls a method of that changes containers: the state of a program,
    not its constants. `touched` are the first names of such chains, those of parameters and variables too.
    """

    form: str
    uses: tuple[Use, ...]
    changed: frozenset[Chain] = frozenset()
    touched: frozenset[str] = frozenset()
    lookups: tuple[Lookup, ...] = ()


def says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, a docstring, `...`."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def is_method(definition: Definition) -> bool:
    """Whether it does not matter where in its class it stands: no decorator that may do anything at that moment."""
    chains = [chain_of(line) or ("",) for line in definition.decorator_list]
    return all(chain[-1] in _OF_METHODS for chain in chains)


def chain_of(expression: ast.expr) -> Chain | None:
    """The chain that an expression is; None if it is another expression."""
    names: list[str] = []
    while isinstance(expression, ast.Attribute):
        names.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return None
    return (expression.id, *reversed(names))


def imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Use]]:
    """The names that an import binds, `*` for all of a module, and what they mean."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield name, Use(alias.name if alias.asname else name, ())
        return
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        yield alias.asname or alias.name, Use(module, (alias.name,))
