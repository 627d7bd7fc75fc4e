"""A program in the spelling of Ruffus, run in a folder and a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = str(Path(__file__).resolve().parents[3])

PRELUDE = '''
import os, sys, time
from pymake.ruffus import *
from pymake.ruffus.combinatorics import *
from pymake.ruffus.ruffus_exceptions import *


def make(*names):
    for name in names:
        for each in [name] if isinstance(name, str) else name:
            with open(each, "w") as file:
                file.write("x")


def aged(name, seconds):
    make(name)
    os.utime(name, (time.time() - seconds, time.time() - seconds))


def note(*values):
    print(*values, flush=True)


class Said:
    """A logger that keeps what it is told."""

    def __init__(self):
        self.lines, self.warnings, self.errors = [], [], []

    def info(self, text):
        self.lines.append(text.strip())

    debug = info

    def warning(self, text):
        self.warnings.append(text)

    def error(self, text):
        self.errors.append(text)
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How the program ended."""

    code: int
    out: list[str]
    err: str


@dataclass(frozen=True, slots=True)
class Folder:
    """Where programs run, one after the other."""

    root: Path

    def run(self, program: str, env: Mapping[str, str] | None = None) -> list[str]:
        """The lines that a program prints; it has to end well."""
        ran = self.ended(program, env)
        assert ran.code == 0, ran.err
        return ran.out

    def ended(self, program: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run a program to its end."""
        script = self.root / "program.py"
        script.write_text(PRELUDE + dedent(program), encoding="utf-8")
        ended = subprocess.run(
            [sys.executable, "program.py"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": ROOT, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ran(code=ended.returncode, out=ended.stdout.splitlines(), err=ended.stderr)

    def files(self) -> list[str]:
        """What lies in the folder, without the program and byte code."""
        return sorted(path.name for path in self.root.iterdir() if path.name not in ("program.py", "__pycache__"))
