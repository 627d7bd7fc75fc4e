"""Running: which jobs, where, how failures come out; the history and the modes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.ruffus.program import PRELUDE, ROOT

if TYPE_CHECKING:
    from tests.e2e.ruffus.program import Folder

CHAIN = """
@originate(["a.1", "b.1"])
def one(target):
    note("one", target)
    make(target)


@transform(one, suffix(".1"), ".2")
def two(source, target):
    note("two", source)
    make(target)


@merge(two, "all")
def three(sources, target):
    note("three", *sources)
    make(target)


def run(*targets, **named):
    note("run")
    pipeline_run(list(targets), verbose=0, **named)


"""
EVERYTHING = ["one a.1", "one b.1", "two a.1", "two b.1", "three a.2 b.2"]


def test_runs_once_in_the_order_of_declaration_and_leaves_one_file(folder: Folder) -> None:
    assert folder.run(CHAIN + "run(); run()") == ["run", *EVERYTHING, "run"]
    assert folder.files() == [".ruffus_history.sqlite", "a.1", "a.2", "all", "b.1", "b.2"]


def test_without_its_history_everything_is_forgotten(folder: Folder) -> None:
    program = (
        CHAIN
        + """
from pymake.ruffus.ruffus_utility import get_default_history_file_name
run()
os.unlink(get_default_history_file_name())
run()
"""
    )
    assert folder.run(program) == ["run", *EVERYTHING, "run", *EVERYTHING]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_newer_input_runs_what_reads_it_at_every_level(folder: Folder, level: int) -> None:
    program = (
        CHAIN
        + f"""
run(checksum_level={level})
later = time.time() + 2
os.utime("a.2", (later, later))
run(checksum_level={level})
"""
    )
    # At level 0 the file alone tells; with records, an output edited by hand does not run its own job.
    assert folder.run(program)[6:] == ["run", "three a.2 b.2"]


def test_levels_2_and_3_look_at_function_and_extras(folder: Folder) -> None:
    program = """
make("a.1")
extras = [1]
def f(source, target, extra): note("ran"); make(target)
def g(source, target, extra): note("other"); make(target)
p = Pipeline("p")
p.transform(f, "a.1", suffix(".1"), ".2", extras)
def run(level): note(level); p.run(verbose=0, checksum_level=level)
run(3)
extras.append(2)
run(2); run(3)
f.__code__ = g.__code__
run(1); run(2)
"""
    assert folder.run(program) == ["3", "ran", "2", "3", "ran", "1", "2", "other"]


def test_what_is_passed_through_never_runs(folder: Folder) -> None:
    program = """
@originate(["a.1"])
def first(target):
    make(target)


@transform(first, suffix(".1"), ".1")
def same(source, target):
    note("same")


@transform(first, suffix(".1"), ".link")
def linked(source, target):
    note("linked")
    os.symlink(source, target)


pipeline_run(verbose=0)
pipeline_run(verbose=0)
pipeline_run(verbose=0, touch_files_only=True, forcedtorun_tasks=[same])
"""
    assert folder.run(program) == ["linked"]


def test_forced_tasks_run_whole_and_what_is_below_is_judged(folder: Folder) -> None:
    assert folder.run(CHAIN + "run(); run(three, forcedtorun_tasks=[two])")[6:] == [
        "run",
        "two a.1",
        "two b.1",
        "three a.2 b.2",
    ]


def test_nothing_outside_the_ancestors_of_the_targets_runs(folder: Folder) -> None:
    assert folder.run(CHAIN + "run(one, forcedtorun_tasks=[three])") == ["run", "one a.1", "one b.1"]


def test_the_minimal_way_does_not_look_above_what_is_up_to_date(folder: Folder) -> None:
    program = (
        CHAIN
        + """
run()
os.unlink("a.1")
run(three, gnu_make_maximal_rebuild_mode=False)
run(three)
"""
    )
    assert folder.run(program)[6:] == ["run", "run", "one a.1", "two a.1", "three a.2 b.2"]


def test_touching_chooses_the_same_jobs_and_calls_nothing(folder: Folder) -> None:
    assert folder.run(CHAIN + "run(touch_files_only=True); run()") == ["run", "run"]
    assert folder.files() == [".ruffus_history.sqlite", "a.1", "a.2", "all", "b.1", "b.2"]


def test_records_alone_can_be_written(folder: Folder) -> None:
    program = (
        CHAIN
        + """
