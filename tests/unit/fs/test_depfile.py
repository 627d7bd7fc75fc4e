"""Depfiles, as compilers write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pymake.fs.depfile import DepfileError, parse


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("\n  \n# made by hand\n", ()),
        ("a.o: a.c b.h\n", ("a.c", "b.h")),
        ("a.o: a.c b.h", ("a.c", "b.h")),
        ("a.o a.d : a.c", ("a.c",)),
        ("a.o:a.c b.h", ("a.c", "b.h")),
        ("a.o :a.c", ("a.c",)),
        ("a.o:: a.c", ("a.c",)),
        ("a.o: \\\n a.c \\\n\tb.h\n", ("a.c", "b.h")),
        ("a.o: a.c \\\r\n b.h\r\nb.h:\r\n", ("a.c", "b.h")),
        ("a.o: a.c \\\n", ("a.c",)),
        ("a.o: a.c \\", ("a.c",)),
        ("a.o: a.c\nb.o: b.c a.c\n", ("a.c", "b.c")),
        (r"a\ b.o: my\ file.c", ("my file.c",)),
        (r"a.o: x\\ y", ("x\\\\", "y")),
        (r"a.o: x\\\ y", (r"x\ y",)),
        (r"a.o: dir\file.c", (r"dir\file.c",)),
        (r"a.o: a\#b.h $$x.h c#d.h", ("a#b.h", "$x.h", "c#d.h")),
        (r"a\:b.o: c\:d.h e:f.h", ("c:d.h", "e:f.h")),
        ("a.o: gr\u00fc\udcff.h", ("gr\u00fc\udcff.h",)),
        ("a.o: a.c#not-a-comment\n", ("a.c#not-a-comment",)),
        ("C:/out/a.o: C:/src/a.c D:\\b.h\n", ("C:/src/a.c", "D:\\b.h")),
        ("C\\:/a.o: C\\:/a.c\n", ("C:/a.c",)),
        ("a.o: a.c \\\n b.h\na.o: c.h \\\n\nb.h:\nc.h:\n", ("a.c", "b.h", "c.h")),
        ("\ufeffa.o: a.c\n", ("a.c",)),
    ],
)
def test_prerequisites_are_read_as_make_reads_them(text: str, found: tuple[str, ...]) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.o a.c\n", "line 1 has no ':'"),
        ("a.o: a.c\n\nwhat \\\n is this\n", "line 3 has no ':'"),
    ],
)
def test_a_line_that_is_no_rule_is_named(text: str, message: str) -> None:
    with pytest.raises(DepfileError) as caught:
        parse(text)
    assert str(caught.value) == message


NAMES = st.text(st.characters(exclude_characters="\0\n\r\t:") | st.just(" "), min_size=1)


def as_compilers_write(name: str) -> str:
    """A name escaped as GCC does: blanks with the backslashes before them, `#` and `$`."""
    name = re.sub(r"(\\*) ", lambda found: found[1] * 2 + "\\ ", name)
    return name.replace("$", "$$").replace("#", "\\#")


@given(
    st.lists(NAMES.filter(lambda name: not re.search(r"\\$|\\#", name)), max_size=5),
    st.sampled_from([" ", " \\\n  ", "\t"]),
)
def test_what_compilers_write_is_read_back(names: list[str], between: str) -> None:
    text = "out.o:" + "".join(between + as_compilers_write(name) for name in names) + "\n"
    assert parse(text) == tuple(dict.fromkeys(names))


@given(st.text(st.sampled_from("a:\\ #$\n\r\t|") | st.characters()))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except DepfileError as error:
        assert re.fullmatch(r"line \d+ has no ':'", str(error))  # noqa: PT017  # most texts raise nothing
    else:
        assert all(found)
