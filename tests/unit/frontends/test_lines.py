"""Where tables and keys stand in a text."""

from __future__ import annotations

import pytest

from pymake.frontends.lines import Lines

TEXT = """\
default = ["a"]
"quoted key" = 1
vars.x = 1
[ task . a ]   # a comment
input = "x"
[task."b c".env]

A = "1"
'B' = "2"
[task.'d.e']
text = '''
[task.f]
'''
[task.f]
command = "x"
  [task.g]
  command = "y"
[task]
h = { input = "x" }
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("default",), 1),
        (("quoted key",), 2),
        (("vars",), 3),
        (("vars", "x"), 3),
        (("missing",), None),
        (("task", "a"), 4),
        (("task", "a", "input"), 5),
        (("task", "a", "missing"), 4),
        (("task", "b c"), 6),
        (("task", "b c", "env"), 6),
        (("task", "b c", "env", "A"), 8),
        (("task", "b c", "env", "B"), 9),
        (("task", "d.e"), 10),
        (("task", "g", "command"), 17),
        (("task", "h"), 19),
        (("task", "h", "input"), 19),
    ],
)
def test_lines(path: tuple[str, ...], line: int | None) -> None:
    assert Lines(TEXT, ()).line(path) == line


def test_lines_below_a_table_of_their_own() -> None:
    text = "[tool.other.task.a]\n[tool.pymake]\ndefault = 1\n[tool.pymake.task.a]\nx = 1\n"
    lines = Lines(text, ("tool", "pymake"))
    assert [lines.line(path) for path in [("default",), ("task", "a"), ("task", "a", "x")]] == [3, 4, 5]


def test_an_empty_text_has_no_lines() -> None:
    assert Lines("", ()).line(("task", "a")) is None
