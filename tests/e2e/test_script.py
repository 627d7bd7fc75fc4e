"""Programs that run their own tasks: every parameter of `pipeline_run`, printing and drawing."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.workspace import Result, Workspace

TASKS = """
import os, sys, threading, time
from pymake import *
import pymake

ran = []

@originate(["a.txt", "b.txt"], 1)
def make(output, extra):
    ran.append(output)
    open(output, "w").write(f"{os.getpid()} {threading.get_ident()}")

@transform(make, suffix(".txt"), ".up")
def up(input, output):
    ran.append(output)
    open(output, "w").write(open(input).read())

@merge(up, "all")
def join(inputs, output):
    ran.append(output)
    open(output, "w").write(str(len(inputs)))

def show():
    print(*sorted(ran))
    ran.clear()
"""


def script(workspace: Workspace, text: str, *, tasks: str = TASKS) -> Result:
    """The program, run to its end."""
    workspace.write("script.py", tasks + text)
    ended = workspace.run([sys.executable, "script.py"])
    assert ended.code == 0, ended.err
    return ended


def test_one_process_is_this_process(workspace: Workspace) -> None:
    ended = script(workspace, "print(pipeline_run([join], verbose=0).ran, os.getpid())\nshow()\n")
    first, second = ended.out.splitlines()
    assert first.split()[0] == "5"
    assert second == "a.txt a.up all b.txt b.up"
    assert workspace.read("a.txt").split()[0] == first.split()[1]


@pytest.mark.parametrize("how", ["multiprocess=2", "multithread=2"])
def test_processes_and_threads(workspace: Workspace, how: str) -> None:
    ended = script(workspace, f"pipeline_run(join, {how}, verbose=0)\nprint(os.getpid(), threading.get_ident())\n")
    process, thread = ended.out.split()
    where = workspace.read("a.txt").split()
    assert (where[0] == process) is (how == "multithread=2")
    if how == "multithread=2":
        assert where[1] != thread


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        ("", ""),
        ("[join], [up]", "a.up b.up"),
        ("['all'], ['make']", "a.txt b.txt"),
        ("'a.up', make", "a.txt"),
        ("forcedtorun_tasks='join'", "all"),
        ("always_make=True", "a.txt a.up all b.txt b.up"),
    ],
)
def test_forced_tasks_run_and_what_comes_after_is_judged(workspace: Workspace, arguments: str, ran: str) -> None:
    tasks = TASKS.replace('f"{os.getpid()} {threading.get_ident()}"', '"same"')
    ended = script(
        workspace, f"pipeline_run(verbose=0)\nran.clear()\npipeline_run({arguments or ''})\nshow()\n", tasks=tasks
    )
    assert ended.out == ran + "\n"


def test_names_are_looked_up_in_the_pipeline(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
p = Pipeline("other")
p.originate(make, ["o"], 5, name="make")
p.run(verbose=0)
show()
pipeline_run("make", verbose=0, pipeline="other")
pipeline_run(p, verbose=0)
print(pipeline_get_task_names(), pipeline_get_task_names("other"), p.get_task_names())
""",
    )
    assert ended.out.splitlines() == ["o", "['make', 'up', 'join', 'other::make'] ['other::make'] ['make']"]


def test_a_logger_gets_lines_notes_and_errors(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
class Log:
    def info(self, text): print("info", text.splitlines()[0].split(" (")[0])
    def warning(self, text): print("warning", text)
    def error(self, text): print("error", text.splitlines()[0].split(" (")[0])

@transform("deep/er/*.in", suffix(".in"), ".out")
def fail(input, output):
    raise KeyError(input)

@merge("no*thing", "n")
def none(inputs, output):
    pass

os.makedirs("deep/er", exist_ok=True)
open("deep/er/x.in", "w").close()
try:
    pipeline_run([fail, none], logger=Log(), log_exceptions=True, verbose_abbreviated_path=2)
except JobsFailed as failed:
    (error,) = failed.errors
    print(repr(error.exception), error.task, failed.__cause__ is error.exception)
""",
    )
    lines = ended.out.splitlines()
    assert any(line.startswith("warning") and "nothing matches no*thing" in line for line in lines)
    assert "error [1/1] fail .../er/x.out FAILED" in lines
    assert lines[-1] == "KeyError('deep/er/x.in') fail True"


def test_the_exception_of_a_worker_comes_back(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
class Own(Exception):
    pass

@originate(["x"])
def fail(output):
    raise Own("text", 5)

try:
    pipeline_run([fail], multiprocess=2, verbose=0)
except JobsFailed as failed:
    print(repr(failed.errors[0].exception))
""",
    )
    assert ended.out == "Own('text', 5)\n"


