"""What a terminal shows after a text was written to it: enough of one for a live view."""

from __future__ import annotations

import re

_PIECES = re.compile(r"\x1b\[([0-9?;]*)([A-Za-z])|(.)", re.DOTALL)


class Screen:
    r"""Owns lines and a cursor. It never scrolls away what it showed, and has no wrapping: too long a line is an error.

    >>> Screen(80).fed("ab\r\n\x1b[1A\x1b[2Kc\n").lines
    ['c']
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.cursor_shown = True
        self._lines: list[str] = [""]
        self._row = 0
        self._column = 0

    @property
    def lines(self) -> list[str]:
        """The lines from the top, without blanks at their ends and without empty lines at the bottom."""
        text = "\n".join(line.rstrip() for line in self._lines).rstrip("\n")
        return text.split("\n") if text else []

    def fed(self, text: str) -> Screen:
        for found in _PIECES.finditer(text):
            if found[3] is None:
                self._control(found[1], found[2])
            else:
                self._show(found[3])
        return self

    def _show(self, char: str) -> None:
        if char == "\r":
            self._column = 0
        elif char == "\n":
            self._row, self._column = self._row + 1, 0
            self._lines += [""] * (self._row + 1 - len(self._lines))
        else:
            assert self._column < self.columns, f"a line is too long: {self._lines[self._row]!r}"
            line = self._lines[self._row].ljust(self._column)
            self._lines[self._row] = line[: self._column] + char + line[self._column + 1 :]
            self._column += 1

    def _control(self, argument: str, what: str) -> None:
        if what == "A":
            self._row -= int(argument or 1)
            assert self._row >= 0, "the cursor left the screen"
        elif what == "K":
            assert argument == "2"
            self._lines[self._row] = ""
        elif argument == "?25":
            self.cursor_shown = what == "h"
        else:
            assert what == "m", f"unknown sequence {argument}{what}"
