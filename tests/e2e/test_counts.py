"""What nothing to do costs, in counts that no machine changes: looks at files, opens, imports."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_fast_door import settle

if TYPE_CHECKING:
    from tests.e2e.workspace import Workspace

COUNTED = """
import json, os, posix, sys
counts = dict.fromkeys(("stat", "open", "pread", "write"), 0)
looked_at = []
def counted(name):
    real = getattr(posix, name)
    def call(*arguments, **named):
        counts[name] += 1
        if name == "stat":
            looked_at.append(os.fsdecode(arguments[0]))
        return real(*arguments, **named)
    return call
before = set(sys.modules)
import pymake.door
from pymake.__main__ import main
for name in counts:  # only now: Python looks for modules with them too
    setattr(posix, name, counted(name))
os.stat = posix.stat
code = main()
counts["twice"] = sorted(path for path in set(looked_at) if looked_at.count(path) > 1)
counts["modules"] = sorted(set(sys.modules) - before)
print(json.dumps(counts))
sys.exit(code)
"""

FILES = 50


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    workspace.write(
        "pymake.toml",
        """
        [task.up]
        kind    = "transform"
        input   = "src/{name}.txt"
        output  = "out/{name}.up"
        command = "cp {input} {output}"
        """,
    )
    for number in range(FILES):
        workspace.write(f"src/{number}.txt", str(number))
    settle(workspace)
    return workspace


def counts(workspace: Workspace) -> dict[str, object]:
    result = workspace.run([sys.executable, "-c", COUNTED])
    assert result.code == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    return found


def test_nothing_to_do_looks_once_at_each_file_and_opens_one(project: Workspace) -> None:
    found = counts(project)
    # The files; the snapshot and the journal; three build files; the folder that was scanned; the socket of a watch.
    assert found["stat"] == 2 * FILES + 2 + 3 + 1 + 1
    assert found["open"] == 1
    assert found["pread"] == 4  # table, head, paths, stamps
    assert found["write"] == 1


def test_nothing_to_do_imports_nothing_but_the_door(project: Workspace) -> None:
    found = counts(project)["modules"]
    assert isinstance(found, list)
    own = {name for name in found if name.split(".")[0] == "pymake"}
    assert own == {"pymake", "pymake.__main__", "pymake._version", "pymake.door"}
    assert set(found) - own <= {"__future__", *sys.builtin_module_names}


def test_one_changed_leaf_looks_once_at_every_other_file(project: Workspace) -> None:
    project.write("src/7.txt", "changed")
    twice = counts(project)["twice"]
    assert isinstance(twice, list)
    ours = [path for path in twice if path.startswith(("src/", "out/"))]
    assert set(ours) <= {"src", "out", "src/7.txt", "out/7.up"}


def test_one_changed_leaf_imports_neither_planner_nor_frontends(project: Workspace) -> None:
    project.write("src/7.txt", "changed")
    modules = counts(project)["modules"]
    assert isinstance(modules, list)
    planning = {name for name in modules if name.startswith(("pymake.planner.", "pymake.frontends."))}
    assert planning <= {"pymake.frontends.finding", "pymake.frontends.usual", "pymake.planner.check"} | {
        f"pymake.planner.{name}" for name in ("select", "files")
    }
    assert not {"dataclasses", "inspect", "subprocess", "tomllib", "typer"} & set(modules)
