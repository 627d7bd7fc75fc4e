"""Programs run in turn, round by round, so that what else the machine does hits all of them alike."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command line, the folder it runs in, and what is done before each run, untimed."""

    words: tuple[str, ...]
    folder: Path
    before: Callable[[], object] = field(default=lambda: None)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of wall and of CPU, and the memory of the largest process in MiB."""

    wall: float
    cpu: float
    memory: float


def run_once(program: Program) -> Run:
    """Run a program to its end, its output thrown away.

    Raises:
        RuntimeError: it failed.
    """
    program.before()
    nowhere = os.open(os.devnull, os.O_RDWR)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    here = os.getcwd()
    os.chdir(program.folder)
    try:
        begin = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, nowhere, number) for number in (0, 1, 2)]
        child = os.posix_spawnp(program.words[0], program.words, environ, file_actions=actions)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - begin
    finally:
        os.chdir(here)
        os.close(nowhere)
    if status:
        raise RuntimeError(f"{' '.join(program.words)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def in_turn(programs: Mapping[str, Program], rounds: int) -> dict[str, list[Run]]:
    """All runs of all programs, by name."""
    found: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            found[name].append(run_once(program))
    return found


def ratio(runs: list[Run], others: list[Run]) -> tuple[float, float]:
    """The median of the rounds' own ratios of wall time, and half the spread between their quartiles."""
    ratios = [run.wall / other.wall for run, other in zip(runs, others, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return middle, (high - low) / 2
