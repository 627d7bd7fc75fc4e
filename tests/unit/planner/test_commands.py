"""Commands: with or without a shell, quoting, and the files that a command names by itself."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pymake.model.fields import FieldError
from pymake.model.job import Command
from pymake.model.task import CommandText
from pymake.planner.commands import implied_inputs, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymake.model.fields import FieldValue

VALUES: Mapping[str, FieldValue] = {
    "input": ("a b.c", "it's.c"),
    "output": "x.o",
    "cc": "cc",
    "flags": ("-O2", "-DX=1"),
    "none": (),
    "builtin": "cd",
    "pipe": "sort | uniq",
    "plain": "-v -w",
    "n": "2",
    "minus": "-2",
    "keyword": "if",
    "setting": "A=1",
    "lines": "a\nb",
}


def rendered(*commands: str | tuple[str, ...]) -> tuple[str | tuple[str, ...], ...]:
    return render(CommandText(commands=commands), VALUES).commands


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("cp {input} {output}", ("cp", "a b.c", "it's.c", "x.o")),
        ("{cc} {flags} -o {output}", ("cc", "-O2", "-DX=1", "-o", "x.o")),
        ("cc -o{output} --all={input}", ("cc", "-ox.o", "--all=a b.c it's.c")),
        ("cc {none} x", ("cc", "x")),
        ("cat {input[0]} {input[1:]}", ("cat", "a b.c", "it's.c")),
        ("cat \"{input}\" '{output}'", ("cat", "a b.c", "it's.c", "x.o")),
        ("cat 'a  b'\"c d\"e ''", ("cat", "a  bc de", "")),
        ("sed 's/$x/*/' \"a|b\"", ("sed", "s/$x/*/", "a|b")),
        ("  cp  a\tb\n", ("cp", "a", "b")),
        ("env A=1 x", ("env", "A=1", "x")),
        ("ls {plain:raw}", ("ls", "-v", "-w")),
        ("ls '{output} {cc}'", ("ls", "x.o cc")),
        ("printf %s é", ("printf", "%s", "é")),
    ],
)
def test_a_text_that_needs_no_shell(text: str, arguments: tuple[str, ...]) -> None:
    assert rendered(text) == (arguments,)


@pytest.mark.parametrize(
    ("text", "shell_text"),
    [
        ("cat {input} > {output}", "cat 'a b.c' 'it'\\''s.c' > x.o"),
        ("cat '{input}' > \"{output}\"", "cat 'a b.c' 'it'\\''s.c' > x.o"),
        ("echo 'in {input}' | x", "echo 'in a b.c it'\\''s.c' | x"),
        ('echo "in {input}" | x', 'echo "in a b.c it\'s.c" | x'),
        ("x -I{input};", "x -I'a b.c it'\\''s.c';"),
        ('echo "$(cat {input})"', "echo \"$(cat 'a b.c' 'it'\\''s.c')\""),
        ("echo $(( {n} - {minus} ))", "echo $(( 2 - (-2) ))"),
        ("echo {n}>{output}", "echo 2 >x.o"),
        ("echo '{n}'>{output}", "echo 2 >x.o"),
        ("{keyword} > x", "'if' > x"),
        ("{setting} > x", "'A=1' > x"),
        ("x {flags} > y", "x -O2 -DX=1 > y"),
        ("A=1 x {output}", "A=1 x x.o"),
        ("cd {output}", "cd x.o"),
        ("{builtin} {output}", "cd x.o"),
        ("ls *.c {output}", "ls *.c x.o"),
        ("cat x | {pipe:raw}", "cat x | sort | uniq"),
        ("{pipe:raw} {input[0]}", "sort | uniq 'a b.c'"),
        ("echo {{a}}", "echo {a}"),
        ("echo $x ~", "echo $x ~"),
        ("a {output}\nb\n", "set -e\na x.o\nb"),
        ("a \\\n  b", "set -e\na \\\n  b"),
        ("a # it's {lines}\nb", "set -e\na # it's a b\nb"),
        ("cat <<E\n{output} it's $HOME\nE\n", "set -e\ncat <<E\nx.o it's $HOME\nE"),
        ("echo ${{A:-{input[0]}}}", "echo ${A:-'a b.c'}"),
        ("ls {none} > x", "ls  > x"),
        ("echo `date` {output}", "echo `date` x.o"),
    ],
)
def test_a_text_that_needs_the_shell(text: str, shell_text: str) -> None:
    assert rendered(text) == (shell_text,)


@pytest.mark.parametrize(
    ("commands", "arguments"),
    [
        ((("cat", "{input}", "{output}"),), (("cat", "a b.c", "it's.c", "x.o"),)),
        ((("sh", "-c", "a | b > {output}", ""), ("x",)), (("sh", "-c", "a | b > x.o", ""), ("x",))),
        ((("cd", "{none}", "in {input}", "{input[0]}", "{{}}"),), (("cd", "in a b.c it's.c", "a b.c", "{}"),)),
        ((("{flags}",),), (("-O2", "-DX=1"),)),
        ((("x", "{pipe:raw}"),), (("x", "sort | uniq"),)),
    ],
)
def test_a_list_never_meets_a_shell(
    commands: tuple[tuple[str, ...], ...], arguments: tuple[tuple[str, ...], ...]
) -> None:
    assert rendered(*commands) == arguments


def test_the_folder_is_kept() -> None:
    assert render(CommandText(commands=("x",)), {}, cwd="sub") == Command(commands=(("x",),), cwd="sub")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "the command is empty"),
        (" \n", "the command is empty"),
        ("{none}", "the command has no program"),
        (("", "x"), "the command has no program"),
        ("''", "the command has no program"),
        ("echo {outptu}", "unknown field {outptu}"),
        ("echo {outptu} > x", "unknown field {outptu}"),
        ("a\0b", "a command cannot hold the character NUL"),
        ("echo 'it > x", "the command ends before a closing '"),
        ('echo "it > x', 'the command ends before a closing "'),
        ("(echo {output}", "the command ends before a closing )"),
        ("echo $((1 + {n})", "the command ends before a closing ))"),
        ("cat <<E\n{output}", "the command ends before a closing E"),
        ("echo `cat {output}`", "a field cannot be quoted inside backquotes"),
        ('echo "${{x:-{output}}}"', "a field cannot be quoted inside ${…} between double quotes"),
        ("echo \\{output}", "a backslash in front of a field"),
        ("echo ${output}", "a $ in front of a field"),
        ('echo "$A{output}"', "a $ in front of a field"),
        ("echo $'{output}'", "$'…' is not the same in every shell"),
        ("echo $(( {output} ))", "the value 'x.o' stands in $((…)), which is for numbers only"),
        ("cat <<E\n{lines}\nE", "the value 'a\\nb' would end a line or the whole of a here-document"),
        ("cat <<x.o\n{output}\nx.o", "the value 'x.o' would end a line or the whole of a here-document"),
        ("cat <<x.o\n{output}{output}\nx.o", "a line of a here-document could be its end"),
        ("cat <<E\n$(\n{output}\n)\nE", "a field and a command, ${…} or \\ in one here-document"),
        ("cat <<{output}\nE", "a here-document without a fixed delimiter"),
        ('echo "$(case x in x) cat {output};; esac)"', "`case` inside parentheses, together with fields"),
    ],
)
def test_what_cannot_be_rendered(command: str | tuple[str, ...], message: str) -> None:
    with pytest.raises(FieldError) as caught:
        rendered(command)
    assert caught.value.message == message


NASTY = (
    *(
        "a b",
        "it's",
        'say "x"',
        "$(touch hit)",
        "`touch hit`",
        "; touch hit",
        "$HOME",
        "a\nb",
        "\\",
        "a\\",
        "*",
        "?[a]",
    ),
    *(
        "~",
        "#x",
        "!",
        "{a,b}",
        "&& touch hit",
        "> hit",
        "'; touch hit; '",
        '"; touch hit; "',
        ")",
        "(touch hit)",
        "=",
        "é",
    ),
    *("'\"'\"'", "$((1))", "\\$(touch hit)", "2", "if", "A=1", "\t", "\nEND\ntouch hit\n", "-n", " "),
)

TEMPLATES = (
    "printf '<%s>' {v} > out",
    "printf '<%s>' '{v}' > out",
    'printf "<%s>" "{v}" > out',
    "printf '<%s>' ''{v} > out",
    'printf \'<%s>\' """{v}" > out',
    "printf '<%s>' \"$(printf '%s.' {v})\" > out",
    "printf '<%s>' \"$(printf '%s.' '{v}')\" > out",
    "printf '<%s>' \"$(printf '%s.' \"{v}\")\" > out",
    "x={v}; printf '<%s>' \"$x\" > out",
    "(printf '<%s>' {v}) > out # {v}\ntrue",
    "if true; then printf '<%s>' {v}; fi>out",
    "printf '<%s>' ${{UNSET-{v}}} > out",
    "printf '<%s>' {v}>out",
)


