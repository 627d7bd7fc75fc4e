"""What it costs to import pymake: nothing but pymake itself, until a name is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, modules

# A bare interpreter: without `site`, nothing is loaded that a start would hide.
PROBE = """
import sys
before = set(sys.modules)
sys.path.insert(0, {root!r})
import {name}
print(*sorted(set(sys.modules) - before))
"""

DOORS = [
    name
    for name in ("pymake", "pymake.__main__", "pymake.bell", "pymake.door")
    if name in {module.name for module in modules()}
]


def loaded_by(name: str) -> set[str]:
    """The modules that importing `name` in a bare interpreter loads."""
    probe = PROBE.format(root=str(ROOT), name=name)
    run = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", probe], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("name", DOORS)
def test_a_door_loads_nothing_but_itself_and_what_is_built_in(name: str) -> None:
    foreign = {found for found in loaded_by(name) if found.split(".")[0] != "pymake"}
    assert foreign <= {"__future__", *sys.builtin_module_names}


def test_a_costly_import_would_be_seen() -> None:
    assert {"pymake.dataclass", "pymake.errors", "typing"} <= loaded_by("pymake.errors")
