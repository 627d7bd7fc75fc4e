"""Depfiles, as compilers write them."""

from __future__ import annotations

import pytest

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
