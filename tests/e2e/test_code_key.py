"""Changes of code run what they can matter to, and nothing else: with the real command, over real edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

BUILD = '''
    from pymake import task
    import lib.words

    LEAST = 2

    def long(word):
        """Whether a word counts."""
        return len(word) >= LEAST

    def unused():
        return 1

    @task("a.txt", "count.txt")
    def count(input, output):
        words = lib.words.split(open(input).read())
        open(output, "w").write(str(sum(map(long, words))))

    @task("a.txt", "lines.txt")
    def lines(input, output):
        from lib import lazy
        open(output, "w").write(lazy.lines(input))
'''
WORDS = "def split(text):\n    return text.split()\n"
LAZY = "def lines(path):\n    return str(len(open(path).readlines()))\n"

EDITS = [
    ("pymakefile.py", "len(word) >= LEAST", "len(word) > LEAST", ["count count.txt"]),
    ("pymakefile.py", "LEAST = 2", "LEAST = 3", ["count count.txt"]),
    ("pymakefile.py", "LEAST = 2", "LEAST = 1 + 1", []),
    ("lib/words.py", "text.split()", "text.split(',')", ["count count.txt"]),
    ("lib/lazy.py", "readlines()", "readlines()[1:]", ["lines lines.txt"]),
    ("lib/lazy.py", "return str(", "return str(  # the number of lines\n        ", []),
    ("pymakefile.py", "return len(word)", "return (  # long\n        len(word))", []),
    ("pymakefile.py", "Whether a word counts.", "Whether it does.", []),
    ("pymakefile.py", "def long(word):", "def long(word: str) -> bool:", []),
    ("pymakefile.py", "return 1", "return 2", []),
    ("pymakefile.py", "def unused():", "def other():", []),
    ("pymakefile.py", "def count(", "def total(", []),
]


def test_an_edit_runs_what_it_can_matter_to_and_nothing_else(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", BUILD)
    workspace.write("lib/words.py", WORDS)
    workspace.write("lib/lazy.py", LAZY)
    workspace.write("a.txt", "a bc, def\nghij\n")
    assert sorted(workspace.pymake().ran) == ["count count.txt", "lines lines.txt"]
    assert workspace.pymake().ran == []
    for path, old, new, ran in EDITS:
        workspace.replace(path, old, new)
        assert workspace.pymake().ran == ran, new
        workspace.replace(path, new, old)
        assert workspace.pymake().ran == ran, f"back from {new}"


def test_what_cannot_be_followed_is_said_once_with_its_place(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import lib
        from pymake import task

        @task("a.txt", ["b", "c"])
        def one(input, outputs):
            for output in outputs:
                open(output, "w").write(getattr(lib, output)())

        @task("a.txt", "d")
        def two(input, output):
            one(input, [output])
        """,
    )
    workspace.write("lib.py", "def b(): return 'b'\ndef c(): return 'c'\ndef d(): return 'd'\n")
    workspace.write("a.txt", "")
    said = (
        "pymakefile.py:7: getattr(lib, output) finds code only when it runs; uses(files=[…]) can name the file it is in"
    )
    found = workspace.pymake()
    assert found.code == 0
    assert found.err.count("finds code only") == 1
    assert said in found.err


def test_a_folder_can_be_moved(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import os
        from pathlib import Path
        from pymake import task

        HERE = os.path.dirname(os.path.abspath(__file__))
        DATA = Path(__file__).parent / "data"

        @task("a.txt", "b.txt")
        def copy(input, output):
            open(output, "w").write(str(os.path.exists(HERE) and DATA.name))
        """,
    )
    workspace.write("a.txt", "")
    assert workspace.pymake().ran == ["copy b.txt"]
    moved = workspace.root.with_name(workspace.root.name + "-moved")
    workspace.root.rename(moved)
    assert type(workspace)(moved).pymake().ran == []
    moved.rename(workspace.root)


def test_versions_of_packages_decide_if_declared(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        output = "a"
        command = "touch a"
        packages = ["pytest", "no-such-package"]
        """,
    )
    found = workspace.pymake()
    assert found.ran == ["a a"]
    assert "pymake.toml:1: task a: no package no-such-package is installed, so what it is cannot decide" in found.err
    assert workspace.pymake().ran == []
