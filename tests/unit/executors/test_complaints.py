"""What the user is told about an exception."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError, CommandFailed, JobError
from pymake.executors.complaints import complain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE = """\
import json

def plain():
    raise ValueError("no such thing")

def outer():
    plain()

def chained():
    try:
        plain()
    except ValueError as error:
        raise RuntimeError("cannot go on") from error

def handling():
    try:
        plain()
    except ValueError:
        {}["key"]

def hidden():
    try:
        plain()
    except ValueError:
        raise RuntimeError("alone") from None

def library():
    json.loads("{")

def deep(n=100):
    if n:
        deep(n - 1)
    raise ValueError

def lines():
    raise ValueError("one\\n  two\\nthree")

class Own(Exception):
    pass

def own():
    raise Own

def circle():
    error = ValueError("a")
    error.__cause__ = error
    raise error

def long():
    raise ValueError("x" * 10_000)
"""


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], str]:
    """The whole text about an exception in a function of a project."""
    file = tmp_path / "build.py"
    file.write_text(SOURCE)
    names: dict[str, Callable[[], None]] = {"__name__": "__main__"}  # type: ignore[dict-item]  # as Python runs it
    exec(compile(SOURCE, str(file), "exec"), names)

    def tell(name: str) -> str:
        try:
            names[name]()
        except BaseException as error:  # noqa: BLE001  # also SystemExit
            complaint = complain(error, str(tmp_path))
            return "" if complaint is None else str(complaint.error())
        raise AssertionError("it did not raise")

    return tell


PLAIN = 'build.py:4 in plain: raise ValueError("no such thing")'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain", f"ValueError: no such thing\n  {PLAIN}"),
        ("outer", f"ValueError: no such thing\n  build.py:7 in outer: plain()\n  {PLAIN}"),
        (
            "chained",
            (
                'RuntimeError: cannot go on\n  build.py:13 in chained: raise RuntimeError("cannot go on") from error\n'
                f"  caused by: ValueError: no such thing\n  build.py:11 in chained: plain()\n  {PLAIN}"
            ),
        ),
        (
            "handling",
            (
                "KeyError: 'key'\n  build.py:19 in handling: {}[\"key\"]\n"
                f"  while handling: ValueError: no such thing\n  build.py:17 in handling: plain()\n  {PLAIN}"
            ),
        ),
        ("hidden", 'RuntimeError: alone\n  build.py:25 in hidden: raise RuntimeError("alone") from None'),
        (
            "lines",
            (
                "ValueError: one\n  more:   two\n    three\n  build.py:36 in lines: "
                'raise ValueError("one\\n  two\\nthree")'
            ),
        ),
        ("own", "Own\n  build.py:42 in own: raise Own"),
        ("circle", "ValueError: a\n  build.py:47 in circle: raise error"),
    ],
)
def test_whole_texts(told: Callable[[str], str], name: str, text: str) -> None:
    first = [line for line in told(name).splitlines() if not line.startswith("  tests")]
    assert "\n".join(line for line in first if f"{__file__}:" not in line) == text


def test_frames_of_libraries_are_left_out(told: Callable[[str], str]) -> None:
    text = told("library")
    assert text.startswith("json.decoder.JSONDecodeError: ")
    assert 'build.py:28 in library: json.loads("{")' in text
    assert json.__file__ not in text


def test_a_runaway_recursion_is_cut(told: Callable[[str], str]) -> None:
    lines = told("deep").splitlines()
    assert len(lines) == 14
    assert lines[7].startswith("  …: ")
    assert lines[-1] == "  build.py:33 in deep: raise ValueError"


def test_a_long_text_is_cut(told: Callable[[str], str]) -> None:
    assert len(told("long").splitlines()[0]) == 4000 + len("ValueError: ")


def test_without_frames_in_the_project_the_others_are_shown(tmp_path: Path) -> None:
    try:
        json.loads("{")
    except ValueError as error:
        complaint = complain(error, str(tmp_path))
    assert complaint is not None
    assert any(name.startswith(json.decoder.__file__) for name, _ in complaint.facts)


@pytest.mark.parametrize("code", [None, 0, False])
def test_leaving_well_is_no_complaint(code: object) -> None:
    assert complain(SystemExit(code), "/") is None


def test_job_errors_keep_their_shape() -> None:
    class Stranger(JobError):
        """Not one of pymake's own."""

    complaint = complain(Stranger("m", facts=[("n", 1)], hint="h"), "/")
    assert complaint is not None
    assert str(complaint.error()) == "m\n  n: 1\n  try: h"


def test_other_errors_of_pymake_are_ordinary_exceptions() -> None:
    complaint = complain(BuildFileError("nested"), "/")
    assert complaint is not None
    assert complaint.error().message == "pymake.errors.BuildFileError: nested"


def test_the_text_of_a_command_is_kept() -> None:
    complaint = complain(CommandFailed("exit status 1"), "/")
    assert complaint is not None
    assert (complaint.kind, complaint.message, sys.exc_info()) == ("CommandFailed", "exit status 1", (None, None, None))
