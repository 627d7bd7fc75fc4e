"""Commands: hostile names are only names, the shell is there only where needed, lines stop at the first failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

HOSTILE = [
    "with space",
    "  edges  ",
    "it's",
    'say "hi"',
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME}",
    "a;touch pwned",
    "a&touch pwned",
    "a|b",
    "new\nline",
    "tab\there",
    "star*",
    "what?",
    "[ab]",
    "{braces}",
    "{{x",
    "back\\slash",
    "-dash",
    "~tilde",
    "#comment",
    "!bang",
    "ümläut 文字",
    "%s%n",
    "=equal",
    "'",
    '"',
]

WAYS = {
    "bare": 'command = "cat -- {input} > {output}"',
    "single": """command = '''cat -- '{input}' > '{output}' '''""",
    "double": """command = '''cat -- "{input}" > "{output}" '''""",
    "list": 'command = ["cp", "--", "{input}", "{output}"]',
    "no shell": 'command = "cp -- {input} {output}"',
    "captures": 'command = "cat -- in/{name}.txt > {way}/{name}.out"',
    "in a word": """command = '''cp -- "in/"{name}'.txt' {way}/"{name}".out'''""",
    "substitution": """command = '''x=$(cat -- {input}) && printf '%s\\n' "$x" > {output}'''""",
}


def test_a_hostile_name_is_only_a_name_in_every_place(workspace: Workspace) -> None:
    text = ""
    for number, command in enumerate(WAYS.values()):
        text += (
            f"[task.t{number}]\nkind = 'transform'\ninput = 'in/{{name:(?s:[^/]+)}}.txt'\n"
            f"output = 'w{number}/{{name}}.out'\nvars = {{ way = 'w{number}' }}\n{command}\n"
        )
    workspace.write("pymake.toml", text)
    for name in HOSTILE:
        workspace.write(f"in/{name}.txt", f"{name}\n")
    ended = workspace.pymake("-j4", "-k")
    assert ended.summary == f"{len(HOSTILE) * len(WAYS)} ran, 0 up to date, 0 failed in T s"
    for number in range(len(WAYS)):
        for name in HOSTILE:
            assert workspace.read(f"w{number}/{name}.out") == f"{name}\n", list(WAYS)[number]
    assert not list(workspace.root.rglob("pwned"))
    assert workspace.pymake().ran == []


def test_a_hostile_name_travels_through_python_and_sh(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import sh, transform

        @transform("in/{name:(?s:[^/]+)}.txt", "out/{name}")
        def copy(input, output):
            sh("cat -- {input} | cat > \\"{output}\\"")
        """,
    )
    for name in HOSTILE:
        workspace.write(f"in/{name}.txt", f"{name}\n")
    workspace.pymake("-j2")
    assert {name: workspace.read(f"out/{name}") for name in HOSTILE} == {name: f"{name}\n" for name in HOSTILE}
    assert not list(workspace.root.rglob("pwned"))


def test_a_name_stands_in_a_here_document_or_is_refused(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        kind    = "transform"
        input   = "in/{name:(?s:.+)}.txt"
        output  = "out/{name}"
        command = '''
        cat > {output} <<END
        {name}
        END
        '''
        """,
    )
    names = [name for name in HOSTILE if "\n" not in name]
    for name in names:
        workspace.write(f"in/{name}.txt", "")
    workspace.pymake("-j2")
    assert {name: workspace.read(f"out/{name}") for name in names} == {name: f"{name}\n" for name in names}
    workspace.write("in/two\nlines.txt", "")
    assert workspace.pymake(code=2).err == (
        "pymake: pymake.toml:1: task a: the value 'two\\nlines' would end a line or the whole of a here-document\n"
        "  try: use printf\n"
    )


def test_fields_select_and_braces_stay(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        input   = ["x", "y y", "z"]
        output  = ["out", "second"]
        extras  = ["e 1", 2]
        command = '''
        printf '%s\\n' {input[0]} {input[1:]} {input[-1]} {input[:2]} {output[1]} {extras[0]} {extras[1]} > {output[0]}
        printf '%s\\n' "${{HOME:+set}}" '{{}}' --all={input} >> {output[0]}
        echo | awk '{{ print 7 }}' >> {output[0]}
        touch {output[1]}
        '''
        """,
    )
    for name in ("x", "y y", "z"):
        workspace.write(name, "")
    workspace.pymake(env={"HOME": "/h"})
    assert workspace.lines("out") == [
        *("x", "y y", "z", "z", "x", "y y", "second", "e 1", "2"),
        *("set", "{}", "--all=x y y z", "7"),
    ]


