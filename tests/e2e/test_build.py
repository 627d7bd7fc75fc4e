"""What runs and what does not: content decides, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

import pymake
from tests.e2e.workspace import Workspace, without_times

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIN = """
    [task.upper]
    kind    = "transform"
    input   = "src/{name}.txt"
    output  = "build/{name}.up"
    command = "tr a-z A-Z < {input} > {output}"

    [task.all]
    kind    = "merge"
    input   = { task = "upper" }
    output  = "build/all.txt"
    command = "cat {input} > {output}"
"""
EVERYTHING = ["all build/all.txt", "upper build/a.up", "upper build/b.up"]
CLEAN = "nothing to do (3 jobs up to date)"


@pytest.fixture
def chain(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", CHAIN)
    workspace.write("src/a.txt", "one\n")
    workspace.write("src/b.txt", "two\n")
    return workspace


@pytest.fixture
def built(chain: Workspace) -> Workspace:
    chain.pymake()
    return chain


def test_the_first_build_runs_all_and_the_second_nothing(chain: Workspace) -> None:
    first = chain.pymake("-j1")
    assert without_times(first.err) == (
        "[1/3] upper build/a.up (T s)\n"
        "[2/3] upper build/b.up (T s)\n"
        "[3/3] all build/all.txt (T s)\n"
        "pymake: 3 ran, 0 up to date, 0 failed in T s\n"
    )
    assert chain.read("build/all.txt") == "ONE\nTWO\n"
    second = chain.pymake()
    assert (first.out, second.out, second.err) == ("", "", f"pymake: {CLEAN}\n")


def restore_after_change(chain: Workspace) -> None:
    chain.write("src/a.txt", "other\n")
    chain.write("src/a.txt", "one\n")


def replace_by_equal(chain: Workspace) -> None:
    chain.write("src/a.new", "one\n")
    chain.path("src/a.new").rename(chain.path("src/a.txt"))


def older(chain: Workspace) -> None:
    os.utime(chain.path("src/a.txt"), (1_000_000_000, 1_000_000_000))


def comment(chain: Workspace) -> None:
    chain.write("pymake.toml", "# a comment\n" + CHAIN)


def other_things(chain: Workspace) -> None:
    """What does not decide: docs, tags, pools, times and retries, order-only inputs."""
    more = 'doc = "New."\ntags = ["x"]\npool = "p"\ncores = 2\ntimeout = 9\nretries = 1\nmkdir = "more"\n'
    chain.replace("pymake.toml", "[task.all]\n", "[pools]\np = 1\n\n[task.all]\n" + more + 'order_only = "src/a.txt"\n')


@pytest.mark.parametrize(
    "edit",
    [lambda chain: chain.touch("src/a.txt"), restore_after_change, replace_by_equal, older, comment, other_things],
)
def test_nothing_runs_when_the_content_is_the_same(built: Workspace, edit: Callable[[Workspace], None]) -> None:
    edit(built)
    assert built.pymake().summary == CLEAN


def same_size_and_time(chain: Workspace) -> None:
    before = chain.path("src/a.txt").stat()
    chain.write("src/a.txt", "eno\n")
    os.utime(chain.path("src/a.txt"), ns=(before.st_atime_ns, before.st_mtime_ns))


def older_and_other(chain: Workspace) -> None:
    chain.write("src/a.txt", "old\n")
    os.utime(chain.path("src/a.txt"), (1_000_000_000, 1_000_000_000))


def edit_at_once(chain: Workspace) -> None:
    chain.write("src/a.txt", "xyz\n")


@pytest.mark.parametrize(
    ("edit", "ran"),
    [
        (edit_at_once, ["all build/all.txt", "upper build/a.up"]),
        (same_size_and_time, ["all build/all.txt", "upper build/a.up"]),
        (older_and_other, ["all build/all.txt", "upper build/a.up"]),
        (lambda chain: chain.write("src/c.txt", "new\n"), ["all build/all.txt", "upper build/c.up"]),
        (lambda chain: chain.remove("src/b.txt"), ["all build/all.txt"]),
        (lambda chain: chain.replace("pymake.toml", "cat {input}", "cat -- {input}"), ["all build/all.txt"]),
        (lambda chain: chain.replace("pymake.toml", "tr a-z", "tr -s a-z"), ["upper build/a.up", "upper build/b.up"]),
        (lambda chain: chain.remove("build/a.up"), ["upper build/a.up"]),
        (lambda chain: chain.write("build/a.up", "ONE, by hand\n"), ["upper build/a.up"]),
        (lambda chain: chain.write("build/all.txt", ""), ["all build/all.txt"]),
        (lambda chain: chain.remove("build/all.txt"), ["all build/all.txt"]),
        (lambda chain: shutil.rmtree(chain.path("build")), EVERYTHING),
        (lambda chain: shutil.rmtree(chain.path(".pymake")), EVERYTHING),
        (lambda chain: chain.write("src/a.txt", "ONE\n"), ["upper build/a.up"]),  # early cutoff: its output is the same
    ],
)
def test_exactly_what_an_edit_reaches_runs(built: Workspace, edit: Callable[[Workspace], None], ran: list[str]) -> None:
    edit(built)
    assert sorted(built.pymake().ran) == ran
    texts = [built.read(f"src/{name}.txt") for name in "abc" if built.exists(f"src/{name}.txt")]
    assert built.read("build/all.txt") == "".join(texts).upper()
    assert built.pymake().summary.startswith("nothing to do")


def test_a_moved_and_a_copied_project_stay_up_to_date(built: Workspace, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "copy", copy_function=shutil.copyfile)
    assert Workspace(tmp_path / "copy").pymake().summary == CLEAN
    built.root.rename(tmp_path / "moved")
    assert Workspace(tmp_path / "moved").pymake().summary == CLEAN


def test_renaming_a_task_and_moving_it_to_python_costs_nothing(built: Workspace) -> None:
    built.replace("pymake.toml", "upper", "bigger")
    assert built.pymake().summary == CLEAN
    text = built.read("pymake.toml")
    built.write("pymake.toml", text[: text.index("[task.all]")])
    built.write(
        "pymakefile.py",
        """
        from pymake import main, output_from
        main.merge(name="whole", input=output_from("bigger"), output="build/all.txt", command="cat {input} > {output}")
        """,
    )
    assert built.pymake().summary == CLEAN
    built.remove("pymake.toml")
    built.write(
        "pymakefile.py",
        """
        from pymake import main
        up = main.transform(
            name="up", input="src/{name}.txt", output="build/{name}.up", command="tr a-z A-Z < {input} > {output}"
        )
        main.merge(name="whole", input=up, output="build/all.txt", command="cat {input} > {output}")
        """,
    )
    assert built.pymake().summary == CLEAN


def test_pyproject_holds_the_same_pipeline(built: Workspace) -> None:
    built.remove("pymake.toml")
    built.write("pyproject.toml", '[project]\nname = "x"\n' + CHAIN.replace("[task.", "[tool.pymake.task."))
    assert built.pymake().summary == CLEAN


def test_globs_see_hidden_files_only_when_written_out_and_any_depth(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.list]
        input   = "src/**/*.txt"
        output  = "list"
        command = "printf '%s\\n' {input} > {output}"
        [task.hidden]
        input   = "src/.*"
        output  = "hidden"
        command = "printf '%s\\n' {input} > {output}"
        """,
    )
    for name in ("b.txt", "a/x.txt", "a/b/c/y.txt", ".h.txt", ".d/z.txt", "a/n.md"):
        workspace.write(f"src/{name}", "")
    workspace.pymake()
    assert workspace.lines("list") == ["src/a/b/c/y.txt", "src/a/x.txt", "src/b.txt"]
    assert workspace.lines("hidden") == ["src/.h.txt"]


