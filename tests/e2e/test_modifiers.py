"""What posttask, jobs_limit, check_if_uptodate and active_if do in a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import without_times

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace


def test_posttask_is_called_in_the_main_process_and_touches_files(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import os
        from pymake import originate, posttask, touch_file

        @posttask(lambda: open("done", "a").write(f"{os.getpid()}\\n"), touch_file("flags/one", "two"))
        @originate(["a", "b"])
        def make(output):
            open(output, "w").write(str(os.getpid()))
        """,
    )
    workspace.pymake("-j2")
    (main,) = workspace.lines("done")
    assert main not in (workspace.read("a"), workspace.read("b"))
    assert (workspace.read("flags/one"), workspace.read("two")) == ("", "")
    workspace.pymake()
    assert workspace.lines("done") == [main]
    workspace.remove("a")
    workspace.pymake()
    assert len(workspace.lines("done")) == 2


def test_a_posttask_that_raises_fails_the_build(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        from pymake import originate, posttask

        def fail():
            raise KeyError("k")

        @posttask(fail)
        @originate(["a"])
        def make(output):
            open(output, "w").close()
        """,
    )
    ended = workspace.pymake(code=1)
    assert ended.err.splitlines()[:2] == [
        "pymake: make: pymakefile.py:7: posttask raised KeyError: 'k'",
        f"  at: {workspace.path('pymakefile.py')}:4 fail",
    ]


LIMITS = """
    import os, time
    from pymake import jobs_limit, originate

    def once(output, room):
        os.mkdir(room)      # fails if somebody else is in
        time.sleep(0.02)
        os.rmdir(room)
        open(output, "w").close()

    @jobs_limit(1, "room")
    @originate(["a1", "a2", "a3"], "room")
    def a(output, room):
        once(output, room)

    @jobs_limit(1, "room")
    @originate(["b1", "b2", "b3"], "room")
    def b(output, room):
        once(output, room)
"""


def test_limits_of_one_name_are_shared(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", LIMITS)
    assert workspace.pymake("-j4").summary == "6 ran, 0 up to date, 0 failed in T s"


def test_limits_of_one_name_that_differ_are_an_error(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", LIMITS.replace('(1, "room")', '(2, "room")', 1))
    assert workspace.pymake(code=2).err == (
        "pymake: pymakefile.py:16: jobs_limit 'room' is 1 here and 2 elsewhere\n"
        "  a: pymakefile.py:11\n"
        "  try: give both the same number, or two names\n"
    )


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("not os.path.exists(output)", ["t x"], []),
        ("(True, 'because')", ["t x"], ["t x"]),
        ("(False, '')", [], []),
    ],
)
def test_a_rule_of_the_task_itself_decides(
    workspace: Workspace, rule: str, first: list[str], second: list[str]
) -> None:
    workspace.write(
        "pymakefile.py",
        f"""
        import os
        from pymake import check_if_uptodate, merge

        def check(input, output, extra):
            assert (input, output, extra) == (["in"], "x", 5)
            return {rule}

        @check_if_uptodate(check)
        @merge(["in"], "x", 5)
        def t(input, output, extra):
            open(output, "w").close()
        """,
    )
    workspace.write("in", "1")
    assert workspace.pymake("--explain").ran == first
    workspace.write("in", "2")
    assert workspace.pymake().ran == second


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            "1 / 0",
            (
                "pymake: stopped: 0 ran, 0 up to date, 0 failed in T s (1 not run)\n"
                "pymake: pymakefile.py:7: the rule of check_if_uptodate of task t raised "
                "ZeroDivisionError: division by zero\n"
                "  called with: 'x'\n"
            ),
        ),
        (
            "None",
            (
                "pymake: stopped: 0 ran, 0 up to date, 0 failed in T s (1 not run)\n"
                "pymake: pymakefile.py:7: the rule of check_if_uptodate of task t returned None\n"
                '  try: return True if the job needs an update, or a pair with a text: True, "no file yet"\n'
            ),
        ),
    ],
)
def test_a_broken_rule_is_named(workspace: Workspace, rule: str, text: str) -> None:
    workspace.write(
        "pymakefile.py",
        f"""
        from pymake import check_if_uptodate, originate

        def check(output):
            return {rule}

        @check_if_uptodate(check)
        @originate("x")
        def t(output):
            open(output, "w").close()
        """,
    )
    assert without_times(workspace.pymake(code=2).err) == text


def test_conditions_are_asked_anew_in_every_build(workspace: Workspace) -> None:
    workspace.write(
        "pymakefile.py",
        """
        import os
        from pymake import active_if, merge, originate

        @active_if(lambda: os.path.exists("on"), True)
        @originate(["a"])
        def make(output):
            open(output, "w").write("a")

        @merge([make, "b"], "all")
        def all(inputs, output):
            open(output, "w").write(" ".join(inputs))
        """,
    )
    workspace.write("b", "")
    assert workspace.pymake().ran == ["all all"]
    assert workspace.read("all") == "b"
    workspace.write("on", "")
    assert workspace.pymake().ran == ["make a", "all all"]
    assert workspace.read("all") == "a b"
