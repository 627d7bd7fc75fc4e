"""Outputs known only after a run: a build leaves what one from scratch leaves, after any edits; a second runs nothing.

Random chains of tasks whose readers are expanded during the build, in real folders, calls in this process: divisions
with patterns, readers by task and by glob, numbers of files that grow and shrink, outputs that were broken by hand,
tasks that are changed, and jobs that fail.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pymake import main, output_from, regex
from pymake.app.building import build
from pymake.app.options import BuildOptions
from pymake.dataclass import replace
from pymake.frontends.context import current, evaluating
from pymake.frontends.made import project
from pymake.testing import RecordingReporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymake.model.events import Summary

WORDS = ["ant", "bee", "cat", "dog", "eel"]
NAMES = ["a", "b", "c", "d"]
SHAPES = ["each", "some", "pieces", "group", "all"]


@dataclass(kw_only=True)
class Step:
    """One task after the first: what it does to the files of an earlier one, which it names, or finds by a glob."""

    shape: str
    above: int
    tag: str
    by_glob: bool


def first(source: str, outputs: Sequence[str], tag: str) -> None:
    """A file for each word of a source."""
    words = set(Path(source).read_text(encoding="utf-8").split())
    if "!" in words:
        raise ValueError(source)
    for word in words:
        Path(f"t0/{Path(source).stem}_{word}").write_text(word + tag, encoding="utf-8")


def some(source: str, outputs: Sequence[str], tag: str) -> None:
    """A file for each letter of a file."""
    here = tag.partition(":")[0]  # it may be given no file to tell the folder by
    for letter in set(Path(source).read_text(encoding="utf-8")) & set("abcdefghijklmnop"):
        Path(here, f"{os.path.basename(source)}_{letter}").write_text(letter + tag, encoding="utf-8")


def fixed(source: str, outputs: Sequence[str], tag: str) -> None:
    """Two files of known names."""
    for output in outputs:
        Path(output).write_text(Path(source).read_text(encoding="utf-8") + tag, encoding="utf-8")


def each(source: str, output: str, tag: str) -> None:
    """A file for a file."""
    Path(output).write_text(Path(source).read_text(encoding="utf-8") + tag, encoding="utf-8")


def gather(sources: Sequence[str] | str, output: str, tag: str) -> None:
    """All in one."""
    given = [sources] if isinstance(sources, str) else sources  # a task with one output, as the whole input
    texts = [f"{source} {Path(source).read_text(encoding='utf-8')}" for source in given]
    Path(output).write_text("\n".join([*texts, tag]), encoding="utf-8")


def declare(steps: Sequence[Step]) -> None:
    """The tasks, each writing into a folder of its own."""
    main.subdivide(first, "in/*", regex(r"in/(.*)"), r"t0/\1_*", "", name="t0").mkdir("t0")
    for number, step in enumerate(steps, start=1):
        here = f"t{number}"
        given = f"t{step.above}/*" if step.by_glob else output_from(f"t{step.above}")
        name = regex(r".*/(.*)")
        tag = f"{here}:{step.tag}"
        match step.shape:
            case "each":
                main.transform(each, given, name, rf"{here}/\1", tag, name=here)
            case "some":
                main.subdivide(some, given, name, rf"{here}/\1_*", tag, name=here).mkdir(here)
            case "pieces":
                main.subdivide(fixed, given, name, [rf"{here}/\1.x", rf"{here}/\1.y"], tag, name=here)
            case "group":
                main.collate(gather, given, regex(r".*/(.).*"), rf"{here}/\1", tag, name=here)
            case _:
                main.merge(gather, given, f"{here}/all", tag, name=here)


def run(root: Path, steps: Sequence[Step], *, keep_going: bool = False) -> Summary:
    """One build in this process."""
    os.chdir(root)
    with evaluating(str(root)):
        declare(steps)
        made = replace(project(current(), str(root)), origin="")
    options = BuildOptions(jobs=1, inline=True, keep_going=keep_going)
    return build(made, options, where="", reporter=RecordingReporter())


def tree(root: Path) -> dict[str, str]:
    """All files but what is remembered."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.is_file() and ".pymake" not in path.parts
    }


def random_steps(dice: random.Random) -> list[Step]:
    return [random_step(dice, number) for number in range(dice.randint(2, 4))]


def random_step(dice: random.Random, number: int) -> Step:
    return Step(
        shape=dice.choice(SHAPES), above=dice.randint(0, number), tag=dice.choice("xyz"), by_glob=dice.random() < 0.3
    )


def break_output(root: Path, dice: random.Random) -> None:
    """Edit an output by hand. Its job has to be there still, or the file is the user's from then on."""
    made = sorted(path for path in root.glob("t?/*") if path.is_file())
    if made:
        dice.choice(made).write_text("broken", encoding="utf-8")


def edit(root: Path, steps: list[Step], dice: random.Random) -> None:
    source = root / "in" / dice.choice(NAMES)
    made = sorted(path for path in root.glob("t?/*") if path.is_file())
    match dice.choice(["words", "words", "words", "gone", "removed", "step"]):
        case "words":
            source.write_text(" ".join(dice.sample(WORDS, dice.randint(0, 3))), encoding="utf-8")
        case "gone":
            source.unlink(missing_ok=True)
        case "removed" if made:
            dice.choice(made).unlink()
        case _:
            number = dice.randrange(len(steps))
            steps[number] = random_step(dice, number)


@pytest.mark.parametrize("seed", [*range(5), 125, 210, 320])
def test_builds_equal_a_build_from_scratch(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dice = random.Random(seed)  # a repeatable sequence is wanted
    root = tmp_path / "project"
    (root / "in").mkdir(parents=True)
    for name in NAMES[:2]:
        (root / "in" / name).write_text(" ".join(dice.sample(WORDS, 2)), encoding="utf-8")
    steps = random_steps(dice)
    for turn in range(5):
        for _ in range(dice.randint(0, 3)):
            edit(root, steps, dice)
        if dice.random() < 0.3:
            source = root / "in" / dice.choice(NAMES)
            source.write_text("!", encoding="utf-8")
            assert run(root, steps, keep_going=dice.random() < 0.7).failed == 1
            source.write_text("eel", encoding="utf-8")
        assert run(root, steps).is_good
        scratch = tmp_path / f"scratch{turn}"
        (scratch / "in").mkdir(parents=True)
        for path in (root / "in").iterdir():
            (scratch / "in" / path.name).write_bytes(path.read_bytes())
        assert run(scratch, steps).is_good
        assert tree(root) == tree(scratch)
        assert run(root, steps).ran == 0
        break_output(root, dice)
        assert run(root, steps).is_good
        assert tree(root) == tree(scratch)
