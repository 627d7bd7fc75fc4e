"""With and without the snapshot every build behaves the same, over random edits of everything it depends on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.property import two_projects

ROOT = Path(two_projects.__file__).parents[2]


@pytest.mark.parametrize("seed", range(4))
def test_a_snapshot_makes_no_difference(seed: int) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.property.two_projects", str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-6000:]