def test_templates_capture_by_part_by_path_and_by_regex(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.photo]
        kind    = "transform"
        input   = "in/{year:[0-9]{4}}/{name:**}.jpg"
        output  = "out/{name}-{year}.txt"
        command = "echo {year} {name} > {output}"
        """,
    )
    for name in ("2024/sea.jpg", "2024/a/b.jpg", "20x4/no.jpg", "20245/no.jpg"):
        workspace.write(f"in/{name}", "")
    assert sorted(workspace.pymake().ran) == ["photo out/a/b-2024.txt", "photo out/sea-2024.txt"]
    assert workspace.read("out/a/b-2024.txt") == "2024 a/b\n"


def test_a_glob_sees_the_outputs_of_tasks_in_any_order_of_declaration(workspace: Workspace) -> None:
    reader = '[task.reader]\ninput = "build/*.x"\noutput = "sum"\ncommand = "cat {input} > {output}"\n'
    maker = (
        '[task.maker]\nkind = "originate"\noutput = ["build/a.x", "build/b.x"]\ncommand = "echo {output} > {output}"\n'
    )
    for text in (reader + maker, maker + reader):
        shutil.rmtree(workspace.path("build"), ignore_errors=True)
        shutil.rmtree(workspace.path(".pymake"), ignore_errors=True)
        workspace.write("pymake.toml", text)
        assert workspace.pymake("-j1").ran == ["maker build/a.x", "maker build/b.x", "reader sum"]
        assert workspace.read("sum") == "build/a.x\nbuild/b.x\n"
        assert workspace.pymake().summary == CLEAN


def test_order_only_follows_and_mkdir_order_but_do_not_decide(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.late]
        output     = "late"
        command    = "cat first > late && ls -d made >> late"
        order_only = "first"
        follows    = "other"
        mkdir      = "made"
        input      = "src"
        [task.first]
        input   = "one"
        output  = "first"
        command = "cp one first"
        [task.other]
        input   = "one"
        output  = "other"
        command = "cp one other"
        """,
    )
    workspace.write("src", "")
    workspace.write("one", "1\n")
    assert workspace.pymake("late", "-j2").ran[-1] == "late late"
    assert workspace.read("late") == "1\nmade\n"
    workspace.write("one", "2\n")
    assert sorted(workspace.pymake("late").ran) == ["first first", "other other"]
    assert workspace.pymake().summary == CLEAN


