"""Files that pymake made and no job makes any more: removed at the next build, or left to the user."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

TOML = """
    [task.copy]
    kind    = "transform"
    input   = "src/{name}"
    output  = "build/{name}.o"
    command = "cp {input} {output}"

    [task.all]
    kind    = "merge"
    input   = "build/*.o"
    output  = "all"
    command = "cat {input} > {output}"
"""

REMOVED = "pymake: removed what no job makes any more: "


def project(workspace: Workspace) -> None:
    for name in "abc":
        workspace.write(f"src/{name}", name)
    workspace.write("pymake.toml", TOML)
    workspace.pymake()


def test_the_output_of_a_job_that_is_gone_is_removed_and_no_glob_sees_it(workspace: Workspace) -> None:
    project(workspace)
    workspace.remove("src/b")
    assert workspace.pymake("-n").out == (
        "will run (1):\n  all all: command changed; inputs: - build/b.o\n"
        "up to date (2):\n  copy build/a.o\n  copy build/c.o\n"
    )
    assert workspace.exists("build/b.o")
    ended = workspace.pymake()
    assert ended.ran == ["all all"]
    assert f"{REMOVED}build/b.o\n" in ended.err
    assert (workspace.exists("build/b.o"), workspace.read("all")) == (False, "ac")
    assert workspace.pymake().err == "pymake: nothing to do (3 jobs up to date)\n"


def test_orphans_alone_are_nothing_out_of_date(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("pymake.toml", TOML.partition("[task.all]")[0])
    workspace.pymake("-q")
    assert workspace.exists("all")
    ended = workspace.pymake()
    assert ended.err == f"{REMOVED}all\npymake: nothing to do (3 jobs up to date)\n"
    assert not workspace.exists("all")


def test_one_that_was_changed_is_kept_told_once_and_the_users_from_then_on(workspace: Workspace) -> None:
    project(workspace)
    workspace.remove("src/b")
    workspace.write("build/b.o", "B")
    said = (
        "pymake: kept build/b.o: no job makes it any more, but it was changed after pymake wrote it; it is yours now\n"
    )
    ended = workspace.pymake()
    assert said in ended.err
    assert workspace.read("all") == "aBc"
    again = workspace.pymake()
    assert said not in again.err
    workspace.write("build/b.o", "b")
    workspace.pymake()
    assert (workspace.exists("build/b.o"), workspace.read("all")) == (True, "abc")
    workspace.pymake("clean")
    assert (workspace.exists("build/b.o"), workspace.exists("build/a.o")) == (True, False)


def test_an_output_less_of_a_job_that_stays(workspace: Workspace) -> None:
    text = '[task.two]\noutput = {}\ncommand = "touch a b"\n'
    workspace.write("pymake.toml", text.format('["a", "b"]'))
    workspace.pymake()
    workspace.write("pymake.toml", text.replace("touch a b", "touch a").format('["a"]'))
    ended = workspace.pymake()
    assert (ended.ran, workspace.exists("a"), workspace.exists("b")) == (["two a"], True, False)
    assert workspace.pymake().summary == "nothing to do (1 job up to date)"


def test_renaming_a_task_and_moving_it_to_python_orphans_nothing(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("pymake.toml", TOML.replace("task.copy", "task.other").partition("[task.all]")[0])
    workspace.write(
        "pymakefile.py",
        """
        from pymake import main

        main.merge(name="whole", command="cat {input} > {output}", input="build/*.o", output="all")
        """,
    )
    assert workspace.pymake().err == "pymake: nothing to do (4 jobs up to date)\n"


def test_what_a_killed_job_that_is_gone_had_begun_to_write(workspace: Workspace) -> None:
    workspace.write("pymake.toml", '[task.slow]\noutput = "half"\ncommand = "echo half > half; sleep 60"\n')
    build = workspace.start()
    workspace.wait_for("half")
    build.send(signal.SIGKILL)
    build.end()
    text = '[task.all]\nkind = "merge"\ninput = "h*"\noutput = "all"\ncommand = "cat {input} > {output}"\n'
    workspace.write("pymake.toml", text)
    workspace.write("here", "here")
    ended = workspace.pymake()
    assert f"{REMOVED}half\n" in ended.err
    assert (workspace.exists("half"), workspace.read("all")) == (False, "here")


def test_a_folder_and_what_lies_in_it(workspace: Workspace) -> None:
    site = '[task.site]\noutput = "site/"\ncommand = "mkdir -p site/deep; echo x > site/deep/x.html"\n'
    pages = '[task.all]\nkind = "merge"\ninput = "**/*.html"\noutput = "all"\ncommand = "cat {input} > {output}"\n'
    workspace.write("y.html", "y")
    workspace.write("pymake.toml", site)
    workspace.pymake()
    workspace.write("pymake.toml", pages)
    assert f"{REMOVED}site\n" in workspace.pymake().err
    assert (workspace.exists("site"), workspace.read("all")) == (False, "y")


def test_an_orphan_that_is_an_input_stops_the_build_before_it_is_removed(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("pymake.toml", '[task.end]\ninput = "build/a.o"\noutput = "end"\ncommand = "cp build/a.o end"\n')
    assert "the input build/a.o is not there, and no task makes it" in workspace.pymake(code=2).err
    assert workspace.exists("build/a.o")


def test_other_build_files_and_scripts_of_the_same_folder_leave_each_other_alone(workspace: Workspace) -> None:
    project(workspace)
    workspace.write("other.toml", '[task.end]\ninput = "build/a.o"\noutput = "end"\ncommand = "cp build/a.o end"\n')
    script = "import pymake\n@pymake.originate('made')\ndef make(o): open(o, 'w').close()\npymake.pipeline_run()\n"
    workspace.write("script.py", script)
    assert workspace.pymake("-f", "other.toml").ran == ["end end"]
    assert workspace.run([workspace.command()[0], "script.py"]).code == 0
    assert "nothing to do" in workspace.pymake().err
    assert all(workspace.exists(path) for path in ("build/a.o", "all", "end", "made"))


def test_clean_orphans(workspace: Workspace) -> None:
    project(workspace)
    workspace.remove("src/a")
    workspace.remove("src/b")
    workspace.write("build/b.o", "B")
    assert workspace.pymake("clean", "--orphans", "-n").out == (
        "would remove build/a.o\nwould keep build/b.o: it was changed after pymake wrote it\n"
    )
    assert workspace.pymake("clean", "--orphans").out == (
        "removed what no job makes any more: build/a.o\n"
        "kept build/b.o: no job makes it any more, but it was changed after pymake wrote it; it is yours now\n"
    )
    assert [workspace.exists(f"build/{name}.o") for name in "abc"] == [False, True, True]
    assert workspace.pymake("clean", "--orphans").out == ""
