"""Interactive jobs: they own the terminal, and work as well without one."""

from __future__ import annotations

import os
import signal
import time

import pexpect
import pytest

from tests.e2e.workspace import PATIENCE, Workspace, until

ASKING = """
    [task.ask]
    output      = "answer"
    interactive = true
    command     = "printf 'name? '; read name; echo $name > {output}"

    [task.call]
    kind        = "originate"
    output      = "called"
    interactive = true
    python      = "asking:ask"

    [task.other]
    kind    = "originate"
    output  = ["a", "b", "c"]
    command = "until [ -e go ]; do sleep 0.02; done; echo said by {output}; touch {output}"
"""
CALL = """
    def ask(output):
        with open(output, "w") as file:
            file.write(input("colour? "))
"""


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write("pymake.toml", ASKING)
    workspace.write("asking.py", CALL)
    return workspace


def at_terminal(project: Workspace, *words: str, term: str = "xterm") -> pexpect.spawn:
    program, *rest = project.command(*words)
    environ = {**os.environ, "TERM": term, "NO_COLOR": "1"}
    return pexpect.spawn(
        program, rest, cwd=str(project.root), env=environ, encoding="utf-8", timeout=PATIENCE, dimensions=(12, 80)
    )


def code_of(screen: pexpect.spawn) -> int | None:
    screen.expect(pexpect.EOF)
    screen.close()
    code: int | None = screen.exitstatus
    return code


@pytest.mark.parametrize("term", ["xterm", "dumb"])
@pytest.mark.parametrize("jobs", ["-j4", "-j1"])
def test_each_has_the_terminal_for_itself(project: Workspace, term: str, jobs: str) -> None:
    project.write("go", "")
    screen = at_terminal(project, jobs, term=term)
    for _ in range(2):
        if screen.expect_exact(["name? ", "colour? "]) == 0:
            screen.sendline("Ada")
            until(lambda: project.exists("answer"), "no answer")
        else:
            screen.sendline("red")
            until(lambda: project.exists("called"), "no answer")
    screen.expect_exact("5 ran, 0 up to date, 0 failed")
    assert code_of(screen) == 0
    assert (project.read("answer"), project.read("called")) == ("Ada\n", "red")


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_what_others_say_comes_after_it(project: Workspace, term: str) -> None:
    screen = at_terminal(project, "-j4", "ask", "other", term=term)
    screen.expect_exact("name? ")
    project.write("go", "")
    until(lambda: all(project.exists(name) for name in "abc"), "the others do not run")
    time.sleep(0.3)  # a view that did not pause would have been drawn
    with pytest.raises(pexpect.TIMEOUT):
        screen.expect(".", timeout=0.2)
    screen.sendline("Ada")
    screen.expect_exact("said by ")
    screen.expect_exact("4 ran, 0 up to date, 0 failed")
    assert code_of(screen) == 0


def test_ctrl_c_goes_to_the_job_and_ends_the_build(project: Workspace) -> None:
    screen = at_terminal(project, "-j4")
    screen.expect(r"(name|colour)\? ")
    screen.sendintr()
    screen.expect_exact("pymake: interrupted: ")
    assert code_of(screen) == 130
    assert list(project.processes()) == []


def test_ctrl_z_stops_pymake_too_and_both_go_on(project: Workspace) -> None:
    environ = {**os.environ, "TERM": "dumb", "PS1": "$ "}
    shell = pexpect.spawn("/bin/sh", ["-im"], cwd=str(project.root), env=environ, encoding="utf-8", timeout=PATIENCE)
    shell.sendline(" ".join(project.command("ask")))
    shell.expect_exact("name? ")
    shell.send("\x1a")
    shell.expect("(?i)stopped")
    shell.sendline("fg")
    time.sleep(0.2)
    shell.sendline("Ada")
    shell.expect_exact("1 ran, 0 up to date, 0 failed")
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
    assert project.read("answer") == "Ada\n"