PARENT = """#!/bin/sh
tr '\\000' ' ' < "/proc/$PPID/cmdline" > "$1"
"""


@pytest.mark.parametrize(
    ("command", "shell"),
    [
        ('"./parent {output}"', False),
        ("""'''./parent "{output}"'''""", False),
        ("""'''./parent '{output}' '''""", False),
        ('["./parent", "{output}"]', False),
        ('["./parent", "{output}", ";", "|", "$(x)"]', False),
        ('[["./parent", "{output}"], ["true"]]', False),
        ('"./parent {output}; true"', True),
        ('"./parent {output} && true"', True),
        ('"X=1 ./parent {output}; exit 0"', True),
        ('"./parent $PWD/{output}; true"', True),
    ],
)
def test_the_shell_is_there_only_where_the_text_needs_it(workspace: Workspace, command: str, shell: bool) -> None:
    if not workspace.path("/proc/self/cmdline").exists():
        pytest.skip("no /proc to see the parent process by")
    workspace.write("parent", PARENT)
    workspace.path("parent").chmod(0o755)
    workspace.write("pymake.toml", f'[task.a]\noutput = "out put"\ncommand = {command}\n')
    workspace.pymake()
    assert workspace.read("out put").startswith("/bin/sh -c ") is shell


@pytest.mark.parametrize(
    ("command", "done", "message"),
    [
        ('[["touch", "one"], ["false"], ["touch", "two"]]', ["one"], "exit status 1"),
        ("'''\ntouch one\nfalse\ntouch two\n'''", ["one"], "exit status 1"),
        ("'''\ntouch one\n(exit 7)\ntouch two'''", ["one"], "exit status 7"),
        ("'''\nif false; then touch two; fi\ntouch one\nexit 9'''", ["one"], "exit status 9"),
        ('"touch one && kill -SEGV $$"', ["one"], "killed by SIGSEGV"),
        (
            '"no-such-program-here x"',
            [],
            "cannot be started: no program no-such-program-here on PATH (exit status 127)",
        ),
        ('["./not-executable"]', [], "cannot be started: it is not executable (exit status 126)"),
        ('"touch one"', ["one"], "ended well but did not make its output made"),
    ],
)
def test_the_first_failure_ends_the_job(workspace: Workspace, command: str, done: list[str], message: str) -> None:
    workspace.write("not-executable", "")
    workspace.write("pymake.toml", f'[task.a]\noutput = "made"\ncommand = {command}\n')
    ended = workspace.pymake(code=1)
    assert [name for name in ("one", "two") if workspace.exists(name)] == done
    assert f"\npymake.toml:1: {message}\n" in ended.err


def test_standard_input_is_empty(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.a]\noutput = "made"\ncommand = "cat > {output}"\n')
    workspace.pymake(stdin="typed\n")
    assert workspace.read("made") == ""


def test_names_that_are_no_utf8_are_names_too(workspace: Workspace) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    try:
        workspace.path(f"{name}.in").write_text("x\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        kind    = "transform"
        input   = "{name}.in"
        output  = "{name}.out"
        command = "cat {input} > {output}"
        """,
    )
    assert workspace.pymake().ran == ["a caf\\udce9.out"]
    assert workspace.path(f"{name}.out").read_text(encoding="utf-8") == "x\n"
    events = [json.loads(line) for line in workspace.pymake("-B", "--json").out.splitlines()]
    assert events[1]["outputs"] == [f"{name}.out"]
    assert workspace.pymake().ran == []


def test_everything_that_is_printed_is_shown_in_one_piece(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        kind    = "originate"
        output  = ["1", "2"]
        command = "echo {output} out; echo {output} err >&2; echo {output} out; touch {output}"
        """,
    )
    ended = workspace.pymake("-j2")
    for name in "12":
        assert f" s)\n{name} out\n{name} err\n{name} out\n" in ended.err
    assert ended.out == ""
