"""Measure, print a table, keep the results, and fail if a figure is behind its budget by more than the noise."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.bench.figures import Tools, everything


def main() -> int:
    """The exit code: 1 if a figure is behind."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="jobs of the large projects")
    parser.add_argument("--rounds", type=int, default=9, help="runs of each program")
    parser.add_argument("--json", type=Path, help="file to add the results to, a line for each run of this program")
    parser.add_argument("--pymake", default=str(Path(sys.executable).parent / "pymake"), help="the program to measure")
    for peer in ("ninja", "doit"):
        parser.add_argument(f"--{peer}", default=shutil.which(peer), help=f"the program {peer}, if it is not on PATH")
    given = parser.parse_args()
    peers = {name: path for name in ("ninja", "doit") if (path := getattr(given, name)) is not None}
    with tempfile.TemporaryDirectory() as base:
        tools = Tools(pymake=given.pymake, peers=peers, base=Path(base), rounds=given.rounds)
        figures = []
        print(f"load {os.getloadavg()[0]:.1f}, {given.rounds} rounds in turn, medians of the rounds' ratios")
        for figure in everything(tools, given.count):
            figures.append(figure)
            budget = "" if figure.budget is None else f"  budget {figure.budget:g}"
            mark = "  BEHIND" if figure.is_behind else ""
            print(
                f"{figure.name:68} {figure.ratio:6.2f} ± {figure.spread:4.2f}{budget}"
                f"  ({figure.milliseconds:.0f} ms, {figure.memory:.0f} MiB){mark}",
                flush=True,
            )
    if given.json is not None:
        with given.json.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"time": time.time(), "figures": [asdict(figure) for figure in figures]}) + "\n")
    return int(any(figure.is_behind for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