def test_the_environment_that_is_declared_decides(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [env]
        ALL = "1"
        [task.a]
        output   = "a"
        command  = "echo $ALL $OWN $SEEN > {output}"
        env      = { OWN = "2" }
        uses_env = ["SEEN"]
        input    = "pymake.toml.not"
        """,
    )
    workspace.write("pymake.toml.not", "")
    seen = {"SEEN": "3"}
    assert workspace.pymake(env=seen).ran == ["a a"]
    assert workspace.read("a") == "1 2 3\n"
    assert workspace.pymake(env={**seen, "OTHER": "x"}).ran == []
    assert workspace.pymake(env={"SEEN": "4"}, code=0).ran == ["a a"]
    workspace.replace("pymake.toml", 'ALL = "1"', 'ALL = "7"')
    assert workspace.pymake("--explain", env={"SEEN": "4"}).err.startswith("a a: env ALL changed\n")
    workspace.replace("pymake.toml", 'OWN = "2"', 'OWN = "8"')
    workspace.pymake(env={"SEEN": "4"})
    assert workspace.read("a") == "7 8 4\n"


def test_cwd_is_where_the_job_runs_and_fields_follow(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        input   = "src/x"
        output  = "out/y"
        cwd     = "src"
        command = "pwd -P > {output}; echo {input} {output} >> {output}"
        """,
    )
    workspace.write("src/x", "")
    workspace.pymake()
    assert workspace.lines("out/y") == [str(workspace.path("src").resolve()), "x ../out/y"]


ALONE = """
    mkdir running || exit 1
    n=0; while [ $n -lt 3 ]; do n=$((n+1)); done
    echo in >> journal
    rmdir running
    touch {output}
"""


