"""The modules beside the vocabulary (chapter 12): each option of the command line, loggers, jobs of a cluster."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pymake.ruffus import cmdline, dbdict, drmaa_wrapper, ruffus_utility, suffix
from pymake.ruffus.drmaa_wrapper import error_drmaa_job, run_job
from pymake.ruffus.proxy_logger import setup_std_shared_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.unit.ruffus.bench import Bench

# 12.1 The command line

OPTIONS: dict[str, tuple[str, object, str, object]] = {
    "-L": ("log_file", None, "-L log", "log"),
    "--log_file": ("log_file", None, "--log_file log", "log"),
    "-T": ("target_tasks", [], "-T a -T b", ["a", "b"]),
    "--target_tasks": ("target_tasks", [], "--target_tasks a", ["a"]),
    "--forced_tasks": ("forced_tasks", [], "--forced_tasks a --forced_tasks b", ["a", "b"]),
    "-j": ("jobs", 1, "-j 3", 3),
    "--jobs": ("jobs", 1, "--jobs 3", 3),
    "--use_threads": ("use_threads", False, "--use_threads", True),
    "-n": ("just_print", False, "-n", True),
    "--just_print": ("just_print", False, "--just_print", True),
    "--touch_files_only": ("touch_files_only", False, "--touch_files_only", True),
    "--recreate_database": ("recreate_database", False, "--recreate_database", True),
    "--checksum_file_name": ("history_file", None, "--checksum_file_name h", "h"),
    "--flowchart": ("flowchart", None, "--flowchart f.svg", "f.svg"),
    "--flowchart_format": ("flowchart_format", None, "--flowchart_format svgz", "svgz"),
    "--key_legend_in_graph": ("key_legend_in_graph", False, "--key_legend_in_graph", True),
    "--draw_graph_horizontally": ("draw_horizontally", False, "--draw_graph_horizontally", True),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_has_its_attribute_and_default_in_both_parsers(option: str) -> None:
    attribute, default, words, value = OPTIONS[option]
    assert getattr(cmdline.get_argparse().parse_args([]), attribute) == default
    assert getattr(cmdline.get_argparse().parse_args(words.split()), attribute) == value
    old = words.replace("-T", "-t").split()
    assert getattr(cmdline.get_optparse().parse_args([])[0], attribute) == default
    assert getattr(cmdline.get_optparse().parse_args(old)[0], attribute) == value


@pytest.mark.parametrize(
    ("words", "verbose", "abbreviated"),
    [
        ("", 0, None),
        ("-v", 1, None),
        ("-v -v --verbose", 3, None),
        ("-v 5", 5, None),
        ("--verbose 5 -v", 6, None),
        ("--verbose=4:0", 4, 0),
        ("--verbose 3:-40 -v", 4, -40),
    ],
)
def test_what_verbose_adds_up_to(words: str, verbose: int, abbreviated: int | None) -> None:
    options = cmdline.get_argparse().parse_args(words.split())
    cmdline.handle_verbose(options)
    assert (options.verbose, options.verbose_abbreviated_path) == (verbose, abbreviated)


def test_a_number_stays_and_a_path_that_is_set_stays() -> None:
    options = cmdline.get_argparse().parse_args([])
    options.verbose, options.verbose_abbreviated_path = "3:2", 7
    cmdline.handle_verbose(options)
    assert (options.verbose, options.verbose_abbreviated_path) == (3, 7)
    options.verbose = None
    cmdline.handle_verbose(options)
    assert options.verbose is None
    options.verbose = "much"
    with pytest.raises(Exception, match="--verbose N:M, not 'much'"):
        cmdline.handle_verbose(options)


def test_versions_and_options_that_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cmdline.get_argparse(prog="p", version="%(prog)s 2").parse_args(["--version"])
    with pytest.raises(SystemExit):
        cmdline.get_argparse(prog="p").parse_args(["--version"])
    assert capsys.readouterr().out == "p 2\np 1.0\n"
    parser = cmdline.get_argparse(ignored_args=["jobs", "version"], description="d")
    assert not hasattr(parser.parse_args([]), "jobs")
    assert parser.description == "d"
    assert not hasattr(cmdline.get_optparse(ignored_args=["forced_tasks"]).parse_args([])[0], "forced_tasks")


@pytest.fixture
def pair(bench: Bench) -> Bench:
    """Two tasks, one after the other."""
    one = bench.p.originate(bench.first, ["a.1", "b.1"], name="one")
    bench.p.transform(bench.job, one, suffix(".1"), ".2", name="two")
    return bench


def run(bench: Bench, words: str, **more: object) -> tuple[bool, list[str]]:
    """Whether it ran, and the files that there are."""
    options = cmdline.get_argparse().parse_args(words.split())
    ran = cmdline.run(options, **{"pipeline": bench.p, "logger": False, **more})
    return ran, sorted(name for name in os.listdir() if name[0] != ".")


ALL = ["a.1", "a.2", "b.1", "b.2"]


def test_run_runs_targets_and_forced_tasks(pair: Bench) -> None:
    assert run(pair, "-T one") == (True, ["a.1", "b.1"])
    assert run(pair, "") == (True, ALL)
    pair.run()  # the calls so far are forgotten
    assert run(pair, "-T two --forced_tasks two")[0]
    assert [call[1] for call in pair.calls()] == ["a.2", "b.2"]


def test_run_only_prints(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pair, "-n -v 3 -T one") == (False, [])
    said = capsys.readouterr().out
    assert "Task = 'p::one'" in said
    assert "two" not in said


def test_run_only_draws(pair: Bench) -> None:
    words = "--flowchart f.x --flowchart_format dot --draw_graph_horizontally"
    assert run(pair, words) == (False, ["f.x"])
    text = Path("f.x").read_text(encoding="utf-8")
    assert 'rankdir="LR";' in text
    assert "Key:" not in text
    run(pair, "--flowchart f.dot --key_legend_in_graph -T one", pipeline_name="Mine", size=(3, 4))
    text = Path("f.dot").read_text(encoding="utf-8")
    assert 'label = "Key:";' in text
    assert "rankdir" not in text
    assert 'digraph "Mine"' in text
    assert 'size="4,3";' in text


def test_run_touches_and_writes_records(pair: Bench) -> None:
    assert run(pair, "--touch_files_only") == (True, ALL)
    assert pair.calls() == []
    os.unlink(".ruffus_history.sqlite")
    assert run(pair, "--recreate_database")[0]
    assert run(pair, "")[0]
    assert pair.calls() == []


def test_run_keeps_records_where_it_is_told(pair: Bench) -> None:
    assert run(pair, "--checksum_file_name here") == (True, [*ALL, "here"])
    assert not Path(".ruffus_history.sqlite").exists()


def test_run_has_jobs_in_processes_or_threads(pair: Bench) -> None:
    run(pair, "-j 2")
    assert pair.calls() == []  # other processes made them
    run(pair, "-j 2 --use_threads --forced_tasks one --forced_tasks two")
    assert len(pair.calls()) == 4


def test_run_says_as_much_as_verbose_says(pair: Bench) -> None:
    run(pair, "-v 3", logger=pair.said)
    assert "Completed Task = 'p::one'" in pair.said.lines
    assert any(line.startswith("Job  = [a.1 -> a.2]") for line in pair.said.lines)


def test_run_warns_of_what_it_does_not_know_and_takes_an_object_without_attributes(pair: Bench) -> None:
    assert cmdline.run(SimpleNamespace(), pipeline=pair.p, logger=pair.said, nonsense=1)
    assert pair.said.warnings == ["ruffus.cmdline.run() knows no argument 'nonsense'"]
    assert len(pair.calls()) == 4


def test_run_passes_on_what_running_takes(pair: Bench) -> None:
    run(pair, "")
    pair.make("a.2")  # by hand: it has a record, and is no news at level 1
    pair.run()
    os.unlink(".ruffus_history.sqlite")
    assert run(pair, "", checksum_level=0)[0]
    assert pair.calls() == []
    assert run(pair, "", checksum_level=1)[0]
    assert len(pair.calls()) == 4


# 12.2 Loggers


@pytest.fixture
def logger_name() -> Iterator[str]:
    name = "tests.of.loggers"
    yield name
    logger = logging.getLogger(name)
    for handler in list(logger.handlers):
        handler.close()
        logger.removeHandler(handler)


@pytest.mark.usefixtures("bench")
def test_the_usual_logger_writes_a_file(logger_name: str) -> None:
    args = {"file_name": "log", "level": logging.WARNING, "formatter": "%(levelname)s %(message)s", "delay": True}
    logger = setup_std_shared_logger(logger_name, args)
    assert not Path("log").exists()  # until something is said
    logger.info("not this")
    logger.warning("this")
    assert Path("log").read_text(encoding="utf-8") == "WARNING this\n"


@pytest.mark.usefixtures("bench")
def test_the_usual_logger_rotates(logger_name: str) -> None:
    args = {"file_name": "log", "rotating": True, "maxBytes": 20, "backupCount": 2}
    logger = setup_std_shared_logger(logger_name, args)
    assert isinstance(logger.handlers[0], RotatingFileHandler)
    for number in range(4):
        logger.error("fifteen letters %d", number)
    assert sorted(os.listdir()) == ["log", "log.1", "log.2"]


@pytest.mark.usefixtures("bench")
def test_the_usual_logger_needs_a_file(logger_name: str) -> None:
    with pytest.raises(KeyError):
        setup_std_shared_logger(logger_name, {})
    with pytest.raises(ValueError, match="'none' not found"):
        setup_std_shared_logger(logger_name, {"config_file": "none"})


# 12.3 Jobs of a cluster


class Cluster:
    """A session of DRMAA of which each job is run at once; `ends` are the states and endings of further jobs."""

    def __init__(self, *ends: tuple[str, dict[str, object]]) -> None:
        self.ends = list(ends) or [("done", {})]
        self.templates: list[SimpleNamespace] = []
        self.scripts: list[str] = []
        self.deleted = 0
        self._now: tuple[str, dict[str, object]] = ("done", {})

    def createJobTemplate(self) -> SimpleNamespace:  # noqa: N802  # as the library names it
        self.templates.append(SimpleNamespace())
        return self.templates[-1]

    def runJob(self, template: SimpleNamespace) -> str:  # noqa: N802  # as above
        self.scripts.append(Path(template.remoteCommand).read_text(encoding="utf-8"))
        Path(template.outputPath[1:]).write_text("out 1\nout 2\n", encoding="utf-8")
        Path(template.errorPath[1:]).write_text("err\n", encoding="utf-8")
        self._now = self.ends.pop(0)
        return str(len(self.scripts))

    def jobStatus(self, _number: str) -> str:  # noqa: N802  # as above
        return self._now[0]

    def wait(self, _number: str, _timeout: int) -> SimpleNamespace:
        return SimpleNamespace(**{"exitStatus": 0, "hasSignal": False, "wasAborted": False, **self._now[1]})

    def deleteJobTemplate(self, _template: SimpleNamespace) -> None:  # noqa: N802  # as above
        self.deleted += 1


submit: Callable[..., tuple[object, object]] = run_job


def test_a_job_of_a_cluster_is_a_script(bench: Bench) -> None:
    cluster = Cluster()
    lines = submit(
        "do it",
        job_name="my job",
        job_other_options="-q fast",
        job_script_directory="scripts",
        job_environment={"A": "a b"},
        working_directory="/",
        drmaa_session=cluster,
        logger=bench.said,
        verbose=1,
    )
    assert lines == (["out 1\n", "out 2\n"], ["err\n"])
    assert cluster.scripts == ["#!/bin/sh\n#$ -q fast\nexport A='a b'\ncd /\ndo it\n"]
    (template,) = cluster.templates
    assert (template.jobName, template.nativeSpecification, template.workingDirectory) == ("my job", "-q fast", "/")
    assert template.jobEnvironment == {"A": "a b"}
    assert os.path.dirname(template.remoteCommand) == os.path.abspath("scripts")
    assert cluster.deleted == 1
    assert os.listdir("scripts") == []
    assert bench.said.lines == ["# do it", "job has been submitted with drmaa_job_id 1 for command do it"]


@pytest.mark.usefixtures("bench")
def test_scripts_of_a_cluster_can_stay() -> None:
    submit("do it", job_script_directory="scripts", drmaa_session=Cluster(), retain_job_scripts=True)
    assert [os.path.splitext(name)[1] for name in sorted(os.listdir("scripts"))] == [".sh", ".stderr", ".stdout"]


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(
    ("end", "said"),
    [
        (("failed", {"exitStatus": 7}), "status 7"),
        (("failed", {}), "status 1"),
        (("done", {"exitStatus": 2}), "status 2"),
        (("done", {"hasSignal": True}), "a signal"),
        (("done", {"wasAborted": True}), "the cluster aborted it"),
    ],
)
def test_a_job_of_a_cluster_that_failed(end: tuple[str, dict[str, object]], said: str) -> None:
    with pytest.raises(error_drmaa_job) as caught:
        submit("do it", drmaa_session=Cluster(end))
    for text in (said, "do it", "err", "out 2"):
        assert text in str(caught.value)
    assert os.listdir() == []


@pytest.mark.usefixtures("bench")
def test_a_job_of_a_cluster_that_failed_is_submitted_again() -> None:
    cluster = Cluster(("failed", {}), ("done", {"wasAborted": True}), ("done", {}))
    assert submit("do it", drmaa_session=cluster, resubmit=2)[1] == ["err\n"]
    with pytest.raises(error_drmaa_job):
        submit("do it", drmaa_session=Cluster(("failed", {}), ("failed", {}), ("done", {})), resubmit=1)


def test_without_a_cluster_the_command_runs_here(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    found = submit("echo out; echo err >&2", local_echo=True, verbose=1, logger=bench.said)
    assert found == (["out\n"], ["err\n"])
    assert capfd.readouterr() == ("out\n", "err\n")
    assert bench.said.lines == ["# echo out; echo err >&2", "err"]
    assert submit("echo here", drmaa_session=Cluster(), run_locally=True) == (["here\n"], [])
    with pytest.raises(error_drmaa_job, match="specify a drmaa_session"):
        drmaa_wrapper.run_job_using_drmaa("true")


def test_touching_makes_the_outputs_of_a_command(bench: Bench) -> None:
    assert submit("false", touch_only=True, output_files=["a", "b"]) == ("", "")
    assert submit("false", touch_only=True, output_files="c") == ("", "")
    assert sorted(os.listdir()) == ["a", "b", "c"]
    assert submit("false", touch_only=True, logger=bench.said) == ("", "")
    assert bench.said.lines == ["No output files to 'touch' for command:", "false"]


# 12.4 The environment


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("h", "h"),
        ("{path}/.{basename}", "/a/b/.script"),
        ("{subdir[0]}{ext}", "b.py"),
        ("{subpath[0]}/h", "/a/b/h"),
    ],
)
def test_the_environment_names_the_history(monkeypatch: pytest.MonkeyPatch, said: str, meant: str) -> None:
    monkeypatch.setenv("DEFAULT_RUFFUS_HISTORY_FILE", said)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/a/b/script.py", raising=False)
    assert ruffus_utility.get_default_history_file_name() == meant


def test_the_history_is_a_mapping_too(pair: Bench) -> None:
    pair.run()
    table = dbdict.open(".ruffus_history.sqlite", picklevalues=True)
    assert sorted(table) == ALL
    table.close()
