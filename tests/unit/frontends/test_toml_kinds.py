"""Every kind, filter and way to change inputs in TOML: the file is valid by the schema, and makes these commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import jsonschema
import pytest

from pymake.errors import BuildFileError
from pymake.frontends import schema, toml
from pymake.model.job import Command
from pymake.planner.compile import World, compile_project
from pymake.testing import MemoryDisk

if TYPE_CHECKING:
    from pathlib import Path

    from pymake.model.task import Function

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class File(NamedTuple):
    """The tables of a file after `[task.…]`, files that are there, and the commands of the jobs."""

    text: str
    files: str
    commands: list[str]


ECHO = 'command = "echo {input} : {output}"'

CASES: dict[str, File] = {
    "task": File(f'[task.t]\ninput = ["a", "b"]\noutput = ["c", "d"]\n{ECHO}', "a b", ["echo a b : c d"]),
    "originate": File(
        '[task.t]\nkind = "originate"\noutput = ["a", ["b", "c"]]\ncommand = "touch {output}"',
        "",
        ["touch a", "touch b c"],
    ),
    "transform with suffix": File(
        f'[task.t]\nkind = "transform"\ninput = "*.c"\nsuffix = ".c"\noutput = ".o"\n{ECHO}', "a.c", ["echo a.c : a.o"]
    ),
    "transform with suffix, output_dir and extras": File(
        '[task.t]\nkind = "transform"\ninput = "*.c"\nsuffix = ".c"\noutput = ".o"\noutput_dir = "d"\n'
        'extras = ["x", \'\\1.y\']\ncommand = "echo {input} {output} {extras[0]} {extras[1]}"',
        "a.c",
        ["echo a.c d/a.o x d/a.y"],
    ),
    "transform with regex": File(
        "[task.t]\nkind = \"transform\"\ninput = \"*.c\"\nregex = '(?P<n>.)\\.c'\noutput = '\\1.\\g<n>'\n"
        'command = "echo {input} {output} {n} {1}"',
        "a.c",
        ["echo a.c a.a a a"],
    ),
    "transform with formatter": File(
        '[task.t]\nkind = "transform"\ninput = "d/*.c"\nformatter = \'/(?P<n>.)\\.c$\'\n'
        'output = "{subdir[0][0]}_{n[0]}.o"\ncommand = "echo {input} {output} {ext[0]} {path[0]}"',
        "d/a.c",
        ["echo d/a.c d_a.o .c /r/d"],
    ),
    "transform with an expression for each file": File(
        '[task.t]\nkind = "transform"\ninput = [["a.x", "b.y"]]\nformatter = ["a", "(.)\\\\.y"]\n'
        f'output = "{{1[1]}}.o"\n{ECHO}',
        "a.x b.y",
        ["echo a.x b.y : b.o"],
    ),
    "transform with a template": File(
        f'[task.t]\nkind = "transform"\ninput = "{{n}}.c"\noutput = "{{n}}.o"\n{ECHO}', "a.c", ["echo a.c : a.o"]
    ),
    "transform with add_inputs": File(
        f'[task.t]\nkind = "transform"\ninput = "*.c"\nsuffix = ".c"\nadd_inputs = [\'\\1.h\', "all.h"]\n'
        f'output = ".o"\n{ECHO}',
        "a.c a.h all.h",
        ["echo a.c a.h all.h : a.o"],
    ),
    "transform with replace_inputs": File(
        f"[task.t]\nkind = \"transform\"\ninput = \"*.c\"\nregex = '(.)\\.c'\nreplace_inputs = ['\\1.h']\n"
        f"output = '\\1.o'\n{ECHO}",
        "a.c a.h",
        ["echo a.h : a.o"],
    ),
    "split": File(
        f'[task.s]\nkind = "split"\ninput = "a"\noutput = ["1", "2"]\n{ECHO}\n'
        f'[task.t]\nkind = "transform"\ninput = {{ task = "s" }}\nregex = "$"\noutput = ".o"\n{ECHO}',
        "a",
        ["echo a : 1 2", "echo 1 : 1.o", "echo 2 : 2.o"],
    ),
    "split with a pattern": File(
        '[task.s]\nkind = "split"\ninput = "a"\noutput = "*.part"\ncommand = "split {input}"', "a", ["split a"]
    ),
    "subdivide": File(
        f'[task.s]\nkind = "subdivide"\ninput = "*.t"\nsuffix = ".t"\noutput = [".1", ".2"]\n{ECHO}',
        "a.t b.t",
        ["echo a.t : a.1 a.2", "echo b.t : b.1 b.2"],
    ),
    "merge": File(
        f'[task.m]\nkind = "merge"\ninput = ["*.t", "x"]\noutput = "o"\n{ECHO}', "a.t b.t x", ["echo a.t b.t x : o"]
    ),
    "collate with regex": File(
        f"[task.c]\nkind = \"collate\"\ninput = \"*.?\"\nregex = '(.)\\..'\noutput = '\\1'\n{ECHO}",
        "a.1 a.2 b.1",
        ["echo a.1 a.2 : a", "echo b.1 : b"],
    ),
    "collate with formatter": File(
        f'[task.c]\nkind = "collate"\ninput = "*.?"\nformatter = []\noutput = "{{ext[0]}}.o"\n{ECHO}',
        "a.1 a.2 b.1",
        ["echo a.1 b.1 : .1.o", "echo a.2 : .2.o"],
    ),
    "collate with a template": File(
        f'[task.c]\nkind = "collate"\ninput = "{{n}}.{{m}}"\noutput = "{{m}}.o"\n{ECHO}',
        "a.1 b.1",
        ["echo a.1 b.1 : 1.o"],
    ),
    "product with formatters": File(
        '[task.p]\nkind = "product"\ninput = ["*.x", "*.y"]\nformatter = ["(?P<n>.)\\\\.x$", "y$"]\n'
        f'output = "{{n[0][0]}}{{basename[1][0]}}"\n{ECHO}',
        "a.x b.y",
        ["echo a.x b.y : ab"],
    ),
    "product with templates": File(
        f'[task.p]\nkind = "product"\ninput = ["{{n}}.x", "{{m}}.y"]\noutput = "{{n}}{{m}}"\n{ECHO}',
        "a.x b.y",
        ["echo a.x b.y : ab"],
    ),
    "permutations": File(
        '[task.p]\nkind = "permutations"\ntuple_size = 2\ninput = "*.x"\nformatter = []\n'
        f'output = "{{basename[0][0]}}{{basename[1][0]}}"\n{ECHO}',
        "a.x b.x",
        ["echo a.x b.x : ab", "echo b.x a.x : ba"],
    ),
    "combinations": File(
        f'[task.p]\nkind = "combinations"\ntuple_size = 2\ninput = "{{n}}.x"\noutput = "{{n[0]}}{{n[1]}}"\n{ECHO}',
        "a.x b.x",
        ["echo a.x b.x : ab"],
    ),
    "combinations_with_replacement": File(
        '[task.p]\nkind = "combinations_with_replacement"\ntuple_size = 2\ninput = "{n}.x"\n'
        f'output = "{{n[0]}}{{n[1]}}"\n{ECHO}',
        "a.x b.x",
        ["echo a.x : aa", "echo a.x b.x : ab", "echo b.x : bb"],
    ),
    "tasks in a list, by name": File(
        '[task.o]\nkind = "originate"\noutput = ["p", "q"]\ncommand = "touch {output}"\n'
        f'[task.m]\nkind = "merge"\ninput = [{{ task = "o" }}, "x"]\noutput = "all"\n{ECHO}',
        "x",
        ["touch p", "touch q", "echo p q x : all"],
    ),
    "an inactive task": File(f'[task.t]\nactive = false\ninput = "a"\noutput = "b"\n{ECHO}', "a", []),
    "what waits and does not decide": File(
        f'[task.t]\ninput = "a"\noutput = "d/b"\norder_only = "w"\nfollows = "g"\nmkdir = "e"\n{ECHO}\n'
        '[task.g]\noutput = "g.o"\ncommand = "touch {output}"',
        "a w",
        ["echo a : d/b", "touch g.o"],
    ),
}


def found(_name: str, _root: str, _place: object) -> Function:
    """No function is looked for."""
    raise BuildFileError("there is none")


@pytest.mark.parametrize("name", CASES)
def test_a_file_makes_its_commands(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    (tmp_path / "pymake.toml").write_text(case.text, encoding="utf-8")
    jsonschema.Draft202012Validator(schema.schema()).validate(tomllib.loads(case.text))
    project = toml.load("pymake.toml", str(tmp_path), found)
    world = World(disk=MemoryDisk(dict.fromkeys(case.files.split(), "x")), environ={}, which=lambda _: None)
    plan = compile_project(project, world).plan
    actions = [plan.action(job) for job in plan.jobs()]
    commands = [
        step if isinstance(step, str) else " ".join(step)
        for action in actions
        if isinstance(action, Command)
        for step in action.commands
    ]
    assert [command.replace(f"{tmp_path}/", "/r/") for command in commands] == case.commands
