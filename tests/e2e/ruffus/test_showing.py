"""What is printed, drawn and logged; the command line of scripts; running a command."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.ruffus.program import Folder

PIPELINE = """
@originate(["a.1", "b.1"])
def one(target):
    "Makes the first files."
    make(target)


@transform(one, suffix(".1"), ".2", "extra")
def two(source, target, extra):
    make(target)


@transform(one, suffix(".9"), ".3")
def none(source, target):
    make(target)


@follows(two, mkdir("d"))
def plain():
    pass


"""
RULE = "_" * 40
MKDIR = "Task = \"mkdir('d')   before plain \""


def test_names_of_tasks(folder: Folder) -> None:
    program = PIPELINE + "pipeline_printout(verbose=1)\npipeline_run(verbose=0)\npipeline_printout(verbose=1)\n"
    assert folder.run(program) == [
        *("", RULE, "Tasks which will be run:", ""),
        *("Task = 'one'", "Task = 'two'", "Task = 'none'", MKDIR, "Task = 'plain'", RULE),
        *("", RULE, "Tasks which are up-to-date:", "", ""),
        *("Task = 'one'", "Task = 'two'", "Task = 'none'", MKDIR, RULE),
        *("", RULE, "Tasks which will be run:", "", "Task = 'plain'", RULE),
    ]


def test_jobs_and_reasons(folder: Folder) -> None:
    assert folder.run(PIPELINE + "pipeline_printout(target_tasks=[plain, none], verbose=4)\n") == [
        *("", RULE, "Tasks which will be run:", "", ""),
        "Task = 'one'",
        '    "Makes the first files."',
        "       Job  = [None",
        "             -> a.1]",
        "         Job needs update: ...",
        "               Missing file [a.1]",
        "       Job  = [None",
        "             -> b.1]",
        "         Job needs update: ...",
        "               Missing file [b.1]",
        "",
        "Task = 'two'",
        "       Job  = [a.1",
        "             -> a.2, extra]",
        "         Job needs update: ...",
        "               Missing files [a.1, a.2]",
        "       Job  = [b.1",
        "             -> b.2, extra]",
        "         Job needs update: ...",
        "               Missing files [b.1, b.2]",
        "",
        "Task = 'none'",
        "       !!! No jobs for this task.",
        "       Are you sure there is not a error in your code / regular expression?",
        *(
            line
            for name in "ab"
            for line in (
                "       Job Warning: Input substitution failed:",
                "                    Do your regular expressions match the corresponding Input?",
                f"         File '{name}.1' does not match suffix('.9') and pattern '.3'",
            )
        ),
        "",
        MKDIR,
        f'    "Make missing directories [{folder.root.resolve()}/d]"',
        "       Make directories [d]",
        "         Job needs update: : Directories 'd' is missing",
        "Task = 'plain'",
        "       Task needs update: No func to check if up-to-date.",
        "",
        RULE,
    ]


@pytest.mark.parametrize(
    ("verbose", "lines"),
    [
        (0, []),
        (1, ["Task enters queue = 'one'", "Completed Task = 'one'"]),
        (2, ["Task enters queue = 'one'", "Makes the first files.", "Completed Task = 'one'"]),
        (
            3,
            [
                *(
                    "Task enters queue = 'one'",
                    "Makes the first files.",
                    "Job  = [None -> a.1]",
                    "Job  = [None -> b.1]",
                ),
                *("Job  = [None -> a.1] completed", "Job  = [None -> b.1] completed", "Completed Task = 'one'"),
            ],
        ),
    ],
)
def test_what_a_run_says(folder: Folder, verbose: int, lines: list[str]) -> None:
    program = (
        PIPELINE
        + f"""
said = Said()
pipeline_run([one], verbose={verbose}, logger=said)
for line in said.lines:
    if line and not line.startswith(("_", "Tasks")):
        note(line)
