"""A project folder for one test, and the real command run in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Mapping

PATIENCE = 30.0
"""Seconds until what a test waits for counts as never happening."""

_JOB = re.compile(r"^\[\d+/\d+\] (.*?)( FAILED)? \([^()]*\)$", re.MULTILINE)
_SUMMARY = re.compile(r"^pymake: ((?:interrupted: )?(?:nothing to do \(.*\)|\d+ ran, .*))$", re.MULTILINE)
_SECONDS = re.compile(r"\b\d+\.\d+ s\b")


def without_times(text: str) -> str:
    """The text with every time as `T s`."""
    return _SECONDS.sub("T s", text)


def text_of(literal: str) -> str:
    """The text of a file: a literal that begins with an empty line is dedented, another is as it is."""
    return dedent(literal)[1:] if literal.startswith("\n") else literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def ran(self) -> list[str]:
        """The labels of the jobs that ended, failed ones too, in the order of their lines."""
        return [found[0] for found in _JOB.findall(self.err)]

    @property
    def failed(self) -> list[str]:
        """The labels of those that failed."""
        return [label for label, failed in _JOB.findall(self.err) if failed]

    @property
    def summary(self) -> str:
        """The last line of a build, without `pymake:` and with times as `T s`; empty if there is none."""
        found: list[str] = _SUMMARY.findall(self.err)
        return without_times(found[-1]) if found else ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project folder. Paths are relative to it."""

    root: Path

    def path(self, path: str) -> Path:
        """Where a file is."""
        return self.root / path

    def write(self, path: str, text: str) -> None:
        """Make a file with this text (see `text_of`), and its folders."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text_of(text), encoding="utf-8")

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def lines(self, path: str) -> list[str]:
        """The lines of a file; none if it is not there."""
        return self.read(path).splitlines() if self.exists(path) else []

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return (self.root / path).exists()

    def remove(self, path: str) -> None:
        """Remove a file."""
        (self.root / path).unlink()

    def touch(self, path: str) -> None:
        """Give a file another time and the same content."""
        file = self.root / path
        now = file.stat().st_mtime_ns
        os.utime(file, ns=(now + 10**9, now + 10**9))

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a part of a file that has to be there."""
        text = self.read(path)
        assert old in text
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def tree(self, *, state: bool = False) -> dict[str, bytes]:
        """Every file with its content, byte code aside; with `state` also those in `.pymake`."""
        found: dict[str, bytes] = {}
        for file in sorted(self.root.rglob("*")):
            name = file.relative_to(self.root).as_posix()
            hidden = "__pycache__" in name or (name.startswith(".pymake") and not state)
            if file.is_file() and not hidden:
                found[name] = file.read_bytes()
        return found

    def command(self, *words: str) -> list[str]:
        """The command line of pymake with these words."""
        return [sys.executable, "-m", "pymake", *words]

    def pymake(
        self, *words: str, cwd: str = ".", env: Mapping[str, str] | None = None, code: int = 0, stdin: str = ""
    ) -> Result:
        """Run pymake to its end; it has to end with this exit code, and without a traceback of its own."""
        result = self.run(self.command(*words), cwd=cwd, env=env, stdin=stdin)
        assert result.code == code, f"exit code {result.code}:\n{result.out}{result.err}"
        assert "internal error" not in result.err, result.err
        return result

    def run(self, argv: list[str], *, cwd: str = ".", env: Mapping[str, str] | None = None, stdin: str = "") -> Result:
        """Run any program to its end."""
        ended = subprocess.run(
            argv,
            cwd=self.root / cwd,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=PATIENCE * 2,
        )
        return Result(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> Running:
        """Start pymake, in a process group of its own, and come back at once."""
        process = subprocess.Popen(
            self.command(*words),
            cwd=self.root,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        return Running(process)

    def wait_for(self, path: str) -> None:
        """Come back when there is such a file."""
        until(lambda: self.exists(path), f"{path} did not appear")

    def processes(self) -> Iterator[tuple[int, str]]:
        """Processes whose current folder is in this one, with their command lines; only where there is /proc."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                folder = Path(os.readlink(entry / "cwd"))
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            except OSError:
                continue  # gone meanwhile, or not ours
            if words and folder.is_relative_to(self.root):
                yield int(entry.name), words


@dataclass(frozen=True, slots=True)
class Running:
    """A pymake that was started and not waited for."""

    process: subprocess.Popen[str]

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to pymake alone, or to its whole process group as a terminal does."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def end(self) -> Result:
        """Wait for the end."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError(f"it did not end:\n{out}{err}") from None
        return Result(code=self.process.returncode, out=out, err=err)


def until(happened: Callable[[], bool], otherwise: str) -> None:
    """Look until it has happened, or fail when patience is over."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)
