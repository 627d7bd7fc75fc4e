"""A pipeline for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pymake.ruffus import Pipeline
from tests.unit.ruffus.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """An empty folder, and no pipeline but the one of the test."""
    monkeypatch.chdir(tmp_path)
    before = dict(Pipeline.pipelines)
    Pipeline.clear_all()
    yield Bench()
    Pipeline.clear_all()
    Pipeline.pipelines.update(before)
