"""File names with something open in them: globs (`*`, `?`, `[…]`, `**`) and path templates (`{name}`), freely mixed.

A pattern is compiled twice: to one expression over whole normalised paths, which decides and captures, and to tests
for its leading path components, which only say into which folders it is worth looking.

Hidden names match only where the dot is written out. `glob.escape` and doubled braces make a text literal.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pymake.dataclass import dataclass
from pymake.model.fields import Field, FieldError, escape, parse

_SPECIAL = re.compile(r"[*?\[{}]")
_GLOB = re.compile(r"\*+|\?|\[!?\]?[^\]/]*\]|/")
_IRREGULAR = re.compile(r"(?:^|/)\.{0,2}(?=/|$)")
_CROSSES = re.compile(r"/|\[\^|\\[SWD]|(?<!\\)\.")
_DOT_FIRST = ("\\.", "[.]")
_VISIBLE = r"(?!\.)"
_ANY_NAME = rf"{_VISIBLE}[^/]+"
_ANY_FOLDERS = rf"(?:{_ANY_NAME}/)*"
_ANY_PATH = rf"{_ANY_NAME}(?:/{_ANY_NAME})*"
NO_CAPTURES: Mapping[str, str] = {}


class Match(NamedTuple):
    """A path that a pattern fits, and the texts it captured."""

    path: str
    captures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern.

    All matches lie below `folder` ("" is the root). `tests` are for the folders that follow: a name in full, or an
    expression that is never stricter than the pattern. Then comes the last component or, if `deep`, any path.
    `prefix` and `suffix` start and end every match. `is_folder` says that a slash ends the pattern: it means folders.
    """

    text: str
    regex: re.Pattern[str]
    names: tuple[str, ...]
    folder: str
    tests: tuple[str | re.Pattern[str], ...]
    deep: bool
    prefix: str
    suffix: str
    is_folder: bool

    def match(self, path: str) -> Match | None:
        """The path with its captures, if the pattern fits the whole of it."""
        found = self.regex.fullmatch(path)
        if found is None:
            return None
        return Match(path, found.groupdict("") if self.names else NO_CAPTURES)

    def name_start(self) -> str:
        """What the last component of every match starts with, where that is known."""
        return "" if self.deep or self.tests else self.prefix[len(self.folder) :].lstrip("/")


def normalise(path: str) -> str:
    """The one spelling of a path; a slash at the end is left out.

    >>> normalise("./a//b/../c/"), normalise("a/.."), normalise("../x")
    ('a/c', '.', '../x')
    """
    if _IRREGULAR.search(path) is None:
        return path
    plain = posixpath.normpath(path)
    return plain[1:] if plain.startswith("//") else plain


def read(text: str) -> str | Pattern:
    """The normalised path that a text names, or its pattern.

    >>> read("./a[[]1].c"), isinstance(read("*.c"), Pattern), read("{dir:**}/{name}.c").match("a/b/c.c").captures
    ('a[1].c', True, {'dir': 'a/b', 'name': 'c'})

    Raises:
        FieldError: broken braces or a broken expression.
    """
    if _SPECIAL.search(text) is None:
        return normalise(text)
    return _read(text)


def is_glob(text: str) -> bool:
    """Whether something outside of its fields is open: what can't be the name of an output.

    Raises:
        FieldError: broken braces.
    """
    return any(part.literal is None for part in _parts(text) if part.field is None)


def unescaped(text: str) -> str:
    """A text without patterns as it is meant, fields left as written: `a[[]1]{x[0]}` is `a[1]{x[0]}`.

    Raises:
        FieldError: broken braces.
    """
    return "".join(part.field.text if part.field is not None else escape(part.literal or "") for part in _parts(text))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut where something opens or ends: open pieces of globs as written, all else as a text with fields.

    >>> list(pieces("a[[]1]{x}*.c"))
    [('a', False), ('[', False), ('1]', False), ('{x}', False), ('*', True), ('.c', False)]

    Raises:
        FieldError: broken braces.
    """
    for piece in parse(text):
        if isinstance(piece, Field):
            yield piece.text, False
            continue
        at = 0
        for found in _GLOB.finditer(piece):
            if found.start() > at:
                yield escape(piece[at : found.start()]), False
            literal = _open(found[0]).literal
            yield (found[0], True) if literal is None else (escape(literal), False)
            at = found.end()
        if at < len(piece):
            yield escape(piece[at:]), False


class _Part(NamedTuple):
    """A piece of a pattern. `loose` is its expression where captures don't count; `literal` is None if it is open."""

    regex: str
    loose: str = ""
    literal: str | None = None
    field: Field | None = None
    crosses: bool = False


_Component = tuple[_Part, ...]
_SLASH = _Part("/", "/", "/")
_STAR = _Part("[^/]*", "[^/]*")
_STARS = _Part(_ANY_PATH, _ANY_PATH)


@functools.lru_cache(maxsize=65_536)
def _read(text: str) -> str | Pattern:
    parts = tuple(_parts(text))
    for part in parts:
        if part.field is None:
            continue
        if part.field.name.isdecimal():
            raise FieldError(f"{part.field.text} is no capture: a name starts with a letter")
        if part.field.indices or part.field.raw or part.field.conversion:
            raise FieldError(f"{part.field.text} cannot stand in a pattern", hint=f"write {{{part.field.name}}}")
    if all(part.literal is not None for part in parts):
        return normalise("".join(part.literal or "" for part in parts))
    return _compile(text, parts)