def test_a_pool_of_one_runs_one_at_a_time(workspace: Workspace) -> None:
    outputs = [f"build/{n}" for n in range(6)]
    workspace.write(
        "pymake.toml",
        f"[pools]\none = 1\n\n[task.alone]\nkind = 'originate'\noutput = {outputs}\npool = 'one'\n"
        f"command = '''{ALONE}'''\n",
    )
    workspace.pymake("-j4")
    assert workspace.read("journal") == "in\n" * 6


MEETING = """
    touch here.{me}
    n=0
    until [ -e here.{you} ]; do n=$((n+1)); [ $n -lt 1000 ] || exit 1; sleep 0.01; done
    touch {output}
"""


def test_two_slots_really_run_two_jobs_at_once(workspace: Workspace) -> None:
    for me, you in ("ab", "ba"):
        text = f"[task.{me}]\noutput = 'out.{me}'\nvars = {{ me = '{me}', you = '{you}' }}\ncommand = '''{MEETING}'''\n"
        workspace.write(
            "pymake.toml", (workspace.read("pymake.toml") if workspace.exists("pymake.toml") else "") + text
        )
    assert sorted(workspace.pymake("-j2").ran) == ["a out.a", "b out.b"]


def test_python_functions_really_run_at_once_too(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import os, time
        from pymake import originate

        @originate(["a", "b"])
        def meet(output):
            open(f"here.{output}", "w").close()
            deadline = time.monotonic() + 20
            while not os.path.exists("here." + {"a": "b", "b": "a"}[output]):
                assert time.monotonic() < deadline
                time.sleep(0.005)
            open(output, "w").close()
        """,
    )
    assert sorted(workspace.pymake("-j2").ran) == ["meet a", "meet b"]


def test_readers_start_when_their_own_inputs_are_ready(workspace: Workspace) -> None:
    """No barrier between tasks: the slow job of the first task waits for the reader of the quick one."""
    workspace.write(
        "pymake.toml",
        """
        [task.first]
        kind    = "originate"
        output  = ["slow.1", "quick.1"]
        command = '''
        n=0
        [ {output} = quick.1 ] || until [ -e quick.2 ]; do n=$((n+1)); [ $n -lt 1000 ] || exit 1; sleep 0.01; done
        touch {output}
        '''
        [task.second]
        kind    = "transform"
        input   = "{name}.1"
        output  = "{name}.2"
        command = "cp {input} {output}"
        """,
    )
    assert len(workspace.pymake("-j2").ran) == 4


FAILING = """
    [task.bad]
    output  = "bad"
    command = "echo half > bad; echo on stderr >&2; exit 3"
    [task.reader]
    input   = "bad"
    output  = "reader"
    command = "cp {input} {output}"
    [task.good]
    kind    = "originate"
    output  = ["good.1", "good.2"]
    command = "touch {output}"
"""


def test_a_failing_job_stops_the_build_and_loses_its_outputs(workspace: Workspace) -> None:
    workspace.write("pymake.toml", FAILING)
    failed = workspace.pymake("-j1", code=1)
    assert failed.ran == failed.failed == ["bad bad"]
    assert without_times(failed.err) == (
        "[1/3] bad bad FAILED (T s)\n"
        "pymake.toml:1: exit status 3\n"
        "  command: echo half > bad; echo on stderr >&2; exit 3\n"
        "on stderr\n"
        "pymake: 1 ran, 0 up to date, 1 failed in T s (3 not run)\n"
    )
    assert not workspace.exists("bad")
    kept = workspace.pymake("-j1", "-k", "--keep-failed", code=1)
    assert (kept.failed, kept.ran) == (["bad bad"], ["bad bad", "good good.1", "good good.2"])
    assert workspace.read("bad") == "half\n"
    assert workspace.pymake("-k", code=1).ran == ["bad bad"]
    workspace.replace("pymake.toml", "exit 3", "true")
    assert workspace.pymake().ran == ["bad bad", "reader reader"]


def test_always_make_runs_what_the_targets_need_and_nothing_else(built: Workspace) -> None:
    assert built.pymake("-B", "build/a.up").ran == ["upper build/a.up"]
    assert sorted(built.pymake("-B").ran) == EVERYTHING


def test_question_says_nothing_and_answers_by_its_code(chain: Workspace) -> None:
    for code in (1, 0):
        answer = chain.pymake("-q", code=code)
        assert (answer.out, answer.err) == ("", "")
        chain.pymake()
    chain.write("src/b.txt", "new\n")
    chain.pymake("-q", "build/a.up", code=0)
    chain.pymake("-q", code=1)


def test_silent_says_nothing_but_failures(chain: Workspace) -> None:
    for _ in range(2):
        silent = chain.pymake("-s")
        assert (silent.out, silent.err) == ("", "")
    chain.replace("pymake.toml", "cat {input}", "echo no; false")
    assert without_times(chain.pymake("-s", code=1).err) == (
        "[1/1] all build/all.txt FAILED (T s)\n"
        "pymake.toml:7: exit status 1\n"
        "  command: echo no; false > build/all.txt\n"
        "no\n"
        "pymake: 1 ran, 2 up to date, 1 failed in T s\n"
    )


def test_a_dry_run_tells_three_classes_and_writes_nothing(built: Workspace) -> None:
    built.write("src/a.txt", "new\n")
    before = built.tree(state=True)
    dry = built.pymake("-n")
    assert dry.out == (
        "will run (1):\n  upper build/a.up: input src/a.txt changed\n"
        "may run (1):\n  all build/all.txt: if the output of upper build/a.up really changes\n"
        "up to date (1):\n  upper build/b.up\n"
    )
    assert dry.err == ""
    assert built.tree(state=True) == before


@pytest.mark.parametrize("words", [["-n"], ["-q"], ["list"], ["why"], ["graph"], ["log"], ["clean", "-n"]])
def test_looking_at_a_fresh_project_makes_no_file(chain: Workspace, words: list[str]) -> None:
    before = chain.tree(state=True)
    result = chain.run(chain.command(*words))
    assert "rror" not in result.err
    assert chain.tree(state=True) == before
    assert not chain.exists(".pymake")


def test_explain_and_verbose_show_reason_and_command(built: Workspace) -> None:
    built.write("src/a.txt", "new\n")
    explained = built.pymake("--explain", "-v")
    assert without_times(explained.err) == (
        "upper build/a.up: input src/a.txt changed\n"
        "$ tr a-z A-Z < src/a.txt > build/a.up\n"
        "[1/2] upper build/a.up (T s)\n"
        "all build/all.txt: input build/a.up changed\n"
        "$ cat build/a.up build/b.up > build/all.txt\n"
        "[2/2] all build/all.txt (T s)\n"
        "pymake: 2 ran, 1 up to date, 0 failed in T s\n"
    )


def test_json_is_one_valid_event_a_line_on_stdout(chain: Workspace) -> None:
    schema = json.loads((Path(pymake.__file__).parent / "reporters" / "events.schema.json").read_text(encoding="utf-8"))
    chain.write("pymake.toml", chain.read("pymake.toml") + '[task.bad]\ncommand = "echo no; exit 1"\noutput = "x"\n')
    ended = chain.pymake("--json", "-k", "-j1", code=1)
    events = [json.loads(line) for line in ended.out.splitlines()]
    for event in events:
        jsonschema.validate(event, schema)
    kinds = [event["event"] for event in events]
    assert (kinds[0], kinds[-1]) == ("build-started", "build-ended")
    assert (kinds.count("job-started"), kinds.count("job-ended")) == (4, 4)
    for number in range(4):
        of_one = [event["event"] for event in events if event.get("job") == number]
        assert of_one == ["job-started", "job-ended"]
    assert (events[-1]["ran"], events[-1]["failed"], len(events[-1]["errors"])) == (4, 1, 1)
    assert ended.err == ""
    quiet = [json.loads(line) for line in chain.pymake("--json", "all").out.splitlines()]
    assert {"job-started", "job-ended"}.isdisjoint(event["event"] for event in quiet)
    assert (quiet[-1]["ran"], quiet[-1]["up_to_date"]) == (0, 3)


def test_depfiles_bring_headers_that_decide_and_may_go(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.o]
        kind    = "transform"
        input   = "{name}.c"
        output  = "build/{name}.o"
        depfile = "{output}.d"
        command = "sh cc.sh {input} {output}"
        """,
    )
    workspace.write("cc.sh", 'h=$(sed -n "s/include //p" "$1")\ncat "$1" $h > "$2"\necho "$2: $1 $h" > "$2.d"\n')
    workspace.write("a.c", "include a.h\n")
    workspace.write("b.c", "plain\n")
    workspace.write("a.h", "1\n")
    assert len(workspace.pymake().ran) == 2
    assert workspace.pymake().ran == []
    workspace.write("a.h", "2\n")
    assert workspace.pymake().ran == ["o build/a.o"]
    workspace.write("a.c", "no more\n")
    workspace.remove("a.h")
    assert workspace.pymake().ran == ["o build/a.o"]
    assert workspace.pymake().ran == []
    workspace.touch("cc.sh")
    assert workspace.pymake().ran == []
    workspace.write("cc.sh", workspace.read("cc.sh") + "true\n")
    assert len(workspace.pymake().ran) == 2  # the script given to an interpreter is an input


