"""Which names outside of itself a piece of code uses: what a scope leaves open, its scopes around may bind.

Python decides for a whole function whether a name in it is local, so what a scope uses is known only at its end. What
it does not bind itself goes up to the scope around it; what is left at the top are names of the module.
"""

from __future__ import annotations

from typing import NamedTuple

Chain = tuple[str, ...]
"""A name and attributes of it: `("lib", "words", "count")` for `lib.words.count`."""


class Use(NamedTuple):
    """What code outside of itself a piece of code uses.

    `module` is None for a chain that begins with a name of its own module; else an import inside a function binds it,
    and the chain is one of attributes of `module` (with a dot in front for each level of a relative import).
    """

    module: str | None
    chain: Chain


def by_name(use: Use) -> tuple[str, Chain]:
    """The key of the one order in which uses are listed."""
    return use.module or "", use.chain


class Scope:
    """The names of one function, class or comprehension while it is read.

    A `class_` is seen by what stands in it directly, not by the functions in it.
    """

    __slots__ = ("bound", "changed", "class_", "origins", "outer", "shared", "used", "used_inside")

    def __init__(self, outer: Scope | None, *, class_: bool = False) -> None:
        self.outer = outer
        self.class_ = class_
        self.bound: set[str] = set()
        self.shared: set[str] = set()
        self.origins: dict[str, Use] = {}
        self.used: dict[Chain, None] = {}
        self.used_inside: dict[Chain, None] = {}
        self.changed: set[Chain] = set()

    def closed(self, outer: Scope) -> list[Use]:
        """Pass on to `outer` what is open; returns what imports in this scope answer."""
        found: list[Use] = []
        for chains, own in ((self.used, True), (self.used_inside, not self.class_)):
            for chain in chains:
                name = chain[0]
                if name in self.shared or not own or name not in self.bound:
                    outer.used_inside[chain] = None
                elif name in self.origins:
                    found.append(self._behind(chain))
        outer.changed.update(chain for chain in self.changed if chain[0] in self.shared or chain[0] not in self.bound)
        return found

    def origin(self, chain: Chain) -> Use | None:
        """What a chain means, as far as it is known before the scope has ended; None if it is of a local value."""
        scope: Scope | None = self
        while scope is not None:
            if chain[0] in scope.origins:
                return scope._behind(chain)
            if chain[0] in scope.bound and chain[0] not in scope.shared:
                return None
            scope = scope.outer
        return Use(None, chain)

    def _behind(self, chain: Chain) -> Use:
        origin = self.origins[chain[0]]
        return Use(origin.module, (*origin.chain, *chain[1:]))
