"""Outputs that are known only after a run: patterns where the name of an output could stand.

Such a text goes through the same substitutions as a name: variables, captures, a suffix. What is open in it must come
out of them unharmed, and what is put in must not become open by its letters. So each open piece travels as one letter
from the private use area, and comes back when everything else has been made literal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymake.dataclass import dataclass
from pymake.model.fields import FieldError, escape
from pymake.model.patterns import Pattern, pieces, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FIRST = 0xF0000
"""The first of the letters that stand for open pieces: no file name holds them by accident."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenOutput:
    """An output pattern in the place of a name, in the output of a task and in the arguments of its call.

    `text` is the pattern; fields in it are not yet replaced in a task, and are in a job.
    """

    text: str

    def __repr__(self) -> str:
        """As the text is written: it stands in the calls that users are shown."""
        return repr(self.text)

    def mapped(self, change: Callable[[str], object]) -> OpenOutput:
        """The same with the text around the open pieces changed as `change` changes a name.

        >>> OpenOutput(text="parts/{name}_*.txt").mapped(lambda text: text.replace("{name}", "a[1]"))
        'parts/a[[]1]_*.txt'
        """
        masked, opened = _masked(self.text)
        changed = change(masked)
        if not isinstance(changed, str):
            raise FieldError(f"the output {self.text} is a pattern and cannot become a list")
        return OpenOutput(text="".join(_restored(letter, opened) for letter in changed))


def fits(patterns: Iterable[str], path: str) -> bool:
    """Whether one of the output patterns of a job stands for the path.

    >>> fits(["parts/*.txt"], "parts/1.txt"), fits(["parts/*.txt"], "parts/sub/1.txt")
    (True, False)
    """
    return any(_fits(pattern, path) for pattern in patterns)


def folder_of(pattern: str) -> str:
    """The folder below which all that an output pattern stands for lies; "" for the root.

    >>> folder_of("parts/[ab]/*.txt"), folder_of("*.txt")
    ('parts', '')
    """
    found = read(pattern)
    return found.folder if isinstance(found, Pattern) else found.rpartition("/")[0]


def spliced(value: object, found: Iterable[str]) -> object:
    """An output structure with every pattern replaced by what it stands for: a list, or spliced into the list it is in.

    >>> spliced(["log", OpenOutput(text="*.txt")], ["a.txt", "b.txt"]), spliced(OpenOutput(text="*.txt"), [])
    (['log', 'a.txt', 'b.txt'], [])
    """
    paths = sorted(found)
    if isinstance(value, OpenOutput):
        return [path for path in paths if _fits(value.text, path)]
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    members: list[object] = []
    for item in value:
        inner = spliced(item, paths)
        members.extend(inner) if isinstance(item, OpenOutput) and isinstance(inner, list) else members.append(inner)
    return type(value)(members) if type(value) in (tuple, set, frozenset) else members


def open_texts(value: object) -> list[str]:
    """Every output pattern in a structure, depth first."""
    if isinstance(value, OpenOutput):
        return [value.text]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [text for item in value for text in open_texts(item)]
    return []


def _fits(text: str, path: str) -> bool:
    pattern = read(text)
    return pattern.match(path) is not None if isinstance(pattern, Pattern) else pattern == path


def _masked(text: str) -> tuple[str, list[str]]:
    opened: list[str] = []
    masked = ""
    for piece, is_open in pieces(text):
        if is_open:
            masked += chr(_FIRST + len(opened))
            opened.append(piece)
        else:
            masked += piece
    return masked, opened


def _restored(letter: str, opened: list[str]) -> str:
    """The open piece that a letter stands for; any other letter so that it stands for itself."""
    number = ord(letter) - _FIRST
    if 0 <= number < len(opened):
        return opened[number]
    return f"[{letter}]" if letter in "*?[" else escape(letter)
