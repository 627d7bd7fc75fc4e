"""Jobs are watched: what they read and write without declaring it is told, or recorded as discovered inputs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")

PYTHON = """
    from pymake import audit, suffix, task, transform

    @task("a.txt", "count.txt")
    def count(input, output):
        import lib
        words = open("words.cfg").read()
        open("side.log", "w").write("x")
        open(output, "w").write(words + lib.NAME)

    @audit("record")
    @transform("*.in", suffix(".in"), ".out")
    def include(input, output):
        name = open(input).read().strip()
        open(output, "w").write(open("inc/" + name).read())
"""


@pytest.fixture
def python(workspace: Workspace) -> Workspace:
    workspace.write("pymakefile.py", PYTHON)
    for path, text in {
        "a.txt": "a\n",
        "lib.py": "NAME = 'lib'\n",
        "words.cfg": "w\n",
        "x.in": "one\n",
        "y.in": "two\n",
        "inc/one": "1\n",
        "inc/two": "2\n",
    }.items():
        workspace.write(path, text)
    return workspace


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_calls_are_audited(python: Workspace, jobs: str) -> None:
    said = python.pymake("build", "--audit", jobs).err
    assert said.endswith(
        "pymake: audit: task count (pymakefile.py:3) reads without declaring it:\n"
        "  words.cfg\n"
        '  add: @uses(files=["words.cfg"])\n'
        "pymake: audit: task count (pymakefile.py:3) writes without declaring it:\n"
        "  side.log\n"
        '  add: output=["count.txt", "side.log"]\n'
    )
    assert not python.exists(".pymake/audit")
    assert "audit: no job was watched" in python.pymake("build", "--audit").err
    assert python.pymake("--audit", "-B", "include").err.endswith(
        "pymake: audit: nothing was read or written without being declared, as far as it could be seen\n"
    )


def test_what_is_recorded_decides_from_then_on(python: Workspace) -> None:
    assert len(python.pymake().ran) == 3
    assert python.pymake().ran == []
    python.write("inc/one", "changed\n")
    assert python.pymake().ran == ["include x.out"]
    assert python.read("x.out") == "changed\n"
    python.write("y.in", "one\n")
    assert python.pymake().ran == ["include y.out"]
    python.write("inc/two", "nobody reads it\n")
    assert python.pymake().ran == []
    python.remove("inc/one")
    found = python.pymake(code=1)
    assert sorted(found.failed) == ["include x.out", "include y.out"]


@needs_strace
def test_commands_are_audited_and_record(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.one]
        input = "a.txt"
        output = "one.txt"
        command = "cat {input} words.cfg > {output}; cat later.txt 2>/dev/null; echo > 'a log'"

        [task.later]
        output = "later.txt"
        command = "echo > {output}"

        [task.record]
        audit = "record"
        output = "two.txt"
        command = "cat words.cfg > {output}"
        """,
    )
    workspace.write("a.txt", "")
    workspace.write("words.cfg", "w\n")
    assert workspace.pymake("build", "--audit", "-j1").err.endswith(
        "pymake: audit: task one (pymake.toml:1) reads without declaring it:\n"
        "  later.txt, which task later makes\n"
        "  words.cfg\n"
        '  add: files = ["later.txt", "words.cfg"]\n'
        "pymake: audit: task one (pymake.toml:1) writes without declaring it:\n"
        "  a log\n"
        '  add: output = ["one.txt", "a log"]\n'
    )
    workspace.write("words.cfg", "v\n")
    assert workspace.pymake().ran == ["record two.txt"]
    assert workspace.read("two.txt") == "v\n"


def test_a_command_cannot_record_without_strace(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.a]\naudit = "record"\noutput = "a"\ncommand = "/bin/true"\n')
    found = workspace.pymake(env={"PATH": str(workspace.root)}, code=2)
    assert found.err == (
        "pymake: pymake.toml:1: task a records what it reads, which only strace sees of a command, and there is none\n"
        "  try: install strace, or have the command write a depfile\n"
    )


def test_who_begins_to_record_runs_once(workspace: Workspace) -> None:
    text = '    from pymake import audit, task\n\n    @task("a", "b")\n    def copy(i, o):\n        open(o, "w")\n'
    workspace.write("pymakefile.py", "\n" + text)
    workspace.write("a", "")
    assert workspace.pymake().ran == ["copy b"]
    workspace.replace("pymakefile.py", "@task", '@audit("record")\n@task')
    assert workspace.pymake().ran == ["copy b"]
    assert workspace.pymake().ran == []


def test_other_words_for_audit_are_refused(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.a]\naudit = true\noutput = "a"\ncommand = "x"\n')
    assert (
        workspace.pymake(code=2).err
        == 'pymake: pymake.toml:2: task a: audit must be "record"; it is the boolean true\n'
    )
    workspace.remove("pymake.toml")
    workspace.write(
        "pymakefile.py", 'from pymake import main\nmain.task(command="x", output="a", name="a", audit="all")\n'
    )
    assert workspace.pymake(code=2).err == (
        "pymake: pymakefile.py:2: audit is 'all', not \"record\"\n"
        "  try: pymake build --audit reports, whatever a task says\n"
    )
