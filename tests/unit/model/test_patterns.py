"""Globs and path templates: what they match, what they capture, where to look for it."""

from __future__ import annotations

import glob

import pytest

from pymake.model.fields import FieldError
from pymake.model.patterns import Pattern, is_glob, normalise, read, unescaped


def compiled(text: str) -> Pattern:
    found = read(text)
    assert isinstance(found, Pattern)
    return found


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("a/b.c", "a/b.c"),
        ("./a//b/../c", "a/c"),
        ("build/", "build"),
        ("a/./b", "a/b"),
        ("..a/.b", "..a/.b"),
        ("../x", "../x"),
        ("a/..", "."),
        ("/r/a", "/r/a"),
        ("//r/a", "/r/a"),
        ("", "."),
    ],
)
def test_normal_paths(path: str, normal: str) -> None:
    assert normalise(path) == normal


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.c", "a.c"),
        ("./src//a.c", "src/a.c"),
        (glob.escape("a[1]*?.c"), "a[1]*?.c"),
        ("{{a}}.c", "{a}.c"),
        ("a[].c", "a[].c"),
        ("a[b", "a[b"),
        ("a]b", "a]b"),
    ],
)
def test_names_in_full(text: str, path: str) -> None:
    assert read(text) == path


@pytest.mark.parametrize(
    ("pattern", "path", "captures"),
    [
        ("*.c", "a.c", {}),
        ("*.c", ".c", None),
        ("*.c", ".a.c", None),
        ("*.c", "src/a.c", None),
        (".*.c", ".a.c", {}),
        ("a?.c", "ab.c", {}),
        ("a?.c", "a.c", None),
        ("?a", ".a", None),
        ("a?b", "a/b", None),
        ("[ab].c", "b.c", {}),
        ("[!ab].c", "b.c", None),
        ("[!ab].c", "c.c", {}),
        ("[a-c]", "b", {}),
        ("[]x]", "]", {}),
        ("x[!a]y", "x/y", None),
        ("[^a]", "^", {}),
        ("src/**/*.c", "src/a.c", {}),
        ("src/**/*.c", "src/x/y/a.c", {}),
        ("src/**/*.c", "src/.x/a.c", None),
        ("src/**", "src/x/y", {}),
        ("src/**", "src/x/.y", None),
        ("**/.x/*", ".x/a", {}),
        ("a**b", "axb", {}),
        ("a**b", "ax/yb", None),
        ("src/{name}.c", "src/a.b.c", {"name": "a.b"}),
        ("src/{name}.c", "src/.c", None),
        ("src/{name}.c", "src/.a.c", None),
        ("src/x{name}.c", "src/x.c", None),
        ("src/{name}.c", "src/x/a.c", None),
        ("{dir:**}/{name}.c", "x/y/a.c", {"dir": "x/y", "name": "a"}),
        ("{dir:**}/{name}.c", "a.c", {"dir": "", "name": "a"}),
        ("src/{dir:**}/a.c", "src/a.c", {"dir": ""}),
        ("src/{rest:**}", "src/x/a.c", {"rest": "x/a.c"}),
        ("src/{rest:**}", "src/.x/a.c", None),
        ("{n:[0-9]{2}}.c", "12.c", {"n": "12"}),
        ("{n:[0-9]{2}}.c", "1.c", None),
        (r"{n:\.[a-z]+}", ".abc", {"n": ".abc"}),
        ("{n:.*}.c", "x/y.c", {"n": "x/y"}),
        ("{a:x|y}.c", "y.c", {"a": "y"}),
        ("{n}/{n}.c", "a/a.c", {"n": "a"}),
        ("{n}/{n}.c", "a/b.c", None),
        ("{n}/*.{ext}", "a/b.c", {"n": "a", "ext": "c"}),
        ("./src//{n}.c", "src/a.c", {"n": "a"}),
        ("x/../{n}.c", "a.c", {"n": "a"}),
        ("../*.c", "../a.c", {}),
        ("/r/*.c", "/r/a.c", {}),
        ("*", "a\nb", {}),
        ("a{{*}}", "a{b}", {}),
    ],
)
def test_matching(pattern: str, path: str, captures: dict[str, str] | None) -> None:
    found = compiled(pattern).match(path)
    assert (None if found is None else dict(found.captures)) == captures


@pytest.mark.parametrize(
    ("text", "folder", "tests", "deep", "start"),
    [
        ("*.c", "", 0, False, ""),
        ("src/a*.c", "src", 0, False, "a"),
        ("src/*/x/a*.c", "src", 2, False, ""),
        ("src/**/a*.c", "src", 0, True, ""),
        ("src/*/{dir:**}/a", "src", 1, True, ""),
        ("src/{n:[0-9]+}/a*", "src", 1, False, ""),
        ("src/{n:.+}/a", "src", 0, True, ""),
        ("/r/a*", "/r", 0, False, "a"),
        ("/*", "/", 0, False, ""),
    ],
)
def test_where_to_look(text: str, folder: str, tests: int, deep: bool, start: str) -> None:
    pattern = compiled(text)
    assert (pattern.folder, len(pattern.tests), pattern.deep, pattern.name_start()) == (folder, tests, deep, start)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("src/{name}.c", ("src/", ".c")),
        ("src/lib{name}/x*", ("src/lib", "")),
        ("*", ("", "")),
        ("**/a.c", ("", "a.c")),
        ("/*.c", ("/", ".c")),
    ],
)
def test_what_every_match_starts_and_ends_with(text: str, ends: tuple[str, str]) -> None:
    pattern = compiled(text)
    assert (pattern.prefix, pattern.suffix) == ends


def test_a_slash_at_the_end_means_folders() -> None:
    assert compiled("data/*/").is_folder
    assert not compiled("data/*").is_folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{n[0]}.c", "{n[0]} cannot stand in a pattern"),
        ("{n:raw}.c", "{n:raw} cannot stand in a pattern"),
        ("{n:[9-0]}.c", "{n:[9-0]}.c holds a broken expression"),
        ("{n.c", "a { without a } in {n.c"),
    ],
)
def test_broken_patterns(text: str, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        read(text)
    assert caught.value.message.partition(": ")[0] == message  # what follows is Python's word for it


@pytest.mark.parametrize(
    ("text", "answer"),
    [("a.o", False), ("{name}.o", False), ("*.o", True), ("{x[0]}.o", False), ("a[[]1].o", False), ("a[1].o", True)],
)
def test_globs_outside_of_fields(text: str, answer: bool) -> None:
    assert is_glob(text) is answer


def test_escapes_go_and_fields_stay() -> None:
    assert unescaped("a[[]1]{{}}{x[0]}") == "a[1]{{}}{x[0]}"
