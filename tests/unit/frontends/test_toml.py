"""Build files in TOML: what they become, and what is said about those that are wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake.errors import BuildFileError, Place
from pymake.frontends import toml
from pymake.frontends.keys import TASK_KEYS, TOP_KEYS
from pymake.model.task import LONGEST_SECONDS, CommandText, Function, Kind, Project, Suffix, Task, TaskRef

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = Path(__file__).resolve().parents[3] / "docs/build-files.md"


def call() -> None:
    """Stands for every function that a build file names."""


def found(spec: str, _root: str, place: Place) -> Function:
    return Function(name=spec, target=call, code_key=str(place))


def load(folder: Path, text: str, name: str = "pymake.toml") -> Project:
    (folder / name).write_text(text, encoding="utf-8")
    return toml.load(name, str(folder), found)


def only_task(folder: Path, text: str) -> Task:
    (task,) = load(folder, text).tasks
    return task


FULL = """\
# A comment.
default = "app"

[vars]
cc = "cc"
flags = ["-a", "b c"]
level = 3
ratio = 0.5
debug = true

[env]
LC_ALL = "C"

[pools]
link = 2

[task.app]
kind = "transform"
input = ["src/*.c", { task = "lib" }, ["nested"]]
suffix = ".c"
output = ".o"
output_dir = "build"
command = "cc {input}"
extras = ["x", 1, 2.5, false, ["y"]]
order_only = { task = "gen" }
depfile = "{output}.d"
follows = "setup"
mkdir = ["build", "logs"]
vars = { mode = "fast" }
env = { A = "" }
uses_env = "HOME"
tools = ["cc"]
packages = ["numpy"]
files = "config.h"
cwd = "src"
pool = "link"
cores = 2
memory = "1.5 GiB"
retry_delay = 2
retry_backoff = 1.5
fresh_process = true
timeout = 10
retries = 3
temporary = true
protected = true
always = true
tags = ["slow"]
active = false
doc = "The app."
"""


def test_every_key_becomes_its_attribute(tmp_path: Path) -> None:
    app = Task(
        name="app",
        kind=Kind.TRANSFORM,
        place=Place(path="pymake.toml", line=17),
        action=CommandText(commands=("cc {input}",)),
        input=["src/*.c", TaskRef(name="lib"), ["nested"]],
        output=".o",
        extras=("x", 1, 2.5, False, ["y"]),
        filter=Suffix(text=".c"),
        output_dir="build",
        order_only=TaskRef(name="gen"),
        depfile="{output}.d",
        follows=(TaskRef(name="setup"),),
        mkdir=("build", "logs"),
        variables={"mode": "fast"},
        env={"A": ""},
        uses_env=("HOME",),
        tools=("cc",),
        packages=("numpy",),
        files=("config.h",),
        cwd="src",
        pool="link",
        cores=2,
        memory=1610612736,
        retry_delay=2.0,
        retry_backoff=1.5,
        fresh_process=True,
        timeout=10.0,
        retries=3,
        temporary=True,
        protected=True,
        always=True,
        active=False,
        tags=("slow",),
        doc="The app.",
    )
    assert load(tmp_path, FULL) == Project(
        root=str(tmp_path),
        files=("pymake.toml",),
        tasks=(app,),
        default=("app",),
        default_place=Place(path="pymake.toml", line=2),
        variables={"cc": "cc", "flags": ("-a", "b c"), "level": "3", "ratio": "0.5", "debug": "true"},
        env={"LC_ALL": "C"},
        pools={"link": 2},
    )


@pytest.mark.parametrize(
    ("command", "commands"),
    [
        ('"a {b}"', ("a {b}",)),
        ('["a", "", "{b}"]', (("a", "", "{b}"),)),
        ('[["a", "b"], ["c"]]', (("a", "b"), ("c",))),
    ],
)
def test_forms_of_a_command(tmp_path: Path, command: str, commands: tuple[str | tuple[str, ...], ...]) -> None:
    assert only_task(tmp_path, f"[task.a]\ncommand = {command}").action == CommandText(commands=commands)


def test_a_function_is_found_with_the_place_of_its_task(tmp_path: Path) -> None:
    action = only_task(tmp_path, '\n[task.a]\npython = "m:f"').action
    assert action == Function(name="m:f", target=call, code_key="pymake.toml:2")


def test_a_task_without_action_is_a_group(tmp_path: Path) -> None:
    assert only_task(tmp_path, '[task.all]\ninput = ["a", "b"]').action is None


def test_an_empty_file_is_a_project_without_tasks(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Project(root=str(tmp_path), files=("pymake.toml",))


def test_line_ends_of_windows(tmp_path: Path) -> None:
    (tmp_path / "pymake.toml").write_bytes(b'[vars]\r\nx = "1"\r\n[task.a]\r\ncommand = "a"\r\n')
    assert str(toml.load("pymake.toml", str(tmp_path), found).tasks[0].place) == "pymake.toml:3"


def test_a_table_in_pyproject(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n[tool.pymake]\ndefault = ["a"]\n[tool.pymake.task.a]\ncommand = "x"\n[tool.other]\n'
    project = load(tmp_path, text, "pyproject.toml")
    assert (project.default, [str(task.place) for task in project.tasks]) == (("a",), ["pyproject.toml:5"])
    with pytest.raises(BuildFileError) as caught:
        load(tmp_path, "[tool.pymake.vars]\n\nx = {}\n", "pyproject.toml")
    assert str(caught.value) == (
        "pyproject.toml:3: vars.x must be a text, number or boolean, or a list of texts; it is a table"
    )


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("[tool.pymake]\n", True),
        ("[tool.pymake.task.a]\n", True),
        ("[tool]\npymake = {}\n", True),
        ('[project]\nname = "pymake"\n', False),
        ("[tool.pymakers]\n", False),
        ("[tool.pymake]\nbroken\n", True),
        ("broken = pymake\n", False),
        ("", False),
    ],
)
def test_whether_pyproject_has_a_table(tmp_path: Path, text: str, has: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert toml.has_table(str(tmp_path / "pyproject.toml")) is has


def test_no_pyproject_has_no_table(tmp_path: Path) -> None:
    assert not toml.has_table(str(tmp_path / "pyproject.toml"))


WRONG: Mapping[str, tuple[str, str]] = {
    "syntax": ("[vars]\nx = = 3\n", ":2: not TOML: Invalid value\n  line: x = = 3\n  column: 5"),
    "end of file": ('[vars]\nx = """\n\n', ":3: not TOML: Unterminated string\n  line: "),
    "top key": ('defualt = "a"\n', ":1: unknown key 'defualt'\n  try: default"),
    "top table": ("\n[tasks.a]\n", ":2: unknown key 'tasks'\n  try: task"),
    "far key": ("x = 1", ":1: unknown key 'x'\n  try: one of default, env, pools, task, vars"),
    "task key": ('[task.a]\ncomand = "x"\n', ":2: task a: unknown key 'comand'\n  try: command"),
    "kind": ('[task.a]\nkind = "transfrom"\n', ":2: task a: unknown kind 'transfrom'\n  try: transform"),
    "type of kind": ("[task.a]\nkind = 3\n", ":2: task a: kind must be a text; it is the number 3"),
    "task": (
        "[task]\na = 1\n",
        ":2: task a must be a table; it is the number 1\n  try: write [task.NAME] above its keys",
    ),
    "tasks": ("[[task.a]]\n", ":1: task a must be a table; it is a list\n  try: write [task.NAME] above its keys"),
    "no tasks": ("task = 1\n", ":1: task must be a table of tasks\n  try: write [task.NAME] above its keys"),
    "no name": ('[task.""]\n', ":1: a task without a name\n  try: write [task.NAME] above its keys"),
    "variable": ("[vars]\nx = ['a', 1]\n", ":2: vars.x[1] must be a text; it is the number 1"),
    "name of a variable": ('[vars]\ninput = "x"\n', ":2: vars.input is no name for variables"),
    "name in env": ('[env]\n"a=b" = "x"\n', ":2: env.a=b is no name for environment variables"),
    "pool": ("[pools]\nlink = 0\n", ":2: pools.link must be a whole number, 1 or more; it is the number 0"),
    "env": ("[env]\nA = 1\n", ":2: env.A must be a text; it is the number 1"),
    "env of a task": ("[task.a.env]\n\nA = 1\n", ":3: task a: env.A must be a text; it is the number 1"),
    "inline": ("\n[task.a]\nenv = { A = 1 }\n", ":3: task a: env.A must be a text; it is the number 1"),
    "quoted": (
        '[task."a b"]\ncores = 0\n',
        ":2: task a b: cores must be a whole number, 1 or more; it is the number 0",
    ),
    "memory": (
        '[task.a]\nmemory = "much"\n',
        ':2: task a: memory must be an amount of memory, such as "2G" or "500 MiB"; it is the text \'much\'',
    ),
    "no memory": (
        "[task.a]\nmemory = 0\n",
        ':2: task a: memory must be an amount of memory, such as "2G" or "500 MiB"; it is the number 0',
    ),
    "backoff": (
        "[task.a]\nretry_backoff = 0.5\n",
        ":2: task a: retry_backoff must be a number, 1 or more; it is the number 0.5",
    ),
    "boolean": (
        "[task.a]\nretries = true\n",
        ":2: task a: retries must be a whole number, 0 or more; it is the boolean true",
    ),
    "number": ("[task.a]\nalways = 1\n", ":2: task a: always must be true or false; it is the number 1"),
    "seconds": (
        '[task.a]\ntimeout = "3"\n',
        ":2: task a: timeout must be a number of seconds above 0; it is the text '3'",
    ),
    "date": ("[task.a]\ndoc = 2024-01-01\n", ":2: task a: doc must be a text; it is a date or time"),
    "extras": (
        "[task.a]\nextras = [{}]\n",
        ":2: task a: extras[0] must be a text, number or boolean, or a list of these; it is a table",
    ),
    "empty input": (
        '[task.a]\n\ninput = ""\n',
        ':3: task a: input must be a path, { task = "NAME" }, or a list of these; it is an empty text',
    ),
    "input": (
        '[task.a]\ninput = ["x", { tsk = "y" }]\n',
        ':2: task a: input[1] must be a path, { task = "NAME" }, or a list of these; it is a table',
    ),
    "output": (
        '[task.a]\noutput = [["x", 1]]\n',
        ":2: task a: output[0][1] must be a path, or a list of these; it is the number 1",
    ),
    "empty command": (
        '[task.a]\ncommand = " "\n',
        ":2: task a: command must be a text, a list of texts, or a list of such lists; it is the text ' '",
    ),
    "no command": (
        "[task.a]\ncommand = []\n",
        ":2: task a: command must be a text, a list of texts, or a list of such lists; it is an empty list",
    ),
    "no program": (
        '[task.a]\ncommand = [""]\n',
        ":2: task a: command[0] must be a text that is not empty; it is an empty text",
    ),
    "mixed": ('[task.a]\ncommand = ["a", ["b"]]\n', ":2: task a: command[1] must be a text; it is a list"),
    "mixed lists": (
        '[task.a]\ncommand = [["a"], "b"]\n',
        ":2: task a: command[1] must be a list of texts that is not empty; it is the text 'b'",
    ),
    "both": (
        '[task.a]\ncommand = "x"\npython = "m:f"\n',
        ":2: task a has both command and python\n  try: keep the one that the jobs should run",
    ),
    "no maker": (
        '[task.a]\noutput = "x"\n',
        ":2: task a has an output, but nothing that makes it\n  try: add a command or python key",
    ),
    "suffix": (
        '[task.a]\nsuffix = ".c"\noutput = ".o"\ncommand = "x"\n',
        ':2: task a has suffix, which is for transform and subdivide only\n  try: write kind = "transform"',
    ),
    "suffix alone": (
        '[task.a]\nkind = "transform"\ninput = "*.c"\ncommand = "x"\nsuffix = ".c"\n',
        ':5: task a has suffix, but no output\n  try: write what replaces the suffix, such as output = ".o"',
    ),
    "folder": (
        '[task.a]\noutput_dir = "x"\n',
        ":2: task a has output_dir without suffix\n  try: write the folder into output, or add suffix",
    ),
    "originate": (
        '[task.a]\nkind = "originate"\ninput = "x"\noutput = "y"\ncommand = "c"\n',
        ':2: task a has an input, which originate does not have\n  try: use kind = "task" for one job with an input',
    ),
    "originate nothing": (
        '[task.a]\nkind = "originate"\ncommand = "c"\n',
        ":2: task a has originate, but no output\n  try: say what the jobs make: output = [...]",
    ),
    "merge nothing": (
        '[task.a]\nkind = "merge"\noutput = "x"\ncommand = "c"\n',
        ":2: task a has merge, but no input\n  try: say what the jobs read: input = ...",
    ),
    "service with an output": (
        '[task.a]\ncommand = "c"\noutput = "x"\nservice = true\n',
        (
            ":4: task a has both service and output\n"
            "  try: leave out output: a service makes nothing; what it serves is its input"
        ),
    ),
    "service without a command": (
        "[task.a]\nservice = true\n",
        (
            ":2: task a has service, but no command\n  try: write the command that serves, such as command ="
            ' "python -m http.server"'
        ),
    ),
    "service of a kind": (
        '[task.a]\nservice = true\nkind = "merge"\ninput = "x"\ncommand = "c"\n',
        (
            ":2: task a has service, which is for a task of its own kind only\n  try: leave out kind: a service is one"
            " process"
        ),
    ),
    "port": (
        '[task.a]\nservice = true\ncommand = "c"\nport = 70000\n',
        ":4: task a: port must be a port, 1 to 65535; it is the number 70000",
    ),
    "port of no service": (
        '[task.a]\ncommand = "c"\nport = 80\n',
        ":3: task a has port, but no service\n  try: add service = true, or leave out port",
    ),
    "NUL": ('[task.a]\n\noutput = ["x", "a\\u0000b"]\n', ":3: task.a.output holds the character NUL"),
    "NUL in a name": ('[vars]\n"a\\u0000b" = "x"\n', ":1: vars holds the character NUL"),
    "transform idle": (
        '[task.a]\ninput = "x"\nkind = "transform"\n',
        ":3: task a has transform, but nothing to run\n  try: add a command or python key",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_said_about_a_wrong_file(tmp_path: Path, case: str) -> None:
    text, said = WRONG[case]
    with pytest.raises(BuildFileError) as caught:
        load(tmp_path, text)
    assert str(caught.value) == f"pymake.toml{said}"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("seconds", ["inf", "1e300", "1" + 400 * "0"])
def test_a_time_that_no_clock_can_measure(tmp_path: Path, seconds: str) -> None:
    (task,) = load(tmp_path, f"[task.a]\ntimeout = {seconds}\n").tasks
    assert task.timeout == LONGEST_SECONDS


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildFileError) as caught:
        toml.load("other.toml", str(tmp_path), found)
    assert str(caught.value) == "other.toml: cannot be read\n  reason: No such file or directory"


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "pymake.toml").write_bytes(b'doc = "\xff"')
    with pytest.raises(BuildFileError) as caught:
        toml.load("pymake.toml", str(tmp_path), found)
    assert str(caught.value) == "pymake.toml: is not UTF-8\n  byte: 7"


def page_examples() -> list[str]:
    """The TOML examples of the page about build files."""
    return re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(page_examples())))
def test_the_examples_of_the_page_load(tmp_path: Path, number: int) -> None:
    assert load(tmp_path, page_examples()[number]).tasks


def test_the_page_tells_every_key() -> None:
    text = PAGE.read_text(encoding="utf-8")
    missing = [name for name in [*TASK_KEYS, *TOP_KEYS] if f"| `{name}` |" not in text]
    assert missing == []
    assert len(page_examples()) >= 7