def test_both_build_files_are_one_pipeline(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [vars]
        word = "hello"
        [task.text]
        output  = "build/text"
        command = "echo {word} > {output}"
        [task.end]
        input   = { task = "count" }
        output  = "build/end"
        command = "cp {input} {output}"
        """,
    )
    workspace.write(
        "pymakefile.py",
        """
        from pymake import transform, output_from, suffix

        @transform(output_from("text"), suffix("text"), "count")
        def count(input, output):
            open(output, "w").write(str(len(open(input).read())))
        """,
    )
    assert workspace.pymake("end").ran == ["text build/text", "count build/count", "end build/end"]
    assert workspace.read("build/end") == "6"
    assert workspace.pymake("word=a").ran == ["text build/text", "count build/count", "end build/end"]


def test_an_input_that_is_edited_during_the_run_is_not_believed(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.a]
        input   = "in"
        output  = "out"
        command = "cat {input} > {output}; [ -e once ] || echo second > in; touch once"
        """,
    )
    workspace.write("in", "first\n")
    ended = workspace.pymake()
    assert without_times(ended.err) == (
        "pymake: a out: input in was edited during the run; running it again\n"
        "[1/1] a out (T s)\n"
        "pymake: 1 ran, 0 up to date, 0 failed in T s\n"
    )
    assert workspace.read("out") == "second\n"
    assert workspace.pymake().ran == []


