"""What functions and classes hold, and following a class: its body, its functions wherever they are, its bases."""

from __future__ import annotations

import contextlib
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Protocol

from pymake.frontends.modules import STANDARD
from pymake.frontends.normal import piece_of
from pymake.frontends.reach import Source
from pymake.frontends.scopes import by_name
from pymake.frontends.spaces import Found
from pymake.frontends.syntax import Piece
from pymake.model.code import SEPARATOR, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pymake.frontends.layout import Stretch
    from pymake.frontends.reach import Links, Reached
    from pymake.frontends.scopes import Use
    from pymake.frontends.spaces import Meant, Namespace, Spaces
    from pymake.frontends.texts import ModuleText

_OF_PYTHON = ("<", STANDARD)
_WRAPPED = ("__func__", "__wrapped__", "fget", "fset", "fdel", "func")


def functions_of(class_: type) -> Iterator[tuple[str, FunctionType]]:
    """The functions that are attributes of a class, by name; also those in properties and static methods.

    What Python itself made of the text of the class, such as the methods of a dataclass, is in that text, and each
    Python makes others.
    """
    for name, value in list(vars(class_).items()):
        for held in (value, *(getattr(value, wrapped, None) for wrapped in _WRAPPED)):
            if isinstance(held, FunctionType) and not held.__code__.co_filename.startswith(_OF_PYTHON):
                yield name, held


def closed_over(function: FunctionType) -> dict[str, object]:
    """What a function closes over, by name; variables that are not bound yet left out."""
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not bound yet
            found[name] = cell.cell_contents
    return found


def defaults_of(function: FunctionType) -> Iterator[tuple[str, object]]:
    """The values of the defaults of a function, by the names of the parameters."""
    code = function.__code__
    defaults = function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    yield from zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())


def written(text: ModuleText | None, stretches: Sequence[Stretch], kind: SourceKind = SourceKind.STATEMENTS) -> Source:
    """What stands at some stretches of a text."""
    return Source(kind, "" if text is None else SEPARATOR.join(map(text.source, stretches)))


def attributes_of(function: FunctionType) -> Iterator[tuple[str, object]]:
    """What was assigned to attributes of a function, by `.name`; not what Python or a library notes there."""
    for name, value in sorted(vars(function).items()):
        if not name.startswith("_"):
            yield f".{name}", value


class PartsAndLinks(Protocol):
    """Knows the parts of a project, and what a piece of code in a file uses."""

    def of_held(self, value: object) -> Reached | None:
        """See `values.Parts`."""

    def links(self, piece: Piece, resolve: Callable[[Use], Meant], filename: str, own_name: str | None) -> Links:
        """The parts that a piece of code in a file uses."""


class ClassReader:
    """Follows classes of a project, for the owner of its parts."""

    def __init__(self, spaces: Spaces, parts: PartsAndLinks) -> None:
        self._spaces = spaces
        self._parts = parts

    def follow(self, class_: type, part: Reached) -> Links:
        """Find the form of a class, its links and its place."""
        space, filename = self._home(class_)
        text = self._spaces.text(space, filename)
        functions = list(functions_of(class_))
        lines = [found.__code__.co_firstlineno for _, found in functions if found.__code__.co_filename == filename]
        definition = None if text is None else text.class_named(class_.__qualname__, lines)
        if text is None or definition is None:
            return self._follow_made(class_, part, text, space)
        first, last = definition.line, definition.stretch.end
        part.location = lambda: (filename, first)
        stretches = [definition.stretch]
        piece, own_name = text.piece(definition), definition.own_name
        if own_name is not None and any(effect.chain[0] == own_name for effect in text.layout.effects):
            changes, more = text.changes(own_name)
            stretches += changes
            piece = Piece(form=piece.form + more.form, uses=tuple(sorted({*piece.uses, *more.uses}, key=by_name)))
        part.form = piece.form
        part.source = lambda: written(text, stretches, SourceKind.CLASS)
        cells = {name: value for _, found in functions for name, value in closed_over(found).items()}

        def resolve(use: Use) -> Meant:
            if use.module is None and use.chain[0] in cells and use.chain[0] not in space:
                return self._spaces.walk(Found(cells[use.chain[0]]), use.chain[1:])
            return self._spaces.resolve(use, space)

        links = self._parts.links(piece, resolve, filename, own_name)
        for name, found in functions:
            code = found.__code__
            inside = code.co_filename == filename and first <= code.co_firstlineno <= last
            held = None if inside else self._parts.of_held(found)
            if held is not None:
                links.append((f"+{name}", held))
        return links + self._ancestors(class_)

    def _follow_made(self, class_: type, part: Reached, text: ModuleText | None, space: Namespace) -> Links:
        """A class that a call made, such as a named tuple: counts by that call, and by its attributes."""
        stretches = [] if text is None else text.statements(class_.__name__)
        piece = piece_of() if text is None else text.made(class_.__name__)
        _, filename = self._home(class_)
        part.form = f"{piece.form} {getattr(class_, '_fields', sorted(vars(class_)))}"
        if stretches:
            part.location = lambda: (filename, stretches[0].line)
            part.source = lambda: written(text, stretches)
        links = self._parts.links(piece, lambda use: self._spaces.resolve(use, space), filename, class_.__name__)
        links += [(f"+{name}", held) for name, found in functions_of(class_) if (held := self._parts.of_held(found))]
        return links + self._ancestors(class_)

    def _ancestors(self, class_: type) -> Links:
        held = [(f"base {at}", self._parts.of_held(base)) for at, base in enumerate(class_.__bases__)]
        held.append(("metaclass", self._parts.of_held(type(class_))))
        return [(label, part) for label, part in held if part is not None]

    def _home(self, class_: type) -> tuple[Namespace, str]:
        """The names of the module that a class is in, and its file."""
        space = vars(sys.modules[class_.__module__])
        return space, str(space.get("__file__") or "")
