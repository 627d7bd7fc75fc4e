"""What is reached: parts of the project's code, each with its normal form and links to the parts that it uses."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from pymake.errors import Place
from pymake.frontends.places import Location, relative
from pymake.model.code import CodePart, KeyedPart, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

Links = list[tuple[str, "Reached"]]
"""The parts that a part uses, each with the text by which it is used there."""


class Source(NamedTuple):
    """What people may see of a part: see `model.code.CodePart`."""

    kind: SourceKind
    text: str
    held: Sequence[str] = ()


class Reached:
    """One part. What it uses is found when it is asked for, so circles of parts end.

    `form` is digested, `source` is what people see; `follow` finds the links and may add to the form.
    """

    __slots__ = ("_digest", "_follow", "_links", "form", "location", "name", "source")

    def __init__(
        self,
        name: str,
        *,
        form: str = "",
        follow: Callable[[Reached], Links] = lambda _: [],
        location: Callable[[], Location] = lambda: ("", 0),
        source: Callable[[], Source] | None = None,
    ) -> None:
        self.name = name
        self.form = form
        self.location = location
        self.source = source
        self._follow: Callable[[Reached], Links] | None = follow
        self._links: Links = []
        self._digest = b""

    @property
    def links(self) -> Links:
        """The parts that this one uses."""
        if self._follow is not None:
            follow, self._follow = self._follow, None
            self._links = follow(self)
        return self._links

    @property
    def digest(self) -> bytes:
        """The digest of the form, without what is linked."""
        if not self._digest:
            self._links = self.links  # following may add to the form
            self._digest = blake2b(self.form.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return self._digest


class Keys:
    """The digests of parts with all that they reach. Owns those found so far; the parts must live as long.

    A digest is made of those of the parts that are used. Parts that use each other in a circle are numbered, in the
    order in which they are reached from the one that is asked for. So neither names of modules, nor the order of
    definitions, nor lines count, and each part is looked at once, whoever reaches it.
    """

    def __init__(self) -> None:
        self._found: dict[int, bytes] = {}

    def of(self, part: Reached) -> str:
        """The digest (32 hex digits) of a part and all that it reaches."""
        if id(part) not in self._found:
            for circle in _circles(part, self._found):
                self._found.update([(id(member), self._digest(member, circle)) for member in circle.values()])
        return self._found[id(part)].hex()

    def parts(self, first: Reached, root: str, known: Callable[[str], bool]) -> Iterator[KeyedPart]:
        """A part and all that it reaches, but not those whose keys are known, nor what these reach."""
        order, seen = [first], {id(first)}
        for part in order:
            key = self.of(part)
            if known(key):
                continue
            uses = dict.fromkeys((self.of(linked), linked.name) for _, linked in part.links)
            yield KeyedPart(key=key, part=part_of(part, root), uses=tuple(uses))
            for _, linked in part.links:
                if id(linked) not in seen:
                    seen.add(id(linked))
                    order.append(linked)

    def _digest(self, first: Reached, circle: Mapping[int, Reached]) -> bytes:
        number = {id(first): 0}
        order = [first]
        whole = blake2b(digest_size=16)
        for part in order:
            whole.update(part.digest)
            for label, linked in part.links:
                if id(linked) in circle:
                    if id(linked) not in number:
                        number[id(linked)] = len(order)
                        order.append(linked)
                    text = f"{label}={number[id(linked)]}\n"
                else:
                    text = f"{label}={self._found[id(linked)].hex()}\n"
                whole.update(text.encode("utf-8", "surrogatepass"))
            whole.update(b"\0")
        return whole.digest()


def _circles(first: Reached, known: Container[int]) -> Iterator[dict[int, Reached]]:
    """The parts that a part reaches and that are not known, those together that reach each other, users last.

    This is Tarjan's algorithm, without recursion: a chain of calls may be longer than Python's stack.
    """
    depth: dict[int, int] = {id(first): 0}
    lowest: dict[int, int] = {id(first): 0}
    open_parts: dict[int, Reached] = {id(first): first}
    path = [(first, iter(first.links))]
    while path:
        part, links = path[-1]
        key = id(part)
        for _, linked in links:
            other = id(linked)
            if other in open_parts:
                lowest[key] = min(lowest[key], depth[other])
            elif other not in depth and other not in known:
                depth[other] = lowest[other] = len(depth)
                open_parts[other] = linked
                path.append((linked, iter(linked.links)))
                break
        else:
            path.pop()
            if path:
                above = id(path[-1][0])
                lowest[above] = min(lowest[above], lowest[key])
            if lowest[key] == depth[key]:
                yield _closed(open_parts, key)


def _closed(open_parts: dict[int, Reached], key: int) -> dict[int, Reached]:
    """Take from the open parts those that were opened since the one with this key, and itself."""
    circle: dict[int, Reached] = {}
    while key not in circle:
        other, member = open_parts.popitem()
        circle[other] = member
    return circle


def part_of(reached: Reached, root: str) -> CodePart:
    """What is kept of a part, and shown to people."""
    filename, line = reached.location()
    place = Place(path=relative(filename, root) if filename else "", line=line or None)
    kind, text, held = (SourceKind.TEXT, reached.form, ()) if reached.source is None else reached.source()
    return CodePart(name=reached.name, place=place, text=text, kind=kind, held=tuple(held))


def in_order(links: Iterable[tuple[str, Reached]]) -> Links:
    """Links of values whose own order means nothing, such as the members of a set."""
    return sorted(links, key=lambda link: (link[0], link[1].name, link[1].location(), link[1].form))