def test_folders_are_inputs_and_outputs(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.site]
        input   = "pages/"
        output  = "site/"
        command = "mkdir -p {output} && cp {input}/* {output}"
        [task.pack]
        input   = { task = "site" }
        output  = "pack"
        command = "cat {input}/* > {output}"
        """,
    )
    workspace.write("pages/a", "1\n")
    assert workspace.pymake().ran == ["site site", "pack pack"]
    assert workspace.pymake().ran == []
    workspace.write("pages/b", "2\n")
    assert workspace.pymake().ran == ["site site", "pack pack"]
    assert workspace.read("pack") == "1\n2\n"
    workspace.remove("site/b")
    assert workspace.pymake().ran == ["site site"]
    assert workspace.pymake().ran == []


def test_hundreds_of_jobs_are_one_build(workspace: Workspace) -> None:
    workspace.write("pymake.toml", CHAIN.replace("tr a-z A-Z < {input} > {output}", "cp {input} {output}"))
    for number in range(300):
        workspace.write(f"src/{number:03}.txt", f"{number}\n")
    assert workspace.pymake().summary == "301 ran, 0 up to date, 0 failed in T s"
    assert workspace.pymake().summary == "nothing to do (301 jobs up to date)"


def test_log_keeps_what_was_printed(built: Workspace) -> None:
    built.replace("pymake.toml", "cat {input} > {output}", "echo to the log; cat {input} > {output}")
    assert "to the log\n" in built.pymake().err
    built.pymake()
    assert built.pymake("log", "all").out == "to the log\n"
