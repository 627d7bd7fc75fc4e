"""What is measured, and the budget of each figure."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.measure import Program, Run, in_turn, ratio, run_once
from tests.bench.projects import WRITERS, source, write_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MANY = 10_000
"""Jobs from which ninja is the measure: with fewer, the start of an interpreter is."""

PAUSE = 0.05
"""Seconds after which a stamp is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A ratio of wall times, with its spread, and what it must not exceed (None: only told)."""

    name: str
    ratio: float
    spread: float
    budget: float | None
    milliseconds: float
    memory: float

    @property
    def is_behind(self) -> bool:
        """Whether it is over the budget by more than the noise."""
        return self.budget is not None and self.ratio - self.spread > self.budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The programs; a peer that is not there is not compared with."""

    pymake: str
    peers: Mapping[str, str]
    base: Path
    rounds: int

    def project(self, tool: str, shape: str, count: int) -> Path:
        """A built project of a tool, built until nothing is left to do."""
        root = self.base / f"{tool}-{shape}-{count}"
        root.mkdir()
        write_sources(root, shape, count)
        WRITERS[tool](root, shape, count)
        for _ in range(3):
            time.sleep(PAUSE)
            run_once(self.program(tool, root))
        return root

    def program(self, tool: str, root: Path) -> Program:
        """How a tool builds with two workers."""
        words = {
            "pymake": (self.pymake, "-j2", "-s"),
            "ninja": (self.peers.get("ninja", ""), "-j2", "--quiet"),
            "doit": (self.peers.get("doit", ""), "-n", "2"),
        }
        return Program(words=words[tool], folder=root)


def nothing(tools: Tools, shape: str, count: int, budgets: Mapping[str, float | None]) -> Iterator[Figure]:
    """Nothing to do, against each peer that is there."""
    names = ["pymake", *(peer for peer in budgets if peer in tools.peers)]
    programs = {name: tools.program(name, tools.project(name, shape, count)) for name in names}
    programs["python"] = Program(words=(sys.executable, "-c", "pass"), folder=tools.base)
    runs = in_turn(programs, tools.rounds)
    for peer, budget in budgets.items():
        if peer in runs:
            yield _figure(f"nothing to do, {shape} {count:,}, against {peer}", runs["pymake"], runs[peer], budget)


def leaf(tools: Tools, shape: str, count: int) -> Iterator[Figure]:
    """One leaf changed, against nothing to do in the same project: what is above it, in bare interpreters."""
    root = tools.project("pymake", shape, count)
    idle = tools.program("pymake", root)
    changed = Program(words=idle.words, folder=root, before=lambda: _change(root / source(count // 2)))
    bare = Program(words=(sys.executable, "-c", "pass"), folder=root)
    runs = in_turn({"changed": changed, "settling": idle, "idle": idle, "bare": bare}, tools.rounds)
    extra = [
        Run(max(one.wall - other.wall, 0.0), one.cpu, one.memory)
        for one, other in zip(runs["changed"], runs["idle"], strict=True)
    ]
    yield _figure(f"one leaf changed, {shape} {count:,}, above nothing to do, in bare starts", extra, runs["bare"], 4.0)


def planning(tools: Tools, count: int) -> Iterator[Figure]:
    """Ten times the jobs, evaluated anew."""
    small, large = (tools.project("pymake", "wide", number) for number in (count // 10, count))
    programs = {
        name: Program(words=(tools.pymake, "-q", "--fresh"), folder=root)
        for name, root in (("small", small), ("large", large))
    }
    runs = in_turn(programs, tools.rounds)
    yield _figure(f"evaluating {count:,} jobs, against a tenth", runs["large"], runs["small"], 11.0)


def starting(tools: Tools) -> Iterator[Figure]:
    """What it takes before anything is done, in bare starts of the interpreter."""
    bare = Program(words=(sys.executable, "-c", "pass"), folder=tools.base)
    imported = Program(words=(sys.executable, "-c", "import pymake"), folder=tools.base)
    version = Program(words=(tools.pymake, "--version"), folder=tools.base)
    runs = in_turn({"bare": bare, "import": imported, "version": version}, tools.rounds)
    yield _figure("import pymake, against a bare start", runs["import"], runs["bare"], 1.5)
    yield _figure("pymake --version, against a bare start", runs["version"], runs["bare"], None)


def everything(tools: Tools, count: int) -> Iterator[Figure]:
    """All figures; each group cleans up behind itself."""
    groups: tuple[Callable[[], Iterator[Figure]], ...] = (
        lambda: starting(tools),
        lambda: nothing(tools, "wide", 1, {"python": 2.5, "doit": 0.3}),
        lambda: nothing(tools, "wide", count, {"ninja": 1.0 if count >= MANY else None}),
        lambda: nothing(tools, "clike", count, {"ninja": 0.8 if count >= MANY else None}),
        lambda: leaf(tools, "wide", count),
        lambda: planning(tools, count),
    )
    for group in groups:
        yield from group()
        for folder in tools.base.iterdir():
            shutil.rmtree(folder)


def _change(path: Path) -> None:
    path.write_text(f"changed at {time.time_ns()}\n")
    time.sleep(PAUSE)


def _figure(name: str, runs: list[Run], others: list[Run], budget: float | None) -> Figure:
    middle, spread = ratio(runs, others)
    return Figure(
        name=name,
        ratio=middle,
        spread=spread,
        budget=budget,
        milliseconds=1000 * min(run.wall for run in runs),
        memory=max(run.memory for run in runs),
    )
