"""Python functions as tasks: decorated, by `module:function`, through workers that may die."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace, without_times

if TYPE_CHECKING:
    from pathlib import Path

WORDS = """
    from pymake import merge, suffix, transform

    @transform("texts/*.txt", suffix(".txt"), ".count", output_dir="build")
    def count(input, output):
        "Words of one text."
        n = len(open(input).read().split())
        open(output, "w").write(f"{n}\\n")

    @merge(count, "build/report.txt", "total", 2)
    def report(inputs, output, word, factor):
        print("reporting", len(inputs))
        total = sum(int(open(i).read()) for i in inputs)
        open(output, "w").write(f"{word} {total * factor}\\n")
"""


@pytest.fixture
def words(workspace: Workspace) -> Workspace:
    workspace.write("pymakefile.py", WORDS)
    workspace.write("texts/a.txt", "one two three\n")
    workspace.write("texts/b.txt", "four\n")
    return workspace


def test_functions_run_with_extras_and_what_they_print_is_shown_and_kept(words: Workspace) -> None:
    ended = words.pymake("-j1")
    assert without_times(ended.err) == (
        "[1/3] count build/a.count (T s)\n"
        "[2/3] count build/b.count (T s)\n"
        "[3/3] report build/report.txt (T s)\n"
        "reporting 2\n"
        "pymake: 3 ran, 0 up to date, 0 failed in T s\n"
    )
    assert words.read("build/report.txt") == "total 8\n"
    assert words.pymake().summary == "nothing to do (3 jobs up to date)"
    assert words.pymake("log", "report").out == "reporting 2\n"


@pytest.mark.parametrize(
    ("old", "new", "ran"),
    [
        ('"Words of one text."', '"Other words."  # and a comment', []),
        ("    n = len(", "\n    # counts\n    n = len(", []),
        ("def count(input, output):", "def count(input: str, output: str) -> None:", []),
        ("from pymake import merge", "import os\nfrom pymake import merge", []),
        ("split())", "split()) + 1", ["count build/a.count", "count build/b.count", "report build/report.txt"]),
        ('"total", 2)', '"total", 3)', ["report build/report.txt"]),
        ("word, factor):", "word, factor, more=1):", ["report build/report.txt"]),
        ("def report(", "def other_name(", []),
    ],
)
def test_the_meaning_of_a_function_decides(words: Workspace, old: str, new: str, ran: list[str]) -> None:
    words.pymake()
    words.replace("pymakefile.py", old, new)
    assert sorted(words.pymake().ran) == ran


def test_two_edits_of_equal_size_at_once_are_both_seen(words: Workspace) -> None:
    for number in range(3, 9):
        words.write("pymakefile.py", WORDS.replace('"total", 2)', f'"total", {number})'))
        words.pymake()
        assert words.read("build/report.txt") == f"total {4 * number}\n"


def test_a_function_of_a_module_is_called_from_toml(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.summary]
        kind   = "merge"
        input  = "in/*.txt"
        output = "build/summary"
        python = "tools.reports:summarise"
        extras = ["en", 20]
        """,
    )
    workspace.write("tools/__init__.py", "")
    workspace.write(
        "tools/reports.py",
        """
        def summarise(inputs, output, language, most):
            open(output, "w").write(f"{inputs} {language} {most}")
        """,
    )
    workspace.write("in/a.txt", "")
    workspace.pymake()
    assert workspace.read("build/summary") == "['in/a.txt'] en 20"
    workspace.replace("tools/reports.py", "{most}", "{most}!")
    assert workspace.pymake().ran == ["summary build/summary"]


def test_lambdas_closures_and_tasks_in_loops(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import main

        def writer(text):
            def write(output):
                open(output, "w").write(text)
            return write

        for text in ("x", "y"):
            main.originate(name=f"make-{text}", task_func=writer(text), output=f"out.{text}")
        main.originate(name="lambda", task_func=lambda output: open(output, "w").close(), output="out.l")
        """,
    )
    assert sorted(workspace.pymake("-j2").ran) == ["lambda out.l", "make-x out.x", "make-y out.y"]
    assert (workspace.read("out.x"), workspace.read("out.y")) == ("x", "y")
    workspace.replace("pymakefile.py", '("x", "y")', '("x", "y", "z")')
    assert workspace.pymake().ran == ["make-z out.z"]


def test_a_failing_function_shows_the_users_frames_only(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import json
        from pymake import originate
        from parts import deep

        @originate("out")
        def bad(output):
            print("before")
            open(output, "w").write("half")
            deep(output)
        """,
    )
    workspace.write("parts.py", "import json\n\n\ndef deep(path):\n    json.loads('{')\n")
    ended = workspace.pymake(code=1)
    assert without_times(ended.err) == (
        "[1/1] bad out FAILED (T s)\n"
        "pymakefile.py:5: json.decoder.JSONDecodeError: "
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
        "  pymakefile.py:9 in bad: deep(output)\n"
        "  parts.py:5 in deep: json.loads('{')\n"
        "before\n"
        "pymake: 1 ran, 0 up to date, 1 failed in T s\n"
    )
    assert not workspace.exists("out")
    assert workspace.pymake("log", "out").out == "before\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("os._exit(3)", "worker exited with status 3 (os._exit or a crash)"),
        ("os.kill(os.getpid(), 11)", "worker was killed by SIGSEGV"),
        ("sys.exit(2)", "SystemExit: 2"),
        ("sys.exit('words')", "SystemExit: words"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("pass", "ended well but did not make its output bad"),
    ],
)
def test_a_dying_job_takes_no_other_with_it(workspace: Workspace, line: str, message: str) -> None:
    workspace.write(
        "pymakefile.py",
        f"""
        import os, sys
        from pymake import originate

        @originate("bad")
        def bad(output):
            {line}

        @originate([f"good.{{n}}" for n in range(6)])
        def good(output):
            open(output, "w").close()
        """,
    )
    ended = workspace.pymake("-k", "-j2", code=1)
    assert ended.failed == ["bad bad"]
    assert ended.summary == "7 ran, 0 up to date, 1 failed in T s"
    assert f"pymakefile.py:4: {message}\n" in ended.err
    assert workspace.pymake("-k", code=1).ran == ["bad bad"]


