"""A watch that is left running: random edits, after which all is as a clean build makes it, and nothing that piles up.

Both are short here. For the night: `EDITS=2000 REBUILDS=500 pytest tests/e2e/test_watch_soak.py` takes some minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.watching import watching
from tests.e2e.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

EDITS = int(os.environ.get("EDITS", "80"))
PAUSE = 0.03
"""Mean seconds between two edits: a minute for 2,000 of them."""
REBUILDS = int(os.environ.get("REBUILDS", "12"))

BUILD = """
    from pathlib import Path

    from pymake import main, merge, split, suffix, transform
    from words import changed

    SUFFIX = ".0"

    main.transform(
        name="copied", input="src/{name}.txt", output="out/{name}.copy", command="cp {input} {output}",
    )

    @transform("src/*.txt", suffix(".txt"), ".twice", output_dir="out")
    def twice(input, output):
        Path(output).write_text(changed(Path(input).read_text()))

    @merge([twice, "out/*.copy", "more/*/*.txt"], "out/all" + SUFFIX)
    def everything(inputs, output):
        Path(output).write_text("".join(f"{name}: {Path(name).read_text()}" for name in sorted(inputs)))
"""
WORDS = "def changed(text):\n    return text * {}\n"


def edits(root: Workspace, chance: random.Random) -> list[Callable[[], None]]:
    """Everything that happens to a project in a day."""
    names = [f"src/{name}.txt" for name in "abcdefgh"]
    more = [f"more/{folder}/{name}.txt" for folder in "xy" for name in "ab"]

    def write() -> None:
        root.write(chance.choice(names + more), f"{chance.random()}\n")

    def save_by_rename() -> None:
        root.write("src/.beside", f"{chance.random()}\n")
        os.replace(root.path("src/.beside"), root.path(chance.choice(names)))

    def remove() -> None:
        root.path(chance.choice(names[1:] + more)).unlink(missing_ok=True)

    def touch() -> None:
        os.utime(root.path(names[0]))

    def spoil() -> None:
        outputs = sorted(path for path in root.path("out").glob("*") if path.is_file())
        if chance.random() < 0.5 and outputs:
            chance.choice(outputs).unlink(missing_ok=True)
        elif own := [path for path in outputs if path.name.startswith("a.")]:  # those that no edit makes an orphan:
            chance.choice(own).write_text("spoilt")  # one that was edited would be the user's own, and stay

    def move_away_and_back() -> None:
        os.rename(root.path("more"), root.path("away"))
        time.sleep(chance.random() * PAUSE)
        os.rename(root.path("away"), root.path("more"))

    def other_code() -> None:
        root.write("words.py", WORDS.format(chance.randrange(1, 4)))

    def other_build_file() -> None:
        root.write("pymakefile.py", BUILD.replace("SUFFIX = ", f"SUFFIX = '.{chance.randrange(3)}' #"))

    def break_it() -> None:
        root.write("pymakefile.py", "this is not Python\n")
        time.sleep(chance.random() * 4 * PAUSE)
        other_build_file()

    usual = [write] * 12 + [save_by_rename] * 4 + [remove] * 2 + [touch] * 2 + [spoil] * 2
    return [*usual, move_away_and_back, other_code, other_build_file, break_it]


@pytest.mark.parametrize("seed", [int(os.environ.get("SEED", "1"))])
def test_after_random_edits_all_is_as_a_clean_build_makes_it(workspace: Workspace, seed: int) -> None:
    chance = random.Random(seed)
    workspace.write("pymakefile.py", BUILD)
    workspace.write("words.py", WORDS.format(2))
    workspace.write("src/a.txt", "a\n")
    workspace.write("more/x/a.txt", "a\n")
    with watching(workspace, "-j2", "-k", "--once-idle", "2") as watch:
        watch.built()
        choices = edits(workspace, chance)
        for _ in range(EDITS):
            chance.choice(choices)()
            time.sleep(chance.expovariate(1 / PAUSE))
        ended = watch.ended()
        assert ended.code == 0, ended.err
        assert "internal error" not in ended.err, ended.err
        assert list(workspace.processes()) == []
    clean = Workspace(workspace.root.parent / "clean")
    shutil.copytree(workspace.root, clean.root, ignore=shutil.ignore_patterns("out", ".pymake", "__pycache__"))
    clean.pymake()
    assert workspace.tree() == clean.tree()


def resources(process: int) -> tuple[int, int, int]:
    """Threads, open files, and kilobytes in memory of a process."""
    place = Path("/proc") / str(process)
    status = (place / "status").read_text(encoding="utf-8")
    memory = int(status.split("VmRSS:")[1].split()[0])
    return len(list((place / "task").iterdir())), len(list((place / "fd").iterdir())), memory


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only where there is /proc")
def test_nothing_piles_up(workspace: Workspace) -> None:
    workspace.write("pymakefile.py", BUILD)
    workspace.write("words.py", WORDS.format(2))
    workspace.write("src/a.txt", "a\n")
    with watching(workspace, "-j2") as watch:
        watch.built()
        first = (0, 0, 0)
        for number in range(REBUILDS):
            workspace.write("src/a.txt", f"{number}\n")
            watch.until(" ran, ")
            if number == min(REBUILDS // 2, 100):
                first = resources(watch.process.pid)
        threads, files, memory = resources(watch.process.pid)
        assert threads == 1
        assert files <= first[1] + 2  # those of a build that is just being tidied up
        assert memory < first[2] * 1.1 + 2_000
        print(f"\n{REBUILDS} rebuilds: {first} became {(threads, files, memory)}")