def test_touching_keeps_contents_and_makes_what_is_missing(workspace: Workspace) -> None:
    workspace.write("a.txt", "mine")
    ended = script(
        workspace, "pipeline_run(touch_files_only=True, verbose=0)\nshow()\nprint(pipeline_run(verbose=0).ran)\n"
    )
    assert ended.out == "\n0\n"
    assert (workspace.read("a.txt"), workspace.read("b.txt"), workspace.read("all")) == ("mine", "", "")


def test_what_is_there_is_taken_as_good(workspace: Workspace) -> None:
    for name in ("a.txt", "b.txt", "a.up", "b.up", "all"):
        workspace.write(name, name)
    ended = script(workspace, "pipeline_run(touch_files_only=2, verbose=0)\nprint(pipeline_run(verbose=0).ran)\n")
    assert ended.out == "0\n"


def test_the_minimal_mode_stops_at_what_is_up_to_date(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
pipeline_run(verbose=0)
ran.clear()
os.remove("a.txt")
pipeline_run([join], verbose=0, gnu_make_maximal_rebuild_mode=False)
show()
pipeline_run([join], verbose=0)
show()
""",
    )
    assert ended.out.splitlines()[0] == ""
    assert "a.txt" in ended.out.splitlines()[1]


@pytest.mark.parametrize(("level", "ran"), [(0, "0"), (1, "0"), (2, "0"), (3, "2"), (None, "2")])
def test_the_checksum_level_says_what_decides_besides_files(workspace: Workspace, level: int | None, ran: str) -> None:
    tasks = TASKS.replace('f"{os.getpid()} {threading.get_ident()}"', '"same"')
    script(workspace, "pipeline_run(verbose=0)\n", tasks=tasks)
    ended = script(
        workspace,
        f"print(pipeline_run(verbose=0, checksum_level={level}).ran)\n",
        tasks=tasks.replace('["a.txt", "b.txt"], 1)', '["a.txt", "b.txt"], 2)'),
    )
    assert ended.out == ran + "\n"


def test_histories_are_kept_apart(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
tasks = [make]
print(pipeline_run(tasks, verbose=0, history_file=":memory:").ran)
print(pipeline_run(tasks, verbose=0, history_file="own.history").ran)
print(pipeline_run(tasks, verbose=0, history_file="own.history").ran)
print(pipeline_run(tasks, verbose=0).ran)
""",
    )
    assert ended.out.split() == ["2", "2", "0", "2"]
    assert workspace.exists("own.history")


def test_running_jobs_are_ended_after_a_failure(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
@originate(["slow"])
def slow(output):
    open("started", "w").close()
    time.sleep(20)

@originate(["bad"])
def bad(output):
    while not os.path.exists("started"):
        time.sleep(0.01)
    raise ValueError

began = time.monotonic()
try:
    pipeline_run([slow, bad], multiprocess=2, verbose=0, exceptions_terminate_immediately=True)
except JobsFailed as failed:
    print([error.task for error in failed.errors], time.monotonic() - began < 15)
""",
    )
    assert ended.out == "['bad'] True\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("multiprocess=0", "multiprocess is 0, and must be a number of jobs"),
        ("checksum_level=4", "checksum_level is 4, and must be 0 to 3"),
        ("pool_manager='no'", "there is no pool_manager 'no'\n  try: leave it out, or write multithread for threads"),
        ("pipeline='no'", "there is no pipeline 'no'"),
        ("5", "5 is no target\n  try: name a task, a function or a path"),
    ],
)
def test_what_cannot_be_meant_is_told(workspace: Workspace, arguments: str, text: str) -> None:
    ended = script(workspace, f"try:\n    pipeline_run({arguments})\nexcept PymakeError as error:\n    print(error)\n")
    assert ended.out == text + "\n"


def test_what_cannot_be_pickled_is_told_before_anything_runs(workspace: Workspace) -> None:
    ended = script(
        workspace,
        """
@originate(["x"], threading.Lock())
def locked(output, lock):
    pass

try:
    pipeline_run([join, locked], multiprocess=2, verbose=0)
except PymakeError as error:
    print(error.message, dict(error.facts)["parameter"], dict(error.facts)["type"], os.path.exists("a.txt"))
""",
    )
    assert ended.out == "an argument of task locked cannot be sent to a worker process extras[0] _thread.lock False\n"


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no program dot")
def test_other_formats_are_drawn_by_dot(workspace: Workspace) -> None:
    script(workspace, "pipeline_printout_graph('g.svg')\npipeline_printout_graph(open('g.png', 'wb'), 'png')\n")
    assert "<svg" in workspace.read("g.svg")
    assert workspace.path("g.png").read_bytes()[:4] == b"\x89PNG"
