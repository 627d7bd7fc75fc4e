"""What a code key is, is pinned: an upgrade of Python or of pymake that changed one would run everything again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.frontends import pinned

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PINNED = {
    "classes": "d5b1adbac874",
    "values": "93f4875c34ed",
    "f_strings": "da58cca46395",
    "strings": "3cdeeeda3437",
    "numbers": "855accd9a088",
    "slices": "398fb95838e6",
    "patterns": "dac89bb99d14",
    "waits": "69aa6a95a131",
    "blocks": "8bcaa6414cf3",
    "expressions": "09b6080aa711",
    "<lambda>": "198b567703f7",
}
"""To be changed knowingly: every task in Python that uses such syntax runs again after the upgrade."""


def other_pythons() -> list[str]:
    """Interpreters of other minor versions: those on PATH, and those that lie beside this one, each in its folder."""
    beside = Path(sys.base_prefix).parent
    found: list[str] = []
    for minor in range(10, 20):
        if minor == sys.version_info.minor:
            continue
        name = f"python3.{minor}"
        for path in (*sorted(beside.glob(f"*/bin/{name}")), shutil.which(name)):
            if path is not None and _runs(str(path), minor):
                found.append(str(path))
                break
    return found


def _runs(path: str, minor: int) -> bool:
    code = f"import sys; sys.exit(sys.version_info.minor != {minor})"
    return subprocess.run([path, "-c", code], capture_output=True, check=False).returncode == 0


def copied(folder: Path) -> Path:
    folder.mkdir(parents=True)
    shutil.copy(HERE / "syntax.txt", folder / "syntax.py")
    return folder


def test_code_keys_are_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert pinned.keys(str(copied(tmp_path / "project")), "syntax") == PINNED


def test_every_python_has_the_same_keys_with_every_hash_seed_wherever_the_project_lies(tmp_path: Path) -> None:
    pythons = other_pythons()
    if not pythons:
        pytest.skip("there is no other Python")
    for number, python in enumerate(pythons):
        folder = copied(tmp_path / str(number) / "elsewhere")
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": str(number + 1),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [python, "-W", "ignore", "-m", "tests.unit.frontends.pinned", str(folder), "syntax"]
        ran = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.stderr == "", python
        assert dict(line.split() for line in ran.stdout.splitlines()) == PINNED, python
