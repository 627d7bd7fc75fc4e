"""What `--audit` says at the end, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pymake.app.views.audit import audit_notes
from pymake.engine.audit import Undeclared
from pymake.errors import Place
from pymake.model.task import CommandText, Function, Kind, Task


def count() -> None:
    pass


TOML = Task(
    name="cc",
    place=Place(path="pymake.toml", line=3),
    action=CommandText(commands=("cc",)),
    output="a.o",
    files=("config.h",),
)
PYTHON = Task(
    name="count",
    place=Place(path="pymakefile.py", line=5),
    action=Function(name="m:count", target=count, code_key="k"),
    output=["a", "b"],
)


def undeclared(task: Task, **others: object) -> Undeclared:
    fields: dict[str, object] = {"jobs": 1, "reads": {}, "writes": {}, "makers": {}, "blind": False, "unseen": False}
    return Undeclared(task=task, **{**fields, **others})  # type: ignore[arg-type]  # any field


CASES = {
    "a read, in TOML": (
        undeclared(TOML, reads={"b.h": 1, "a.h": 1}, makers={"b.h": "headers"}),
        (
            "audit: task cc (pymake.toml:3) reads without declaring it:\n"
            "  a.h\n"
            "  b.h, which task headers makes\n"
            '  add: files = ["config.h", "a.h", "b.h"]'
        ),
    ),
    "a read, decorated": (
        undeclared(PYTHON, reads={"words": 1}),
        'audit: task count (pymakefile.py:5) reads without declaring it:\n  words\n  add: @uses(files=["words"])',
    ),
    "a read, in a call": (
        undeclared(replace(PYTHON, name="other"), reads={"words": 1}),
        'audit: task other (pymakefile.py:5) reads without declaring it:\n  words\n  add: files=["words"]',
    ),
    "reads of some jobs": (
        undeclared(TOML, jobs=3, reads={"a.h": 3, "b.h": 1}),
        (
            "audit: task cc (pymake.toml:3) reads without declaring it:\n"
            "  a.h (3 of 3 jobs)\n"
            "  b.h (1 of 3 jobs)\n"
            '  add: files = ["config.h", "a.h"]\n'
            '  add: audit = "record", since not every job reads all of these'
        ),
    ),
    "other reads of each job": (
        undeclared(PYTHON, jobs=2, reads={"a": 1}),
        (
            "audit: task count (pymakefile.py:5) reads without declaring it:\n"
            "  a (1 of 2 jobs)\n"
            '  add: @audit("record"), since not every job reads these'
        ),
    ),
    "a write, in TOML": (
        undeclared(TOML, writes={"a.log": 1}),
        'audit: task cc (pymake.toml:3) writes without declaring it:\n  a.log\n  add: output = ["a.o", "a.log"]',
    ),
    "a write, in Python": (
        undeclared(PYTHON, writes={"c": 1}),
        'audit: task count (pymakefile.py:5) writes without declaring it:\n  c\n  add: output=["a", "b", "c"]',
    ),
    "a write of one of many jobs": (
        undeclared(replace(TOML, kind=Kind.TRANSFORM, output="{name}.o"), jobs=2, writes={"a.log": 1}),
        (
            "audit: task cc (pymake.toml:3) writes without declaring it:\n"
            "  a.log (1 of 2 jobs)\n"
            "  add them to the outputs, or have them written outside of the project"
        ),
    ),
    "programs of calls": (
        undeclared(PYTHON, reads={"a": 1}, blind=True),
        (
            "audit: task count (pymakefile.py:5) starts other programs: what those read and write was not seen\n"
            'audit: task count (pymakefile.py:5) reads without declaring it:\n  a\n  add: @uses(files=["a"])'
        ),
    ),
    "no strace": (
        undeclared(TOML, jobs=0, unseen=True),
        "audit: task cc (pymake.toml:3) runs commands, and there is no strace: what they read and write was not seen",
    ),
    "nothing": (
        undeclared(TOML),
        "audit: nothing was read or written without being declared, as far as it could be seen",
    ),
}


@pytest.mark.parametrize(("found", "text"), CASES.values(), ids=CASES.keys())
def test_notes(found: Undeclared, text: str) -> None:
    assert "\n".join(audit_notes([found])) == text


def test_no_job_ran() -> None:
    assert list(audit_notes([])) == ["audit: no job was watched, since none ran; pymake build --audit -B runs all"]


def test_a_long_list_is_cut_and_the_line_to_add_is_whole() -> None:
    names = [f"{number:02}" for number in range(12)]
    (note,) = audit_notes([undeclared(TOML, reads=dict.fromkeys(names, 1))])
    assert note.splitlines()[10:12] == ["  09", "  and 2 more"]
    assert note.endswith('"10", "11"]')
