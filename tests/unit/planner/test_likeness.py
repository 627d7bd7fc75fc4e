"""What is certain of the names of outputs before the inputs are known."""

from __future__ import annotations

import pytest

from pymake.model.task import Formatter, Regex, Suffix
from pymake.planner.likeness import likeness


@pytest.mark.parametrize(
    ("pattern", "start", "end"),
    [
        (r"^(.*)\.c$", "o/", ".o"),
        (r".*/(.*)", "o/", ".o"),
        (r"(.*)/x(.*)", "o/", ".o"),
        (r"(?P<n>.*)/x(?P<m>.*)", "o/", ".o"),
        (r"(?:.*)x\.*", "o/", ""),
        (r"x/(.*)\.c", "", ""),
        (r"(x|y)/(.*)", "", ".o"),
        (r"^x\$", "o/", ""),
    ],
)
def test_an_expression_keeps_what_it_does_not_take(pattern: str, start: str, end: str) -> None:
    assert likeness(r"o/\1.o", Regex(pattern=pattern), None, "in/*") == (start, end)


def test_other_filters() -> None:
    assert likeness(".o", Suffix(text=".c"), None, "in/*.c") == ("in/", ".o")
    assert likeness(".o", Suffix(text=".c"), "out", "in/*.c") == ("out/", ".o")
    assert likeness(r"x/\1.o", Suffix(text=".c"), None, "in/*.c") == ("", ".o")
    assert likeness("{path[0]}/x.o", Formatter(), None, "in/*.c") == ("", "/x.o")
    assert likeness(["a/{n}.o", "a/{n}.b.o"], None, None, "{n}.c") == ("a/", ".o")