run(checksum_level=0)
run(touch_files_only=2, checksum_level=0, history_file=".ruffus_history.sqlite")
run()
"""
    )
    assert folder.run(program) == ["run", *EVERYTHING, "run", "run"]


def test_posttask_is_called_when_a_task_finishes_in_a_run(folder: Folder) -> None:
    program = """
@posttask(lambda: note("after"), touch_file("done"))
@originate(["a"])
def one(target):
    make(target)


@posttask(lambda: note("never"))
@active_if(False)
@transform(one, suffix("a"), "b")
def inactive(source, target):
    make(target)


pipeline_run(verbose=0)
note(os.path.exists("done"))
pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["after", "True"]


def test_where_jobs_run(folder: Folder) -> None:
    program = """
import threading
p = Pipeline("p")
counted = []


def job(target):
    counted.append(target)
    time.sleep(0.1)
    with open(target, "w") as file:
        file.write(f"{os.getpid()} {threading.get_ident()}")


def seen(**named):
    p.originate(job, ["1", "2", "3", "4", "5", "6"], name=f"t{len(p)}")
    counted.clear()
    p.run(verbose=0, checksum_level=0, **named)
    both = [open(name).read().split() for name in "123456"]
    for name in "123456":
        os.unlink(name)
    del p.list_of_tasks[:]
    pids = {pid for pid, _ in both}
    note(len(pids), len({thread for _, thread in both}) if pids == {str(os.getpid())} else "-", len(counted))


seen()
seen(multithread=3)
seen(multiprocess=3)
"""
    assert folder.run(program) == ["1 1 6", "1 3 6", "3 - 0"]


def test_without_targets_a_pipeline_runs_itself_and_no_pipeline_runs_all(folder: Folder) -> None:
    program = """
@originate(["main"])
def first(target): make(target); note("main")

p = Pipeline("p")
p.originate(lambda target: (make(target), note("p")), ["p"], name="q")
p.run(verbose=0)
pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["p", "main"]


def test_two_tasks_with_one_output_are_a_warning(folder: Folder) -> None:
    program = """
@originate(["a"])
def one(target): make(target)

@originate(["a", "b"])
def two(target): make(target)

said = Said()
pipeline_run(verbose=1, logger=said)
note(said.warnings)
"""
    assert folder.run(program) == ["[\"    Task 'one' and Task 'two' both make a\"]"]


def test_a_limit_is_kept_and_holds_no_worker(folder: Folder) -> None:
    program = """
p = Pipeline("p")


def limited(target):
    start = time.time()
    time.sleep(0.15)
    with open(target, "w") as file:
        file.write(f"{start} {time.time()}")


p.originate(limited, ["l1", "l2", "l3"], name="l").jobs_limit(1)
p.originate(limited, ["f1", "f2", "f3"], name="f")
p.run(verbose=0, multiprocess=2)
spans = lambda names: sorted(tuple(map(float, open(name).read().split())) for name in names)
limits, free = spans(["l1", "l2", "l3"]), spans(["f1", "f2", "f3"])
note(all(first[1] <= second[0] for first, second in zip(limits, limits[1:])), free[-1][0] < limits[-1][0] + 0.15)
"""
    assert folder.run(program) == ["True True"]


def test_directories_in_every_form(folder: Folder) -> None:
    program = """
@follows(mkdir("d1", "d2"), mkdir("d3/deep"))
@mkdir("d4")
@originate(["d1/a.1"])
def one(target): make(target)

@mkdir(one, suffix(".1"), ".folder")
@transform(one, suffix(".1"), ".2")
def two(source, target): make(target)

p = Pipeline("p")
note(p.mkdir("d5")._name, p.mkdir("d6")._name)
p.originate(lambda target: make(target), ["b"], name="b").mkdir("d7")
pipeline_run(verbose=0)
note(*[os.path.isdir(name) for name in ["d1", "d2", "d3/deep", "d4", "d5", "d6", "d7", "d1/a.folder"]])
"""
    assert folder.run(program) == ["mkdir mkdir # 2", "True " * 7 + "True"]


def test_own_rules_are_asked_with_the_parameters_of_each_job(folder: Folder) -> None:
    program = """
asked = []


def rule(*parameters):
    asked.append(parameters)
    return parameters[0] == "a", "because"


