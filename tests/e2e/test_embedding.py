"""`import pymake` in a script: build files from Python, pipelines of a script, typed results and errors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Result, Workspace

TOML = """
    default = "a"
    [vars]
    word = "one"
    [task.a]
    output  = "out/a"
    command = "echo {word} > {output}"
    [task.bad]
    kind    = "originate"
    output  = ["bad.1", "bad.2"]
    command = "echo told; exit 5"
    [task.after]
    input   = "bad.1"
    output  = "after"
    command = "cp {input} {output}"
"""


def script(workspace: Workspace, text: str, code: int = 0) -> Result:
    """Run a script of the user."""
    workspace.write("script.py", text)
    ended = workspace.run([sys.executable, "script.py"])
    assert ended.code == code, ended.out + ended.err
    return ended


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", TOML)
    return workspace


def test_build_returns_a_summary_and_leaves_the_current_folder(project: Workspace) -> None:
    project.write("sub/keep", "")
    ended = script(
        project,
        """
        import json, os
        import pymake

        os.chdir("sub")
        first = pymake.build(verbose=0)
        again = pymake.build("a", jobs=1, verbose=0)
        other = pymake.build(["../out/a"], variables={"word": "two"})
        print(json.dumps([
            [s.ran, s.up_to_date, s.failed, s.not_run, s.interrupted, list(s.errors)] for s in (first, again, other)
        ]))
        print(os.path.basename(os.getcwd()), first.seconds >= 0, first)
        """,
    )
    lines = ended.out.splitlines()
    assert json.loads(lines[0]) == [[1, 0, 0, 0, None, []], [0, 1, 0, 0, None, []], [1, 0, 0, 0, None, []]]
    assert lines[1].startswith("sub True Summary(")
    assert project.read("out/a") == "two\n"
    assert ended.err.count("pymake: ") == 1


def test_failed_jobs_raise_typed_errors(project: Workspace) -> None:
    ended = script(
        project,
        """
        import pymake

        try:
            pymake.build(["bad", "after"], keep_going=True, verbose=0)
        except pymake.JobsFailed as failed:
            assert isinstance(failed, pymake.PymakeError)
            for error in failed.errors:
                print(type(error).__name__, error.task, error.outputs, error.message, error.place)
            print(failed)
        """,
    )
    assert sorted(ended.out.splitlines()[:2]) == [
        "CommandFailed bad ('bad.1',) exit status 5 pymake.toml:7",
        "CommandFailed bad ('bad.2',) exit status 5 pymake.toml:7",
    ]
    assert ended.out.splitlines()[2] == "2 jobs failed: bad"


def test_what_cannot_be_built_raises_and_runs_nothing(project: Workspace) -> None:
    ended = script(
        project,
        """
        import pymake

        for call in (
            lambda: pymake.build("aa"),
            lambda: pymake.build(jobs=0),
            lambda: pymake.build(variables={"wrod": "x"}),
            lambda: pymake.build(3),
            lambda: pymake.build(directory="/"),
        ):
            try:
                call()
            except pymake.PymakeError as error:
                print(type(error).__name__, error.exit_code, error.message)
        """,
    )
    assert ended.out.splitlines() == [
        "UnknownTarget 2 no task and no file of the plan is called 'aa'",
        "UsageError 2 jobs is 0, and must be at least 1",
        "UsageError 2 no build file has a variable 'wrod'",
        "UsageError 2 3 is no target",
        "UsageError 2 no build file here or in any folder above",
    ]
    assert not project.exists("out")


PIPELINE = """
    import os
    from pymake import JobsFailed, Pipeline, pipeline_run, suffix, transform

    @transform("in/*.txt", suffix(".txt"), ".up", output_dir="up")
    def upper(input, output):
        with open("pids", "a") as pids:
            pids.write(f"{os.getpid()}\\n")
        open(output, "w").write(open(input).read().upper())

    p = Pipeline("site")
    pages = p.transform(name="page", command="cp {input} {output}", input="in/{name}.txt", output="site/{name}")
    index = p.merge(name="index", task_func=lambda inputs, output: open(output, "w").write(str(len(inputs))),
                    input=pages, output="site/index")

    def shown(summary):
        print(summary.ran, summary.up_to_date, summary.failed)

    if __name__ == "__main__":
"""


def test_pipelines_run_in_this_process_or_in_workers(workspace: Workspace) -> None:
    for name in "abc":
        workspace.write(f"in/{name}.txt", name)
    ended = script(
        workspace,
        PIPELINE
        + """
        shown(p.run(multiprocess=2))
        shown(p.run())
        shown(p.run(pages, always_make=True, verbose=0))
        shown(pipeline_run([upper], verbose=0))
        print({int(line) for line in open("pids")} == {os.getpid()})
        os.remove("pids")
        shown(pipeline_run(["upper"], multiprocess=2, verbose=0))
        shown(pipeline_run(upper, multiprocess=2, verbose=0))
        shown(pipeline_run(verbose=0))
        os.remove("up/a.up")
        shown(pipeline_run(["up/a.up"], multiprocess=2, verbose=0))
        print(os.getpid() in {int(line) for line in open("pids")})
        """,
    )
    assert ended.out.splitlines() == [
        "4 0 0",
        "0 4 0",
        "3 0 0",
        "3 0 0",
        "True",
        "0 3 0",
        "0 3 0",
        "0 7 0",
        "1 0 0",
        "False",
    ]
    assert workspace.read("site/index") == "3"
    assert workspace.read("up/a.up") == "A"


def test_a_lambda_that_fails_says_where(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
        from pymake import JobsFailed, Pipeline

        def explode(output):
            raise ValueError("no " + output)

        p = Pipeline("p")
        p.originate(name="x", task_func=explode, output="x")
        for multiprocess in (1, 2):
            try:
                p.run(multiprocess=multiprocess, verbose=0)
            except JobsFailed as failed:
                print(failed.errors[0])
        """,
    )
    one = 'script.py:7: ValueError: no x\n  script.py:4 in explode: raise ValueError("no " + output)\n'
    assert ended.out == one * 2


def test_an_error_that_nobody_catches_ends_with_what_is_wrong(project: Workspace) -> None:
    ended = script(project, "import pymake\npymake.build('bad', jobs=1)\n", code=1)
    assert ended.err.endswith(
        "JobsFailed: 1 job failed: bad\n  error: pymake.toml:7: exit status 5\n  command: echo told; exit 5\n"
    )


def test_a_script_keeps_ctrl_c_for_itself(project: Workspace) -> None:
    ended = script(
        project,
        """
        import os, signal, threading
        import pymake

        before = signal.getsignal(signal.SIGINT)
        pymake.build(verbose=0)
        print(signal.getsignal(signal.SIGINT) is before)
        done = []
        thread = threading.Thread(target=lambda: done.append(pymake.build(always_make=True, verbose=0).ran))
        thread.start()
        thread.join()
        print(done)
        """,
    )
    assert ended.out == "True\n[1]\n"
