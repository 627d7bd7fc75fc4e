"""The real `pymake watch`, on real files: it builds what changed, whatever way it changed, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys

import pytest

from tests.e2e.watching import watching
from tests.e2e.workspace import PATIENCE, Workspace, until, without_times

UPPER = """
    [task.upper]
    kind = "transform"
    input = "src/{name}.txt"
    output = "out/{name}.up"
    command = "tr a-z A-Z < {input} > {output}"

    [task.all]
    kind = "merge"
    input = { task = "upper" }
    output = "out/all"
    command = "cat {input} > {output}"
"""


@pytest.fixture
def upper(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", UPPER)
    workspace.write("src/a.txt", "a\n")
    workspace.write("src/b.txt", "b\n")
    return workspace


def jobs(text: str) -> list[str]:
    """The labels of the jobs that ran, sorted."""
    return sorted(line.split("] ")[1].rpartition(" (")[0] for line in text.splitlines() if line.startswith("["))


def test_a_day_of_edits(upper: Workspace) -> None:
    with watching(upper) as watch:
        first = watch.built()
        assert first.startswith("pymake: watching 5 files in 3 folders\n")
        assert jobs(first) == ["all out/all", "upper out/a.up", "upper out/b.up"]

        upper.write("src/a.txt", "other\n")
        assert without_times(watch.built()) == (
            "pymake: changed: src/a.txt\n"
            "[1/2] upper out/a.up (T s)\n"
            "[2/2] all out/all (T s)\n"
            "pymake: 2 ran, 1 up to date, 0 failed in T s\n"
        )
        assert upper.read("out/all") == "OTHER\nB\n"

        upper.touch("src/b.txt")  # nothing runs for that, and nothing is said
        upper.write("src/.swap", "no job reads it")
        upper.write("src/c.txt", "new\n")  # a new file in a globbed folder
        assert jobs(watch.built()) == ["all out/all", "upper out/c.up"]

        upper.write("beside", "saved by rename\n")
        os.rename(upper.path("beside"), upper.path("src/b.txt"))
        assert jobs(watch.built()) == ["all out/all", "upper out/b.up"]

        upper.write("out/a.up", "edited by hand")  # an output is repaired
        assert jobs(watch.built()) == ["upper out/a.up"]

        os.rename(upper.path("src"), upper.path("away"))
        upper.write("src/d.txt", "d\n")
        assert jobs(watch.built())[-1] == "upper out/d.up"
        shutil.rmtree(upper.path("src"))
        os.rename(upper.path("away"), upper.path("src"))
        watch.until("changed: ")
        watch.built()
        until(lambda: upper.lines("out/all") == ["OTHER", "SAVED BY RENAME", "NEW"], "the folder did not come back")

        ended = watch.end()
        assert ended.code == 130
        assert ended.err.endswith(" builds\n")
    assert upper.pymake().summary == "nothing to do (4 jobs up to date)"


def test_a_broken_build_file_is_shown_once_and_not_built_from(upper: Workspace) -> None:
    with watching(upper) as watch:
        watch.built()
        upper.write("pymake.toml", UPPER.replace("[task.all]", "[task.all"))
        broken = watch.until("nothing is built until that is mended")
        assert broken.startswith("pymake: pymake.toml:7: not TOML")
        upper.write("src/a.txt", "seen later\n")
        upper.write("pymake.toml", UPPER.replace("cat {input}", "cat {input} {input}"))
        assert jobs(watch.built()) == ["all out/all", "upper out/a.up"]
        assert upper.read("out/all") == "SEEN LATER\nB\n" * 2


def test_an_input_that_goes_and_comes_back(workspace: Workspace) -> None:
    workspace.write("pymake.toml", 'task.copy = {input = "in/a", output = "b", command = "cp in/a b"}')
    workspace.write("in/a", "1\n")
    with watching(workspace) as watch:
        watch.built()
        workspace.remove("in/a")
        broken = watch.until("nothing is built until that is mended")
        assert "in/a" in broken
        workspace.write("in/a", "2\n")
        assert jobs(watch.built()) == ["copy b"]


PYTHON = """
    from pymake import suffix, transform
    from texts import changed

    @transform("src/*.txt", suffix(".txt"), ".out", output_dir="out")
    def convert(input, output):
        with open(input) as source, open(output, "w") as target:
            target.write(changed(source.read()))
