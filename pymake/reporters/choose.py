"""What a stream and the environment ask for: colours, a live view."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO


class ColorOption(enum.Enum):
    """The values of `--color`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def wants_color(stream: TextIO, environ: Mapping[str, str], option: ColorOption) -> bool:
    """Whether to write colours.

    The option decides; else `NO_COLOR`, then `FORCE_COLOR` (each with any value but an empty one); else whether the
    stream is a terminal that can do more than `TERM=dumb`.
    """
    return has_color(_is_terminal(stream), environ, option)


def has_color(is_terminal: bool, environ: Mapping[str, str], option: ColorOption) -> bool:  # noqa: FBT001 # what it asks
    """The same for a stream of which it is known whether it is a terminal."""
    if option is not ColorOption.AUTO:
        return option is ColorOption.ALWAYS
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (is_terminal and _can_draw(environ))


def is_live(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether the stream is a terminal on which lines can be drawn again; without `TERM` nobody knows how."""
    return _can_draw(environ) and _is_terminal(stream)


def _can_draw(environ: Mapping[str, str]) -> bool:
    return environ.get("TERM", "") not in {"", "dumb", "unknown"}


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # It is closed.
        return False
