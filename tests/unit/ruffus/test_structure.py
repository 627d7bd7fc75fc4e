"""Nested parameters and the texts in them."""

from __future__ import annotations

import pytest

from pymake.ruffus.jobtext import nested_levels, shortened
from pymake.ruffus.structure import first_name, names_in


def test_only_lists_tuples_and_sets_are_searched() -> None:
    assert names_in(["a", ("b", {"c"}), {"k": "d"}, None, 5, b"e"]) == ["a", "b", "c"]
    assert first_name([[], (5, "a")]) == "a"
    assert first_name({"k": "a"}) is None


@pytest.mark.parametrize(
    ("path", "levels", "text"),
    [
        ("/a/b/c/d.txt", 1, ".../d.txt"),
        ("/a/b/c/d.txt", 2, ".../c/d.txt"),
        ("/a/b", 2, "/a/b"),
        ("/a/b", 1, ".../b"),
        ("a/b", 1, "a/b"),
        ("a/b/c", 1, ".../c"),
        ("a/b/c", 2, "a/b/c"),
        ("../x/y/z", 3, "../x/y/z"),
        ("../x/y/z", 2, ".../y/z"),
    ],
)
def test_paths_are_cut_to_levels(path: str, levels: int, text: str) -> None:
    assert nested_levels(path, levels) == text


@pytest.mark.parametrize(
    ("value", "abbreviated", "text"),
    [
        ("/a", 0, "/a"),
        (["/a/b/c/d.txt", "/x"], -20, "<???> /b/c/d.txt, /x]"),
        (["a/b/c", "/d/e/f", "../x/y/z"], -20, "<???> , .../f, .../z]"),
        ("/a/b/c/d.txt", -1, "<???> .txt"),
        ("a", -1, "a"),
        (["/a", None, 5], 2, "[/a, None, 5]"),
    ],
)
def test_parameters_are_cut_to_letters(value: object, abbreviated: int, text: str) -> None:
    assert shortened(value, abbreviated) == text
