"""Outputs known only after the run: splits whose number of files changes, and everything that reads them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import without_times

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

BUILD_FILE = """
    import os, time
    from pymake import split, transform, merge, suffix

    @split("big.txt", "parts/*.part")
    def cut(input, outputs):
        print("handed", outputs)
        for output in outputs:
            os.unlink(output)
        for line in open(input):
            name, _, rest = line.strip().partition(" ")
            open(f"parts/{name}.part", "w").write(rest)
            if os.path.exists("slow"):
                open("writing", "w").close()
                time.sleep(30)

    @transform(cut, suffix(".part"), ".up", output_dir="up")
    def up(input, output):
        text = open(input).read()
        if "fail" in text:
            raise ValueError(text)
        open(output, "w").write(text.upper())

    @merge(up, "all.txt")
    def join(inputs, output):
        print("joining", *inputs)
        open(output, "w").write(" ".join(open(i).read() for i in inputs))
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymakefile.py", BUILD_FILE)
    workspace.write("big.txt", "a one\nb two\nc three\n")
    return workspace


def ran(workspace: Workspace, *words: str, code: int = 0) -> list[str]:
    return sorted(workspace.pymake(*words, code=code).ran)


def test_readers_run_in_the_same_build_and_a_second_build_runs_nothing(project: Workspace) -> None:
    ended = project.pymake("-j1")
    assert without_times(ended.err) == (
        "[1/1] cut parts/*.part (T s)\n"
        "handed []\n"
        "[2/5] up up/a.up (T s)\n"
        "[3/5] up up/b.up (T s)\n"
        "[4/5] up up/c.up (T s)\n"
        "[5/5] join all.txt (T s)\n"
        "joining up/a.up up/b.up up/c.up\n"
        "pymake: 5 ran, 0 up to date, 0 failed in T s\n"
    )
    assert project.read("all.txt") == "ONE TWO THREE"
    assert project.pymake().summary == "nothing to do (5 jobs up to date)"


def test_fewer_files_leave_no_trace_of_the_others(project: Workspace) -> None:
    project.pymake()
    project.write("big.txt", "a one\nc more\n")
    ended = project.pymake("-j1")
    assert "handed ['parts/a.part', 'parts/b.part', 'parts/c.part']\n" in ended.err
    assert sorted(ended.ran) == ["cut parts/*.part", "join all.txt", "up up/c.up"]
    assert project.read("all.txt") == "ONE MORE"
    assert not project.exists("parts/b.part")
    assert "pymake: removed what no job makes any more: up/b.up\n" in ended.err
    assert not project.exists("up/b.up")
    assert project.pymake().summary == "nothing to do (4 jobs up to date)"


def test_stale_files_that_the_function_leaves_are_removed(project: Workspace) -> None:
    project.replace("pymakefile.py", "        os.unlink(output)\n", "        pass\n")
    project.pymake()
    project.write("big.txt", "b two\nd new\n")
    assert ran(project) == ["cut parts/*.part", "join all.txt", "up up/d.up"]
    assert sorted(path.name for path in project.path("parts").iterdir()) == ["b.part", "d.part"]
    assert project.read("all.txt") == "TWO NEW"


def test_files_of_the_user_are_no_outputs_and_stay(project: Workspace) -> None:
    project.replace("pymakefile.py", "        os.unlink(output)\n", "        pass\n")
    project.write("parts/mine.part", "mine")
    project.pymake()
    assert project.read("all.txt") == "ONE TWO THREE"
    project.write("parts/b.part", "edited")
    project.write("big.txt", "a one\n")
    ended = project.pymake()
    assert (
        "pymake: parts/b.part was edited since cut parts/*.part made it, and was not made again: it is kept\n"
        in ended.err
    )
    assert project.read("all.txt") == "ONE"
    assert (project.read("parts/mine.part"), project.read("parts/b.part")) == ("mine", "edited")
    cleaned = project.pymake("clean").out.splitlines()
    assert [line for line in cleaned if "parts/" in line] == ["removed parts/a.part"]


@pytest.mark.parametrize("path", ["parts/b.part", "big.txt"])
def test_what_equals_the_last_run_is_seen_before_anything_runs(project: Workspace, path: str) -> None:
    project.pymake()
    project.touch(path)
    assert project.pymake("-n").out.startswith("up to date (5):\n")
    assert project.pymake().summary == "nothing to do (5 jobs up to date)"


def test_a_found_output_that_was_changed_is_made_again(project: Workspace) -> None:
    project.pymake()
    project.write("parts/b.part", "edited")
    assert ran(project) == ["cut parts/*.part"]
    project.remove("parts/c.part")
    assert ran(project) == ["cut parts/*.part"]
    assert project.read("all.txt") == "ONE TWO THREE"


def test_looking_says_what_cannot_be_known(project: Workspace) -> None:
    assert project.pymake("-n").out == (
        "will run (1):\n"
        "  cut parts/*.part: never ran\n"
        "may run (2):\n"
        "  up: its jobs are known when cut parts/*.part is up to date\n"
        "  join: its jobs are known when those of up are\n"
    )
    assert project.pymake("list").out == (
        "cut   split      1 job   1 will run\nup    transform  ? jobs  may run\njoin  merge      ? jobs  may run\n"
    )
    assert project.pymake("why", "up/a.up").out == (
        "up\n  next build: may run: its jobs are known when cut parts/*.part is up to date\n"
    )
    project.pymake()
    assert project.pymake("list").out == (
        "cut   split      1 job   up to date\n"
        "up    transform  3 jobs  up to date\n"
        "join  merge      1 job   up to date\n"
    )
    assert "next build: up to date: 1 input, 3 outputs, code" in project.pymake("why", "cut").out