@check_if_uptodate(rule)
@parallel([["a", 1], ["b", 2]])
def some(*parameters):
    note(*parameters)


@check_if_uptodate(lambda: (False, ""))
def never():
    note("never")


pipeline_run(verbose=0)
note(("b", 2) in asked)
p = Pipeline("p")
p.check_if_uptodate(lambda: None, lambda: True)
try:
    p.run(verbose=0)
except RethrownJobError as error:
    note(error.job_exceptions[0][2])
"""
    assert folder.run(program) == ["a 1", "True", "builtins.TypeError"]


def test_a_plain_function_runs_every_time(folder: Folder) -> None:
    program = """
@originate(["a"])
def one(target): make(target)

@follows(one)
def plain(): note("plain")

pipeline_run(verbose=0); pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["plain", "plain"]


def test_exceptions_come_as_five_texts(folder: Folder) -> None:
    program = """
class Broken(Exception): pass

@parallel([["a", 1]])
def job(*parameters): raise Broken("no", 5)

for named in ({}, {"multiprocess": 2}, {"multithread": 2}):
    try:
        pipeline_run(verbose=0, **named)
    except RethrownJobError as error:
        name, job, kind, value, trace = error.job_exceptions[0]
        note(len(error), name, job, kind, value, trace.splitlines()[-1], "in job" in trace)
"""
    line = "1 job Job  = [a -> 1] __main__.Broken (('no', 5)) Broken: ('no', 5) True"
    assert folder.run(program) == [line] * 3


def test_serially_the_first_failure_stops_and_in_parallel_as_many_as_there_are_workers(folder: Folder) -> None:
    program = """
def job(target): raise ValueError

for named in ({}, {"multiprocess": 3}, {"multiprocess": 3, "exceptions_terminate_immediately": True}):
    p = Pipeline(str(named))
    p.originate(job, [str(n) for n in range(9)])
    try:
        p.run(verbose=0, **named)
    except RethrownJobError as error:
        note(len(error) == 1 if not named else 1 <= len(error) <= 3)
"""
    assert folder.run(program) == ["True"] * 3


def test_a_break_stops_at_once(folder: Folder) -> None:
    program = """
def job(target):
    if target == "1":
        raise JobSignalledBreak("enough")
    time.sleep(30)

p = Pipeline("p")
p.originate(job, ["1", "2"])
began = time.time()
try:
    p.run(verbose=0, multiprocess=2)
except RethrownJobError as error:
    note(error.job_exceptions[0][2].rpartition(".")[2], time.time() - began < 15)
"""
    assert folder.run(program) == ["JobSignalledBreak True"]


def test_a_worker_that_dies_fails_its_job_and_the_run_ends(folder: Folder) -> None:
    program = """
def job(target): os._exit(7)

p = Pipeline("p")
p.originate(job, ["1"])
try:
    p.run(verbose=0, multiprocess=2)
except RethrownJobError as error:
    note(*error.job_exceptions[0][:4])
"""
    assert folder.run(program) == [
        "job Job  = [None -> 1] pymake.errors.WorkerDied (the worker process exited with status 7)"
    ]


def test_a_missing_input_is_said_at_once(folder: Folder) -> None:
    program = """
@transform(["gone"], suffix("gone"), "out")
def job(source, target): pass

began = time.time()
try:
    pipeline_run(verbose=0)
except RethrownJobError as error:
    note(error.job_exceptions[0][2].rpartition(".")[2], "Input file 'gone' does not exist" in str(error))
    note(time.time() - began < 5)
"""
    assert folder.run(program) == ["MissingInputFileError True", "True"]


def test_what_cannot_travel_to_a_worker_is_an_error(folder: Folder) -> None:
    program = """
import threading

@parallel([["a", threading.Lock()]])
def job(*parameters): pass

try:
    pipeline_run(verbose=0, multiprocess=2)
except RethrownJobError as error:
    note(error.job_exceptions[0][2], "pickle" in error.job_exceptions[0][3])
"""
    assert folder.run(program) == ["builtins.TypeError True"]


def test_lambdas_and_closures_run_in_workers(folder: Folder) -> None:
    program = """
text = "closed over"
p = Pipeline("p")
p.originate(lambda target: open(target, "w").write(text), ["a", "b"], name="t")
p.run(verbose=0, multiprocess=2)
note(open("a").read(), open("b").read())
"""
    assert folder.run(program) == ["closed over closed over"]