@pytest.mark.parametrize("line", ["sys.exit()", "sys.exit(0)", "os.chdir('/')", "os.environ['PYTHONPATH'] = 'x'"])
def test_what_a_function_does_to_its_process_does_not_reach_the_next(workspace: Workspace, line: str) -> None:
    workspace.write(
        "pymakefile.py",
        f"""
        import os, sys
        from pymake import originate

        @originate(["a", "b", "c"])
        def make(output):
            open(output, "w").write(os.environ.get("PYTHONPATH", "") + os.getcwd())
            {line}
        """,
    )
    workspace.pymake("-j1")
    assert workspace.read("a") == workspace.read("b") == workspace.read("c")


def test_sh_quotes_runs_and_fails_with_command_and_output(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import sh, task

        @task("my file.txt", "copy of it")
        def copy(input, output):
            sh("cat {input} > {output}; echo to {word}", word="a b")

        @task(None, "no")
        def bad(input, output):
            sh("echo half > {output}; echo trouble >&2; exit 4")
        """,
    )
    workspace.write("my file.txt", "text\n")
    assert "\nto a b\n" in workspace.pymake("copy").err
    assert workspace.read("copy of it") == "text\n"
    assert without_times(workspace.pymake("bad", code=1).err) == (
        "[1/1] bad no FAILED (T s)\n"
        "pymakefile.py:7: exit status 4\n"
        "  command: echo half > no; echo trouble >&2; exit 4\n"
        "  output: trouble\n"
        '  pymakefile.py:9 in bad: sh("echo half > {output}; echo trouble >&2; exit 4")\n'
        "trouble\n"
        "pymake: 1 ran, 0 up to date, 1 failed in T s\n"
    )
    assert not workspace.exists("no")


def test_timeouts_and_retries(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import os, time
        from pymake import originate, retries, timeout

        @originate("slow")
        @timeout(0.2)
        def slow(output):
            time.sleep(60)

        @originate("third")
        @retries(2)
        def third(output):
            open("tries", "a").write("x")
            tries = len(open("tries").read())
            print(f"try {tries}")
            if tries < 3:
                raise ValueError("not yet")
            open(output, "w").close()

        @originate("silent")
        @retries(1)
        def silent(output):
            raise ValueError("never")
        """,
    )
    assert without_times(workspace.pymake("slow", code=1).err) == (
        "[1/1] slow slow FAILED (T s)\n"
        "pymakefile.py:4: timed out after T s\n"
        "pymake: 1 ran, 0 up to date, 1 failed in T s\n"
    )
    ended = workspace.pymake("third")
    assert workspace.read("tries") == "xxx"
    assert ended.ran[-1] == "third third"
    attempts = (
        "[attempt 1 of 3: ValueError: not yet]\ntry 1\n[attempt 2 of 3: ValueError: not yet]\ntry 2\n"
        "[attempt 3 of 3]\ntry 3\n"
    )
    assert attempts in ended.err
    assert workspace.pymake("log", "third").out == attempts
    workspace.pymake("silent", code=1)
    assert workspace.pymake("log", "silent").out == ""
    assert not list(workspace.root.rglob("*.attempts"))


def test_a_default_and_inactive_tasks(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import active_if, default, follows, mkdir, originate

        @originate("a")
        @mkdir("made")
        def first(output):
            open(output, "w").close()

        @default
        @follows(first)
        @originate("b")
        def second(output):
            open(output, "w").close()

        @originate("c")
        @active_if(False)
        def third(output):
            open(output, "w").close()

        @originate("d")
        def fourth(output):
            open(output, "w").close()
        """,
    )
    assert workspace.pymake().ran == ["first a", "second b"]
    assert workspace.path("made").is_dir()
    assert workspace.pymake("third").ran == []
    assert not workspace.exists("c")


def test_other_pipelines_are_targets_with_their_names(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import Pipeline

        docs = Pipeline("docs")
        docs.originate(name="page", output="page.html", command="touch {output}")
        """,
    )
    assert workspace.pymake("docs::page").ran == ["docs::page page.html"]


def test_a_build_file_without_tasks_builds_nothing(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", "import pymake\n")
    assert workspace.pymake().summary == "nothing to do (0 jobs up to date)"


def test_no_byte_code_of_build_files_is_left(words: Workspace, tmp_path: Path) -> None:
    words.pymake()
    assert not list(words.root.glob("**/pymakefile*.pyc"))
