"""Filters: what they take, and what texts become."""

from __future__ import annotations

import pytest

from pymake.model.fields import MISSING, FieldError, FieldValue
from pymake.model.filters import (
    CaptureNaming,
    FormatterNaming,
    Naming,
    Unmatched,
    by_formatter,
    by_regex,
    by_suffix,
    describe,
    formatter_fields,
    literal,
    path_fields,
)
from pymake.model.patterns import Match, Pattern, read
from pymake.model.task import Formatter, Regex, Suffix


def taken(naming: Naming | Unmatched) -> Naming:
    assert not isinstance(naming, Unmatched)
    return naming


def suffix_of(name: str, text: str, output_dir: str | None = None) -> Naming:
    return taken(by_suffix(text, name, output_dir=output_dir, fields={}))


def regex_of(name: str, pattern: str) -> Naming:
    return taken(by_regex(Regex(pattern=pattern), name, {}))


def formatter_of(*names: str, patterns: tuple[str | None, ...] = ()) -> Naming:
    return taken(by_formatter(Formatter(patterns=patterns), names, root="/a/b", fields={}))


@pytest.mark.parametrize(
    ("suffix", "output_dir", "text", "output", "other"),
    [
        (".c", None, ".o", "s/a.o", ".o"),
        (".c", None, r"x/\1.o", "x/s/a.o", "x/s/a.o"),
        (".c", None, r"x/\g<1>.o", "x/s/a.o", "x/s/a.o"),
        (".c", "d", ".o", "d/a.o", ".o"),
        (".c", "d", r"\1.o", "d/a.o", "d/a.o"),
        ("", None, ".o", "s/a.c.o", ".o"),
    ],
)
def test_suffix_implies_its_prefix_in_outputs_only(
    suffix: str, output_dir: str | None, text: str, output: str, other: str
) -> None:
    naming = suffix_of("s/a.c", suffix, output_dir)
    assert (naming.output(text, {}), naming.other(text, {})) == (output, other)


@pytest.mark.parametrize(
    ("name", "pattern", "text", "made"),
    [
        ("1.c", r"\.c$", ".o", "1.o"),
        ("src/a.c", r"(\w)\.c", r"\1\1.o", "src/aa.o"),
        ("a1b2", r"\d", "-", "a-b-"),
        ("a.c", r"(?P<n>.)\.c", r"\g<n>.o", "a.o"),
        ("a.c", r"(a)(x)?\.c", r"\1\2.o", "a.o"),
        ("a.c", r"(.)\.c", r"{1}-{n}", "a-1"),
        (r"a\d.c", r"(.*)\.c", r"{1}.o", r"a\d.o"),
        ("x", r".*", "same", "samesame"),
    ],
)
def test_regex_replaces_every_match_and_keeps_the_rest(name: str, pattern: str, text: str, made: str) -> None:
    naming = regex_of(name, pattern)
    values: dict[str, FieldValue] = {"n": "1", **naming.fields}
    assert naming.output(text, values) == naming.other(text, values) == made


@pytest.mark.parametrize(
    ("text", "reason"), [(r"\2", "invalid group reference 2"), (r"\g<m>", "unknown group name 'm'")]
)
def test_a_group_that_there_is_not(text: str, reason: str) -> None:
    naming = regex_of("a.c", r"(?P<n>.)\.c")
    for method in (naming.output, naming.pattern):
        with pytest.raises(FieldError) as told:
            method(text, {})
        assert told.value.message == f"{text!r} does not fit regex('(?P<n>.)\\\\.c'): {reason}"
        assert told.value.hint == r"the groups are \1, \g<n>"


def test_the_fields_of_a_path() -> None:
    assert path_fields("/a/b/c/name.tar.gz") == {
        "path": "/a/b/c",
        "basename": "name.tar",
        "ext": ".gz",
        "subpath": ("/a/b/c", "/a/b", "/a", "/"),
        "subdir": ("c", "b", "a", "/"),
    }
    assert path_fields("/x") == {"path": "/", "basename": "x", "ext": "", "subpath": ("/",), "subdir": ("/",)}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{path[0]}/{basename[0]}{ext[0]}", "/a/b/c/n.x.c"),
        ("{basename[1]}", "m"),
        ("{subpath[0][1]} {subdir[0][0]} {subdir[0][-1]}", "/a/b c /"),
        ("{0[0]} {1[0]} {2[0]} {k[0]}", "c/n.x.c c n n"),
        ("{1[1]}", ""),
        ("{basename[0][0]}{basename[0][0:2]}", "nn."),
        ("{basename[0]!r:>7} {{}}", "  'n.x' {}"),
        ("no field", "no field"),
    ],
)
def test_formatter_fields(text: str, made: str) -> None:
    naming = formatter_of("c/n.x.c", "m", patterns=(r"(\w)/(?P<k>\w)\..*", r"m(x)?$"))
    assert naming.output(text, naming.fields) == made