"""


def test_functions_are_those_of_the_build_file_as_it_is_now(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", PYTHON)
    workspace.write("texts.py", "def changed(text):\n    return text.upper()\n")
    workspace.write("src/a.txt", "abc\n")
    with watching(workspace) as watch:
        watch.built()
        assert workspace.read("out/a.out") == "ABC\n"
        workspace.write("texts.py", "def changed(text):\n    return text.title()\n")
        assert jobs(watch.built()) == ["convert out/a.out"]
        assert workspace.read("out/a.out") == "Abc\n"
        workspace.write("texts.py", "# said in other words\ndef changed(text):\n    return text.title()\n")
        workspace.write("src/a.txt", "xyz\n")
        assert jobs(watch.built()) == ["convert out/a.out"]
        assert workspace.read("out/a.out") == "Xyz\n"


FAILING = """
    [task.check]
    kind = "transform"
    input = "src/{name}.txt"
    output = "out/{name}.ok"
    command = "grep -q good {input} && touch {output}"
"""


def test_what_failed_is_tried_again_when_its_input_changes(workspace: Workspace) -> None:
    workspace.write("pymake.toml", FAILING)
    workspace.write("src/a.txt", "good\n")
    workspace.write("src/b.txt", "bad\n")
    with watching(workspace, "-k", "--on-failure", "echo sad >> told", "--on-success", "echo glad >> told") as watch:
        assert "pymake: 2 ran, 0 up to date, 1 failed" in watch.built()
        workspace.write("src/a.txt", "good too\n")
        assert jobs(watch.built()) == ["check out/a.ok"]
        watch.until("check out/b.ok still fails")
        workspace.write("src/b.txt", "good\n")
        assert jobs(watch.built()) == ["check out/b.ok"]
        until(lambda: workspace.lines("told") == ["sad", "sad", "glad"], "the commands did not run")
        workspace.write("src/b.txt", "bad again\n")
        assert jobs(watch.built()) == ["check out/b.ok FAILED"]
        workspace.write("src/a.txt", "good for good\n")  # that out/b.ok is gone is no reason to try again
        assert jobs(watch.built()) == ["check out/a.ok"]


def test_a_job_is_started_again_when_what_it_reads_changes(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.slow]
        input = "a"
        output = "slow"
        command = "echo run >> runs; cat a > slow; while [ ! -e go ]; do sleep 0.05; done"

        [task.other]
        input = "b"
        output = "other"
        command = "echo run >> others; cat b > other; while [ ! -e go ]; do sleep 0.05; done"
        """,
    )
    workspace.write("a", "1\n")
    workspace.write("b", "1\n")
    with watching(workspace, "-j2") as watch:
        workspace.wait_for("others")
        workspace.wait_for("runs")
        workspace.write("a", "2\n")
        watch.until("slow slow: a changed; starting again")
        until(lambda: workspace.lines("runs") == ["run", "run"], "it did not start again")
        workspace.write("go", "")
        assert "2 ran, 0 up to date, 0 failed" in watch.built()
        assert workspace.read("slow") == "2\n"
        assert workspace.lines("others") == ["run"]


def test_a_build_file_that_is_edited_while_a_job_runs(workspace: Workspace) -> None:
    build_file = """
        [task.slow]
        output = "slow"
        command = "echo slow >> runs; cp new pymake.toml; sleep 0.2; touch slow"

        [task.after]
        input = "slow"
        output = "after"
        command = "echo old >> runs; echo old > after"
        """
    workspace.write("pymake.toml", build_file)
    workspace.write("new", build_file.replace("echo old", "echo new"))
    with watching(workspace) as watch:
        watch.until("changed: pymake.toml")
        watch.built()
        assert workspace.lines("runs") == ["slow", "new"]
        assert workspace.read("after") == "new\n"