def _parts(text: str) -> Iterator[_Part]:
    for piece in parse(text):
        if isinstance(piece, Field):
            yield _capture(piece)
            continue
        at = 0
        for found in _GLOB.finditer(piece):
            if found.start() > at:
                yield _literal(piece[at : found.start()])
            yield _open(found[0])
            at = found.end()
        if at < len(piece):
            yield _literal(piece[at:])


def _literal(text: str) -> _Part:
    return _Part(re.escape(text), re.escape(text), text)


def _open(text: str) -> _Part:
    if text == "/":
        return _SLASH
    if text[0] == "*":
        return _STARS if text == "**" else _STAR
    if text == "?":
        return _Part("[^/]", "[^/]")
    inner = text[1:-1]
    if inner in ("", "!"):
        return _literal(text)
    if inner in ("*", "?", "["):
        return _literal(inner)
    negated = inner[:1] == "!"
    letters = (inner[1:] if negated else inner).replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
    letters = "".join(rf"\{letter}" if letter in "^&|~" else letter for letter in letters)
    regex = f"[^/{letters}]" if negated else f"[{letters}]"
    return _Part(regex, regex)


def _capture(field: Field) -> _Part:
    match field.pattern:
        case None:
            return _Part("[^/]+", "[^/]+", field=field)
        case "**":
            return _Part(_ANY_PATH, _ANY_PATH, field=field, crosses=True)
        case expression:
            return _Part(f"(?:{expression})", "[^/]*", field=field, crosses=_CROSSES.search(expression) is not None)


def _compile(text: str, parts: tuple[_Part, ...]) -> Pattern:
    components = _components(parts)
    fixed = next((i for i, component in enumerate(components) if _name(component) is None), len(components))
    deep = next((i for i in range(fixed, len(components)) if _is_deep(components[i])), len(components))
    names: dict[str, None] = {}
    try:
        regex = re.compile(_whole(components, names), re.DOTALL)
        tests = tuple(_test(component) for component in components[fixed : min(deep, len(components) - 1)])
    except re.error as error:
        raise FieldError(f"{text} holds a broken expression: {error}") from error
    start = "/".join(_name(component) or "" for component in components[:fixed])
    return Pattern(
        text=text,
        regex=regex,
        names=tuple(names),
        folder=start or ("/" if fixed else ""),
        tests=tests,
        deep=deep < len(components),
        prefix=start + ("/" if fixed else "") + _literal_start(components[fixed]),
        suffix=_literal_start(components[-1][::-1], backwards=True),
        is_folder=parts[-1] is _SLASH,
    )


def _components(parts: Iterable[_Part]) -> list[_Component]:
    """The parts between slashes, normalised as `normalise` does it for names."""
    found: list[_Component] = []
    current: list[_Part] = []
    for number, part in enumerate((*parts, _SLASH)):
        if part is not _SLASH:
            current.append(part)
            continue
        name = _name(tuple(current))
        if name == ".." and found and _name(found[-1]) not in (None, "..", ""):
            found.pop()
        elif name not in ("", ".") or (number == 0 and name == ""):
            alone = len(current) == 1
            found.append(tuple(_STAR if inner is _STARS and not alone else inner for inner in current))
        current = []
    return found


def _name(component: _Component) -> str | None:
    """The text of a component in which nothing is open."""
    return (
        None if any(part.literal is None for part in component) else "".join(part.literal or "" for part in component)
    )


def _is_deep(component: _Component) -> bool:
    return component == (_STARS,) or any(part.crosses for part in component)


def _literal_start(component: Iterable[_Part], *, backwards: bool = False) -> str:
    start = ""
    for part in component:
        if part.literal is None:
            break
        start = part.literal + start if backwards else start + part.literal
    return start


def _whole(components: list[_Component], names: dict[str, None]) -> str:
    """The expression over whole paths. Folders that stand open, `**` and `{name:**}`, may also be none at all."""
    regex = ""
    last = len(components) - 1
    for number, component in enumerate(components):
        only = component[0] if len(component) == 1 else None
        if only is _STARS and number < last:
            regex += _ANY_FOLDERS
        elif only is not None and only.field is not None and only.field.pattern == "**" and number < last:
            regex += f"{_group(only, names, optional=True)}(?:/|(?<![^/]))"
        else:
            regex += _guarded(component, "".join(_group(part, names) for part in component))
            regex += "/" if number < last else ""
    return regex


def _group(part: _Part, names: dict[str, None], *, optional: bool = False) -> str:
    if part.field is None:
        return part.regex
    name = part.field.name
    if name in names:
        return f"(?P={name})"
    names[name] = None
    return f"(?P<{name}>{part.regex}{'|' if optional else ''})"


def _guarded(component: _Component, regex: str) -> str:
    """Keep an open start from matching the dot of a hidden name."""
    first = component[0] if component else _SLASH
    written = first.field is not None and (first.field.pattern or "").startswith(_DOT_FIRST)
    return regex if first.literal is not None or written else _VISIBLE + regex


def _test(component: _Component) -> str | re.Pattern[str]:
    name = _name(component)
    if name is not None:
        return name
    return re.compile(_guarded(component, "".join(part.loose for part in component)), re.DOTALL)
