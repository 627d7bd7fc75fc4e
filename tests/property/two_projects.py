"""Plays one random history on two copies of a project, one with snapshots and one without: they must not differ.

Run as a program with the number of the history; each build is a forked process, so that none costs an interpreter.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pymake.__main__ import main

STEPS = 14
PAUSE = 0.03
"""Seconds after which stamps are believed."""

TOML = """
[vars]
mode = "plain"

[task.up]
kind = "transform"
input = "src/{name}.txt"
output = "out/{name}.up"
command = "tr a-z A-Z < {input} > {output}; echo WORD {mode} >> {output}; cat lib/*.h >> {output}"
depfile = "{output}.d"

[task.all]
kind = "merge"
input = { task = "up" }
output = "all.txt"
command = "cat {input} > {output}"
uses_env = ["FLAVOUR"]
order_only = ["order"]
"""

PYTHON = """
import os
import helper
from pathlib import Path
from pymake import main, merge

for path in sorted(Path("py").glob("*.in")):
    main.task(name=path.stem, command=f"cat {path} > out/{path.stem}; echo {helper.TEXT} >> out/{path.stem}",
              input=str(path), output=f"out/{path.stem}")

if os.path.exists("extra"):
    main.task(name="extra", command=f"echo {os.environ.get('TASTE', 'none')} > {{output}}", output="out/extra")

@merge("src/*.txt", "out/count")
def count(inputs, output):
    Path(output).write_text(f"{len(inputs)} WORD\\n")
"""

Edit = Callable[[Path, random.Random], object]


def write(path: str, *texts: str) -> Edit:
    """An edit that gives a file one of these texts; the same choice in both projects."""
    return lambda root, dice: (root / path).write_text(dice.choice(texts))


def remove(path: str) -> Edit:
    """An edit that takes a file away."""
    return lambda root, dice: (root / path).unlink(missing_ok=True)


def reword(path: str) -> Edit:
    """An edit of a word in a build file."""
    return lambda root, dice: (root / path).write_text(
        re.sub("WORD|word|Word", dice.choice(["WORD", "word", "Word"]), (root / path).read_text())
    )


EDITS: list[Edit] = [
    *(write(f"src/{name}.txt", "one", "two") for name in "abc"),
    *(write(f"py/{name}.in", "one", "two") for name in "de"),
    *(write(f"lib/{name}.h", "one", "two") for name in "fg"),
    *(remove(path) for path in ("src/b.txt", "src/c.txt", "py/e.in", "lib/g.h", "out/a.up", "all.txt", "out/count")),
    write("all.txt", "edited"),
    write("out/a.up", "edited"),
    write("helper.py", "TEXT = 'one'", "TEXT = 'two'", "TEXT = 'one'  # a comment"),
    write("extra", ""),
    remove("extra"),
    write("order", "one", "two"),
    reword("pymake.toml"),
    reword("pymakefile.py"),
    lambda root, dice: os.utime(root / "src/a.txt"),
    lambda root, dice: shutil.rmtree(root / "out", ignore_errors=True),
    lambda root, dice: (root / "os.py").touch() if dice.random() < 0.1 else None,
]

# Always -k: what still starts beside a job that fails is a matter of moments, and no two builds need agree on it.
LINES = [
    *(["-k"], ["-k"], ["-k", "all"], ["-k", "all.txt"], ["-k", "out/a.up"], ["-j1", "-k"], ["-k", "count"]),
    *(["-k", "-C", "src", "../all.txt"], ["-k", "mode=other"], ["-kB", "up"], ["-k", "--fresh"], ["-ks"]),
    *(["-n"], ["-q"], ["list"], ["why", "all.txt"]),
]


def make(root: Path) -> None:
    """The project at the start."""
    for folder in ("src", "py", "lib"):
        (root / folder).mkdir(parents=True)
    (root / "pymake.toml").write_text(TOML)
    (root / "pymakefile.py").write_text(PYTHON)
    (root / "helper.py").write_text("TEXT = 'one'")
    (root / "order").touch()
    for path in ("src/a.txt", "src/b.txt", "py/d.in", "lib/f.h"):
        (root / path).write_text("one")


def build(root: Path, words: list[str], environ: dict[str, str], log: Path) -> tuple[int, str]:
    """Exit code and what was said, without what differs between two runs of anything."""
    child = os.fork()
    if child == 0:
        file = os.open(log, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.chdir(root)
        os.environ.update(environ)
        sys.argv = ["pymake", *words]
        code = 99
        try:
            code = main()
            sys.stdout.flush()
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = re.sub(r"[\d:.-]+ s\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\[\d+/\d+\]", "", log.read_text())
    return code, "\n".join(sorted(said.splitlines()))


def tree(root: Path) -> dict[str, bytes]:
    """Every file but pymake's own."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".pymake" not in path.parts and "__pycache__" not in path.parts
    }


def play(seed: int, base: Path) -> None:
    """One history. Raises AssertionError at the first difference."""
    dice = random.Random(seed)
    with_snapshot, without = base / "with" / "project", base / "without" / "project"
    make(with_snapshot)
    make(without)
    environ = {"FLAVOUR": "a", "TASTE": "a"}
    history: list[object] = []
    for _ in range(STEPS):
        for number in dice.sample(range(len(EDITS)), dice.choice([0, 0, 1, 1, 2])):
            history.append(number)
            choice = dice.random()
            for root in (with_snapshot, without):
                EDITS[number](root, random.Random(choice))
        if dice.random() < 0.15:
            environ[dice.choice(list(environ))] = dice.choice("ab")
        words = dice.choice(LINES)
        if dice.random() < 0.7:
            time.sleep(PAUSE)
        history.append(words)
        (without / ".pymake/snapshot").unlink(missing_ok=True)
        found = build(with_snapshot, words, environ, base / "log")
        expected = build(without, words, environ, base / "log")
        assert found == expected, f"history {seed}: {history}\nwith: {found}\nwithout: {expected}"
        assert tree(with_snapshot) == tree(without), f"history {seed}: {history}: other files"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        play(int(sys.argv[1]), Path(folder))
