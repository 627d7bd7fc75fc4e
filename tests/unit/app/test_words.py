"""Which command a command line means."""

from __future__ import annotations

import pytest

from pymake.app.cli.words import split_command, split_variables


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("", "build", ""),
        ("app", "build", "app"),
        ("list", "list", ""),
        ("build list", "build", "list"),
        ("-j 5 app", "build", "-j 5 app"),
        ("-j5 list", "list", "-j5"),
        ("-j list", "build", "-j list"),
        ("-C list list", "list", "-C list"),
        ("--directory list why x", "why", "--directory list x"),
        ("--directory=sub why x", "why", "--directory=sub x"),
        ("-kj 4 clean", "clean", "-kj 4"),
        ("-kj4 clean", "clean", "-kj4"),
        ("app list", "build", "app list"),
        ("-- list", "build", "-- list"),
        ("-n clean", "clean", "-n"),
    ],
)
def test_the_first_word_that_is_no_option_decides(line: str, command: str, rest: str) -> None:
    assert split_command(line.split()) == (command, rest.split())


def test_variables_are_told_from_targets() -> None:
    words = ["a", "X=1", "X=2", "_y=", "./b=c", "1=2", "Z=a=b"]
    assert split_variables(words) == (("a", "./b=c", "1=2"), {"X": "2", "_y": "", "Z": "a=b"})
