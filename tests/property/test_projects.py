"""Builds of real projects, in TOML and in Python, do what they have to after any edits, and never more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.property.projects import LOG, play

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(50))
def test_every_build_runs_what_it_must_and_no_more(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LOG, "")
    play(seed, tmp_path)
