"""The fixture of the tests that run the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty project folder, in a folder that holds nothing else."""
    root = tmp_path / "project"
    root.mkdir()
    return Workspace(root)
