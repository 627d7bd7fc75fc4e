"""How many jobs may run at a time by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.app.machine import usable_cpus

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("limit", "most"), [("100000 100000", 1), ("50000 100000", 1), ("150000 100000", 2)])
def test_a_cgroup_limit_counts(tmp_path: Path, limit: str, most: int) -> None:
    (tmp_path / "cpu.max").write_text(limit)
    assert 1 <= usable_cpus(str(tmp_path / "cpu.max")) <= most


@pytest.mark.parametrize("text", ["max 100000", "nonsense", ""])
def test_no_limit_means_all_cpus_of_this_process(tmp_path: Path, text: str) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert usable_cpus(str(tmp_path / "cpu.max")) == usable_cpus(str(tmp_path / "missing")) >= 1