@pytest.mark.parametrize(
    ("text", "message", "hint", "name"),
    [
        ("{basname[0]}", "unknown field {basname[0]}", "{basename}", "basname"),
        ("{basename[2]}", "{basename[2]} is out of range: basename has 2 values here", None, "basename"),
        ("{basename[0][9]}", "{basename[0][9]} is out of range: basename has 1 letter here", None, "basename"),
        ("{1[1]}", "{1[1]} has no value here: no expression of the formatter gives it one", None, "1"),
        (
            "{basename}",
            "{basename} stands for 2 values here, and only one fits",
            "write {basename[0]} for the first",
            None,
        ),
        ("{ext[0]:q}", "{ext[0]:q} cannot be formatted: Unknown format code 'q' for object of type 'str'", None, None),
    ],
)
def test_formatter_fields_that_cannot_be(text: str, message: str, hint: str | None, name: str | None) -> None:
    naming = formatter_of("a.c", "b.c", patterns=("(a)",))
    with pytest.raises(FieldError) as told:
        naming.output(text, naming.fields)
    assert (told.value.message, told.value.hint, told.value.name) == (message, hint, name)


def test_a_named_group_hides_a_field_and_an_unset_group_is_what_the_caller_says() -> None:
    found = formatter_fields(Formatter(patterns=("(?P<ext>x)?y",)), ["y.c", "z.c"], root="/", unset=MISSING)
    assert not isinstance(found, Unmatched)
    assert found["ext"] == (MISSING, ".c")
    assert found["1"] == (MISSING, MISSING)


def test_what_is_not_taken_says_why() -> None:
    assert by_suffix(".c", "a.h", output_dir=None, fields={}) == Unmatched("a.h", "does not end in .c")
    assert by_regex(Regex(pattern="c$"), "a.h", {}) == Unmatched("a.h", "does not match regex('c$')")
    none = by_formatter(Formatter(patterns=(None, "c$")), ["a.h", "a.x"], root="/r", fields={})
    assert none == Unmatched("/r/a.x", "does not match formatter('c$')")


def test_an_expression_beyond_the_files_is_no_test() -> None:
    assert formatter_of("a.c", patterns=("a", "b")).fields["basename"] == ("a",)


@pytest.mark.parametrize(
    ("naming", "text", "path"),
    [
        (CaptureNaming({"n": "a[1]*"}), "{n}.?", "a[1]*.h"),
        (suffix_of("a[1].c", ".c"), r"\1.?", "a[1].h"),
        (regex_of("a[1].c", r"(\[1\])\.c"), r"\1.?", "a[1].h"),
        (regex_of("{x}.c", r"(.*)\.c"), r"\1.?", "{x}.h"),
        (FormatterNaming({"n": ("a*",)}), "{n[0]}.?", "a*.h"),
    ],
)
def test_values_in_the_pattern_of_an_input_stand_for_themselves(naming: Naming, text: str, path: str) -> None:
    pattern = read(naming.pattern(text, naming.fields))
    assert isinstance(pattern, Pattern)
    assert pattern.match(path) == Match(path, {})
    assert pattern.match(path.replace("a", "b").replace("x", "y")) is None
    assert read(literal(path)) == path


def test_filters_in_words() -> None:
    found = [describe(one) for one in (Suffix(text=".c"), Regex(pattern="x"), Formatter(patterns=(None, "y")))]
    assert found == ["ends in .c", "matches regex('x')", "matches formatter(None, 'y')"]


def test_a_broken_expression() -> None:
    with pytest.raises(FieldError, match=r"the expression '\(' is broken: missing \)"):
        by_regex(Regex(pattern="("), "a", {})
