"""Where in a TOML text a table or key stands. The parser does not tell, so the text is scanned for headers."""

from __future__ import annotations

import json
import re
from functools import cached_property

_HEADER = re.compile(r"""^[ \t]*\[\[?[ \t]*((?:"[^"\n]*"|'[^'\n]*'|[^"'\[\]#\n])+?)[ \t]*\]""", re.MULTILINE)
_KEY = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+""")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


class Lines:
    r"""Lines of one text, from 1. `own` is the table around all others: `("tool", "pymake")`.

    >>> Lines("[task.a]\ninput = 'x'\n", ()).line(("task", "a", "input"))
    2
    """

    def __init__(self, text: str, own: tuple[str, ...]) -> None:
        self._text = text
        self._own = own

    def line(self, path: tuple[str, ...]) -> int | None:
        """The line of a table or key; of the nearest table around it that can be found; None if there is none."""
        path = (*self._own, *path)
        for length in range(len(path), -1, -1):
            found = self._headers.get(path[:length])
            if found is not None or not length:
                return self._key_line(found, path[length]) if length < len(path) else self._number(found)
        return None

    def _number(self, header: tuple[int, int] | None) -> int | None:
        return None if header is None else header[1]

    def _key_line(self, header: tuple[int, int] | None, key: str) -> int | None:
        """The line of a key (or the start of a dotted one) below a header; of the header if it is not there."""
        start, line = (0, 1) if header is None else header
        following = _HEADER.search(self._text, self._text.find("\n", start) if header is not None else 0)
        body = self._text[start : following.start()] if following is not None else self._text[start:]
        name = "|".join(map(re.escape, (json.dumps(key, ensure_ascii=False), f"'{key}'", key)))
        found = re.search(rf"^[ \t]*(?:{name})[ \t]*[.=]", body, re.MULTILINE)
        if found is None:
            return self._number(header)
        return line + body.count("\n", 0, found.start())

    @cached_property
    def _headers(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """Offset and line of the first header of every table, and of the tables around those without one."""
        headers: dict[tuple[str, ...], tuple[int, int]] = {}
        line, last = 1, 0
        for header in _HEADER.finditer(self._text):
            start = header.start()
            line += self._text.count("\n", last, start)
            last = start
            path = _path(header[1])
            headers.setdefault(path, (start, line))
            # A task may have no header but those of its own tables, [task.app.vars]; `task` itself is all of them.
            for length in range(len(self._own) + 1, len(path)):
                if path[len(self._own) : length] != ("task",):
                    headers.setdefault(path[:length], (start, line))
        return headers


def _path(header: str) -> tuple[str, ...]:
    if _PLAIN.fullmatch(header):
        return tuple(header.split("."))
    return tuple(_unquoted(key) for key in _KEY.findall(header))


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if not key.startswith('"'):
        return key
    try:
        return str(json.loads(key))
    except ValueError:
        return key[1:-1]  # an escape that JSON does not have: the place falls back to the table around it
