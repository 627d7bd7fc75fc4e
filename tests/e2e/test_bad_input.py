"""Every broken build file and wrong word gets one clear message, exit code 2, and nothing has run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

TOML_FIRST = '[task.first]\noutput = "ran"\ncommand = "touch ran"\n'
"""What would run if anything did; what a case adds begins in line 4."""

PYTHON_FIRST = "from pymake import *\n@originate('ran')\ndef first(output):\n    open(output, 'w').close()\n\n"
"""The same in Python; what a case adds begins in line 6."""

TOML = {
    "a broken table": (
        '[task.a\noutput = "x"\n',
        "pymake.toml:4: not TOML: Expected ']' at the end of a table declaration\n  line: [task.a\n  column: 8\n",
    ),
    "a broken text": (
        '[task.a]\noutput = "x\ncommand = "touch x"\n',
        "pymake.toml:5: not TOML: Illegal character '\\n'\n  line: output = \"x\n  column: 12\n",
    ),
    "an unknown key of a task": (
        '[task.a]\noutput = "x"\ncomand = "touch x"\n',
        "pymake.toml:6: task a: unknown key 'comand'\n  try: command\n",
    ),
    "an unknown key of the file": ("[tasks.a]\noutput = 'x'\n", "pymake.toml:4: unknown key 'tasks'\n  try: task\n"),
    "an unknown kind": (
        '[task.a]\nkind = "transfrom"\noutput = "x"\ncommand = "touch x"\n',
        "pymake.toml:5: task a: unknown kind 'transfrom'\n  try: transform\n",
    ),
    "a value of a wrong type": (
        '[task.a]\noutput = 3\ncommand = "touch x"\n',
        "pymake.toml:5: task a: output must be a path, or a list of these; it is the number 3\n",
    ),
    "an unknown field": (
        '[task.a]\ninput = "first.in"\noutput = "x"\ncommand = "cp {inptu} {output}"\n',
        "pymake.toml:4: task a: unknown field {inptu}\n  try: {input}\n",
    ),
    "an unknown pool": (
        '[task.a]\noutput = "x"\ncommand = "touch x"\npool = "lnk"\n[pools]\nlink = 1\n',
        (
            "pymake.toml:4: task a names the pool 'lnk', which there is not\n"
            "  nearest: link\n"
            "  try: declare it with its limit: lnk = 1 in [pools]\n"
        ),
    ),
    "an unknown task": (
        '[task.a]\ninput = { task = "frist" }\noutput = "x"\ncommand = "touch x"\n',
        "pymake.toml:4: task a names the task 'frist', which there is not\n  nearest: first\n",
    ),
    "an unknown task to follow": (
        '[task.a]\nfollows = "frist"\noutput = "x"\ncommand = "touch x"\n',
        "pymake.toml:4: task a names the task 'frist', which there is not\n  nearest: first\n",
    ),
    "two tasks with one output": (
        '[task.a]\noutput = "x"\ncommand = "touch x"\n[task.b]\noutput = "./x"\ncommand = "touch x"\n',
        (
            "pymake.toml:7: two tasks make x\n"
            "  a: pymake.toml:4\n"
            "  b: pymake.toml:7\n"
            "  try: every file has one maker: rename one of the outputs\n"
        ),
    ),
    "two jobs with one output": (
        '[task.a]\nkind = "transform"\ninput = "in/{name}.{end}"\noutput = "{name}.out"\ncommand = "cp {input} x"\n',
        (
            "pymake.toml:4: two jobs of task a make one.out\n"
            "  from: in/one.md\n"
            "  and from: in/one.txt\n"
            "  try: give every job an output of its own: use all captures of the input in the output\n"
        ),
    ),
    "a folder with two makers": (
        '[task.a]\noutput = "dir/"\ncommand = "mkdir -p dir"\n[task.b]\noutput = "dir/x"\ncommand = "touch dir/x"\n',
        (
            "pymake.toml:7: two jobs make dir/x: it lies in dir, which is an output too\n"
            "  a: pymake.toml:4\n"
            "  b: pymake.toml:7\n"
            "  try: every file has one maker: write to another folder, or name the files instead of the folder\n"
        ),
    ),
    "a folder that holds its own input": (
        '[task.a]\ninput = "in/one.txt"\noutput = "in/"\ncommand = "touch in/x"\n',
        (
            "pymake.toml:4: task a: the input in/one.txt lies in in, an output of the same job\n"
            "  try: write to another folder\n"
        ),
    ),
    "an output that is the project": (
        '[task.a]\noutput = "./"\ncommand = "touch x"\n',
        (
            "pymake.toml:4: task a: the output . holds the project or what pymake remembers of it\n"
            "  try: write to a folder of its own, such as build/\n"
        ),
    ),
    "a cycle": (
        (
            '[task.a]\ninput = "z"\noutput = "x"\ncommand = "cp z x"\n[task.b]\ninput = "x"\noutput = "y"\n'
            'command = "cp x y"\n[task.c]\ninput = "y"\noutput = "z"\ncommand = "cp y z"\n'
        ),
        (
            "pymake.toml:4: a cycle: each of these waits for the next\n"
            "  x: task a (pymake.toml:4) reads z\n"
            "  z: task c (pymake.toml:12) reads y\n"
            "  y: task b (pymake.toml:8) reads x\n"
            "  try: take one of the inputs away, or write to another file\n"
        ),
    ),
    "a job that reads what it makes": (
        '[task.a]\ninput = "x"\noutput = "x"\ncommand = "touch x"\n',
        "pymake.toml:4: task a: x is both input and output of one job\n  try: write to another file\n",
    ),
    "an input that nobody makes": (
        '[task.a]\ninput = ["in/noe.txt", "in/one.txt"]\noutput = "x"\ncommand = "touch x"\n',
        (
            "pymake.toml:4: task a: the input in/noe.txt is not there, and no task makes it\n"
            "  needed by: a x\n"
            "  nearest: in/one.txt, in/two.txt, in/one.md\n"
            "  try: correct the name, or declare the file as the output of a task\n"
        ),
    ),
    "an output with an unknown capture": (
        '[task.a]\nkind = "transform"\ninput = "in/{name}.txt"\noutput = "{nam}.txt"\ncommand = "cp {input} x"\n',
        "pymake.toml:4: task a: unknown field {nam}\n  try: {name}\n",
    ),
    "an output that lacks the capture": (
        '[task.a]\nkind = "transform"\ninput = "in/{name}.txt"\noutput = "x"\ncommand = "cp {input} {output}"\n',
        (
            "pymake.toml:4: task a: the output has none of the captures of the input\n"
            "  output: x\n"
            "  captures: {name}\n"
            "  try: give every job an output of its own: write {name} in the output\n"
        ),
    ),
    "a broken template": (
        '[task.a]\nkind = "transform"\ninput = "in/{name:[}.txt"\noutput = "{name}"\ncommand = "cp {input} {output}"\n',
        "pymake.toml:4: task a: in/{name:[}.txt holds a broken expression: unterminated character set at position 21\n",
    ),
    "no such module": (
        '[task.a]\noutput = "x"\npython = "nowhere:make"\n',
        "pymake.toml:4: there is no module 'nowhere'\n  try: it would be nowhere.py in the folder of the build file\n",
    ),
    "no such function": (
        '[task.a]\noutput = "x"\npython = "tools:mkae"\n',
        "pymake.toml:4: module tools has no function 'mkae'\n  nearest: make\n",
    ),
    "a command and a function": (
        '[task.a]\noutput = "x"\ncommand = "touch x"\npython = "tools:make"\n',
        "pymake.toml:6: task a has both command and python\n  try: keep the one that the jobs should run\n",
    ),
}

PYTHON = {
    "a syntax error": ("def f(:\n", "pymakefile.py:6: syntax error: invalid syntax\n  line: def f(:\n"),
    "an exception": (
        "import json\njson.loads('{')\n",
        (
            "pymakefile.py:7: JSONDecodeError: "
            "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
            "  at: pymakefile.py:7 <module>: json.loads('{')\n"
        ),
    ),
    "an end of the process": (
        "import sys\nsys.exit(3)\n",
        (
            "pymakefile.py:7: the build file ends the whole process: sys.exit(3)\n"
            "  at: pymakefile.py:7 <module>: sys.exit(3)\n"
            "  try: a build file declares tasks and comes to its end\n"
        ),
    ),
    "a module that is not there": (
        "import nowhere_at_all\n",
        (
            "pymakefile.py:6: ModuleNotFoundError: No module named 'nowhere_at_all'\n"
            "  at: pymakefile.py:6 <module>: import nowhere_at_all\n"
        ),
    ),
    "an unknown argument": (
        "@transform('in/*.txt', suffix('.txt'), '.x', ouput_dir='b')\ndef f(i, o): pass\n",
        "pymakefile.py:6: transform has no argument 'ouput_dir'\n  nearest: output_dir, output\n",
    ),
    "an unknown argument of a call": (
        "main.task(name='x', comand='touch x', output='x')\n",
        "pymakefile.py:6: task has no argument 'comand'\n  nearest: command\n",
    ),
    "no output": (
        "@transform('in/*.txt')\ndef f(i, o): pass\n",
        "pymakefile.py:6: transform has no 'output'\n  try: transform(input, filter, output, *extras)\n",
    ),
    "two tasks with one output": (
        "@originate('x')\ndef f(o): pass\n@originate('x')\ndef g(o): pass\n",
        (
            "pymakefile.py:8: two tasks make x\n"
            "  f: pymakefile.py:6\n"
            "  g: pymakefile.py:8\n"
            "  try: every file has one maker: rename one of the outputs\n"
        ),
    ),
    "two tasks with one name": (
        "@originate('x')\ndef f(o): pass\n@originate('y')\ndef f(o): pass\n",
        (
            "pymakefile.py:8: two tasks are called 'f'\n"
            "  the other: pymakefile.py:6\n"
            "  try: give one of them another name\n"
        ),
    ),
    "a function that is no task": (
        "def g(i, o): pass\n@task(g, 'a')\ndef f(i, o): pass\n",
        (
            "pymakefile.py:7: function g is no task\n"
            "  try: decorate it, or name a task of another build file: output_from(…)\n"
        ),
    ),
    "an argument that cannot be pickled": (
        "import threading\n@task('first.in', 'a', threading.Lock())\ndef f(i, o, lock): pass\n",
        (
            "pymakefile.py:7: extras[0] of task f holds a _thread.lock, which has no stable form; "
            "it counts by its type alone\n"
            "pymake: pymakefile.py:7: an argument of task f cannot be sent to a worker process\n"
            "  parameter: extras[0]\n"
            "  type: _thread.lock\n"
            "  pickle says: cannot pickle '_thread.lock' object\n"
            "  try: give the job plain values (a file name, numbers, texts), and make the object inside the function\n"
        ),
    ),
    "a suffix that no input has": (
        "@transform('in/*.txt', suffix('.c'), '.o')\ndef f(i, o): pass\n",
        (
            "pymakefile.py:6: task f: no input ends in .c\n"
            "  input: in/one.txt, in/two.txt\n"
            "  try: the suffix is the end of the input's name, with its dot\n"
        ),
    ),
    "a transform without filter": (
        "@transform('in/*.txt', 'x')\ndef f(i, o): pass\n",
        (
            "pymakefile.py:6: transform has no filter\n"
            '  try: transform(input, filter, output, *extras), or an input such as "src/{name}.c"\n'
        ),
    ),
}


@pytest.fixture
def sources(workspace: Workspace) -> Workspace:
    workspace.write("first.in", "")
    workspace.write("tools.py", "def make(output):\n    pass\n")
    for name in ("one.txt", "two.txt", "one.md"):
        workspace.write(f"in/{name}", "")
    return workspace


def assert_refused(workspace: Workspace, text: str, *words: str) -> None:
    before = workspace.tree()
    ended = workspace.pymake(*words, code=2)
    assert (ended.out, ended.err) == ("", f"pymake: {text}")
    assert workspace.tree() == before
    assert not workspace.path(".pymake/journal").exists() or workspace.path(".pymake/journal").stat().st_size < 20


@pytest.mark.parametrize("case", TOML)
def test_a_broken_pymake_toml_is_refused(sources: Workspace, case: str) -> None:
    text, message = TOML[case]
    sources.write("pymake.toml", TOML_FIRST + text)
    assert_refused(sources, message)


@pytest.mark.parametrize("case", PYTHON)
def test_a_broken_pymakefile_is_refused(sources: Workspace, case: str) -> None:
    text, message = PYTHON[case]
    sources.write("pymakefile.py", PYTHON_FIRST + text)
    assert_refused(sources, message)


def test_a_link_to_nowhere_is_an_input_that_is_not_there(sources: Workspace) -> None:
    sources.path("in/link.txt").symlink_to("nowhere")
    task = '[task.a]\nkind = "transform"\ninput = "in/{n}.txt"\noutput = "{n}"\ncommand = "cp {input} {output}"\n'
    sources.write("pymake.toml", TOML_FIRST + task)
    assert_refused(
        sources,
        "pymake.toml:4: task a: the input in/link.txt is not there, and no task makes it\n"
        "  needed by: a link\n"
        "  nearest: in/one.txt, in/two.txt\n"
        "  try: correct the name, or declare the file as the output of a task\n",
    )


def test_both_build_files_with_one_task_name_are_refused(sources: Workspace) -> None:
    sources.write("pymake.toml", TOML_FIRST)
    sources.write("pymakefile.py", PYTHON_FIRST)
    assert_refused(
        sources,
        "pymakefile.py:2: two tasks with the name 'first'\n  the first: pymake.toml:1\n  try: rename one of them\n",
    )


def test_a_default_that_is_not_there_is_refused(sources: Workspace) -> None:
    sources.write("pymake.toml", 'default = "frist"\n' + TOML_FIRST)
    assert_refused(
        sources,
        "pymake.toml:1: default: no task and no file of the plan is called 'frist'\n"
        "  nearest: first\n"
        "  try: pymake list shows all tasks\n",
    )


def test_broken_pyproject_tables_and_bytes_are_refused(sources: Workspace) -> None:
    sources.write("pyproject.toml", "[tool.pymake.taks]\nx = 1\n")
    assert_refused(sources, "pyproject.toml:1: unknown key 'taks'\n  try: task\n")
    sources.path("pymake.toml").write_bytes(b"x='\xff'\n")
    assert_refused(sources, "pymake.toml: is not UTF-8\n  byte: 3\n")


OPTIONS = "  try: pymake --help shows all options\n"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--kepp-going"], f"pymake: no option --kepp-going\n  nearest: --keep-going\n{OPTIONS}"),
        (["-z"], f"pymake: no option -z\n{OPTIONS}"),
        (["-kzn"], f"pymake: no option -z\n{OPTIONS}"),
        (["--keep"], f"pymake: no option --keep\n  nearest: --keep-going, --keep-failed\n{OPTIONS}"),
        (["--keep-goin"], f"pymake: no option --keep-goin\n  nearest: --keep-going\n{OPTIONS}"),
        (["--job=5"], f"pymake: no option --job\n  nearest: --jobs, --jobserver\n{OPTIONS}"),
        (["--job"], f"pymake: no option --job\n  nearest: --jobs, --jobserver\n{OPTIONS}"),
        (["--format=dot"], f"pymake: no option --format\n  known to: pymake graph\n{OPTIONS}"),
        (["--explain=x"], "pymake: --explain takes no value\n"),
        (["list", "-C"], "pymake: -C needs a value: -C DIR\n"),
        (
            ["list", "--jsn"],
            "pymake: pymake list has no option --jsn\n  nearest: --json\n  try: pymake list --help shows all options\n",
        ),
        (["-j0"], "pymake: -j takes a whole number, at least 1, not '0'\n"),
        (["--jobs=all"], "pymake: --jobs takes a whole number, at least 1, not 'all'\n"),
        (["--retries", "-1"], "pymake: --retries takes a whole number, at least 0, not '-1'\n"),
        (["--timeout", "1h"], "pymake: --timeout takes a number of seconds, not '1h'\n"),
        (["--color", "alway"], "pymake: --color takes auto or always or never, not 'alway'\n  nearest: always\n"),
        (
            ["lst"],
            (
                "pymake: no task and no file of the plan is called 'lst'\n"
                "  nearest command: pymake list\n  try: pymake list shows all tasks\n"
            ),
        ),
        (["--timeout", "0"], "pymake: timeout is 0 s, and must be above 0\n  try: leave it out for no limit\n"),
        (["--timeout", "nan"], "pymake: timeout is nan s, and must be above 0\n  try: leave it out for no limit\n"),
        (["-f", "no.toml"], "pymake: no.toml: cannot be read\n  reason: No such file or directory\n"),
        (["-f", "first.in"], "pymake: first.in is no build file\n  try: a build file ends in .toml or .py\n"),
        (["graph", "--format", "x"], "pymake: --format takes dot or mermaid, not 'x'\n"),
    ],
)
def test_wrong_words_are_refused(sources: Workspace, words: list[str], text: str) -> None:
    sources.write("pymake.toml", TOML_FIRST)
    assert sources.pymake(*words, code=2).err == text
    assert not sources.exists("ran")


def a_file(project: Workspace) -> None:
    project.write(".pymake", "mine")


def somebody_elses_folder(project: Workspace) -> None:
    project.write(".pymake/notes.txt", "mine")


def another_format(project: Workspace) -> None:
    project.write(".pymake/format", "other tool 3\n")


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (a_file, ".pymake is not a folder"),
        (somebody_elses_folder, ".pymake exists and was not made by pymake"),
        (another_format, ".pymake exists and was not made by pymake"),
    ],
)
def test_a_foreign_state_folder_is_refused_and_left_alone(
    sources: Workspace, case: Callable[[Workspace], None], what: str
) -> None:
    sources.write("pymake.toml", TOML_FIRST)
    case(sources)
    before = sources.tree(state=True)
    for words in ([], ["-n"], ["list"]):
        ended = sources.pymake(*words, code=2)
        assert ended.err == (
            f"pymake: {what}\n  try: move .pymake away: pymake keeps its memory in a folder of that name\n"
        )
    assert sources.tree(state=True) == before


def test_a_state_folder_that_cannot_be_written_is_refused(sources: Workspace) -> None:
    sources.write("pymake.toml", TOML_FIRST)
    sources.pymake()
    sources.path(".pymake").chmod(0o555)
    try:
        if os.access(sources.path(".pymake"), os.W_OK):
            pytest.skip("this user may write everywhere")
        assert_refused(sources, "cannot write .pymake\n  reason: Permission denied\n")
    finally:
        sources.path(".pymake").chmod(0o755)


def test_a_journal_that_cannot_be_opened_is_refused(sources: Workspace) -> None:
    sources.write("pymake.toml", TOML_FIRST)
    sources.pymake()
    sources.remove(".pymake/journal")
    sources.path(".pymake/journal").mkdir()
    ended = sources.pymake(code=2)
    assert ended.err == "pymake: cannot read .pymake/journal\n  reason: Is a directory\n"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda journal: bytes(reversed(journal)), True),
        (lambda journal: b"", False),
        (lambda journal: b"something else\n" * 50, True),
        (lambda journal: journal[: len(journal) // 2], False),
        (lambda journal: journal[:30] + bytes([journal[30] ^ 255]) + journal[31:], True),
        (lambda journal: journal + b"\xff" * 100, False),
        (lambda journal: journal[:15] + b"\x09" + journal[16:], True),
    ],
    ids=["backwards", "empty", "foreign", "half", "a flipped byte", "more behind", "another version"],
)
def test_a_damaged_journal_is_set_aside_and_costs_a_rebuild_at_most(
    sources: Workspace, damage: Callable[[bytes], bytes], said: bool
) -> None:
    sources.write(
        "pymake.toml",
        text_of("""
        [task.copy]
        kind    = "transform"
        input   = "in/{name}.txt"
        output  = "out/{name}"
        command = "cp {input} {output}"
        """),
    )
    sources.pymake()
    journal = sources.path(".pymake/journal")
    journal.write_bytes(damage(journal.read_bytes()))
    before = sources.tree(state=True)
    sources.pymake("-n")
    assert sources.tree(state=True) == before
    ended = sources.pymake()
    assert sources.exists(".pymake/journal.bad-1") is ("journal.bad-1" in ended.err) is said
    assert sources.pymake().summary == "nothing to do (2 jobs up to date)"
