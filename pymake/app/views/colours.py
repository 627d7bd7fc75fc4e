"""The colours of flowcharts: eight schemes, and what a user puts in their place."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from pymake.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class Part(enum.Enum):
    """What a task is in a flowchart; the values are the names in colour schemes."""

    CYCLE = "Vicious cycle"
    BELOW = "Down stream"
    UP_TO_DATE = "Up-to-date task"
    FORCED = "Explicitly specified task"
    TO_RUN = "Task to run"
    DRAGGED_ALONG = "Up-to-date task forced to rerun"
    TARGET_UP_TO_DATE = "Up-to-date Final target"
    TARGET = "Final target"
    BLOCKED = "Blocked task"


LABELS: Mapping[Part, str] = {
    **{part: part.value for part in Part if part is not Part.BLOCKED},
    Part.DRAGGED_ALONG: "Up-to-date task\\nforced to rerun",
    Part.TARGET_UP_TO_DATE: "Up-to-date\\nFinal target",
}
"""How the legend of Ruffus says it."""

NORMAL: Mapping[str, object] = {"arrowtype": "normal"}
_RUNS = (Part.TO_RUN, Part.DRAGGED_ALONG, Part.FORCED, Part.TARGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A handful of colours that all others follow from."""

    title: str
    target: str
    run: str
    run_fill: str
    done: str
    done_fill: str


_SCHEMES = (
    Scheme(title="#FF3232", target="#EFA03B", run="#0044A0", run_fill="#EBF3FF", done="#006000", done_fill="#B8CC6E"),
    Scheme(title="#FF3232", target="#F6A03B", run="#002F6C", run_fill="#DCE8F7", done="#22543D", done_fill="#A9D18E"),
    Scheme(title="#8C1C13", target="#F2C14E", run="#1F3A5F", run_fill="#E4ECF5", done="#4F772D", done_fill="#CFE1B9"),
    Scheme(title="#B23A48", target="#FCB9B2", run="#33658A", run_fill="#E3F0F8", done="#7D8A2E", done_fill="#FFF1DC"),
    Scheme(title="#5C2751", target="#F4A259", run="#3D348B", run_fill="#ECEAF7", done="#386641", done_fill="#C7DFC5"),
    Scheme(title="#333333", target="#BBBBBB", run="#444444", run_fill="#F2F2F2", done="#777777", done_fill="#DDDDDD"),
    Scheme(title="#C1292E", target="#F1D302", run="#235789", run_fill="#E8F1F8", done="#2D6A4F", done_fill="#B7E4C7"),
    Scheme(title="#D00000", target="#FFBA08", run="#3F37C9", run_fill="#EDEDFB", done="#2B9348", done_fill="#D8F3DC"),
)


def scheme_of(index: object) -> Scheme:
    """The scheme of this number, the first if there is no such.

    >>> scheme_of(99) == scheme_of(0)
    True
    """
    return _SCHEMES[index] if isinstance(index, int) and 0 <= index < len(_SCHEMES) else _SCHEMES[0]


class Colouring:
    """The colours of one chart. `said` is the `user_colour_scheme`."""

    def __init__(self, said: Mapping[str, object]) -> None:
        self._said = said
        self._scheme = scheme_of(said.get("colour_scheme_index", 0))
        self.title = self._user("Pipeline", "fontcolor", _quoted(self._scheme.title))
        self.key_font = self._user("Key", "fontcolor", "black")
        self.key_fill = self._user("Key", "fillcolor", '"#F6F4F4"')

    def of(self, part: Part) -> dict[str, object]:
        """The attributes of a task with this part."""
        scheme = self._scheme
        run, done = _quoted(scheme.run), _quoted(scheme.done)
        fill, font, line, dashed = {
            Part.CYCLE: (_quoted(scheme.title), "white", "white", False),
            Part.BELOW: ("white", "gray", "gray", False),
            Part.UP_TO_DATE: (_quoted(scheme.done_fill), done, done, False),
            Part.FORCED: ("transparent", "black", "black", False),
            Part.TO_RUN: (_quoted(scheme.run_fill), run, run, False),
            Part.DRAGGED_ALONG: ("transparent", run, run, True),
            Part.TARGET_UP_TO_DATE: (_quoted(scheme.target), done, done, False),
            Part.TARGET: (_quoted(scheme.target), "black", "black", False),
            Part.BLOCKED: ("white", _quoted(scheme.title), _quoted(scheme.title), True),
        }[part]
        dashes = self._user(part.value, "dashed", str(int(dashed))) not in ("0", "False", "")
        return {
            "fillcolor": self._user(part.value, "fillcolor", fill),
            "fontcolor": self._user(part.value, "fontcolor", font),
            "color": self._user(part.value, "color", line),
            "style": "dashed" if dashes else "filled",
        }

    def line(self, above: Part, below: Part) -> dict[str, object]:
        """The attributes of the line between a task and one that waits for it."""
        if above is Part.CYCLE and below in (Part.CYCLE, Part.BELOW):
            return {"color": self._user("Vicious cycle", "linecolor", _quoted(self._scheme.title)), **NORMAL}
        if above in _RUNS and below is not Part.BELOW and below is not Part.UP_TO_DATE:
            return {"color": self._user("Task to run", "linecolor", _quoted(self._scheme.run))}
        return {"color": self._user("Up-to-date", "linecolor", "gray"), **NORMAL}

    def _user(self, name: str, attribute: str, default: str) -> str:
        """What the user says of it, else the default."""
        own = self._said.get(name)
        value = own.get(attribute) if isinstance(own, dict) else None
        return default if value is None else str(value)


def _quoted(colour: str) -> str:
    return f'"{colour}"' if colour.startswith("#") else colour
