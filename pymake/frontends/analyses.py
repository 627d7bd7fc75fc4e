"""Analyses of the texts of modules, kept from build to build.

Most modules are what they were at the last build, and need neither be parsed nor read again. An analysis is kept
under a digest of the text, of the version of Python, and of FORM, which changes with what pymake reads from a text. It
depends on nothing else: what the names in a text mean is looked up anew in each build. So what is kept can't be out of
date.

    analysis   16 bytes BLAKE2b of what follows, then plain values by marshal: functions, classes, bindings, effects,
               lambdas, pieces (see `ModuleText`)

What cannot be read, for whatever reason, counts as not kept.
"""

from __future__ import annotations

import ast
import marshal
import sys
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from pymake.frontends.layout import Bound, Defined, Effect, Layout, Stretch, layout_of
from pymake.frontends.scopes import Use
from pymake.frontends.syntax import Lookup, Piece
from pymake.frontends.texts import ModuleText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymake.frontends.texts import PieceKey
    from pymake.interfaces import Analyses

FORM = 1
_DIGEST = 16
_SALT = f"{FORM} {sys.implementation.name} {sys.hexversion:x} ".encode()


class NothingKept:
    """Keeps no analyses."""

    def recall(self, key: bytes) -> bytes | None:  # noqa: ARG002  # the seam has it
        """None."""
        return None

    def remember(self, key: bytes, data: bytes) -> None:
        """Do nothing."""


NOTHING_KEPT = NothingKept()


@lru_cache(maxsize=256)
def module_text(text: str, analyses: Analyses = NOTHING_KEPT) -> ModuleText | None:
    """What is defined in a text; None if it is no Python. Equal texts are one object, so what is read is shared."""
    data = analyses.recall(_key(text))
    known = None if data is None else _decoded(text, data)
    if known is not None:
        return known
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    return ModuleText(text, *layout_of(tree))


def keep(texts: Iterable[ModuleText], analyses: Analyses) -> None:
    """Keep what is new about these texts."""
    for text in texts:
        if text.is_new:
            text.is_new = False
            analyses.remember(_key(text.text), _encoded(text))


def _key(text: str) -> bytes:
    return blake2b(_SALT + text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _encoded(text: ModuleText) -> bytes:
    layout = text.layout
    values = (
        [(*key, _plain(part)) for key, part in layout.functions.items()],
        [(name, list(map(_plain, parts))) for name, parts in layout.classes.items()],
        [
            (name, [(tuple(stretch), use and tuple(use)) for stretch, use in some])
            for name, some in layout.bindings.items()
        ],
        [(tuple(stretch), chain, target) for stretch, chain, target in layout.effects],
        None if text.lambdas is None else [(tuple(body), _plain(part)) for body, part in text.lambdas],
        [
            (kind, tuple(what) if isinstance(what, Stretch) else what, *_plain_piece(text.pieces[kind, what]))
            for kind, what in text.pieces
        ],
    )
    data = marshal.dumps(cast("list[str]", values))
    return blake2b(data, digest_size=_DIGEST).digest() + data


def _plain(part: Defined) -> tuple[object, ...]:
    return (part.kind, tuple(part.stretch), part.line, part.own_name, part.is_empty)


def _plain_piece(piece: Piece) -> tuple[object, ...]:
    lookups = [(one.line, one.text, one.use and tuple(one.use)) for one in piece.lookups]
    return piece.form, [tuple(use) for use in piece.uses], sorted(piece.changed), sorted(piece.touched), lookups


def _decoded(text: str, data: bytes) -> ModuleText | None:
    if data[:_DIGEST] != blake2b(data[_DIGEST:], digest_size=_DIGEST).digest():
        return None
    functions, classes, bindings, effects, lambdas, pieces = marshal.loads(data[_DIGEST:])  # noqa: S302  # plain values, behind a digest
    layout = Layout(
        functions={(line, name): _defined(*part) for line, name, part in functions},
        classes={name: [_defined(*part) for part in parts] for name, parts in classes},
        bindings={name: [Bound(Stretch(*stretch), _use(use)) for stretch, use in some] for name, some in bindings},
        effects=[Effect(Stretch(*stretch), chain, target) for stretch, chain, target in effects],
    )
    found = ModuleText(text, layout)
    if lambdas is not None:
        found.lambdas = [(Stretch(*body), _defined(*part)) for body, part in lambdas]
    found.pieces = {_piece_key(kind, what): _piece(*piece) for kind, what, *piece in pieces}
    return found


def _piece_key(kind: str, what: str | tuple[int, int, int, int]) -> PieceKey:
    return (kind, what) if isinstance(what, str) else (kind, Stretch(*what))


def _defined(
    kind: str,
    stretch: tuple[int, int, int, int],
    line: int,
    own_name: str | None,
    is_empty: bool,  # noqa: FBT001  # as kept
) -> Defined:
    return Defined(kind, Stretch(*stretch), line, own_name, is_empty)


def _use(use: tuple[str | None, tuple[str, ...]] | None) -> Use | None:
    return None if use is None else Use(*use)


def _piece(
    form: str,
    uses: list[tuple[str | None, tuple[str, ...]]],
    changed: list[tuple[str, ...]],
    touched: list[str],
    lookups: list[tuple[int, str, tuple[str | None, tuple[str, ...]] | None]],
) -> Piece:
    return Piece(
        form=form,
        uses=tuple([Use(*use) for use in uses]),
        changed=frozenset(changed),
        touched=frozenset(touched),
        lookups=tuple([Lookup(line=line, text=text, use=_use(use)) for line, text, use in lookups]),
    )
