"""How an option is written on a command line, declared at the field that holds its value.

An option is one entry: a field of a request (or of `BuildOptions`, for what a build from Python takes too), given by
`option`, `switch` or `repeated`. Parsing, help and completion read the same entries.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, TypeVar, cast

from pymake.dataclass import dataclass, field, metadata_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)

_KEY = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An option as its user sees it: `-j N`, `--jobs N`.

    `read` makes the value of a text, and raises ValueError with what it takes; None for a switch, which has no text.
    `many` collects the values of an option that may be given again. `choices` are all texts it takes, if they are few.
    """

    names: tuple[str, ...]
    help: str
    metavar: str = ""
    read: Callable[[str], object] | None = None
    many: bool = False
    choices: tuple[str, ...] = ()

    @property
    def takes_value(self) -> bool:
        """Whether a text belongs to it."""
        return self.read is not None


def switch(*names: str, help: str) -> bool:  # noqa: A002  # the word for it
    """A field that is True when the option is given."""
    return field(default=False, metadata={_KEY: Flag(names=names, help=help)})


def option(*names: str, metavar: str, help: str, read: Callable[[str], T], default: T) -> T:  # noqa: A002
    """A field with the value of the option; of several the last counts."""
    flag = Flag(names=names, help=help, metavar=metavar, read=read, choices=_choices(default))
    return field(default=default, metadata={_KEY: flag})


def repeated(*names: str, metavar: str, help: str) -> tuple[str, ...]:  # noqa: A002
    """A field with all texts that are given with the option, in order."""
    flag = Flag(names=names, help=help, metavar=metavar, read=str, many=True)
    return field(default=(), metadata={_KEY: flag})


def flags_of(holder: type) -> Iterator[tuple[str, Flag]]:
    """The names of the fields of a dataclass that are options, and how they are written."""
    for name, metadata in metadata_of(holder).items():
        flag = metadata.get(_KEY)
        if isinstance(flag, Flag):
            yield name, flag


def filled(holder: type[T], values: Mapping[str, object]) -> T:
    """A `holder` with these values, each read by the flag of its field: what the type checker cannot see."""
    return cast("Callable[..., T]", holder)(**values)


def number(at_least: int) -> Callable[[str], int]:
    """Reads a whole number.

    >>> number(1)("5")
    5
    """

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < at_least:
            raise ValueError(f"a whole number, at least {at_least}")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Reads a number of seconds; which of them make sense is for `BuildOptions` to say.

    >>> seconds("1.5")
    1.5
    """
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number of seconds") from None


def decimal(text: str) -> float:
    """Reads a number.

    >>> decimal("2.5")
    2.5
    """
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def one_of(kind: type[E]) -> Callable[[str], E]:
    """Reads the value of a member of an enum."""

    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(" or ".join(str(member.value) for member in kind)) from None

    return read


def _choices(default: object) -> tuple[str, ...]:
    return tuple(str(member.value) for member in type(default)) if isinstance(default, enum.Enum) else ()
