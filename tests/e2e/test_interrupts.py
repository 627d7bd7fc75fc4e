"""Builds of many quick jobs that are interrupted, killed, or fail here and there: what is left equals a clean build.

The number of rounds is small here. `ROUNDS=300 pytest -n 2 tests/e2e/test_interrupts.py` is for the night.
"""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace, until

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", "6"))
AT_ONCE = 6
"""Rounds in one folder."""
FILES = 120

BUILD = """
    from pathlib import Path

    from pymake import main, merge, suffix, transform

    main.transform(
        name="copied", input="src/*.txt", filter=suffix(".txt"), output=".copy", output_dir="out",
        command="cp {input} {output}",
    )

    @transform("src/*.txt", suffix(".txt"), ".twice", output_dir="out")
    def twice(input, output):
        text = Path(input).read_text()
        with open(output, "w") as file:
            file.write(text)
            file.flush()
            file.write(text)

    main.transform(
        name="talking", input="out/*.copy", filter=suffix(".copy"), output=".upper",
        command="(echo upper of {input}; tr a-z A-Z < {input} > {output}; sleep 0.001 &)",
    )

    @merge(["out/*.upper", twice], "out/all")
    def everything(inputs, output):
        with open(output, "w") as file:
            for name in sorted(inputs):
                file.write(Path(name).read_text())
"""


def marked(marker: bytes) -> list[int]:
    """The processes that have this in their environment."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if marker in file.read():
                        found.append(int(name))
            except OSError:
                continue
    return found


def expected(source: dict[str, str]) -> dict[str, str]:
    """What a build from scratch makes of these sources."""
    made: dict[str, str] = {}
    for name, text in source.items():
        made |= {f"{name}.copy": text, f"{name}.twice": text * 2, f"{name}.upper": text.upper()}
    parts = sorted(name for name in made if name.endswith((".upper", ".twice")))
    made["all"] = "".join(made[name] for name in parts)
    return made


def outputs(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (root / "out").iterdir()}


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="only /proc tells what is left")
@pytest.mark.parametrize("seed", range(ROUNDS // AT_ONCE))
def test_interrupts_at_random_moments_change_nothing(workspace: Workspace, seed: int) -> None:
    dice = random.Random(seed)
    source = {f"f{number:03}": f"text {number}\n" for number in range(FILES)}
    workspace.write("pymakefile.py", BUILD)
    for name, text in source.items():
        workspace.write(f"src/{name}.txt", text)
    marker = f"interrupted in {workspace.root}"
    for number in range(AT_ONCE):
        build = workspace.start("-j4", *dice.choice([(), ("-k",)]), env={"MARKER": marker})
        time.sleep(dice.random() * 1.5)
        sent = dice.choice([signal.SIGINT, signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
        build.send(sent, group=dice.random() < 0.5)
        if sent == signal.SIGINT and dice.random() < 0.3:
            time.sleep(dice.random() * 0.05)
            build.send(sent, group=False)
        ended = build.end()
        if "pymake" in ended.err or not ended.err:  # else Python itself was hit while it started
            assert ended.code in {0, 128 + sent, -sent}, (number, sent, ended.err)
        until(lambda: not marked(marker.encode()), f"round {number}: a process is left after {sent.name}")
        if ended.code == -sent:
            assert outputs_are_known(workspace.root, source), "the sources are as they were"
        changed = dice.sample(sorted(source), dice.randint(1, FILES))
        if dice.random() < 0.6:
            assert workspace.pymake("-j4", code=0).code == 0
            assert outputs(workspace.root) == expected(source), f"round {number}, {sent.name}"
        for name in changed:
            source[name] = f"text {number} {dice.random()}\n"
            workspace.write(f"src/{name}.txt", source[name])
    workspace.pymake("-j4")
    assert outputs(workspace.root) == expected(source)
    assert workspace.pymake("-j4").summary.startswith("nothing to do")


def outputs_are_known(root: Path, source: dict[str, str]) -> bool:
    return all((root / f"src/{name}.txt").read_text() == text for name, text in source.items())


@pytest.mark.parametrize("kind", ["command", "call"])
def test_many_jobs_of_which_some_fail_under_keep_going(workspace: Workspace, kind: str) -> None:
    """One in twenty fails, for itself; what reads of a failed one is not run, and the second build is calm."""
    number = 100 * ROUNDS
    workspace.write("source", "x")
    workspace.write(
        "pymakefile.py",
        f"""
        from pymake import main
        N = {number}
        def make(input, output, n):
            if n % 20 == 7:
                raise ValueError(n)
            open(output, "w").write(str(n))
        def command(n):
            return f"test {{n % 20}} != 7 && echo {{n}} > {{{{output}}}}"
        for n in range(N):
            what = dict(command=command(n)) if {kind!r} == "command" else dict(task_func=make, extras=[n])
            main.task(name=f"a{{n}}", input="source", output=f"out/{{n}}", **what)
            main.task(name=f"b{{n}}", input=f"out/{{n}}", output=f"out/{{n}}.b", command="cp {{input}} {{output}}")
        """,
    )
    failing = sum(n % 20 == 7 for n in range(number))
    build = workspace.pymake("-j4", "-k", code=1)
    ran = 2 * number - failing
    assert build.summary == f"{ran} ran, 0 up to date, {failing} failed in T s ({failing} not run)"
    assert sorted(os.listdir(workspace.root / "out")) == sorted(
        name for n in range(number) if n % 20 != 7 for name in (f"{n}", f"{n}.b")
    )
    again = workspace.pymake("-j4", "-k", code=1)
    up_to_date = 2 * number - 2 * failing
    assert again.summary == f"{failing} ran, {up_to_date} up to date, {failing} failed in T s ({failing} not run)"