def test_a_file_of_a_job_that_is_not_known_yet_is_a_target(project: Workspace) -> None:
    assert ran(project, "up/b.up") == ["cut parts/*.part", "up up/b.up"]
    assert ran(project, "parts/c.part") == []
    assert ran(project, "up/*") == ["up up/a.up", "up up/c.up"]
    project.write("big.txt", "a one\n")
    gone = project.pymake("up/b.up", code=1)
    assert gone.ran == ["cut parts/*.part"]
    assert gone.err.splitlines()[-3:] == [
        "pymake: no task and no file of the plan is called 'up/b.up'",
        "  nearest: up/a.up",
        "  try: pymake list shows all tasks",
    ]
    assert project.pymake("elsewhere/b", code=2).err.startswith(
        "pymake: no task and no file of the plan is called 'elsewhere/b'\n"
    )


def test_a_failed_reader_and_then_a_fixed_one(project: Workspace) -> None:
    project.write("big.txt", "a one\nb fail\nc three\n")
    ended = project.pymake("-k", "-j1", code=1)
    assert ended.failed == ["up up/b.up"]
    assert ended.summary == "4 ran, 0 up to date, 1 failed in T s (1 not run)"
    project.write("big.txt", "a one\nc three\n")
    assert ran(project) == ["cut parts/*.part", "join all.txt"]
    assert project.read("all.txt") == "ONE THREE"


def test_a_failed_split_runs_no_reader_and_leaves_nothing(project: Workspace) -> None:
    project.pymake()
    project.replace("pymakefile.py", "    print(", "    assert 0\n    print(")
    ended = project.pymake("-k", code=1)
    assert ended.failed == ["cut parts/*.part"]
    assert list(project.path("parts").iterdir()) == []
    project.replace("pymakefile.py", "    assert 0\n", "")
    assert ran(project) == ["cut parts/*.part"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_split_had_begun_is_not_believed(project: Workspace, how: signal.Signals) -> None:
    project.replace("pymakefile.py", "        os.unlink(output)\n", "        pass\n")
    project.write("slow", "")
    running = project.start()
    project.wait_for("writing")
    running.send(how)
    running.end()
    project.remove("slow")
    project.write("big.txt", "z last\n")
    assert ran(project) == ["cut parts/*.part", "join all.txt", "up up/z.up"]
    assert [path.name for path in project.path("parts").iterdir()] == ["z.part"]
    assert project.read("all.txt") == "LAST"
    assert project.pymake().summary == "nothing to do (3 jobs up to date)"


def test_commands_of_a_toml_file(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.cut]
        kind = "split"
        input = "list"
        output = "parts/{set}-*.txt"
        vars = { set = "x" }
        command = "for name in $(cat {input}); do echo $name > parts/x-$name.txt; done; echo {output:raw} > seen"

        [task.copy]
        kind = "transform"
        input = "parts/{name}.txt"
        output = "out/{name}.txt"
        command = "cp {input} {output}"

        [task.all]
        kind = "merge"
        input = "out/*.txt"
        output = "all"
        command = "cat {input} > {output}"
        """,
    )
    workspace.write("list", "b a\n")
    assert ran(workspace) == ["all all", "copy out/x-a.txt", "copy out/x-b.txt", "cut parts/x-*.txt"]
    assert workspace.read("all") == "a\nb\n"
    workspace.write("list", "c\n")
    assert ran(workspace) == ["all all", "copy out/x-c.txt", "cut parts/x-*.txt"]
    assert (workspace.read("all"), workspace.read("seen")) == ("c\n", "parts/x-c.txt\n")
    assert workspace.pymake().summary == "nothing to do (3 jobs up to date)"


def test_each_input_is_divided_and_a_split_is_split_again(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import follows, merge, split, subdivide, suffix

        @split("words", "w/*.w")
        def words(input, outputs):
            for word in open(input).read().split():
                open(f"w/{word}.w", "w").write(word)

        @subdivide(words, suffix(".w"), r"l/\\1-*.l".replace("w/", ""))
        def letters(input, outputs):
            word = open(input).read()
            for letter in word:
                import os
                os.makedirs(f"l/w", exist_ok=True)
                open(f"l/w/{word}-{letter}.l", "w").write(letter)

        @merge(letters, "all")
        def all(inputs, output):
            open(output, "w").write("".join(open(i).read() for i in inputs))

        @follows(letters)
        @merge("words", "after")
        def after(inputs, output):
            import glob
            open(output, "w").write(str(len(glob.glob("l/w/*"))))
        """,
    )
    workspace.write("words", "ab cd")
    assert sorted(workspace.pymake("-j2").ran) == [
        "after after",
        "all all",
        "letters l/w/ab-*.l",
        "letters l/w/cd-*.l",
        "words w/*.w",
    ]
    assert (workspace.read("all"), workspace.read("after")) == ("abcd", "4")
    workspace.write("words", "cd e")
    assert sorted(workspace.pymake().ran) == ["after after", "all all", "letters l/w/e-*.l", "words w/*.w"]
    assert workspace.read("all") == "cde"
    assert workspace.pymake().summary == "nothing to do (5 jobs up to date)"