def test_a_failed_job_has_no_record_and_its_files_stay(folder: Folder) -> None:
    program = """
fail = [True]

@originate(["a"])
def job(target):
    make(target)
    note("job")
    if fail: raise ValueError

try: pipeline_run(verbose=0)
except RethrownJobError: note(os.path.exists("a"))
fail.clear()
pipeline_run(verbose=0); pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["job", "True", "job"]


def test_outputs_of_a_killed_job_are_not_taken_for_complete(folder: Folder) -> None:
    program = """
@originate(["a"])
def job(target):
    note("job")
    make(target)
    if sys.argv[1:] or os.environ.get("DIE"):
        os.kill(os.getpid(), 9)

pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["job"]
    (folder.root / "a").unlink()
    assert folder.ended(program, {"DIE": "1"}).code == -signal.SIGKILL
    assert folder.run(program) == ["job"]
    assert folder.run(program) == []


def test_a_declaration_that_failed_stays_half_made(folder: Folder) -> None:
    program = """
try:
    @transform("a", suffix("a"), inputs("b", "c"), "d")
    def job(source, target): pass
except error_inputs_multiple_args:
    note("declared wrongly")
try: pipeline_run(verbose=0)
except error_task as error: note(type(error).__name__)
"""
    assert folder.run(program) == ["declared wrongly", "error_decorator_args"]


def test_circles_are_named(folder: Folder) -> None:
    program = """
@follows("two")
def one(): pass

@follows(one)
def two(): pass

try: pipeline_run(verbose=0)
except error_circular_dependencies as error: note(str(error).strip())
"""
    assert folder.run(program) == ["Circular dependencies found in the pipeline involving one or more of (one, two)"]


def test_a_logger_of_its_own_process_can_be_given_to_jobs(folder: Folder) -> None:
    program = """
from pymake.ruffus.proxy_logger import make_shared_logger_and_proxy, setup_std_shared_logger

logger, mutex = make_shared_logger_and_proxy(
    setup_std_shared_logger, "jobs", {"file_name": "log", "level": "DEBUG", "formatter": "%(message)s"}
)

@originate(["a", "b"], logger, mutex)
def job(target, logger, mutex):
    make(target)
    with mutex:
        logger.info("made " + target)

pipeline_run(verbose=0, multiprocess=2)
note(*sorted(open("log").read().splitlines()))
"""
    assert folder.run(program) == ["made a made b"]


def test_the_environment_names_level_and_history(folder: Folder) -> None:
    program = (
        CHAIN
        + """
from pymake.ruffus.ruffus_utility import get_default_checksum_level, get_default_history_file_name
note(get_default_checksum_level(), get_default_history_file_name())
run()
"""
    )
    env = {"DEFAULT_RUFFUS_CHECKSUM_LEVEL": "2", "DEFAULT_RUFFUS_HISTORY_FILE": "{path}/.{basename}.history"}
    history = f"{folder.root.resolve()}/.program.history"
    assert folder.run(program, env) == [f"2 {history}", "run", *EVERYTHING]
    assert ".program.history" in folder.files()
    ended = folder.ended(program, {"DEFAULT_RUFFUS_CHECKSUM_LEVEL": "CHECKSUM_FUNCTIONS"})
    assert "error_checksum_level" in ended.err


def test_a_history_that_is_none_is_set_aside(folder: Folder) -> None:
    (folder.root / ".ruffus_history.sqlite").write_text("no database " * 100, encoding="utf-8")
    ended = folder.ended(CHAIN + "run()")
    assert ended.out == ["run", *EVERYTHING]
    assert "cannot be read as a history" in ended.err
    assert ".ruffus_history.sqlite.damaged" in folder.files()


def test_interrupted_nothing_is_left_running(folder: Folder) -> None:
    program = """
def job(target):
    make(target)
    time.sleep(60)

p = Pipeline("p")
p.originate(job, ["1", "2"])
try: p.run(verbose=0, multiprocess=2)
except RethrownJobError as error: note(error.job_exceptions[0][2])
"""
    script = folder.root / "program.py"
    script.write_text(PRELUDE + program, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": ROOT}
    with subprocess.Popen(
        [sys.executable, "program.py"], cwd=folder.root, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 30
        while not {"1", "2"} <= set(folder.files()) and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert out == "builtins.KeyboardInterrupt\n"
    assert process.returncode == 0
