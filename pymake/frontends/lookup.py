"""Tasks by name: of one's own pipeline first, then of `main`, then of any; by the name of a function as the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.frontends.context import name_of
from pymake.frontends.references import Unsuitable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pymake.frontends.context import Context, Declarations
    from pymake.frontends.declared import DeclaredTask


class Lookup:
    """Answers for all that a context declares at the moment when it is made."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_name = _index(context, lambda declared: (declared.name,))
        self._by_function: dict[str, list[DeclaredTask]] | None = None

    def own(self, name: str, home: Declarations) -> DeclaredTask | None:
        """The task of this very name, of its own pipeline or of `main`."""
        return home.tasks.get(name) or self._context.main.tasks.get(name)

    def anywhere(self, name: str, home: Declarations) -> DeclaredTask | None:
        """The only task of this name, else the only one whose function has it; those at home go first.

        Raises:
            Unsuitable: there is more than one.
        """
        found = self._by_name.get(name, [])
        if not found:
            if self._by_function is None:
                self._by_function = _index(self._context, _names_of_function)
            found = self._by_function.get(name, [])
            for declarations in (home, self._context.main):
                found = [declared for declared in found if declared in declarations.tasks.values()] or found
        if len(found) > 1:
            names = ", ".join(declared.full_name for declared in found[:3])
            more = ", …" if len(found) > 3 else ""
            raise Unsuitable(f"{len(found)} tasks are called {name!r}", facts=[("they are", names + more)])
        return found[0] if found else None


def _index(context: Context, names: Callable[[DeclaredTask], Iterable[str]]) -> dict[str, list[DeclaredTask]]:
    index: dict[str, list[DeclaredTask]] = {}
    for declarations in context.pipelines.values():
        for declared in declarations.tasks.values():
            for name in names(declared):
                index.setdefault(name, []).append(declared)
    return index


def _names_of_function(declared: DeclaredTask) -> tuple[str, ...]:
    function = declared.function
    if function is None:
        return ()
    name = name_of(function)
    return (name, f"{getattr(function, '__module__', '')}.{name}")
