"""What a make tells its children."""

from __future__ import annotations

import pytest

from pymake.executors.makeflags import auth, letters, with_jobserver, without_jobserver


@pytest.mark.parametrize(
    ("text", "short", "where", "left"),
    [
        ("", "", None, ""),
        ("n", "n", None, "n"),
        (" -j8 --jobserver-auth=3,4", "", "3,4", ""),
        ("ks -j8 --jobserver-fds=3,4 --jobserver-auth=5,6", "ks", "5,6", "ks"),
        (" --jobserver-auth=fifo:/tmp/GMfifo7 -j4", "", "fifo:/tmp/GMfifo7", ""),
        ("kw -j4 --jobserver-auth=-2,-2 -l 3.5", "kw", "-2,-2", "kw -l 3.5"),
        ("k --jobs=4 --no-silent -- X=--jobserver-auth=1,2", "k", None, "k --no-silent -- X=--jobserver-auth=1,2"),
        ("--no-silent -j 8", "", None, "--no-silent"),
        ("CC=clang", "", None, "CC=clang"),
    ],
)
def test_the_text_is_taken_apart(text: str, short: str, where: str | None, left: str) -> None:
    assert (letters(text), auth(text), without_jobserver(text)) == (short, where, left)


def test_a_fifo_is_named_once() -> None:
    assert with_jobserver("n", "fifo:/a", 3) == "n -j3 --jobserver-auth=fifo:/a"
