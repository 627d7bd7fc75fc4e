"""What all tests stand on: a clean environment, and this tree as the pymake that child processes import."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

FOREIGN = (
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "GNUMAKEFLAGS",
    "MAKEFLAGS",
    "MAKELEVEL",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONSAFEPATH",
    "PYTHONSTARTUP",
    "PYTHONUNBUFFERED",
    "PYTHONWARNINGS",
)
"""Variables that change what pymake or its jobs do; a test that is about one sets it itself."""


def pytest_configure() -> None:
    for name in [*FOREIGN, *(name for name in os.environ if name.startswith("PYMAKE_"))]:
        os.environ.pop(name, None)
    # In front, so that `python -m pymake` in a temporary folder never runs another, installed pymake.
    found = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT) if not found else f"{ROOT}{os.pathsep}{found}"
    # Times mean nothing on a machine that does other things too.
    settings.register_profile("pymake", deadline=None)
    settings.load_profile("pymake")