"""
    )
    assert folder.run(program) == lines


def test_forced_tasks_are_marked(folder: Folder) -> None:
    program = PIPELINE + "pipeline_printout(target_tasks=[one], forcedtorun_tasks=[one], verbose=1)\n"
    assert "Task = 'one'     >>Forced to rerun<<" in folder.run(program)


def test_times_are_shown_with_a_star_at_the_culprits(folder: Folder) -> None:
    program = """
aged("a.1", 5)
os.utime("a.1", (1e9, 1e9))
make("a.2")
os.utime("a.2", (9e8, 9e8))
p = Pipeline("p")
p.transform(make, ["a.1"], suffix(".1"), ".2")
p.printout(verbose=5, checksum_level=0)
"""
    assert folder.run(program)[7:] == [
        "             -> a.2]",
        "         Job needs update:",
        "         Input files:",
        "          * 09 Sep 2001 01:46:40.00: a.1",
        "         Output files:",
        "          * 09 Jul 1998 16:00:00.00: a.2",
        "",
        "",
        RULE,
    ]


def test_names_carry_the_module_and_the_pipeline(folder: Folder) -> None:
    (folder.root / "tasks.py").write_text(
        "from pymake.ruffus import *\n@originate(['a'])\ndef first(target): pass\n", encoding="utf-8"
    )
    program = """
import tasks
p = Pipeline("p")
p.originate(tasks.first, ["b"])
pipeline_printout(verbose=1)
note(*pipeline_get_task_names())
note(p["first"] is p["tasks.first"] is p[tasks.first])
"""
    found = folder.run(program)
    assert "Task = 'tasks.first'" in found
    assert "Task = 'p::tasks.first'" in found
    assert found[-2:] == ["tasks.first tasks.first", "True"]


DOT = """\
digraph "Pipeline:"
{
size="8,11";
splines=true;
fontsize="30";
ranksep = 0.3;
node[fontsize="20"];
graph[clusterrank="local"];
subgraph clustertasks
{
rank="min";
fontcolor = "#FF3232";
label = "Pipeline:";
t0[color="#0044A0", fillcolor="#EBF3FF", fontcolor="#0044A0", label="one", shape=box3d, style=filled];
t1[color=black, fillcolor="#EFA03B", fontcolor=black, label="two", shape=box3d, style=filled];
t0 -> t1[color="#0044A0"];
t2[color=gray, fillcolor=white, fontcolor=gray, label="three", shape=box3d, style=filled];
t1 -> t2[color=gray, arrowtype=normal];
}
}
"""


def test_a_flowchart_has_one_spelling(folder: Folder) -> None:
    program = """
import io
p = Pipeline("p")
one = p.originate(make, ["a"], name="one").graphviz(label="one")
two = p.transform(make, one, suffix("a"), "b", name="two").graphviz(label="two")
three = p.transform(make, two, suffix("b"), "c", name="three").graphviz(label="three")
stream = io.BytesIO()
p.printout_graph(stream, "dot", [two], no_key_legend=True)
print(stream.getvalue().decode(), end="")
"""
    assert folder.run(program) == DOT.splitlines()


def test_attributes_of_a_flowchart(folder: Folder) -> None:
    program = """
@graphviz(label_prefix="before ", label_suffix=" after", label="<the <b>one</b>>", height=2, color='"#FF0000"')
@split(None, "*.x")
def one(source, targets): pass

@merge(one, "all")
def two(sources, target): pass

pipeline_printout_graph("chart.dot", target_tasks=[two])
print(open("chart.dot").read())
"""
    lines = folder.run(program)
    assert (
        't0[color="#FF0000", fillcolor="#EBF3FF", fontcolor="#0044A0", height=2, label=<before the <b>one</b> after>, '
        "peripheries=2, shape=house, style=filled];"
    ) in lines
    assert 'label = "Key:";' in lines
    assert any("shape=invhouse" in line for line in lines)


@pytest.mark.skipif(shutil.which("dot") is None, reason="pictures need the program dot")
def test_pictures_are_drawn_by_dot(folder: Folder) -> None:
    folder.run(PIPELINE + "pipeline_printout_graph('chart.svg', target_tasks=[two])\n")
    assert "<svg" in (folder.root / "chart.svg").read_text(encoding="utf-8")


def test_the_command_line_prints_draws_and_runs(folder: Folder) -> None:
    program = (
        PIPELINE
        + """