@pytest.mark.parametrize("shell", [name for name in ("sh", "dash", "bash") if shutil.which(name)])
def test_a_value_is_only_ever_a_value(shell: str) -> None:
    """Every nasty value in every place reaches the program as it is; one shell runs them all."""
    script, expected = [], []
    for template in TEMPLATES:
        for value in NASTY:
            (command,) = render(
                CommandText(commands=(template.replace("> out", "").replace(">out", ""),)), {"v": value}
            ).commands
            text = command if isinstance(command, str) else _as_text(command)
            script.append(f"({text}\n)\nprintf '\\001'")
            expected.append(f"<{value}.>" if "'%s.'" in template else f"<{value}>")
    ran = subprocess.run([shell], input="\n".join(script), capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.split("\1")[:-1] == expected


def _as_text(arguments: tuple[str, ...]) -> str:
    return " ".join("'" + argument.replace("'", "'\\''") + "'" for argument in arguments)


def test_here_documents_hold_values_as_they_are() -> None:
    values = [value for value in NASTY if "\n" not in value]
    texts = [
        render(CommandText(commands=(f"cat <<{delimiter}\n[{{v}}]\nEND\n",)), {"v": value}).commands[0]
        for delimiter in ("END", "'END'")
        for value in values
    ]
    ran = subprocess.run(["sh"], input="\n".join(map(str, texts)), capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [f"[{value}]" for value in values] * 2


@pytest.mark.parametrize(
    ("command", "cwd", "found"),
    [
        (("./run.sh", "x"), None, ("run.sh",)),
        (("tools/run", "tools/x"), None, ("tools/run",)),
        (("run.sh",), None, ()),
        (("/bin/run.sh",), None, ()),
        (("../run.sh",), None, ()),
        (("../run.sh",), "sub", ("run.sh",)),
        (("tools/absent",), None, ()),
        (("python", "tools/plot.py", "run.sh"), None, ("tools/plot.py",)),
        (("python3.12", "-B", "-W", "error", "tools/plot.py"), None, ("tools/plot.py",)),
        (("/usr/bin/python3", "plot.py"), "tools", ("tools/plot.py",)),
        (("python3", "-m", "run.sh"), None, ()),
        (("python3", "-Bc", "run.sh"), None, ()),
        (("python3", "-", "run.sh"), None, ()),
        (("sh", "-eu", "run.sh"), None, ("run.sh",)),
        (("bash", "-o", "pipefail", "run.sh"), None, ("run.sh",)),
        (("sh", "-ec", "run.sh"), None, ()),
        (("sh", "--", "run.sh"), None, ("run.sh",)),
        (("sh",), None, ()),
        (("perl", "-Mstrict", "-w", "run.sh"), None, ("run.sh",)),
        (("perl", "-ne", "run.sh"), None, ()),
        (("Rscript", "--vanilla", "run.sh"), None, ("run.sh",)),
        (("node", "--eval", "run.sh"), None, ()),
        (("ruby", "-r", "json", "run.sh"), None, ("run.sh",)),
        (("tools/run", "x"), "tools", ()),
        ("./run.sh > x", None, ("run.sh",)),
        ("cat x | python3 tools/plot.py > y; ./run.sh", None, ("tools/plot.py", "run.sh")),
        ("A=1 B=2 sh run.sh && 'tools/a b' x", None, ("run.sh", "tools/a b")),
        ("if true; then sh run.sh; fi", None, ("run.sh",)),
        ("(tools/run)\ntools/run", None, ("tools/run",)),
        ("set -e\ncd x\n./run.sh", None, ("run.sh",)),
        ("echo ./run.sh > y", None, ()),
        (("env", "-i", "-u", "X", "A=1", "sh", "run.sh"), None, ("run.sh",)),
        (("env", "A=1", "nice", "-n", "5", "./run.sh"), None, ("run.sh",)),
        (("timeout", "-k", "5", "10", "python", "tools/plot.py"), None, ("tools/plot.py",)),
        (("nice", "-5", "--", "tools/run"), None, ("tools/run",)),
        (("env", "A=1"), None, ()),
        (("env",), None, ()),
        ("time sh run.sh | exec python3 tools/plot.py", None, ("run.sh", "tools/plot.py")),
        ("cd tools && python3 plot.py", None, ("tools/plot.py",)),
        ("(cd tools; ./run) && ./run.sh", None, ("tools/run", "run.sh")),
        ("cd ..; sh run.sh", "tools", ("run.sh",)),
        ("cd; cd a b; ./run.sh", None, ("run.sh",)),
    ],
)
def test_files_that_a_command_names_by_itself(
    command: str | tuple[str, ...], cwd: str | None, found: tuple[str, ...]
) -> None:
    files = {"run.sh", "tools/run", "tools/plot.py", "tools/a b"}
    assert implied_inputs(Command(commands=(command,), cwd=cwd), files.__contains__) == found