def test_jobs_finish_if_they_are_to(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.slow]
        input = "a"
        output = "slow"
        command = "echo run >> runs; cat a > slow; while [ ! -e go ]; do sleep 0.05; done; echo end >> runs"
        """,
    )
    workspace.write("a", "1\n")
    with watching(workspace, "--no-cancel") as watch:
        workspace.wait_for("runs")
        workspace.write("a", "2\n")
        workspace.write("go", "")
        watch.built()
        assert workspace.read("slow") == "2\n"
        assert workspace.lines("runs") == ["run", "end", "run", "end"]


def test_a_job_that_starts_itself_is_reported(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.grow]
        kind = "merge"
        input = "data/*.txt"
        output = "all"
        command = "cat {input} > all; date +%N > data/$(date +%s%N).txt"
        """,
    )
    workspace.write("data/a.txt", "1\n")
    with watching(workspace, "--once-idle", "5") as watch:
        watch.until("they seem to start themselves")
        rounds = len(list(workspace.path("data").iterdir()))
        workspace.write("data/a.txt", "2\n")
        watch.until("changed: data/a.txt")
        watch.built()
        assert rounds < 10


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_nothing_is_left_behind(workspace: Workspace, number: signal.Signals, code: int) -> None:
    workspace.write("pymake.toml", 'task.long = {output = "x", command = "touch began; sleep 1000; touch x"}')
    with watching(workspace, "--on-success", "sleep 1000") as watch:
        workspace.wait_for("began")
        assert watch.end(number).code == code
        assert list(workspace.processes()) == []
        assert not workspace.exists("x")


def test_it_ends_once_nothing_happens(upper: Workspace) -> None:
    with watching(upper, "--once-idle", "0.3", "--json") as watch:
        ended = watch.ended()
    assert ended.code == 0
    kinds = [line.split('"event": "')[1].split('"')[0] for line in ended.err.splitlines()]
    assert [kinds[0], kinds[-1]] == ["watch-started", "watch-ended"]
    assert kinds.count("build-ended") == 1


def test_polling_finds_what_nobody_hears_of(upper: Workspace) -> None:
    with watching(upper, "--poll", "0.1") as watch:
        assert watch.built().startswith("pymake: watching 5 files in 3 folders, looking now and then\n")
        upper.write("src/a.txt", "other\n")
        assert jobs(watch.built()) == ["all out/all", "upper out/a.up"]
        upper.write("src/new.txt", "other\n")
        assert jobs(watch.built()) == ["all out/all", "upper out/new.up"]


def test_another_build_beside_it(upper: Workspace) -> None:
    with watching(upper) as watch:
        watch.built()
        assert upper.pymake("--no-wait").summary == "nothing to do (3 jobs up to date)"
        upper.pymake("-B", "--no-wait")  # writes the memory that the watch has read
        upper.write("src/a.txt", "other\n")
        watch.until("changed: .*src/a.txt")  # it may have answered the first command in its own terminal too
        assert jobs(watch.built()) == ["all out/all", "upper out/a.up"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--poll", "0"], "pymake: --poll is 0 s, and must be above 0\n"),
        (["--once-idle", "soon"], "pymake: --once-idle takes a number of seconds, not 'soon'\n"),
        (
            ["-B"],
            "pymake: pymake watch has no option -B\n  known to: pymake build\n",
        ),
        (["nowhere"], "pymake: no task and no file of the plan is called 'nowhere'\n"),
    ],
)
def test_wrong_usage(upper: Workspace, words: list[str], said: str) -> None:
    ended = upper.pymake("watch", *words, code=2)
    assert ended.err.startswith(said)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
def test_keys_and_colours_of_a_terminal(upper: Workspace) -> None:
    pexpect = pytest.importorskip("pexpect")
    env = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
    upper.write("pymake.toml", UPPER + '\n[task.ready]\noutput = "ready"\ncommand = "test -e flag && touch ready"\n')
    words = ["-m", "pymake", "watch", "-k", "--clear"]
    child = pexpect.spawn(sys.executable, words, cwd=str(upper.root), env=env, encoding="utf-8")
    child.timeout = PATIENCE
    cleared = re.escape("\x1b[H\x1b[2J\x1b[3J")
    child.expect(rf"^{cleared}pymake: watching 6 files")
    child.expect("4 ran, 0 up to date, 1 failed")
    upper.write("flag", "")  # no job is known to read it
    child.send("f")
    child.expect(rf"{cleared}pymake: building again")
    child.expect("1 ran, 3 up to date, 0 failed")
    child.send("r")
    child.expect("building again")
    child.expect("nothing to do")
    upper.write("src/a.txt", "other\n")
    child.expect(rf"{cleared}pymake: changed: src/a.txt")
    child.expect("2 ran, 2 up to date")
    child.send("w")
    child.expect("upper out/a.up: input src/a.txt changed")
    child.send("q")
    child.expect("watch ended after")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