import shlex
parser = cmdline.get_argparse(description="A pipeline.", version="%(prog)s 2")
for words in ["-n -T one -v", "--flowchart chart.dot --key_legend_in_graph", "-j 2 -T two --verbose 0", "-v 3:1 -v"]:
    options = parser.parse_args(shlex.split(words))
    said = options.verbose
    if words != "-v 3:1 -v":
        note(cmdline.run(options, logger=False), os.path.exists("chart.dot"), os.path.exists("a.2"))
    cmdline.handle_verbose(options)
    note(options.verbose, options.verbose_abbreviated_path)
old = cmdline.get_optparse(usage="x", ignored_args=["forced_tasks"])
options, rest = old.parse_args(["-v", "--verbose=5:2", "-t", "one", "-t", "two", "more"])
cmdline.handle_verbose(options)
note(options.verbose, options.verbose_abbreviated_path, options.target_tasks, rest, options.jobs)
"""
    )
    found = folder.run(program)
    assert found[:6] == ["", RULE, "Tasks which will be run:", "", "Task = 'one'", RULE]
    assert found[6:] == [
        *("False False False", "1 None"),
        *("False True False", "0 None"),
        *("True True True", "0 None"),
        "4 1",
        "5 2 ['one', 'two'] ['more'] 1",
    ]


def test_logging_goes_to_the_file_and_to_the_screen(folder: Folder) -> None:
    program = """
logger, mutex = cmdline.setup_logging("pipeline", "log", 1)
logger.info("to the file")
logger.debug("to the screen")
logger.log(cmdline.MESSAGE, "to both")
note([line.rpartition(" - ")[2].strip() for line in open("log").read().splitlines()])
"""
    ended = folder.ended(program)
    assert ended.code == 0, ended.err
    assert ended.out == ["['to the file', 'to both']"]
    assert ended.err.splitlines() == ["to the screen", "to both"]


def test_a_command_runs_here_and_its_lines_come_back(folder: Folder) -> None:
    program = """
from pymake.ruffus.drmaa_wrapper import error_drmaa_job, run_job
command = "echo out; echo err >&2; echo $A $PWD"
note(*run_job(command, job_environment={"A": "a"}, working_directory="/", run_locally=True))
note(*run_job("false", touch_only=True, output_files=["made"]), os.path.exists("made"))
try: run_job("echo why >&2; exit 3", run_locally=True)
except error_drmaa_job as error: note("status 3" in str(error), "why" in str(error))
"""
    assert folder.run(program) == ["['out\\n', 'a /\\n'] ['err\\n']", "  True", "True True"]


def test_the_history_can_be_looked_into(folder: Folder) -> None:
    program = """
@originate(["a", "b"])
def job(target): make(target); note(target)

pipeline_run(verbose=0)
table = dbdict.open(".ruffus_history.sqlite", picklevalues=True)
note(list(table), table["a"].outfile)
del table["a"]
table.close()
pipeline_run(verbose=0)
"""
    assert folder.run(program) == ["a", "b", "['a', 'b'] a", "a"]


def test_the_submodules_come_along() -> None:
    from pymake import ruffus  # noqa: PLC0415

    names = "cmdline combinatorics dbdict drmaa_wrapper graph print_dependencies proxy_logger ruffus_exceptions task"
    for name in names.split():
        assert getattr(ruffus, name).__name__ == f"pymake.ruffus.{name}"
    assert ruffus.__version__ == "3.0.0"
    assert set(ruffus.__all__) <= set(dir(ruffus))
