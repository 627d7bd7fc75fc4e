"""A copy of an example in a temporary folder, and the real command run in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MADE = shutil.ignore_patterns("build", "public", ".pymake", "__pycache__")

JOB = re.compile(r"^\[\d+/\d+\] (\S+) (\S+).* \([^()]*\)$", re.MULTILINE)
SUMMARY = re.compile(r"^pymake: (\d+) ran, (\d+) up to date, (\d+) failed in ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def numbers(self) -> tuple[int, int, int]:
        """Ran, up to date and failed, by the summary line."""
        if found := re.search(r"^pymake: nothing to do \((\d+) jobs? up to date\)$", self.err, re.MULTILINE):
            return 0, int(found[1]), 0
        found = SUMMARY.search(self.err)
        assert found, f"no summary line in:\n{self.err}"
        return int(found[1]), int(found[2]), int(found[3])

    def jobs(self) -> list[str]:
        """What ran, sorted: each with its task and its first output."""
        return sorted(f"{task} {output}" for task, output in JOB.findall(self.err))


@dataclass(frozen=True, slots=True)
class Example:
    """An example in a folder of its own."""

    root: Path

    def pymake(self, *words: str, below: str = ".") -> Ended:
        """Run the command with these words, in the root or in a folder below it."""
        return self.run(sys.executable, "-m", "pymake", *words, below=below)

    def run(self, *words: str, below: str = ".") -> Ended:
        """Run a program."""
        ended = subprocess.run(
            words, cwd=self.root / below, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
        )
        return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    def build(self, *words: str) -> Ended:
        """Run a build that has to end well."""
        ended = self.pymake(*words)
        assert ended.code == 0, ended.err
        return ended

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        (self.root / path).write_text(self.text(path) + text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.text(path)
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def copy(self, folder: Path) -> Example:
        """A copy in another folder, with all that was built: a folder that moved stays up to date."""
        return Example(shutil.copytree(self.root, folder / self.root.name, symlinks=True))

    def touch(self, pattern: str) -> None:
        """Give files another time and the same content."""
        for path in self.root.glob(pattern):
            path.touch()


def copy_of(name: str, folder: Path) -> Example:
    """A fresh copy of an example, without anything that a build made."""
    return Example(shutil.copytree(EXAMPLES / name, folder / name, ignore=MADE))