def test_without_a_terminal_it_has_the_files_of_pymake(project: Workspace) -> None:
    result = project.pymake("ask", stdin="Bob\n")
    assert (result.out, project.read("answer")) == ("", "Bob\n")
    assert "name? " in result.err
    result = project.pymake("call", stdin="blue\n")
    assert project.read("called") == "blue"
    assert result.summary == "1 ran, 0 up to date, 0 failed in T s"


def test_with_json_what_it_prints_is_not_among_the_events(project: Workspace) -> None:
    result = project.pymake("--json", "ask", stdin="Bob\n")
    assert all(line.startswith('{"schema": ') for line in result.out.splitlines())
    assert '"interactive": true' in result.out
    assert "name? " in result.err


def test_a_failure_is_told_as_of_any_job(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [task.command]
        output      = "x"
        interactive = true
        command     = "touch x; exit 3"
        [task.call]
        kind        = "originate"
        output      = "y"
        interactive = true
        python      = "bad:bad"
        [task.dies]
        output      = "z"
        interactive = true
        command     = ["sh", "-c", "kill -SEGV $$"]
        [task.missing]
        output      = "w"
        interactive = true
        command     = ["./no-such-program"]
        """,
    )
    workspace.write("bad.py", "def bad(output):\n    raise ValueError('no')\n")
    result = workspace.pymake("-k", code=1)
    for text in ("exit status 3", "ValueError: no", "killed by SIGSEGV", "cannot be started: no such file"):
        assert text in result.err
    assert result.summary == "4 ran, 0 up to date, 4 failed in T s"
    assert not workspace.exists("x")


@pytest.mark.parametrize("command", ["sleep 60", "trap '' TERM; sleep 60 & wait; wait"])
def test_its_time_is_limited_with_all_its_processes(workspace: Workspace, command: str) -> None:
    workspace.write(
        "pymake.toml", f'[task.slow]\noutput = "x"\ninteractive = true\ntimeout = 0.3\ncommand = "{command}"\n'
    )
    assert "timed out after 0.3 s" in workspace.pymake(code=1).err
    assert list(workspace.processes()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_pymake_ends_it(workspace: Workspace, number: signal.Signals) -> None:
    workspace.write(
        "pymake.toml",
        '[task.slow]\noutput = "x"\ninteractive = true\ncommand = "touch {output}; touch begun; sleep 60; true"\n',
    )
    running = workspace.start()
    workspace.wait_for("begun")
    running.send(number)
    assert running.end().code == 128 + number
    assert not workspace.exists("x")
    assert list(workspace.processes()) == []


def test_it_does_not_outlive_a_pymake_that_was_killed(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        '[task.slow]\noutput = "x"\ninteractive = true\ncommand = "touch begun; sleep 60; true"\n',
    )
    running = workspace.start()
    workspace.wait_for("begun")
    running.send(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL
    until(lambda: list(workspace.processes()) == [], "something is left")


def test_from_python_in_the_calling_process(workspace: Workspace) -> None:
    workspace.write(
        "script.py",
        """
        from pymake import interactive, originate, pipeline_run

        @interactive
        @originate("x")
        def ask(output):
            open(output, "w").write(input())

        if __name__ == "__main__":
            pipeline_run([ask])
        """,
    )
    result = workspace.run([*workspace.command()[:1], "script.py"], stdin="Bob\n")
    assert (result.code, workspace.read("x")) == (0, "Bob")


def test_a_pool_beside_it_is_refused(workspace: Workspace) -> None:
    workspace.write(
        "pymake.toml",
        """
        [pools]
        p = 1
        [task.a]
        output      = "x"
        command     = "true"
        pool        = "p"
        interactive = true
        """,
    )
    assert workspace.pymake(code=2).err == (
        "pymake: pymake.toml:7: task a has both interactive and pool\n"
        "  try: leave out pool: interactive jobs run one at a time\n"
    )
    workspace.remove("pymake.toml")
    workspace.write(
        "pymakefile.py",
        'import pymake\npymake.main.task(name="a", output="x", command="true", interactive=True, pool="p")\n',
    )
    assert workspace.pymake(code=2).err == (
        "pymake: pymakefile.py:2: task a is interactive and in a pool\n"
        "  try: leave out pool: interactive jobs run one at a time\n"
    )
